-- The readings whose mean counts of each person as of a day of their own: those of the last run of days that has days enough, if it
-- ends within the window. Whoever took the consent back has none; who never answered typed the readings in for this.
WITH asked AS MATERIALIZED (
    SELECT one.person_id, one.as_of, one.since
    FROM unnest(%(people)s::bigint[], %(days)s::date[], %(sinces)s::date[]) AS one (person_id, as_of, since)
    WHERE NOT EXISTS (SELECT 1 FROM people_consent AS c WHERE c.person_id = one.person_id AND c.purpose = %(purpose)s)
       OR EXISTS (SELECT 1 FROM people_consent AS c WHERE c.person_id = one.person_id AND c.purpose = %(purpose)s AND c.withdrawn_at IS NULL)
),
kind AS (
    SELECT * FROM unnest(%(kinds)s::text[], %(mean_days)s::int[], %(least_days)s::int[]) AS one (slug, mean_days, least_days)
),
reading AS MATERIALIZED (
    SELECT r.id, r.person_id, r.kind, r.values, (r.taken_at AT TIME ZONE %(timezone)s)::date AS day, asked.since, kind.mean_days, kind.least_days
    FROM asked
    JOIN devices_reading AS r ON r.person_id = asked.person_id AND r.withdrawn_at IS NULL
    JOIN kind ON kind.slug = r.kind
    WHERE (r.taken_at AT TIME ZONE %(timezone)s)::date <= asked.as_of
),
run AS (
    SELECT
        person_id, kind, day, since, mean_days,
        lag(day, least_days - 1) OVER (PARTITION BY person_id, kind ORDER BY day) AS first
    FROM (SELECT DISTINCT person_id, kind, day, since, mean_days, least_days FROM reading) AS days
),
newest AS (
    SELECT person_id, kind, max(day) AS until
    FROM run
    WHERE day - first < mean_days AND day > since
    GROUP BY person_id, kind
)
SELECT reading.person_id, p.sex, p.birth, p.unit_id, reading.kind, reading.day, reading.id, reading.values
FROM newest
JOIN reading ON reading.person_id = newest.person_id AND reading.kind = newest.kind
    AND reading.day > newest.until - reading.mean_days AND reading.day <= newest.until
JOIN people_person AS p ON p.id = reading.person_id
ORDER BY reading.person_id, reading.kind, reading.id
