-- Who is back: a new stretch from the hire date, or from today where the file does not say. A hire date within the last
-- stretch says that the leaving was a mistake, and reopens it.
WITH back AS (
    SELECT r.person_id, r.unit_id, r.occupation, last.id AS last_id, last.unit_id AS last_unit, last.occupation AS last_occupation,
           last.ended_on, coalesce(r.hired_on, %(today)s) AS starts_on
    FROM people_rosterrow AS r
    JOIN people_employment AS last ON last.id = (
        SELECT l.id FROM people_employment AS l WHERE l.person_id = r.person_id ORDER BY l.started_on DESC, l.id DESC LIMIT 1
    )
    WHERE r.verdict = 'ready' AND string_to_array(r.changes, ',') @> '{returned}'
),
reopened AS (
    UPDATE people_employment AS e
    SET ended_on = NULL
    FROM back
    WHERE e.id = back.last_id AND back.starts_on <= back.ended_on
)
INSERT INTO people_employment (person_id, unit_id, occupation, started_on, ended_on)
SELECT person_id, coalesce(unit_id, last_unit), coalesce(nullif(occupation, ''), last_occupation), starts_on, NULL
FROM back
WHERE starts_on > ended_on
