"""The questions of race C, asked of a peer: analytics.py ENGINE QUESTION SESSIONS.parquet SCRATCH

Prints the seconds from the question to the answer, how many rows it has, and the sum of their figures, as JSON.
Loading the engine is not timed. Two threads.
"""

import json
import os
import sys
import time

engine, question, path, scratch = sys.argv[1:5]
os.environ["POLARS_MAX_THREADS"] = "2"

# c4: days on which something runs and nothing happens count too, so each midnight is an event without change.
# At one instant ends come first, then midnight, then beginnings.
SQL = {
    "q1": """select start_ts::date d, product_id, count(*) * 10 v from
        (select distinct start_ts::date start_ts, user_id, product_id from S where mode = 1) group by all""",
    "q2": """select user_id, product_id, date_trunc('month', start_ts) m, count(distinct start_ts::date) v
        from S group by all""",
    "q3": """select segment_id, d, sum(t) over (partition by segment_id order by d
            range between interval 29 day preceding and current row) v from
        (select segment_id, d, count(*) * 10 t from
            (select distinct segment_id, start_ts::date d, user_id, product_id from S where mode = 1)
        group by all)""",
    # Only where something or a day begins: of several that end at midnight, all but the last would count for the new day.
    "q4": """select product_id, d, v from (select product_id, ts::date d, max(c) v from
        (select product_id, ts, x, sum(x) over (partition by product_id order by ts, x rows unbounded preceding) c from
            (select product_id, start_ts ts, 1::int x from S
            union all select product_id, end_ts, -1 from S
            union all select product_id, midnight, 0 from (select distinct product_id from S),
                (select unnest(generate_series(min(start_ts)::date::timestamp, max(end_ts)::date::timestamp,
                    interval 1 day)) midnight from S)))
        where x >= 0 group by all) where v > 0""",
    "q5": """with u as (select user_id, count(*) n, count(distinct start_ts::date) nd,
            sum(epoch(end_ts) - epoch(start_ts)) sec from S where mode = 1 group by 1)
        select sec::bigint v, n, nd, percent_rank() over (order by sec) pr,
            (select quantile_cont(sec, [.5, .95, .99]) from u) q from u order by sec desc, user_id limit 100""",
    "q6": """with g as (select user_id, product_id, list(epoch(start_ts)::bigint order by start_ts) l
            from S where mode = 1 group by all)
        select user_id, product_id, list_reduce(list_prepend({'w': (-1)::bigint, 'n': 0::bigint},
            list_transform(l, lambda x: {'w': x, 'n': 0::bigint})),
            lambda a, b: case when a.w >= 0 and b.w < a.w + 86400 then a else {'w': b.w, 'n': a.n + 1} end).n v
        from g""",
}


def duckdb():
    import duckdb

    db = duckdb.connect()
    db.execute("set threads = 2; set memory_limit = '16GB'; set preserve_insertion_order = false")
    db.execute(f"set temp_directory = '{scratch}'")
    db.execute(f"create view S as select * from read_parquet('{path}')")
    query = f"select count(*), sum(v)::bigint from ({SQL[question]})"
    return lambda: db.execute(query).fetchone()


