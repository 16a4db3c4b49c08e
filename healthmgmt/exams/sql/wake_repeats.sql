-- After an undo: of each touched day the first exam that only repeated another one, and is now alone with what it says, counts
-- itself. It is a repeat as long as an earlier exam that still stood when it came says the same within its file's columns.
-- Asked again until nothing changes, since the next one may repeat the one that woke.
WITH days AS (
    SELECT DISTINCT person_id, taken_on FROM exams_exam WHERE upload_id = %(upload)s
),
alone AS (
    SELECT DISTINCT ON (r.person_id, r.taken_on) r.id
    FROM exams_exam AS r
    JOIN days USING (person_id, taken_on)
    JOIN exams_upload AS told ON told.id = r.upload_id
    CROSS JOIN LATERAL (SELECT ARRAY(SELECT jsonb_array_elements_text(told.layout -> 'codes')) AS codes) AS own
    WHERE r.state = 'repeated'
      AND NOT EXISTS (
          SELECT 1
          FROM exams_exam AS e
          WHERE e.person_id = r.person_id
            AND e.taken_on = r.taken_on
            AND e.id < r.id
            AND e.state IN ('current', 'superseded')
            AND e.results - ARRAY(SELECT jsonb_object_keys(e.results) EXCEPT SELECT unnest(own.codes))
              = r.results - ARRAY(SELECT jsonb_object_keys(r.results) EXCEPT SELECT unnest(own.codes))
            AND e.texts - ARRAY(SELECT jsonb_object_keys(e.texts) EXCEPT SELECT unnest(own.codes))
              = r.texts - ARRAY(SELECT jsonb_object_keys(r.texts) EXCEPT SELECT unnest(own.codes))
            AND e.qualifiers - ARRAY(SELECT jsonb_object_keys(e.qualifiers) EXCEPT SELECT unnest(own.codes))
              = r.qualifiers - ARRAY(SELECT jsonb_object_keys(r.qualifiers) EXCEPT SELECT unnest(own.codes))
            AND NOT EXISTS (
                SELECT 1
                FROM exams_exam AS between_them
                JOIN exams_upload AS source ON source.id = between_them.upload_id
                WHERE between_them.person_id = r.person_id
                  AND between_them.taken_on = r.taken_on
                  AND between_them.id > e.id
                  AND between_them.id < r.id
                  AND between_them.state IN ('current', 'superseded')
                  AND source.layout -> 'codes' @> (
                      SELECT coalesce(jsonb_agg(said.key), '[]')
                      FROM jsonb_object_keys(e.results || e.texts) AS said (key)
                      WHERE strpos(said.key, ':') = 0 OR e.texts ? said.key
                  )
                  AND NOT between_them.left_out ?| ARRAY(SELECT jsonb_object_keys(e.results || e.texts))
            )
      )
    ORDER BY r.person_id, r.taken_on, r.id
)
UPDATE exams_exam AS e
SET state = 'current'
FROM alone
WHERE e.id = alone.id
