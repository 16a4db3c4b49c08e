-- Steps that were not done within their window; returns their plans. While a plan is paused nothing lapses.
WITH late AS (
    SELECT s.id FROM care_step AS s
    JOIN care_plan AS p ON p.id = s.plan_id
    WHERE s.state = 'fired' AND s.lapses_on < %(today)s AND s.id BETWEEN %(first)s AND %(last)s
      AND NOT EXISTS (SELECT 1 FROM care_pause AS pause WHERE pause.person_id = p.person_id AND pause.ended_on IS NULL)
    ORDER BY s.lapses_on, s.id
    LIMIT %(size)s
    FOR UPDATE OF s
)
UPDATE care_step AS s
SET state = 'lapsed', ended_at = now(), ended_by = %(by)s
FROM late
WHERE s.id = late.id
RETURNING s.plan_id
