"""A made-up year of sessions of a hybrid estate as Parquet (zstd), in the order in which they began.

usage: sessions.py OUT.parquet SESSIONS; about so many are written. The seed is fixed: a file is always the same.
"""

import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

out, wanted = sys.argv[1], int(sys.argv[2])
PEOPLE, PRODUCTS, DAYS, SEGMENTS = 60_000, 40, 365, 60
START = 1_735_689_600  # 2025-01-01, a Wednesday
chance = np.random.default_rng(7)

segment = chance.integers(0, SEGMENTS, PEOPLE).astype(np.uint16)
bucket = (segment * 2 + chance.integers(0, 2, PEOPLE)).astype(np.uint16)
region = chance.choice(5, PEOPLE, p=[0.2, 0.3, 0.3, 0.1, 0.1])
offset = np.array([-8, -5, 1, 5.5, 8]) * 3600
kind = chance.choice(3, PEOPLE, p=[0.2, 0.3, 0.5])  # heavy, regular, casual
active = np.array([0.92, 0.45, 0.08])[kind]
popular = 1 / np.arange(1, PRODUCTS + 1) ** 1.1
popular /= popular.sum()
product_count = np.minimum(1 + chance.geometric(0.45, PEOPLE), 6)
products = np.stack([chance.choice(PRODUCTS, PEOPLE, p=popular) for _ in range(6)], 1)
products = products.astype(np.uint16)
named = (
    ((kind == 0) & (chance.random(PEOPLE) < 0.85))
    | ((kind == 1) & (chance.random(PEOPLE) < 0.4))
    | ((kind == 2) & (chance.random(PEOPLE) < 0.15))
)
workdays = sum((day + 2) % 7 < 5 for day in range(DAYS))
relative = np.array([1.15, 0.95, 0.7])
relative = relative / ((relative[kind] * active).sum() / active.sum())
a_day = wanted / (active.sum() * (workdays + 0.07 * (DAYS - workdays))) * relative
season = 1 + 0.15 * np.sin(np.arange(DAYS) / DAYS * 4 * np.pi)
season += 0.1 * chance.standard_normal(DAYS).cumsum() / np.sqrt(DAYS)
season /= season.mean()

schema = pa.schema(
    [
        ("session_id", pa.uint64()),
        ("user_id", pa.uint32()),
        ("product_id", pa.uint16()),
        ("bucket_id", pa.uint16()),
        ("segment_id", pa.uint16()),
        ("region_id", pa.uint8()),
        ("host_id", pa.uint32()),
        ("ip", pa.uint32()),
        ("mode", pa.uint8()),
        ("start_ts", pa.timestamp("s")),
        ("end_ts", pa.timestamp("s")),
    ]
)
writer = pq.ParquetWriter(
    out,
    schema,
    compression="zstd",
    compression_level=3,
    use_dictionary=["product_id", "bucket_id", "segment_id", "region_id", "mode"],
    data_page_version="2.0",
)
waiting, written = [], 0


def write(limit):
    """Writes what begins before `limit`, in order, and keeps the rest."""
    global waiting, written
    user, product, mode, seconds, start = (np.concatenate(column) for column in zip(*waiting))
    now = start < limit
    waiting = [[column[~now] for column in (user, product, mode, seconds, start)]]
    order = np.argsort(start[now], kind="stable")
    user, product, mode, seconds, start = (
        column[now][order] for column in (user, product, mode, seconds, start)
    )
    count = len(start)
    host = (user * 2 + (chance.random(count) < 0.15)).astype(np.uint32)
    ip = np.uint32(10 << 24) + (region[user].astype(np.uint32) << 16) + (host & np.uint32(0xFFFF))
    columns = [
        np.arange(written, written + count, dtype=np.uint64),
        user,
        product,
        bucket[user],
        segment[user],
        region[user].astype(np.uint8),
        host,
        ip.astype(np.uint32),
        mode,
        pa.array(start, type=pa.timestamp("s")),
        pa.array(start + seconds, type=pa.timestamp("s")),
    ]
    writer.write_table(pa.table(columns, schema=schema), row_group_size=1_000_000)
    written += count


for day in range(DAYS):
    at_work = 0.07 if (day + 2) % 7 >= 5 else 1
    full = min(season[day], 1.08)
    here = np.nonzero(chance.random(PEOPLE) < active * at_work * full)[0]
    count = np.maximum(1, chance.poisson(a_day[kind[here]] * season[day] / full))
    user = np.repeat(here, count).astype(np.uint32)
    draw = chance.random(len(user))
    place = np.minimum((draw * draw * product_count[user]).astype(int), 5)  # the first is used most
    morning = chance.random(len(user)) < 0.55
    hour = np.where(morning, chance.normal(10, 1.3, len(user)), chance.normal(14.8, 1.7, len(user)))
    start = START + day * 86_400 + np.clip(hour, 0, 23.9) * 3600 - offset[region[user]]
    start = np.maximum(start.astype(np.int64), START)
    lasts = np.exp(chance.normal(np.log(1500), 1.3, len(user)))
    seconds = np.minimum(lasts, 14 * 3600).astype(np.int64) + 5
    mode = np.where(named[user] & (place < 2), 0, 1).astype(np.uint8)
    waiting.append([user, products[user, place], mode, seconds, start])
    if day % 5 == 4:
        write(START + (day - 1) * 86_400)
write(1 << 62)
writer.close()
print(written)
