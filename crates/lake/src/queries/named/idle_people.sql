-- Who still used a product in these days, and who used it before and let it lie since.
-- Somebody is idle when their last day of it is longer ago, seen from `until`, than `idle`.
-- $idle number 30: after so many days without use
-- $until date null: the day to look back from; the day after the last use when null
WITH used AS (
    SELECT person_id, product_id, max(day) AS last, count(DISTINCT day) AS active_days
    FROM sessions
    WHERE person_id IS NOT NULL AND product_id IS NOT NULL AND ($until IS NULL OR day < $until)
    GROUP BY person_id, product_id
), today AS (
    SELECT coalesce(CAST($until AS INT), max(CAST(last AS INT)) + 1) AS day FROM used
)
SELECT
    product.name AS product,
    person.name AS person,
    used.last,
    today.day - CAST(used.last AS INT) AS days_since,
    used.active_days,
    today.day - CAST(used.last AS INT) > $idle AS idle
FROM used
CROSS JOIN today
LEFT JOIN products product ON product.id = used.product_id
LEFT JOIN people person ON person.id = used.person_id
ORDER BY 1, days_since DESC, 2
