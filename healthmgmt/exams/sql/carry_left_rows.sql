-- A file was read again: rows that people decided to do without stay out, and why they waited stays with them. Not those that
-- waited for single cells only, all of which are sound now.
UPDATE exams_uploadrow AS r
SET state = 'refused',
    problems = former.problems,
    person_id = former.person_id
FROM exams_uploadrow AS former
WHERE former.upload_id = %(source)s
  AND (former.number < 0) = %(is_aside)s
  AND former.state = 'refused'
  AND NOT former.problems @> '[{"reason": "duplicate", "by": "rows"}]'
  AND r.upload_id = %(upload)s
  AND r.number > 0
  AND r.sheet = former.sheet
  AND r.sheet_row = former.sheet_row
  AND EXISTS (
      SELECT 1
      FROM jsonb_array_elements(former.problems) AS found (problem)
      WHERE NOT found.problem ->> 'reason' = ANY (%(of_one_cell)s::text[])
         OR r.problems @> jsonb_build_array(
             jsonb_build_object('reason', found.problem ->> 'reason', 'column', found.problem ->> 'column')
         )
  )
