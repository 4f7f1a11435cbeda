-- Who was turned away how often, and why.
-- $grain text month: `day`, `week` (from Monday) or `month`
-- $from date null: the first day; from the beginning when null
-- $until date null: the day after the last; up to now when null
SELECT
    CAST(date_trunc($grain, d.day) AS DATE) AS period,
    coalesce(product.name, d.product_asked) AS product,
    site.name AS site,
    d.reason,
    count(*) AS denials,
    count(DISTINCT d.user_id) AS people
FROM denials d
LEFT JOIN products product ON product.id = d.product_id
LEFT JOIN sites site ON site.id = d.site_id
WHERE ($from IS NULL OR d.day >= $from) AND ($until IS NULL OR d.day < $until)
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
