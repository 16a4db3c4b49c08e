-- Whom some rows are about now, by employee number.
UPDATE exams_uploadrow AS r
SET person_id = p.id
FROM people_person AS p
WHERE r.upload_id = %(upload)s
  AND r.number = ANY (%(numbers)s::int[])
  AND r.state IN ('ready', 'waiting')
  AND r.person_id IS NULL
  AND r.emp_no <> ''
  AND p.emp_no = r.emp_no
