-- Steps of those who work, planned before the calendar changed: each moves on from a day that is free now, and back to its own where that
-- is worked; so many at once. What a class A result asks for stays.
WITH moved AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(moved)s::jsonb) AS m(day date, onto date)
),
other AS (
    SELECT s.id, moved.onto
    FROM care_step AS s
    JOIN care_plan AS p ON p.id = s.plan_id AND p.ended_on IS NULL AND p.template <> ALL (%(urgent)s::text[])
    LEFT JOIN moved ON moved.day = s.due_on
    WHERE s.state = 'planned' AND s.doer <> 'person' AND s.due_on BETWEEN %(first_day)s AND %(last_day)s
      AND s.postponed_until IS DISTINCT FROM moved.onto
    ORDER BY s.id
    LIMIT %(size)s
    FOR UPDATE OF s
)
UPDATE care_step AS s SET postponed_until = other.onto FROM other WHERE s.id = other.id
