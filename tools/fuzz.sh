#!/usr/bin/env bash
# Fuzzes every parser and decoder with libFuzzer.
#
#   tools/fuzz.sh [SECONDS [TARGET...]]     seconds for each target, 60 by default; all targets
#
# Needs cargo-fuzz (`cargo install cargo-fuzz`) and a C++ compiler. Where there is no nightly compiler, the one that
# is there is asked to do as if. Kept seeds are in fuzz/corpus; what a run finds goes to fuzz/found, out of git. What
# it finds wrong goes to fuzz/artifacts: once it is mended, a small form of it belongs to fuzz/corpus.
#
# The same functions run without libFuzzer, everywhere: `cargo test -p faregate-ingest --test fuzz`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-60}
shift || true
command -v cargo-fuzz >/dev/null || { echo "skipped: cargo-fuzz is not installed" && exit 0; }
if cargo +nightly --version >/dev/null 2>&1; then
  fuzz=(cargo +nightly fuzz)
else
  export RUSTC_BOOTSTRAP=1
  fuzz=(cargo fuzz)
fi
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <("${fuzz[@]}" list)
for target in "${targets[@]}"; do
  mkdir -p "fuzz/found/$target"
  seeds=()
  with=()
  [ -d "fuzz/corpus/$target" ] && seeds+=("fuzz/corpus/$target")
  case $target in
    codec) with=(--features store) ;;
    flexnet) seeds+=(crates/ingest/fixtures) ;;
    tariff) seeds+=(tariffs) ;;
    sheet | usage | vendor) seeds+=(crates/ingest/src/usage/tests/exports) ;;
  esac
  "${fuzz[@]}" run "${with[@]}" "$target" "fuzz/found/$target" "${seeds[@]}" -- \
    -max_total_time="$seconds" -max_len=16384 -print_final_stats=1
done
