-- The day on which somebody goes away from a hazard; a blank cell keeps what was planned.
WITH planned AS (
    UPDATE people_exposure AS x
    SET rotates_on = r.rotates_on
    FROM people_rosterrow AS r
    WHERE r.verdict IN ('ready', 'created') AND r.rotates_on IS NOT NULL AND r.person_id = x.person_id
      AND x.until IS NULL AND x.kind = ANY(%(rotating)s) AND x.rotates_on IS DISTINCT FROM r.rotates_on
    RETURNING x.person_id
)
UPDATE people_rosterrow AS r
SET changes = concat_ws(',', nullif(r.changes, ''), 'rotation')
FROM (SELECT DISTINCT person_id FROM planned) AS changed
WHERE r.person_id = changed.person_id AND r.verdict = 'ready'
