#!/usr/bin/env bash
# Runs a SCIM server that is not ours, for the tests of crates/connect.
#
#   tools/scim-server.sh DIRECTORY TOKEN
#
# The server is installed once, into an environment of its own below DIRECTORY.
# Its first line on standard output names its address, and is printed once it listens.
# Without Python, pip or a network it says so and exits with 69.
set -euo pipefail
readonly version=0.8.3
directory=${1:?a directory} token=${2:?a token}
venv=$directory/scim2-server-$version

unavailable() { echo "scim-server: $1" >&2 && exit 69; }

install() {
  [ -f "$venv/installed" ] && return
  rm -rf "$venv"
  python3 -m venv "$venv" >/dev/null 2>&1 || unavailable "python3 cannot make an environment"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 15 \
    "scim2-server==$version" \
    >/dev/null 2>&1 || unavailable "pip cannot install scim2-server"
  touch "$venv/installed"
}

command -v python3 >/dev/null || unavailable "there is no python3"
command -v flock >/dev/null || unavailable "there is no flock"
mkdir -p "$directory"
(flock 9 && install) 9>"$directory/scim-server.lock"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
exec "$venv/bin/scim2-server" --port "$port" --bearer-token "$token"
