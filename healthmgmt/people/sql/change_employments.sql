-- Who works elsewhere or as something else: the open stretch ends yesterday. What is only filled in, what began today or
-- later, and the last unit of those who left, is mended in place. The row's change `employment` asks for a new stretch.
WITH present AS (
    SELECT
        r.id AS row_id, e.id AS employment_id, p.unit_id, coalesce(nullif(r.occupation, ''), e.occupation) AS occupation,
        e.ended_on IS NOT NULL OR e.started_on >= %(today)s OR (e.unit_id = p.unit_id AND e.occupation = '') AS is_mended,
        e.occupation <> coalesce(nullif(r.occupation, ''), e.occupation) AS is_other_occupation
    FROM people_rosterrow AS r
    JOIN people_person AS p ON p.id = r.person_id
    JOIN people_employment AS e ON e.id = (
        SELECT l.id FROM people_employment AS l WHERE l.person_id = r.person_id ORDER BY l.started_on DESC, l.id DESC LIMIT 1
    )
    WHERE r.verdict = 'ready'
      AND (e.unit_id <> p.unit_id OR e.occupation <> coalesce(nullif(r.occupation, ''), e.occupation))
),
marked AS (
    UPDATE people_rosterrow AS r
    SET changes = concat_ws(',',
            nullif(r.changes, ''),
            CASE WHEN present.is_other_occupation THEN 'occupation' END,
            CASE WHEN NOT present.is_mended THEN 'employment' END
        )
    FROM present
    WHERE r.id = present.row_id
)
UPDATE people_employment AS e
SET unit_id = CASE WHEN present.is_mended THEN present.unit_id ELSE e.unit_id END,
    occupation = CASE WHEN present.is_mended THEN present.occupation ELSE e.occupation END,
    ended_on = CASE WHEN present.is_mended THEN e.ended_on ELSE %(today)s::date - 1 END
FROM present
WHERE e.id = present.employment_id
