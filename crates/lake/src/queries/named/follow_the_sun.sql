-- At which hours of the day, in UTC, each site begins its sessions.
-- Sites that begin when others have ended can share seats that pass from hand to hand.
-- $from date null: the first day; from the beginning when null
-- $until date null: the day after the last; up to now when null
SELECT
    site.region AS region,
    site.name AS site,
    CAST(date_part('hour', s.opened) AS INT) AS hour,
    count(*) AS sessions,
    count(DISTINCT s.person_id) AS people
FROM sessions s
LEFT JOIN sites site ON site.id = s.site_id
WHERE ($from IS NULL OR s.day >= $from) AND ($until IS NULL OR s.day < $until)
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
