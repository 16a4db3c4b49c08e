-- Planned steps whose day has come. The state makes it once: whoever comes second finds them fired.
WITH due AS (
    SELECT s.id
    FROM care_step AS s
    JOIN care_plan AS p ON p.id = s.plan_id AND p.ended_on IS NULL
    WHERE s.state = 'planned' AND s.due_on <= %(today)s
    ORDER BY s.due_on, s.id
    LIMIT %(size)s
    FOR UPDATE OF s
)
UPDATE care_step AS s
SET state = 'fired', fired_on = %(today)s,
    lapses_on = CASE WHEN s.window_days > 0 THEN %(today)s::date + s.window_days END
FROM due
WHERE s.id = due.id
