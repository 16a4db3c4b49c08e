-- The last person of the next slice, NULL after the last one.
SELECT max(id) FROM (SELECT id FROM people_person WHERE id > %(after)s ORDER BY id LIMIT %(size)s) AS slice
