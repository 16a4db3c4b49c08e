-- Who of one slice works under a hazard on a day, and since when.
SELECT person_id, since
FROM people_exposure
WHERE person_id > %(after)s AND person_id <= %(last)s AND kind = %(kind)s
  AND since <= %(as_of)s AND (until IS NULL OR until >= %(as_of)s)
ORDER BY person_id, since
