WITH begun AS (
    INSERT INTO people_exposure (person_id, kind, since, until)
    SELECT r.person_id, named.kind, %(today)s, NULL
    FROM people_rosterrow AS r
    CROSS JOIN LATERAL jsonb_array_elements_text(r.exposures) AS named (kind)
    WHERE r.verdict IN ('ready', 'created') AND r.exposures IS NOT NULL AND r.person_id IS NOT NULL
      AND NOT EXISTS (
          SELECT 1 FROM people_exposure AS x WHERE x.person_id = r.person_id AND x.kind = named.kind AND x.until IS NULL
      )
    RETURNING person_id
)
UPDATE people_rosterrow AS r
SET changes = concat_ws(',', nullif(r.changes, ''), 'exposure')
FROM (SELECT DISTINCT person_id FROM begun) AS changed
WHERE r.person_id = changed.person_id AND r.verdict = 'ready' AND NOT string_to_array(r.changes, ',') @> '{exposure}'
