-- The good rows become exams; those that say nothing new are kept beside them, for the case that what they repeat is undone. What
-- a row was mended to do without stays known when the row is gone. A row that went in before is left alone.
INSERT INTO exams_exam (
    person_id, taken_on, upload_id, row_number, state, results, reported, qualifiers, ranges, texts, findings, left_out, stored_at
)
SELECT
    r.person_id, r.exam_on, r.upload_id, r.number, CASE r.state WHEN 'unchanged' THEN 'repeated' ELSE 'current' END,
    r.values, r.reported, r.qualifiers, r.ranges, r.texts, r.findings,
    CASE
        WHEN r.left_out = '[]' THEN '[]'
        ELSE (
            SELECT coalesce(jsonb_agg(DISTINCT code), '[]')
            FROM jsonb_array_elements(r.left_out) AS gone (problem)
            CROSS JOIN LATERAL jsonb_array_elements_text(gone.problem -> 'codes') AS code
        )
    END,
    now()
FROM exams_uploadrow AS r
WHERE r.upload_id = %(upload)s
  AND r.number BETWEEN %(first)s AND %(last)s
  AND (
      r.state = ANY (%(states)s::text[])
      OR r.state = 'unchanged' AND NOT EXISTS (SELECT 1 FROM exams_exam AS e WHERE e.upload_id = r.upload_id AND e.row_number = r.number)
  )
ORDER BY r.number