def polars():
    import polars as pl

    S, day = pl.scan_parquet(path), pl.col("start_ts").dt.date().alias("d")
    tokens = S.filter(pl.col("mode") == 1)
    if question == "q1":
        frame = tokens.select(day, "user_id", "product_id").unique()
        frame = frame.group_by("d", "product_id").agg((pl.len() * 10).alias("v"))
    elif question == "q2":
        frame = S.select("user_id", "product_id", day).unique()
        frame = frame.group_by("user_id", "product_id", pl.col("d").dt.truncate("1mo").alias("m"))
        frame = frame.agg(pl.len().alias("v"))
    elif question == "q3":
        frame = tokens.select("segment_id", day, "user_id", "product_id").unique()
        frame = frame.group_by("segment_id", "d").agg((pl.len() * 10).alias("t")).sort("d")
        frame = frame.with_columns(pl.col("t").rolling_sum_by("d", "30d").over("segment_id").alias("v"))
    elif question == "q4":
        ends = S.select(
            first=pl.col("start_ts").min().dt.date(), last=pl.col("end_ts").max().dt.date()
        )
        midnights = ends.select(pl.date_ranges("first", "last").explode().cast(pl.Datetime("ms")).alias("ts"))
        midnights = S.select(pl.col("product_id").unique()).join(midnights, how="cross")
        event = lambda frame, ts, by: frame.select(
            "product_id", pl.col(ts).cast(pl.Datetime("ms")).alias("ts"), pl.lit(by, dtype=pl.Int32).alias("x")
        )
        frame = pl.concat([event(S, "start_ts", 1), event(S, "end_ts", -1), event(midnights, "ts", 0)])
        frame = frame.sort("product_id", "ts", "x")
        frame = frame.with_columns(pl.col("x").cum_sum().over("product_id").alias("v"))
        frame = frame.filter(pl.col("x") >= 0)
        frame = frame.group_by("product_id", pl.col("ts").dt.date().alias("d")).agg(pl.col("v").max())
        frame = frame.filter(pl.col("v") > 0)
    elif question == "q5":
        sec = (pl.col("end_ts") - pl.col("start_ts")).dt.total_seconds().alias("sec")
        frame = tokens.select("user_id", day, sec).group_by("user_id")
        frame = frame.agg(pl.len().alias("n"), pl.col("d").n_unique().alias("nd"), pl.col("sec").sum().alias("v"))
        frame = frame.with_columns(
            (pl.col("v").rank("min") - 1).alias("pr"),
            *(pl.col("v").quantile(q, "linear").alias(f"q{q}") for q in (0.5, 0.95, 0.99)),
        )
        frame = frame.sort("v", "user_id", descending=[True, False]).limit(100)
    else:
        sys.exit("a fold over the rows of a group cannot be said in polars")

    def ask():
        found = frame.collect(engine="streaming")
        return found.height, found["v"].cast(pl.Int64).sum()

    return ask


def chdb():
    import chdb

    S, limits = f"file('{path}', Parquet)", " settings max_threads = 2, max_memory_usage = 17179869184"
    day = "toDate(start_ts)"
    sql = {
        "q1": f"""select d, product_id, count() * 10 v from
            (select distinct {day} d, user_id, product_id from {S} where mode = 1) group by d, product_id""",
        "q2": f"""select user_id, product_id, toStartOfMonth(start_ts) m, uniqExact({day}) v
            from {S} group by user_id, product_id, m""",
        "q3": f"""select sum(t) over (partition by segment_id order by toInt32(d)
                range between 29 preceding and current row) v from
            (select segment_id, d, count() * 10 t from
                (select distinct segment_id, {day} d, user_id, product_id from {S} where mode = 1)
            group by segment_id, d)""",
        "q4": f"""select product_id, d, v from (select product_id, toDate(ts) d, max(c) v from
            (select product_id, ts, x,
                sum(x) over (partition by product_id order by ts, x rows unbounded preceding) c
            from (select product_id, toDateTime(start_ts) ts, toInt32(1) x from {S}
                union all select product_id, toDateTime(end_ts) ts, toInt32(-1) x from {S}
                union all select product_id, toDateTime(midnight) ts, toInt32(0) x from
                    (select distinct product_id from {S}) p cross join
                    (select arrayJoin(arrayMap(i -> f + i, range(toUInt32(l - f) + 1))) midnight from
                        (select toDate(min(start_ts)) f, toDate(max(end_ts)) l from {S})) m))
            where x >= 0 group by product_id, d) where v > 0""",
        "q5": f"""with u as (select user_id, count() n, uniqExact({day}) nd,
                sum(toUInt32(end_ts) - toUInt32(start_ts)) sec from {S} where mode = 1 group by user_id)
            select sec v, n, nd, rank() over (order by sec) pr, (select quantiles(.5, .95, .99)(sec) from u) q
            from u order by sec desc, user_id limit 100""",
        "q6": f"""select arrayFold((a, x) -> if(x < a.1, a, (x + 86400, a.2 + 1)),
                arraySort(groupArray(toInt64(toUnixTimestamp(start_ts)))), (toInt64(0), toInt64(0))).2 v
            from {S} where mode = 1 group by user_id, product_id""",
    }
    query = f"select count(), sum(v) from ({sql[question]}){limits}"
    return lambda: [int(float(part)) for part in str(chdb.query(query, "CSV")).strip().split(",")]


ask = {"duckdb": duckdb, "polars": polars, "chdb": chdb}[engine]()
begun = time.perf_counter()
rows, total = ask()
print(json.dumps({"seconds": time.perf_counter() - begun, "rows": int(rows), "sum": int(total)}))
