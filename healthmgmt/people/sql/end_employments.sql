-- Who left: the last stretch ends on that day, also where the day is told differently than before.
UPDATE people_employment AS e
SET ended_on = r.left_on
FROM people_rosterrow AS r
WHERE r.verdict = 'ready'
  AND r.person_id = e.person_id
  AND string_to_array(r.changes, ',') && '{left,left_on}'
  AND e.started_on <= r.left_on
  AND e.id = (SELECT l.id FROM people_employment AS l WHERE l.person_id = e.person_id ORDER BY l.started_on DESC, l.id DESC LIMIT 1)
