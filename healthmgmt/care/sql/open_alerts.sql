-- An alert for each person, class A reason and day of measurement. An assessment that was replaced meanwhile still counts,
-- unless what it read on that day was withdrawn or corrected.
WITH found AS (
    SELECT
        a.person_id, a.id AS assessment_id, reason.value ->> 'code' AS code,
        coalesce((reason.value ->> 'on')::date, a.assessed_on) AS measured_on, a.is_current, a.exams
    FROM risk_assessment AS a
    CROSS JOIN LATERAL jsonb_array_elements(a.reasons) AS reason
    WHERE a.id BETWEEN %(first)s AND %(last)s AND a.colour = 'red' AND NOT a.is_history
      AND EXISTS (SELECT 1 FROM unnest(%(beginnings)s::text[]) AS beginning WHERE starts_with(reason.value ->> 'code', beginning))
)
INSERT INTO care_alert (uuid, person_id, assessment_id, code, measured_on, opened_at, acknowledged_by, confirmed_by, closed_by, outcome)
SELECT gen_random_uuid(), person_id, min(assessment_id), code, measured_on, now(), '', '', '', ''
FROM found
WHERE is_current
   OR NOT EXISTS (
       SELECT 1 FROM exams_exam AS e
       WHERE e.id = ANY (found.exams) AND e.taken_on = found.measured_on AND e.state <> 'current'
   )
GROUP BY person_id, code, measured_on
ORDER BY person_id, code
ON CONFLICT (person_id, code, measured_on) DO NOTHING
RETURNING id, person_id
