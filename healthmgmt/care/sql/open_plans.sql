-- A plan for everybody newly assessed who has none and still works here. Who did not want the last one, or is cared for elsewhere, gets
-- another with another exam, or when it has become red; who died gets none.
WITH template AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(plans)s::jsonb) AS t(rank int, slug text, version int, colour text, reasons jsonb, follow_up boolean)
)
INSERT INTO care_plan (uuid, person_id, assessment_id, template, version, colour, opened_on, outcome)
SELECT gen_random_uuid(), a.person_id, a.id, t.slug, t.version, a.colour, %(today)s, ''
FROM risk_assessment AS a
JOIN people_person AS person ON person.id = a.person_id AND (person.left_on IS NULL OR person.left_on > %(today)s)
CROSS JOIN LATERAL (
    SELECT template.slug, template.version
    FROM template
    WHERE template.colour = a.colour AND NOT template.follow_up
      AND (
          template.reasons = '[]'
          OR EXISTS (
              SELECT 1
              FROM jsonb_array_elements(a.reasons) AS reason, jsonb_array_elements_text(template.reasons) AS beginning
              WHERE starts_with(reason ->> 'code', beginning)
          )
      )
    ORDER BY template.rank
    LIMIT 1
) AS t
LEFT JOIN LATERAL (
    SELECT p.outcome, p.colour, basis.exams
    FROM care_plan AS p
    JOIN risk_assessment AS basis ON basis.id = p.assessment_id
    WHERE p.person_id = a.person_id
    -- By a sum, which no index is in the order of: where the planner knows nothing yet of the table, it would read all plans backwards.
    ORDER BY p.id + 0 DESC
    LIMIT 1
) AS last ON true
WHERE a.id BETWEEN %(first)s AND %(last)s AND a.is_current
  AND (
      last.outcome IS NULL OR last.outcome NOT IN ('declined', 'referred', 'died')
      OR last.outcome <> 'died' AND (NOT a.exams <@ last.exams OR a.colour = 'red' AND last.colour <> 'red')
  )
ORDER BY a.person_id
ON CONFLICT (person_id) WHERE ended_on IS NULL DO NOTHING
