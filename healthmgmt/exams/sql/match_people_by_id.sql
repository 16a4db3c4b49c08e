-- Whom some rows without an employee number are about now, by identity number.
UPDATE exams_uploadrow AS r
SET person_id = p.id
FROM people_person AS p
WHERE r.upload_id = %(upload)s
  AND r.number = ANY (%(numbers)s::int[])
  AND r.state IN ('ready', 'waiting')
  AND r.person_id IS NULL
  AND r.emp_no = ''
  AND r.id_hash <> ''
  AND p.id_hash = r.id_hash
  AND p.id_hash <> ''
