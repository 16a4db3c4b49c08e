-- Without a hire date the stretch began before there were records.
INSERT INTO people_employment (person_id, unit_id, occupation, started_on, ended_on)
SELECT person_id, unit_id, occupation, coalesce(hired_on, %(before_records)s), left_on
FROM people_rosterrow
WHERE verdict = 'created'
