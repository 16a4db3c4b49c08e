-- Which exams of the touched days count: one is superseded while a later, not withdrawn one of the same person and day
-- has a column for everything that it says, and nothing of that was left out there. One that only repeats another stays aside.
-- The only exam of a day counts from the beginning.
-- Depends only on what remains, so any order of undoing ends the same.
WITH days AS (
    SELECT DISTINCT own.person_id, own.taken_on
    FROM exams_exam AS own
    WHERE own.upload_id = %(upload)s
      AND own.row_number BETWEEN %(first)s AND %(last)s
      AND EXISTS (
          SELECT 1
          FROM exams_exam AS other
          WHERE other.person_id = own.person_id AND other.taken_on = own.taken_on AND other.id <> own.id
      )
),
settled AS (
    SELECT
        e.id,
        EXISTS (
            SELECT 1
            FROM exams_exam AS later
            JOIN exams_upload AS source ON source.id = later.upload_id
            WHERE later.person_id = e.person_id
              AND later.taken_on = e.taken_on
              AND later.id > e.id
              AND later.state IN ('current', 'superseded')
              AND source.layout -> 'codes' @> (
                  -- Without the flags that were read out of a text, which stands among the texts.
                  SELECT coalesce(jsonb_agg(said.key), '[]')
                  FROM jsonb_object_keys(e.results || e.texts) AS said (key)
                  WHERE strpos(said.key, ':') = 0 OR e.texts ? said.key
              )
              AND NOT later.left_out ?| ARRAY(SELECT jsonb_object_keys(e.results || e.texts))
        ) AS is_superseded
    FROM exams_exam AS e
    JOIN days USING (person_id, taken_on)
    WHERE e.state IN ('current', 'superseded')
)
UPDATE exams_exam AS e
SET state = CASE WHEN settled.is_superseded THEN 'superseded' ELSE 'current' END
FROM settled
WHERE e.id = settled.id
  AND e.state <> CASE WHEN settled.is_superseded THEN 'superseded' ELSE 'current' END
