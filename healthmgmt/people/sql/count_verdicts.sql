SELECT verdict, count(*) FROM people_rosterrow GROUP BY verdict
