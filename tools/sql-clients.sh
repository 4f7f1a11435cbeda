#!/usr/bin/env bash
# Asks an SQL endpoint with other people's programs, for the tests of crates/lake.
#
#   tools/sql-clients.sh DIRECTORY PORT USER KEY EXPIRED-KEY
#
# psycopg and SQLAlchemy are installed once, into an environment of its own below DIRECTORY; psql is used where it is.
# Prints a line for each thing that works, and fails at the first that does not.
# Without Python, pip or a network it says so and exits with 69.
set -euo pipefail
readonly psycopg=3.3.9 sqlalchemy=2.1.9
directory=${1:?a directory} port=${2:?a port} user=${3:?a user} key=${4:?a key} expired=${5:?an expired key}
venv=$directory/sql-$psycopg-$sqlalchemy

unavailable() { echo "sql-clients: $1" >&2 && exit 69; }

install() {
  [ -f "$venv/installed" ] && return
  rm -rf "$venv"
  python3 -m venv "$venv" >/dev/null 2>&1 || unavailable "python3 cannot make an environment"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 15 \
    "psycopg[binary]==$psycopg" "SQLAlchemy==$sqlalchemy" \
    >/dev/null 2>&1 || unavailable "pip cannot install psycopg and SQLAlchemy"
  touch "$venv/installed"
}

command -v python3 >/dev/null || unavailable "there is no python3"
command -v flock >/dev/null || unavailable "there is no flock"
mkdir -p "$directory"
(flock 9 && install) 9>"$directory/sql-clients.lock"

ask() { PGPASSWORD=$key psql "host=127.0.0.1 port=$port user=$user dbname=faregate" -X -v ON_ERROR_STOP=1 "$@"; }
has() { grep -q -- "$1" <<<"$2" || { echo "psql: no '$1' in: $2" >&2 && exit 1; }; }

if command -v psql >/dev/null; then
  has "charges" "$(ask -c '\dt')"
  has "usage" "$(ask -c '\dv')"
  described=$(ask -c '\d charges')
  has "ticks" "$described"
  has "bigint" "$described"
  has "timestamp with time zone" "$described"
  has "public" "$(ask -c '\dn')"
  has "faregate" "$(ask -c '\l')"
  has "^[0-9]*$" "$(ask -At -c 'SELECT count(*) FROM charges')"
  echo "psql describes"
else
  echo "psql: skipped, it is not here"
fi

exec "$venv/bin/python" - "$port" "$user" "$key" "$expired" <<'PYTHON'
import datetime
import decimal
import sys
import threading

import psycopg
import sqlalchemy as sa

port, user, key, expired = sys.argv[1:]


def connect(password=key, **more):
    return psycopg.connect(
        host="127.0.0.1", port=port, user=user, password=password, dbname="faregate", **more
    )


def fails(code, statement, values=None):
    with connect() as connection:
        try:
            connection.execute(statement, values)
        except psycopg.Error as why:
            assert why.sqlstate == code, (statement, why.sqlstate, str(why))
            return why
    raise AssertionError(f"{statement} did not fail")


for wrong in ("fg_" + "0" * 64, expired):
    try:
        connect(wrong)
        raise AssertionError("a wrong key opens")
    except psycopg.OperationalError as why:
        assert "authentication failed" in str(why), why
print("psycopg is turned away with a wrong key and with an expired one")

with connect() as connection:
    day, at, ticks = connection.execute("SELECT day, at, ticks FROM charges ORDER BY seq LIMIT 1").fetchone()
    assert type(day) is datetime.date and type(ticks) is int, (day, ticks)
    assert at.utcoffset() == datetime.timedelta(0), at
    tokens, exact = connection.execute("SELECT tokens, ticks FROM burn ORDER BY seq LIMIT 1").fetchone()
    assert type(tokens) is decimal.Decimal, tokens
    assert tokens * 3_600_000_000 == exact, (tokens, exact)
    total, ticks = connection.execute("SELECT sum(tokens), sum(ticks) FROM burn").fetchone()
    assert total * 3_600_000_000 == ticks, (total, ticks)
    flags = connection.execute("SELECT DISTINCT paid FROM charges").fetchall()
    assert all(type(flag) is bool for (flag,) in flags), flags
print("psycopg gets dates, instants, numbers and exact decimals")

