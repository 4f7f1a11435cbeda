#!/usr/bin/env bash
# Prepares the page: its packages when the lock file changed, its build when a source changed.
#
#   tools/web.sh install|build
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ -f web/package.json ] || exit 0
cd web

install() {
  if [ package-lock.json -nt node_modules/.package-lock.json ] || [ ! -d node_modules ]; then
    echo "web: installing packages"
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund </dev/null
  fi
}

is_built() {
  [ -f dist/index.html ] || return 1
  local newer
  newer=$(find . \( -path ./node_modules -o -path ./dist -o -path ./e2e \
    -o -path ./test-results -o -path ./playwright-report \) -prune \
    -o -type f -newer dist/index.html -print -quit)
  [ -z "$newer" ]
}

build() {
  is_built && return
  install
  echo "web: building"
  npm run build </dev/null
  touch dist/index.html
}

case ${1:-} in
  install) install ;;
  build) build ;;
  *) echo "usage: tools/web.sh install|build" >&2 && exit 64 ;;
esac
