-- Somebody who had left and is back under another number is the same person.
UPDATE people_rosterrow AS r
SET person_id = p.id
FROM people_person AS p
WHERE r.person_id IS NULL
  AND r.id_hash <> ''
  AND p.id_hash = r.id_hash
  AND p.left_on IS NOT NULL
  AND r.left_on IS NULL
