-- Whose record changed how, for the audit.
SELECT verdict, changes, array_agg(person_id)
FROM people_rosterrow
WHERE verdict IN ('created', 'updated', 'left')
GROUP BY verdict, changes
