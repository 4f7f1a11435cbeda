-- How many sessions of each product ran at once at most, day by day.
-- One that runs past midnight counts on both days.
-- $fare text all: `seat`, `tokens`, `none` or `all`
-- $from date null: the first day; from the beginning when null
-- $until date null: the day after the last; up to now when null
SELECT peak.day, product.name AS product, peak.peak
FROM peaks('product', $fare, $from, $until) peak
LEFT JOIN products product ON product.id = peak.product_id
ORDER BY 1, 2
