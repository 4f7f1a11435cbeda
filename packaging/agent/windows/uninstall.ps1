# Takes the agent away. Each person's state stays in %LOCALAPPDATA%\Faregate.
$ErrorActionPreference = 'Stop'
Unregister-ScheduledTask -TaskName 'Faregate agent' -Confirm:$false -ErrorAction SilentlyContinue
Get-Process -Name 'faregate-agent' -ErrorAction SilentlyContinue | Stop-Process -Force
Remove-Item -Recurse -Force (Join-Path $env:ProgramFiles 'Faregate')
