-- End these plans with their outcome: not wanted where everything was declined and nothing done; goals reached where there are goals and
-- each was, by the last that was stated; or another one that somebody says (`outcome`). Returns how many.
WITH ended AS (
    UPDATE care_plan AS p
    SET ended_on = greatest(%(today)s, p.opened_on),
        outcome = CASE
            WHEN %(outcome)s <> '' THEN %(outcome)s
            WHEN EXISTS (SELECT 1 FROM care_step AS s WHERE s.plan_id = p.id AND s.state = 'declined')
             AND NOT EXISTS (SELECT 1 FROM care_step AS s WHERE s.plan_id = p.id AND s.state IN ('done', 'lapsed')) THEN 'declined'
            WHEN (
                SELECT bool_and(last.state = 'reached')
                FROM (SELECT DISTINCT ON (g.goal) g.state FROM care_goalstate AS g WHERE g.plan_id = p.id ORDER BY g.goal, g.id DESC) AS last
            ) THEN 'goal_reached'
            ELSE 'finished'
        END
    WHERE p.id = ANY (%(plan_ids)s::bigint[]) AND p.ended_on IS NULL
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
