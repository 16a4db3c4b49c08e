-- Hazards that a row with an exposure cell does not name any more end yesterday.
WITH ended AS (
    UPDATE people_exposure AS x
    SET until = greatest(x.since, %(today)s::date - 1)
    FROM people_rosterrow AS r
    WHERE r.verdict = 'ready' AND r.exposures IS NOT NULL AND r.person_id = x.person_id
      AND x.until IS NULL AND NOT r.exposures ? x.kind
    RETURNING x.person_id
)
UPDATE people_rosterrow AS r
SET changes = concat_ws(',', nullif(r.changes, ''), 'exposure')
FROM (SELECT DISTINCT person_id FROM ended) AS changed
WHERE r.person_id = changed.person_id AND r.verdict = 'ready'
