-- On how many days each person used each product in each month, and how many charge windows that came to.
-- $fare text all: `seat`, `tokens`, `none` or `all`
-- $hours number 24: how long a window lasts
-- $from date null: the first day; from the beginning when null
-- $until date null: the day after the last; up to now when null
SELECT
    used.month,
    person.name AS person,
    product.name AS product,
    used.active_days,
    coalesce(charged.windows, 0) AS windows,
    used.sessions,
    used.seconds
FROM usage_totals('person, product', $fare, $from, $until) used
LEFT JOIN charge_windows('person, product', $fare, $from, $until, $hours) charged
    ON charged.person_id = used.person_id
    AND charged.product_id = used.product_id
    AND charged.month = used.month
LEFT JOIN people person ON person.id = used.person_id
LEFT JOIN products product ON product.id = used.product_id
ORDER BY 1, 2, 3
