-- As load_exams, of those people of the slice whom an upload has exams of.
SELECT
    p.id, p.sex, p.birth, p.unit_id, e.id, e.taken_on - DATE '1970-01-01',
    e.results, nullif(e.reported, '{}'), nullif(e.qualifiers, '{}'), nullif(e.ranges, '{}')
FROM people_person AS p
JOIN exams_exam AS e ON e.person_id = p.id
WHERE p.id IN (
      SELECT person_id FROM exams_exam WHERE upload_id = %(upload)s AND person_id > %(after)s AND person_id <= %(last)s
  )
  AND e.state = 'current'
  AND e.taken_on > %(since)s AND e.taken_on <= %(as_of)s
ORDER BY e.person_id, e.taken_on, e.id
