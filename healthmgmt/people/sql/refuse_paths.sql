UPDATE people_rosterrow
SET verdict = 'refused', reason = %(reason)s, field = %(field)s
WHERE verdict = 'ready' AND path_number = ANY(%(paths)s)
