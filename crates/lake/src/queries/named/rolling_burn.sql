-- Tokens charged in the days up to each day, by bucket.
-- A day without charges has no row of its own, and counts as nothing in those after it.
-- $days number 30: how many days, the day itself included
-- $from date null: the first day that is shown; from the beginning when null
-- $until date null: the day after the last; up to now when null
WITH daily AS (
    SELECT bucket_id, day, sum(ticks) AS ticks
    FROM charges
    WHERE ($until IS NULL OR day < $until)
        AND ($from IS NULL OR day > CAST(CAST($from AS INT) - $days AS INT))
    GROUP BY bucket_id, day
)
SELECT shown.day, bucket.path AS bucket, sum(before.ticks) AS ticks
FROM daily shown
JOIN daily before
    ON before.bucket_id = shown.bucket_id
    AND before.day <= shown.day
    AND CAST(before.day AS INT) > CAST(shown.day AS INT) - $days
LEFT JOIN buckets bucket ON bucket.id = shown.bucket_id
WHERE $from IS NULL OR shown.day >= $from
GROUP BY 1, 2
ORDER BY 1, 2
