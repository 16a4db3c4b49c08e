-- Plans and pauses of people who have left: nobody is asked for anything any more. Open alerts stand until somebody closes them.
WITH gone AS MATERIALIZED (
    SELECT id FROM people_person WHERE left_on <= %(today)s
),
resumed AS (
    UPDATE care_pause AS pause
    SET ended_on = greatest(%(today)s, pause.begun_on), ended_by = %(by)s
    FROM gone
    WHERE pause.person_id = gone.id AND pause.ended_on IS NULL
),
ended AS (
    UPDATE care_plan AS p
    SET ended_on = greatest(%(today)s, p.opened_on), outcome = 'left'
    FROM gone
    WHERE p.person_id = gone.id AND p.ended_on IS NULL
    RETURNING p.id, p.person_id
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
SELECT person_id FROM ended ORDER BY person_id
