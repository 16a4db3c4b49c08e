-- The exams that count of people, each within the window before a day of their own, oldest first.
SELECT
    p.id, p.sex, p.birth, p.unit_id, e.id, e.taken_on - DATE '1970-01-01',
    e.results, nullif(e.reported, '{}'), nullif(e.qualifiers, '{}'), nullif(e.ranges, '{}')
FROM unnest(%(people)s::bigint[], %(days)s::date[]) AS asked (person_id, as_of)
JOIN people_person AS p ON p.id = asked.person_id
JOIN exams_exam AS e ON e.person_id = p.id
WHERE e.state = 'current'
  AND e.taken_on <= asked.as_of AND e.taken_on > (asked.as_of - make_interval(months => %(window_months)s))::date
ORDER BY p.id, e.taken_on, e.id
