-- A file was read again: whom people named for a row, the row is still about. What the cells that name a person have against it
-- is settled by that.
UPDATE exams_uploadrow AS r
SET person_id = former.person_id,
    person_chosen = true,
    problems = kept.problems,
    state = CASE WHEN kept.problems = '[]' THEN 'ready' ELSE 'waiting' END
FROM exams_uploadrow AS former
JOIN exams_uploadrow AS row
    ON row.upload_id = %(upload)s AND row.number > 0 AND row.sheet = former.sheet AND row.sheet_row = former.sheet_row
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(found.problem ORDER BY found.place), '[]') AS problems
    FROM jsonb_array_elements(row.problems) WITH ORDINALITY AS found (problem, place)
    WHERE NOT found.problem ->> 'column' = ANY (%(headings)s::text[])
      AND NOT found.problem ->> 'reason' = 'id-number'
) AS kept
WHERE former.upload_id = %(source)s
  AND (former.number < 0) = %(is_aside)s
  AND former.person_chosen
  AND former.person_id IS NOT NULL
  AND r.id = row.id
