-- As people_to_compare, of those whom an upload told of: each is looked up alone, since between the first and the last may lie everybody.
SELECT who.person_id
FROM (
    SELECT DISTINCT person_id FROM exams_exam WHERE upload_id = %(upload)s AND person_id > %(after)s AND person_id <= %(last)s
) AS who
CROSS JOIN LATERAL (SELECT min(e.taken_on) AS first_on, max(e.taken_on) AS last_on FROM exams_exam AS e WHERE e.person_id = who.person_id) AS exam
CROSS JOIN LATERAL (
    SELECT count(*) AS known, max(a.home_on) AS home_on FROM risk_assessment AS a WHERE a.person_id = who.person_id AND a.is_current
) AS present
WHERE exam.first_on < exam.last_on OR present.known = 0 OR present.home_on > exam.last_on
ORDER BY who.person_id
