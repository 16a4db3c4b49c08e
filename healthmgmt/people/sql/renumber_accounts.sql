-- Who signs in by employee number goes on doing so under the new one.
UPDATE accounts_user AS u
SET employee_no = p.emp_no
FROM people_rosterrow AS r
JOIN people_person AS p ON p.id = r.person_id
WHERE u.id = p.user_id
  AND r.verdict = 'ready'
  AND string_to_array(r.changes, ',') @> '{emp_no}'
  AND u.employee_no IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM accounts_user AS holder WHERE holder.employee_no = p.emp_no)
