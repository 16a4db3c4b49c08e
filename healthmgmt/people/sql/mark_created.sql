UPDATE people_rosterrow AS r
SET person_id = p.id, verdict = 'created'
FROM people_person AS p
WHERE r.verdict = 'ready' AND r.person_id IS NULL AND p.emp_no = r.emp_no
