-- How many sessions ran at once at most at each site, day by day.
-- One that runs past midnight counts on both days.
-- $fare text all: `seat`, `tokens`, `none` or `all`
-- $from date null: the first day; from the beginning when null
-- $until date null: the day after the last; up to now when null
SELECT peak.day, site.name AS site, peak.peak
FROM peaks('site', $fare, $from, $until) peak
LEFT JOIN sites site ON site.id = peak.site_id
ORDER BY 1, 2
