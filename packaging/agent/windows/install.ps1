# Installs the agent for everybody who signs in to this machine. Run as an administrator, or by software distribution:
#   powershell -NoProfile -ExecutionPolicy Bypass -File install.ps1 -Server URL -CodeFile FILE [-Ca FILE]
# faregate-agent.exe lies beside this script. Run again, it replaces what is there.
param(
    [Parameter(Mandatory)] [string] $Server,
    [Parameter(Mandatory)] [string] $CodeFile,
    [string] $Ca
)
$ErrorActionPreference = 'Stop'
$place = Join-Path $env:ProgramFiles 'Faregate'
$task = 'Faregate agent'

if (Get-ScheduledTask -TaskName $task -ErrorAction SilentlyContinue) {
    Stop-ScheduledTask -TaskName $task
    Get-Process -Name 'faregate-agent' -ErrorAction SilentlyContinue | Stop-Process -Force
}
New-Item -ItemType Directory -Force $place | Out-Null
Copy-Item (Join-Path $PSScriptRoot 'faregate-agent.exe'), (Join-Path $PSScriptRoot 'start.ps1') $place -Force
Copy-Item $CodeFile (Join-Path $place 'code.txt') -Force
if ($Ca) { Copy-Item $Ca (Join-Path $place 'ca.pem') -Force }
Set-Content (Join-Path $place 'server.txt') $Server

# In the session of whoever signs in, with no more rights than theirs: from another session no window can be closed,
# no page be opened and no idle time be read. BUILTIN\Users by its number, since its name is translated.
$start = Join-Path $place 'start.ps1'
# Without a window: the console host runs headless.
$arguments = "--headless powershell.exe -NoProfile -ExecutionPolicy Bypass -File `"$start`""
$action = New-ScheduledTaskAction -Execute 'conhost.exe' -Argument $arguments
$trigger = New-ScheduledTaskTrigger -AtLogOn
$who = New-ScheduledTaskPrincipal -GroupId 'S-1-5-32-545' -RunLevel Limited
$how = New-ScheduledTaskSettingsSet -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries `
    -ExecutionTimeLimit ([TimeSpan]::Zero) -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) `
    -MultipleInstances Parallel
Register-ScheduledTask -TaskName $task -Action $action -Trigger $trigger -Principal $who -Settings $how -Force | Out-Null
