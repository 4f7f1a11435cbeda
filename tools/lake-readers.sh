#!/usr/bin/env bash
# Reads a table of a lake with other people's tools, for the tests of crates/lake.
#
#   tools/lake-readers.sh DIRECTORY TABLE COLUMN
#
# deltalake, Polars and DuckDB are installed once, into an environment of its own below DIRECTORY.
# Prints one line for each of them: its name, how many rows the table has, and the sum of the column.
# Without Python, pip or a network it says so and exits with 69.
set -euo pipefail
readonly deltalake=1.6.6 polars=2.1.0 duckdb=2.0.0
directory=${1:?a directory} table=${2:?the directory of a table} column=${3:?a column}
venv=$directory/readers-$deltalake-$polars-$duckdb

unavailable() { echo "lake-readers: $1" >&2 && exit 69; }

install() {
  [ -f "$venv/installed" ] && return
  rm -rf "$venv"
  python3 -m venv "$venv" >/dev/null 2>&1 || unavailable "python3 cannot make an environment"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 15 \
    "deltalake==$deltalake" "polars==$polars" "duckdb==$duckdb" \
    >/dev/null 2>&1 || unavailable "pip cannot install deltalake, polars and duckdb"
  touch "$venv/installed"
}

command -v python3 >/dev/null || unavailable "there is no python3"
command -v flock >/dev/null || unavailable "there is no flock"
mkdir -p "$directory"
(flock 9 && install) 9>"$directory/lake-readers.lock"

exec "$venv/bin/python" - "$table" "$column" <<'PYTHON'
import sys

import deltalake
import duckdb
import polars

table, column = sys.argv[1:]
log = deltalake.DeltaTable(table)
files = log.file_uris()
adds = polars.DataFrame(log.get_add_actions(flatten=True))
print("deltalake", adds["num_records"].sum(), "-")
rows = polars.scan_delta(table)
print("polars", *rows.select(polars.len(), polars.col(column).sum()).collect().row(0))
sql = f"SELECT count(*), sum({column})::BIGINT FROM read_parquet(?, hive_partitioning = true)"
print("duckdb", *duckdb.execute(sql, [files]).fetchone())
PYTHON
