-- People of one slice who may have a round before the present one: with exams of several days, with a mean at home that is newer, or
-- without a present assessment; with an upload only those whom it told of.
SELECT e.person_id
FROM exams_exam AS e
WHERE e.person_id > %(after)s AND e.person_id <= %(last)s
  AND (%(upload)s::bigint IS NULL OR e.person_id IN (SELECT person_id FROM exams_exam WHERE upload_id = %(upload)s))
GROUP BY e.person_id
HAVING min(e.taken_on) < max(e.taken_on)
    OR NOT EXISTS (SELECT 1 FROM risk_assessment AS a WHERE a.person_id = e.person_id AND a.is_current)
    OR EXISTS (SELECT 1 FROM risk_assessment AS a WHERE a.person_id = e.person_id AND a.is_current AND a.home_on > max(e.taken_on))
ORDER BY e.person_id