with connect() as connection:
    for binary in (False, True):
        cursor = connection.cursor(binary=binary)
        count = lambda where, value: cursor.execute(
            f"SELECT count(*) FROM burn WHERE {where}", [value]
        ).fetchone()[0]
        everything = cursor.execute("SELECT count(*) FROM burn").fetchone()[0]
        assert everything > 0
        assert count("day >= %s", datetime.date(2020, 1, 1)) == everything
        assert count("day < %s", datetime.date(2020, 1, 1)) == 0
        assert count("at >= %s", datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)) == everything
        assert count("tokens > %s", decimal.Decimal("0.000001")) + count("tokens <= %s", decimal.Decimal(0)) == everything
        assert count("ticks > %s", 2**40) == 0
        assert count("ticks > %s", 0) > 0
        assert count("person_id >= %s", 0) == everything
        assert count("paid = %s", True) + count("paid = %s", False) == everything
        assert count("product = %s", "REVIT' OR 1=1") == 0
        assert count("product = %s", "revit") > 0
        assert count("CAST(ticks AS DOUBLE PRECISION) > %s", 1.5) == count("ticks > %s", 1)
        assert count("%s::text IS NULL", None) == everything
print("psycopg gives parameters of each type")

with connect() as connection:
    connection.execute("SET statement_timeout = '100ms'")
    try:
        connection.execute("SELECT count(*) FROM generate_series(1, 1000000000000)")
        raise AssertionError("no end")
    except psycopg.errors.QueryCanceled:
        pass
print("psycopg sets a time limit")

with connect() as connection:
    stop = threading.Event()

    def cancel():
        while not stop.wait(0.05):
            connection.cancel_safe()

    thread = threading.Thread(target=cancel)
    thread.start()
    try:
        connection.execute("SELECT count(*) FROM generate_series(1, 1000000000000)")
        raise AssertionError("no end")
    except psycopg.errors.QueryCanceled as why:
        assert "user request" in str(why), why
    finally:
        stop.set()
        thread.join()
print("psycopg cancels")

with connect() as connection:
    connection.execute("BEGIN")
    connection.execute("DECLARE rows CURSOR FOR SELECT seq FROM charges ORDER BY seq")
    first = connection.execute("FETCH FORWARD 3 FROM rows").fetchall()
    rest = connection.execute("FETCH ALL FROM rows").fetchall()
    connection.execute("CLOSE rows")
    assert len(first) == 3 and first < rest, (first, rest[:3])
print("psycopg fetches by a cursor")

assert fails("42703", "SELECT tiks FROM charges").diag.statement_position == "8"
assert "ticks" in fails("42703", "SELECT tiks FROM charges").diag.message_hint
fails("42P01", "SELECT * FROM chargs")
fails("25006", "DROP TABLE charges")
fails("25006", "CREATE TABLE mine AS SELECT 1")
fails("25006", "SET datafusion.runtime.memory_limit = '100G'")
fails("25006", "INSERT INTO products VALUES (%s, 'a', 'b')", [1])
print("psycopg is told what is wrong")

engine = sa.create_engine(f"postgresql+psycopg://{user}:{key}@127.0.0.1:{port}/faregate")
inspector = sa.inspect(engine)
tables, views = inspector.get_table_names(), inspector.get_view_names()
assert {"charges", "sessions", "people"} <= set(tables), tables
assert {"burn", "usage"} <= set(views) | set(tables), views
columns = {column["name"]: column["type"] for column in inspector.get_columns("charges")}
assert isinstance(columns["ticks"], sa.BigInteger), columns
assert isinstance(columns["day"], sa.Date), columns
# What `autoload_with` asks about constraints besides cannot be planned.
charges = sa.Table("charges", sa.MetaData(), *(sa.Column(name, kind) for name, kind in columns.items()))
with engine.connect() as connection:
    since = datetime.date(2020, 1, 1)
    found = connection.execute(
        sa.select(charges.c.product_id, sa.func.sum(charges.c.ticks))
        .where(charges.c.day >= since, charges.c.meter.in_(["window-24h", "window24h", "24h"]))
        .group_by(charges.c.product_id)
    ).all()
    everything = connection.execute(sa.select(sa.func.count()).select_from(charges)).scalar()
    assert everything > 0
print("SQLAlchemy reflects and asks")
PYTHON
