-- Pauses that end, so many at once: the named ones, else those whose last day is over. The plan's clock falls behind by the days of the
-- pause, and what was open moves along: its window, and the day that the person put it off to. A part that began meanwhile begins today.
-- Returns the plans that go on.
WITH ending AS MATERIALIZED (
    SELECT id, person_id, begun_on
    FROM care_pause
    WHERE ended_on IS NULL AND CASE WHEN %(people)s::bigint[] = '{}' THEN until <= %(today)s ELSE person_id = ANY (%(people)s::bigint[]) END
    ORDER BY id
    LIMIT %(size)s
    FOR UPDATE
),
ended AS (
    UPDATE care_pause AS pause
    SET ended_on = greatest(%(today)s, pause.begun_on), ended_by = %(by)s
    FROM ending
    WHERE pause.id = ending.id
),
going AS MATERIALIZED (
    SELECT p.id, greatest(ending.begun_on, p.opened_on) AS since, greatest(%(today)s - greatest(ending.begun_on, p.opened_on), 0) AS days
    FROM ending
    JOIN care_plan AS p ON p.person_id = ending.person_id AND p.ended_on IS NULL
    WHERE p.template <> ALL (%(urgent)s::text[])
),
plans AS (
    UPDATE care_plan AS p SET paused_days = p.paused_days + going.days FROM going WHERE p.id = going.id
),
parts AS (
    UPDATE care_planpart AS run
    SET paused_days = run.paused_days + (run.begun_on - going.since)
    FROM going
    WHERE run.plan_id = going.id AND run.ended_on IS NULL AND run.begun_on > going.since
),
steps AS (
    UPDATE care_step AS s
    SET lapses_on = s.lapses_on + going.days, postponed_until = s.postponed_until + CASE WHEN s.state = 'planned' THEN going.days ELSE 0 END
    FROM going
    WHERE s.plan_id = going.id AND s.state IN ('planned', 'fired') AND going.days > 0
)
SELECT ending.person_id, going.id
FROM ending
LEFT JOIN care_plan AS p ON p.person_id = ending.person_id AND p.ended_on IS NULL
LEFT JOIN going ON going.id = p.id
