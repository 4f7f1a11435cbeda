#!/usr/bin/env bash
# Runs an identity provider that is not ours, for the tests of crates/faregate.
#
#   tools/oidc-provider.sh DIRECTORY CLIENT SECRET REDIRECT
#
# The provider is the npm package oidc-provider, installed once below DIRECTORY.
# Its first line on standard output is its issuer, printed once it listens.
# Whoever signs in is whom `login_hint` names; see tools/oidc-provider.mjs for who is in which group.
# Without node, npm or a network it says so and exits with 69.
set -euo pipefail
readonly version=9.13.3
directory=${1:?a directory} client=${2:?a client} secret=${3:?a secret} redirect=${4:?an address}
here=$(cd "$(dirname "$0")" && pwd)
node=$directory/oidc-provider-$version

unavailable() { echo "oidc-provider: $1" >&2 && exit 69; }

install() {
  [ -f "$node/installed" ] && return
  rm -rf "$node" && mkdir -p "$node"
  (cd "$node" && npm init --yes >/dev/null && npm install --silent --no-audit --no-fund \
    "oidc-provider@$version") >/dev/null 2>&1 || unavailable "npm cannot install oidc-provider"
  touch "$node/installed"
}

command -v npm >/dev/null || unavailable "there is no npm"
command -v flock >/dev/null || unavailable "there is no flock"
mkdir -p "$directory"
(flock 9 && install) 9>"$directory/oidc-provider.lock"
(flock 9 && cp "$here/oidc-provider.mjs" "$node/") 9>"$directory/oidc-provider.lock"
exec node "$node/oidc-provider.mjs" "$client" "$secret" "$redirect"
