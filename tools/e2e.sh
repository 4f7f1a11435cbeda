#!/usr/bin/env bash
# Runs the browser tests against a demonstration server of its own.
#
#   tools/e2e.sh [ARGUMENT…]    arguments go to the test runner
#
# It builds nothing: `make build` first. The tests find the server in FAREGATE_URL, FAREGATE_SIGN_IN
# and FAREGATE_API_KEY, the binary in FAREGATE_BINARY, the browser in CHROMIUM, and leave pictures in
# FAREGATE_SCREENSHOTS.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
binary=${CARGO_TARGET_DIR:-target}/release/faregate
[ -x "$binary" ] || { echo "e2e: there is no $binary; \`make build\` first" >&2 && exit 1; }

work=$(mktemp -d)
server=
finish() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT

# The server's first line says where it listens; reading it is how we wait.
mkfifo "$work/said"
"$binary" demo --data "$work/data" --listen 127.0.0.1:0 --small --json \
  </dev/null >"$work/said" 2>"$work/log" &
server=$!
exec 3<"$work/said"
if ! IFS= read -r -t 120 line <&3; then
  echo "e2e: the server did not say where it listens" >&2
  cat "$work/log" >&2
  exit 1
fi
cat <&3 >/dev/null &

# A word that the server left out is an error, lest tests that need it pass for want of it.
said() {
  node -e 'const value = JSON.parse(process.argv[1])[process.argv[2]];
    if (!value) { console.error(`e2e: the server did not say its ${process.argv[2]}`); process.exit(1); }
    console.log(value);' "$line" "$1"
}
FAREGATE_URL=$(said url)
FAREGATE_SIGN_IN=$(said sign_in)
FAREGATE_API_KEY=$(said api_key)
CHROMIUM=${CHROMIUM:-$(command -v chromium || true)}
FAREGATE_SCREENSHOTS=$root/artifacts/screenshots
# For tests that begin with an empty ledger of their own.
FAREGATE_BINARY=$(realpath "$binary")
export FAREGATE_BINARY FAREGATE_URL FAREGATE_SIGN_IN FAREGATE_API_KEY CHROMIUM FAREGATE_SCREENSHOTS
mkdir -p "$FAREGATE_SCREENSHOTS"

if ! npm --prefix web run e2e -- "$@" </dev/null; then
  echo "e2e: the server's last words:" >&2
  tail -n 40 "$work/log" >&2
  exit 1
fi
