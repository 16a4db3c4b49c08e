INSERT INTO people_employment (person_id, unit_id, occupation, started_on, ended_on)
SELECT r.person_id, p.unit_id, coalesce(nullif(r.occupation, ''), last.occupation), %(today)s, NULL
FROM people_rosterrow AS r
JOIN people_person AS p ON p.id = r.person_id
JOIN people_employment AS last ON last.id = (
    SELECT l.id FROM people_employment AS l WHERE l.person_id = r.person_id ORDER BY l.started_on DESC, l.id DESC LIMIT 1
)
WHERE r.verdict = 'ready' AND string_to_array(r.changes, ',') @> '{employment}'
