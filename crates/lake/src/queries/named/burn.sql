-- Tokens charged in each period, by whatever is named.
-- Charges that were taken back count against the period of the use, so the sum is the ledger's.
-- $by text product: any of person, product, bucket and source, with commas between
-- $grain text month: `day`, `week` (from Monday) or `month`
-- $from date null: the first day; from the beginning when null
-- $until date null: the day after the last; up to now when null
SELECT
    CAST(date_trunc($grain, c.day) AS DATE) AS period,
    CASE WHEN strpos($by, 'person') > 0 THEN person.name END AS person,
    CASE WHEN strpos($by, 'product') > 0 THEN product.name END AS product,
    CASE WHEN strpos($by, 'bucket') > 0 THEN bucket.path END AS bucket,
    CASE WHEN strpos($by, 'source') > 0 THEN c.source END AS source,
    sum(c.ticks) AS ticks,
    CAST(CAST(sum(c.ticks) AS DECIMAL(38, 6)) / 3600000000 AS DECIMAL(20, 6)) AS tokens
FROM charges c
LEFT JOIN people person ON person.id = c.person_id
LEFT JOIN products product ON product.id = c.product_id
LEFT JOIN buckets bucket ON bucket.id = c.bucket_id
WHERE ($from IS NULL OR c.day >= $from) AND ($until IS NULL OR c.day < $until)
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4, 5
