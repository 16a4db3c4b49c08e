-- Rows that wait because of what another row of their person and day says.
SELECT r.number
FROM exams_uploadrow AS r
JOIN exams_uploadrow AS given ON given.person_id = r.person_id AND given.exam_on = r.exam_on
WHERE r.upload_id = %(upload)s
  AND r.state = 'waiting'
  AND r.problems @> '[{"by": "rows"}]'
  AND given.upload_id = %(upload)s
  AND given.number = ANY (%(numbers)s::int[])
  AND r.id <> given.id
