SELECT coalesce(max(id), 0) FROM people_person
