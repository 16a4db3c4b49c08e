-- Open alerts and open plans of people of whom an exam of this upload was read for them.
WITH own AS (
    SELECT id, person_id FROM exams_exam WHERE upload_id = %(upload)s AND state IN ('current', 'superseded')
)
SELECT
    (
        SELECT count(DISTINCT alert.person_id)
        FROM own
        JOIN care_alert AS alert ON alert.person_id = own.person_id AND alert.closed_at IS NULL
        JOIN risk_assessment AS a ON a.id = alert.assessment_id
        WHERE own.id = ANY (a.exams)
    ) AS alerted,
    (
        SELECT count(DISTINCT plan.person_id)
        FROM own
        JOIN care_plan AS plan ON plan.person_id = own.person_id AND plan.ended_on IS NULL
        JOIN risk_assessment AS a ON a.person_id = own.person_id AND a.is_current
        WHERE own.id = ANY (a.exams)
    ) AS planned
