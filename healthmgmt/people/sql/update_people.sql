UPDATE people_person AS p
SET emp_no = r.emp_no,
    name = CASE WHEN r.name = '' THEN p.name ELSE r.name END,
    pinyin = CASE WHEN r.name = '' THEN p.pinyin ELSE r.pinyin END,
    id_no = CASE WHEN r.id_hash IN ('', p.id_hash) THEN p.id_no ELSE r.id_no END,
    id_hash = CASE WHEN r.id_hash = '' THEN p.id_hash ELSE r.id_hash END,
    sex = CASE WHEN r.sex = '' THEN p.sex ELSE r.sex END,
    birth = coalesce(r.birth, p.birth),
    unit_id = coalesce(r.unit_id, p.unit_id),
    left_on = CASE WHEN %(says_left)s THEN r.left_on ELSE p.left_on END
FROM people_rosterrow AS r
WHERE p.id = r.person_id AND r.verdict = 'ready' AND r.changes <> ''
