-- The unit paths of the rows that will be taken in.
SELECT DISTINCT path_number FROM people_rosterrow WHERE verdict = 'ready' AND path_number IS NOT NULL ORDER BY path_number
