-- People on the roster of whom no value within the window is stored.
SELECT count(*)
FROM people_person AS p
WHERE (p.left_on IS NULL OR p.left_on > %(as_of)s)
  AND NOT EXISTS (
      SELECT 1
      FROM exams_exam AS e
      WHERE e.person_id = p.id AND e.state = 'current' AND e.results <> '{}'
        AND e.taken_on > %(since)s AND e.taken_on <= %(as_of)s
  )
