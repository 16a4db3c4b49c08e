-- Where the people of one slice work, by id.
SELECT id, unit_id FROM people_person WHERE id > %(after)s AND id <= %(last)s ORDER BY id
