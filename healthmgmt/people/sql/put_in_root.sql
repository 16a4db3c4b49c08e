UPDATE people_rosterrow SET unit_id = %(root)s WHERE verdict = 'ready' AND person_id IS NULL AND path_number IS NULL
