INSERT INTO people_person (uuid, emp_no, name, pinyin, id_no, id_hash, sex, birth, unit_id, left_on, created_at)
SELECT gen_random_uuid(), emp_no, name, pinyin, id_no, id_hash, sex, birth, unit_id, left_on, now()
FROM people_rosterrow
WHERE verdict = 'ready' AND person_id IS NULL
ORDER BY number
