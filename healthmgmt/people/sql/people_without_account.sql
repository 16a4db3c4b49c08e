-- Who works in a subtree and cannot sign in yet. A number that some account already has is left to people to sort out.
SELECT p.id, p.emp_no, p.name, u.name
FROM people_person AS p
JOIN organization_unit AS u ON u.id = p.unit_id
WHERE p.user_id IS NULL
  AND p.left_on IS NULL
  AND u.path LIKE %(path)s || '%%'
  AND NOT EXISTS (SELECT 1 FROM accounts_user AS taken WHERE taken.employee_no = p.emp_no)
  AND NOT EXISTS (SELECT 1 FROM accounts_user AS taken WHERE taken.mobile = p.emp_no)
  AND NOT EXISTS (SELECT 1 FROM accounts_user AS taken WHERE lower(taken.email) = lower(p.emp_no))
ORDER BY u.path, p.emp_no
FOR UPDATE OF p
