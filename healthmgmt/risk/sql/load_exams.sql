-- The exams that an assessment reads: those that count, of the people of one slice, within the window, oldest first. The limits of
-- the slice are said of both tables, so that exams come by index in the order of people, and no slice reads all exams.
SELECT
    p.id, p.sex, p.birth, p.unit_id, e.id, e.taken_on - DATE '1970-01-01',
    e.results, nullif(e.reported, '{}'), nullif(e.qualifiers, '{}'), nullif(e.ranges, '{}')
FROM people_person AS p
JOIN exams_exam AS e ON e.person_id = p.id
WHERE p.id > %(after)s AND p.id <= %(last)s
  AND e.person_id > %(after)s AND e.person_id <= %(last)s
  AND e.state = 'current'
  AND e.taken_on > %(since)s AND e.taken_on <= %(as_of)s
ORDER BY e.person_id, e.taken_on, e.id
