-- Steps that were not done within their window; returns their plans.
WITH late AS (
    SELECT id FROM care_step
    WHERE state = 'fired' AND lapses_on < %(today)s AND id BETWEEN %(first)s AND %(last)s
    ORDER BY lapses_on, id
    LIMIT %(size)s
    FOR UPDATE
)
UPDATE care_step AS s
SET state = 'lapsed', ended_at = now(), ended_by = %(by)s
FROM late
WHERE s.id = late.id
RETURNING s.plan_id
