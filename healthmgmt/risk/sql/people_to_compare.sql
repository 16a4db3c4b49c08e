-- People of one slice who may have a round before the present one: with exams of several days, with a mean at home that is newer, or
-- without a present assessment. The slice bounds both tables, so that they are read side by side, and no slice reads everybody's assessments.
SELECT e.person_id
FROM exams_exam AS e
LEFT JOIN risk_assessment AS a ON a.person_id = e.person_id AND a.is_current AND a.person_id > %(after)s AND a.person_id <= %(last)s
WHERE e.person_id > %(after)s AND e.person_id <= %(last)s
GROUP BY e.person_id
HAVING min(e.taken_on) < max(e.taken_on) OR count(a.id) = 0 OR max(a.home_on) > max(e.taken_on)
ORDER BY e.person_id
