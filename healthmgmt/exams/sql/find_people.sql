-- The people whom rows name, by employee number or by identity number.
SELECT 'emp_no', p.emp_no, p.id
FROM people_person AS p
WHERE p.emp_no = ANY (%(emp_nos)s::text[])
UNION ALL
SELECT 'id_hash', p.id_hash, p.id
FROM people_person AS p
WHERE p.id_hash = ANY (%(id_hashes)s::text[]) AND p.id_hash <> ''
