"""CloudEvents, one a line, scanned by DuckDB: counted and summed, and nothing stored.

usage: events.py NDJSON SCRATCH; prints sessions and their seconds as JSON.
"""

import json
import sys

import duckdb

path, scratch = sys.argv[1:3]
db = duckdb.connect()
db.execute("set threads = 2; set memory_limit = '16GB'; set preserve_insertion_order = false")
db.execute(f"set temp_directory = '{scratch}'")
sessions, seconds, *_ = db.execute(
    f"""select count(*), sum(data.duration_seconds), epoch(max(time)), count(distinct subject), count(distinct data.product)
    from read_json('{path}', format = 'newline_delimited')"""
).fetchone()
print(json.dumps({"sessions": sessions, "session_seconds": int(seconds)}))
