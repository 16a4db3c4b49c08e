-- The present assessments of people whose plan ended because they left, and who work here again without one.
SELECT a.id
FROM care_plan AS p
JOIN people_person AS person ON person.id = p.person_id AND (person.left_on IS NULL OR person.left_on > %(today)s)
JOIN risk_assessment AS a ON a.person_id = p.person_id AND a.is_current
WHERE p.outcome = 'left'
  AND NOT EXISTS (SELECT 1 FROM care_plan AS later WHERE later.person_id = p.person_id AND later.id > p.id)
ORDER BY a.id
