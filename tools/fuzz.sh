#!/usr/bin/env bash
# Fuzzes every parser and decoder.
#
#   tools/fuzz.sh [SECONDS]     seconds for each target, 60 by default
#
# Needs the nightly compiler and cargo-fuzz: `cargo +nightly install cargo-fuzz`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-60}
command -v cargo-fuzz >/dev/null || { echo "skipped: cargo-fuzz is not installed" && exit 0; }
for target in flexnet settings codec estate options lmstat; do
  corpus=fuzz/corpus/$target
  mkdir -p "$corpus"
  seeds=()
  [ "$target" = flexnet ] && seeds=(crates/ingest/fixtures)
  [ "$target" = settings ] && seeds=(tariffs)
  cargo +nightly fuzz run "$target" "$corpus" "${seeds[@]}" -- -max_total_time="$seconds" -max_len=16384 -print_final_stats=1
done
