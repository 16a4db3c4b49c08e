-- Whom each staged row is about: by employee number, else by identity number.
UPDATE exams_uploadrow AS r
SET person_id = p.id
FROM people_person AS p
WHERE r.upload_id = %(upload)s
  AND r.state IN ('ready', 'waiting')
  AND r.person_id IS NULL
  AND CASE WHEN r.emp_no <> '' THEN p.emp_no = r.emp_no ELSE r.id_hash <> '' AND p.id_hash = r.id_hash END
