-- People of one slice whose assessment can have changed without a new exam: a value or home mean that it rests on has left the window, an exam or an
-- exposure has come or gone by its day, or it is of another pack or edition than the one in force. Who has no usable value keeps an
-- assessment as it is, expired.
SELECT p.id
FROM people_person AS p
LEFT JOIN risk_assessment AS a ON a.person_id = p.id AND a.is_current
WHERE p.id > %(after)s AND p.id <= %(last)s
  AND (
      EXISTS (
          SELECT 1
          FROM exams_exam AS e
          WHERE e.person_id = p.id AND e.state = 'current' AND e.results <> '{}' AND e.taken_on > %(since)s AND e.taken_on <= %(as_of)s
      )
      OR EXISTS (SELECT 1 FROM devices_reading AS r WHERE r.person_id = p.id AND r.withdrawn_at IS NULL AND r.kind = ANY (%(measured)s::text[]))
  )
  AND (
      a.id IS NULL
      OR (a.pack, a.edition) <> (%(pack)s, %(edition)s)
      OR EXISTS (SELECT 1 FROM exams_exam AS e WHERE e.id = ANY (a.exams) AND e.taken_on <= %(since)s)
      OR a.home_on <= %(since)s
      -- A reading came or was taken back while somebody was judging.
      OR EXISTS (
          SELECT 1
          FROM devices_reading AS r
          WHERE r.person_id = p.id AND r.kind = ANY (%(measured)s::text[])
            AND (
                r.withdrawn_at IS NULL AND r.id <> ALL (a.readings) AND r.entered_at > a.stored_at - interval '1 hour'
                OR r.withdrawn_at IS NOT NULL AND r.id = ANY (a.readings)
            )
      )
      OR EXISTS (
          SELECT 1
          FROM exams_exam AS e
          WHERE e.person_id = p.id AND e.state = 'current' AND e.results <> '{}' AND e.taken_on > a.assessed_on AND e.taken_on <= %(as_of)s
      )
      OR EXISTS (
          SELECT 1
          FROM people_exposure AS x
          WHERE x.person_id = p.id AND x.kind = ANY (%(kinds)s::text[])
            AND (x.since > a.assessed_on AND x.since <= %(as_of)s OR x.until >= a.assessed_on AND x.until < %(as_of)s)
      )
  )
ORDER BY p.id
