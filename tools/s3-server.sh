#!/usr/bin/env bash
# Runs an S3 server that is not ours, with a bucket in it, for the tests of crates/lake.
#
#   tools/s3-server.sh DIRECTORY BUCKET
#
# The server is installed once, into an environment of its own below DIRECTORY.
# Its first line on standard output is its address, printed once the bucket is there.
# Without Python, pip or a network it says so and exits with 69.
set -euo pipefail
readonly version=5.2.5
directory=${1:?a directory} bucket=${2:?a bucket}
venv=$directory/moto-$version

unavailable() { echo "s3-server: $1" >&2 && exit 69; }

install() {
  [ -f "$venv/installed" ] && return
  rm -rf "$venv"
  python3 -m venv "$venv" >/dev/null 2>&1 || unavailable "python3 cannot make an environment"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 15 \
    "moto[server,s3]==$version" \
    >/dev/null 2>&1 || unavailable "pip cannot install moto"
  touch "$venv/installed"
}

command -v python3 >/dev/null || unavailable "there is no python3"
command -v curl >/dev/null || unavailable "there is no curl"
command -v flock >/dev/null || unavailable "there is no flock"
mkdir -p "$directory"
(flock 9 && install) 9>"$directory/s3-server.lock"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
address=http://127.0.0.1:$port
(
  # Once the server answers, the bucket is made, and the address told.
  curl --silent --show-error --fail --retry 60 --retry-delay 1 --retry-connrefused \
    --request PUT "$address/$bucket" >/dev/null && echo "$address"
) &
exec "$venv/bin/moto_server" --host 127.0.0.1 --port "$port" >/dev/null 2>&1
