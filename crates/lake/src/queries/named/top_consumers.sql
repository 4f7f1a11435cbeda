-- Who was charged most, with their share of everything and how many of a hundred others were charged less.
-- $limit number 100: how many persons
-- $from date null: the first day; from the beginning when null
-- $until date null: the day after the last; up to now when null
WITH charged AS (
    SELECT person_id, sum(ticks) AS ticks, count(DISTINCT day) AS days
    FROM charges
    WHERE ($from IS NULL OR day >= $from) AND ($until IS NULL OR day < $until)
    GROUP BY person_id
), ranked AS (
    SELECT
        person_id, ticks, days,
        rank() OVER (ORDER BY ticks DESC) AS place,
        100 * percent_rank() OVER (ORDER BY ticks) AS percentile,
        sum(ticks) OVER () AS everything
    FROM charged
)
SELECT
    place,
    person.name AS person,
    ticks,
    CAST(CAST(ticks AS DECIMAL(38, 6)) / 3600000000 AS DECIMAL(20, 6)) AS tokens,
    days,
    round(100.0 * ticks / nullif(everything, 0), 2) AS share,
    round(percentile, 1) AS percentile
FROM ranked
LEFT JOIN people person ON person.id = ranked.person_id
WHERE place <= $limit
ORDER BY place, person
