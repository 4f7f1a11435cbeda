#!/usr/bin/env bash
# Installs what building and testing Faregate needs and this machine lacks.
#
#   tools/bootstrap.sh [--for demo|test]
#
# Written for Debian 12. Rust comes through rustup, of the version that rust-toolchain.toml pins;
# Node.js comes as the npm package `node`, because Debian's is too old for the page's build.
# As another user than root it installs Rust only, and prints the commands that need root.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:/usr/local/bin:$PATH"
export DEBIAN_FRONTEND=noninteractive

node_oldest=20.19.0
node_wanted=22
rust=$(sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml)

purpose=demo
while [ $# -gt 0 ]; do
  case $1 in
    --for) purpose=${2:-} && shift 2 || shift ;;
    *) purpose='' && break ;;
  esac
done
case $purpose in
  demo | test) ;;
  *) echo "usage: tools/bootstrap.sh [--for demo|test]" >&2 && exit 64 ;;
esac

has() { command -v "$1" >/dev/null 2>&1; }
say() { echo "bootstrap: $*"; }
is_root() { [ "$(id -u)" -eq 0 ]; }
rooted_say() { if is_root; then say "installing $*"; else say "missing: $*"; fi; }

# The commands still to run as root, one a line.
rooted=()

# Runs a command as root, quietly unless it fails, or keeps it for the reader.
as_root() {
  if ! is_root; then
    rooted+=("$*")
    return
  fi
  local log
  log=$(mktemp)
  if ! "$@" </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    say "failed: $*" >&2
    exit 1
  fi
  rm -f "$log"
}

debian_packages() {
  local wanted=()
  has cc && has make || wanted+=(build-essential)
  has pkg-config || wanted+=(pkg-config)
  has curl || wanted+=(curl)
  [ -e /etc/ssl/certs/ca-certificates.crt ] || wanted+=(ca-certificates)
  if [ -d web ] && ! has npm; then wanted+=(npm); fi
  if [ "$purpose" = test ] && [ -d web ]; then
    has chromium || wanted+=(chromium fonts-liberation)
  fi
  [ ${#wanted[@]} -gt 0 ] || return 0
  if ! has apt-get; then
    say "this is not Debian; please install: ${wanted[*]}" >&2
    exit 2
  fi
  rooted_say "${wanted[*]} (Debian)"
  as_root apt-get update
  as_root apt-get install --yes --no-install-recommends "${wanted[@]}"
}

node_is_recent() {
  has npm && has node || return 1
  local version
  version=$(node --version 2>/dev/null) || return 1
  [ "$(printf '%s\n' "$node_oldest" "${version#v}" | sort -V | head -n 1)" = "$node_oldest" ]
}

# With its npm, because Debian's does not know a newer Node.js.
node_from_npm() {
  [ -d web ] || return 0
  hash -r
  ! node_is_recent || return 0
  rooted_say "Node.js $node_wanted (npm, in /usr/local)"
  as_root npm install --global --prefix /usr/local --no-audit --no-fund "node@$node_wanted" npm@10
}

rust_is_pinned() {
  has cargo && [[ $(RUSTUP_AUTO_INSTALL=0 cargo --version 2>/dev/null) == "cargo $rust "* ]]
}

rustup_from_its_makers() {
  has curl || return 0
  say "installing rustup"
  local script
  script=$(mktemp)
  curl --proto '=https' --tlsv1.2 -fsSL -o "$script" \
    "${RUSTUP_UPDATE_ROOT:-https://static.rust-lang.org/rustup}/rustup-init.sh"
  sh "$script" -y --quiet --no-modify-path --profile minimal --default-toolchain none >/dev/null
  rm -f "$script"
}

rust_from_rustup() {
  ! rust_is_pinned || return 0
  has rustup || rustup_from_its_makers
  has rustup || return 0
  say "installing Rust $rust"
  rustup --quiet toolchain install "$rust" --profile minimal --component clippy,rustfmt >/dev/null
}

debian_packages
node_from_npm
rust_from_rustup

if [ ${#rooted[@]} -gt 0 ]; then
  echo "Please run these as root, then try again:"
  printf '  sudo %s\n' "${rooted[@]}"
  exit 2
fi
