-- An assessment that rests on nothing but withdrawn exams does not count any more. One that only aged stays, as expired.
UPDATE risk_assessment AS a
SET is_current = false
WHERE a.is_current AND a.readings = '{}'
  AND a.person_id IN (SELECT person_id FROM exams_exam WHERE upload_id = %(upload)s)
  AND NOT EXISTS (
      SELECT 1
      FROM exams_exam AS e
      WHERE e.id = ANY (a.exams) AND e.state <> 'withdrawn'
        -- What was superseded counts on as long as something of its day does.
        AND (e.state <> 'superseded' OR EXISTS (
            SELECT 1
            FROM exams_exam AS later
            WHERE later.person_id = e.person_id AND later.taken_on = e.taken_on AND later.state = 'current' AND later.results <> '{}'
        ))
  )
