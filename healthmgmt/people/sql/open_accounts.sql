-- An account for each of many people: no usable password, sign-in by employee number, the role of an employee, a code.
WITH wanted AS (
    SELECT * FROM unnest(%(people)s::bigint[], %(digests)s::text[]) AS pair (person_id, digest)
),
opened AS (
    INSERT INTO accounts_user (password, employee_no, name, language, is_active, is_operator, session_epoch, created_at)
    SELECT '!' || gen_random_uuid(), p.emp_no, p.name, %(language)s, true, false, 0, now()
    FROM wanted
    JOIN people_person AS p ON p.id = wanted.person_id
    RETURNING id, employee_no
),
linked AS (
    UPDATE people_person AS p SET user_id = opened.id FROM opened WHERE p.emp_no = opened.employee_no RETURNING p.id, p.user_id
),
employed AS (
    INSERT INTO organization_membership (user_id, unit_id, role, granted_at)
    SELECT user_id, %(root)s, 'employee', now() FROM linked
)
INSERT INTO accounts_activationcode (user_id, digest, expires_at)
SELECT linked.user_id, wanted.digest, %(expires_at)s
FROM linked
JOIN wanted ON wanted.person_id = linked.id
