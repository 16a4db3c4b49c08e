-- What a row says differently about somebody who is known. A blank says nothing.
UPDATE people_rosterrow AS r
SET changes = concat_ws(',',
        CASE WHEN r.emp_no <> p.emp_no THEN 'emp_no' END,
        CASE WHEN r.name NOT IN ('', p.name) THEN 'name' END,
        CASE WHEN r.id_hash NOT IN ('', p.id_hash) THEN 'id_no' END,
        CASE WHEN r.sex NOT IN ('', p.sex) THEN 'sex' END,
        CASE WHEN r.birth IS NOT NULL AND r.birth IS DISTINCT FROM p.birth THEN 'birth' END,
        CASE WHEN coalesce(r.unit_id, p.unit_id) <> p.unit_id THEN 'unit' END,
        CASE
            WHEN NOT %(says_left)s OR r.left_on IS NOT DISTINCT FROM p.left_on THEN NULL
            WHEN r.left_on IS NULL THEN 'returned'
            WHEN p.left_on IS NULL THEN 'left'
            ELSE 'left_on'
        END
    )
FROM people_person AS p
WHERE p.id = r.person_id AND r.verdict = 'ready'
