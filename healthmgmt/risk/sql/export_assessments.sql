SELECT p.emp_no, a.colour, a.reasons, a.scores, a.missing, a.pack, a.edition, a.assessed_on,
    greatest((SELECT max(e.taken_on) FROM exams_exam AS e WHERE e.id = ANY (a.exams)), a.home_on) AS newest_on
FROM risk_assessment AS a
JOIN people_person AS p ON p.id = a.person_id
WHERE a.is_current
ORDER BY p.emp_no
