-- Plans of people of whom no assessment counts any more, because the exams it rested on were withdrawn.
WITH ended AS (
    UPDATE care_plan AS p
    SET ended_on = greatest(%(today)s, p.opened_on), outcome = 'withdrawn'
    FROM risk_assessment AS a
    WHERE p.ended_on IS NULL AND a.id = p.assessment_id AND NOT a.is_current
      AND NOT EXISTS (SELECT 1 FROM risk_assessment AS other WHERE other.person_id = p.person_id AND other.is_current)
    RETURNING p.id
),
cancelled AS (
    UPDATE care_step AS s
    SET state = 'cancelled', ended_at = now(), ended_by = %(by)s
    FROM ended
    WHERE s.plan_id = ended.id AND s.state IN ('planned', 'fired')
),
closed AS (
    UPDATE care_planpart AS run
    SET ended_on = greatest(%(today)s, run.begun_on)
    FROM ended
    WHERE run.plan_id = ended.id AND run.ended_on IS NULL
)
SELECT count(*) FROM ended
