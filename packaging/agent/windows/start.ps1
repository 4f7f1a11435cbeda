# Runs the agent for whoever signed in; enrols it first, once.
$ErrorActionPreference = 'Stop'
$agent = Join-Path $PSScriptRoot 'faregate-agent.exe'
$state = Join-Path $env:LOCALAPPDATA 'Faregate'
if (-not (Test-Path (Join-Path $state 'device.json'))) {
    $server = (Get-Content (Join-Path $PSScriptRoot 'server.txt') -TotalCount 1).Trim()
    $words = @('--state', $state, 'enrol', '--server', $server, '--code-file', (Join-Path $PSScriptRoot 'code.txt'))
    $ca = Join-Path $PSScriptRoot 'ca.pem'
    if (Test-Path $ca) { $words += @('--ca', $ca) }
    & $agent @words
    # The task is started again in a minute.
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}
& $agent --state $state run
exit $LASTEXITCODE
