"""A table of sessions into a table of DuckDB's, on the disk, with the types said: the fastest that it has.

usage: table.py CSV SCRATCH; prints sessions and their seconds as JSON. Nothing is deduplicated, rated or charged.
"""

import json
import os
import sys

import duckdb

path, scratch = sys.argv[1:3]
store = os.path.join(scratch, "table.db")
for name in (store, store + ".wal"):
    if os.path.exists(name):
        os.remove(name)
texts = "user_email product_name product_code bucket segment region host ip mode".split()
columns = {"session_id": "UBIGINT", **dict.fromkeys(texts, "VARCHAR")}
columns |= {"start_utc": "TIMESTAMP", "end_utc": "TIMESTAMP", "tokens": "UINTEGER"}
db = duckdb.connect()
db.execute("set threads = 2; set memory_limit = '16GB'; set preserve_insertion_order = false")
db.execute(f"attach '{store}' as d")
db.execute(f"create table d.s as select * from read_csv('{path}', header = true, auto_detect = false, delim = ',', columns = {columns})")
db.execute("checkpoint d")
sessions, seconds = db.execute("select count(*), sum(epoch(end_utc) - epoch(start_utc)) from d.s").fetchone()
os.remove(store)
print(json.dumps({"sessions": sessions, "session_seconds": int(seconds)}))
