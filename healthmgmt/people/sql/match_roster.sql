-- Whom each row is about, by employee number.
UPDATE people_rosterrow AS r
SET person_id = p.id
FROM people_person AS p
WHERE p.emp_no = r.emp_no
