"""FlexNet debug log to sessions with DuckDB's SQL: dates carried on, the n-th OUT paired with the n-th IN.

usage: flexnet.py LOG SCRATCH; prints sessions and their seconds as JSON. Nothing is stored: the peer has less to do.
"""

import json
import sys

import duckdb

log, scratch = sys.argv[1:3]
db = duckdb.connect()
db.execute("set threads = 2; set memory_limit = '16GB'; set preserve_insertion_order = true")
db.execute(f"set temp_directory = '{scratch}'")
sessions, seconds = db.execute(
    rf"""
    with line as (
        select row_number() over () as place, text
        from read_csv('{log}', columns = {{'text': 'VARCHAR'}}, delim = '\x01', quote = '', escape = '',
                      header = false, auto_detect = false, parallel = false)
    ), part as (
        select place, regexp_extract(
            text,
            '^\s*(\d+):(\d+):(\d+) \((\w+)\) (OUT|IN|DENIED|TIMESTAMP):? "?([^" ]+)"? ?([^@ ]*)@?(\S*)',
            ['h', 'm', 's', 'daemon', 'kind', 'feature', 'person', 'host']) as p
        from line
    ), event as (
        select place, p.kind as kind, p.feature as feature, p.person as person, p.host as host,
            last_value(case when p.kind = 'TIMESTAMP' then strptime(p.feature, '%m/%d/%Y') end ignore nulls)
                over (order by place rows unbounded preceding)
            + to_seconds(p.h::int * 3600 + p.m::int * 60 + p.s::int) as at
        from part
    ), opened as (
        select *, row_number() over (partition by feature, person, host order by place) as n
        from event where kind = 'OUT'
    ), closed as (
        select *, row_number() over (partition by feature, person, host order by place) as n
        from event where kind = 'IN'
    )
    select count(*), sum(epoch(closed.at) - epoch(opened.at))
    from opened left join closed using (feature, person, host, n)
    """
).fetchone()
print(json.dumps({"sessions": sessions, "session_seconds": int(seconds)}))
