-- A hire date that was not known, or is told differently, for the first stretch of somebody who has only one or whose
-- first began before there were records.
WITH first AS (
    SELECT DISTINCT ON (e.person_id) e.id, e.person_id, e.started_on, e.ended_on, count(*) OVER (PARTITION BY e.person_id) AS stretches
    FROM people_employment AS e
    JOIN people_rosterrow AS r ON r.person_id = e.person_id AND r.verdict = 'ready' AND r.hired_on IS NOT NULL
    ORDER BY e.person_id, e.started_on, e.id
),
corrected AS (
    UPDATE people_employment AS e
    SET started_on = r.hired_on
    FROM first
    JOIN people_rosterrow AS r ON r.person_id = first.person_id AND r.verdict = 'ready'
    WHERE e.id = first.id
      AND r.hired_on <> first.started_on
      AND (first.ended_on IS NULL OR first.ended_on >= r.hired_on)
      AND (first.stretches = 1 OR first.started_on = %(before_records)s)
    RETURNING e.person_id
)
UPDATE people_rosterrow AS r
SET changes = concat_ws(',', nullif(r.changes, ''), 'hired_on')
FROM corrected
WHERE r.person_id = corrected.person_id AND r.verdict = 'ready'
