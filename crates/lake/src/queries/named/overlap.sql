-- Which uses two sources both tell of: the same person and product, at the same time.
-- Such a use is charged once; the pair says which sources describe the same and how well they agree.
-- $from date null: the first day; from the beginning when null
-- $until date null: the day after the last; up to now when null
WITH used AS (
    SELECT * FROM sessions
    WHERE person_id IS NOT NULL AND product_id IS NOT NULL
        AND ($from IS NULL OR day >= $from) AND ($until IS NULL OR day < $until)
)
SELECT
    one.source AS source,
    other.source AS other,
    product.name AS product,
    count(*) AS pairs,
    count(DISTINCT one.person_id) AS people,
    sum(CASE WHEN one.opened = other.opened AND one.closed = other.closed THEN 1 ELSE 0 END) AS alike
FROM used one
JOIN used other
    ON other.person_id = one.person_id
    AND other.product_id = one.product_id
    AND other.source > one.source
    AND other.opened < one.closed
    AND one.opened < other.closed
LEFT JOIN products product ON product.id = one.product_id
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
