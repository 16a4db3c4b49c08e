-- The next steps of open plans, so that each has two that are planned or to be done. Which plans: those of a range of
-- assessments, one plan, or those in which a step lapsed today. Occurrences whose window has passed are left out.
WITH template AS MATERIALIZED (
    SELECT *
    FROM jsonb_to_recordset(%(steps)s::jsonb) AS t(
        template text, version int, number int, kind text, doer text, first_day int, every_days int, times int, window_days int
    )
),
chosen AS MATERIALIZED (
    SELECT p.id, p.template, p.version, p.opened_on
    FROM care_plan AS p
    WHERE p.ended_on IS NULL
      AND (
          p.assessment_id BETWEEN %(first)s AND %(last)s
          OR p.id = ANY (%(plan_ids)s::bigint[])
      )
),
started AS MATERIALIZED (
    SELECT s.plan_id, s.number, max(s.occurrence) AS occurrence, count(*) FILTER (WHERE s.state IN ('planned', 'fired')) AS open
    FROM care_step AS s
    WHERE s.plan_id IN (SELECT id FROM chosen)
    GROUP BY s.plan_id, s.number
),
room AS MATERIALIZED (
    SELECT chosen.*, 2 - coalesce(sum(started.open), 0) AS steps
    FROM chosen
    LEFT JOIN started ON started.plan_id = chosen.id
    GROUP BY chosen.id, chosen.template, chosen.version, chosen.opened_on
    HAVING coalesce(sum(started.open), 0) < 2
),
candidate AS (
    SELECT
        room.id AS plan_id, room.steps, template.number, template.kind, template.doer, template.window_days, o.occurrence,
        room.opened_on + template.first_day + (o.occurrence - 1) * template.every_days AS due_on
    FROM room
    JOIN template ON template.template = room.template AND template.version = room.version
    LEFT JOIN started ON started.plan_id = room.id AND started.number = template.number
    CROSS JOIN LATERAL (
        -- The first occurrence that is not there yet and whose window still lies ahead.
        SELECT greatest(
            coalesce(started.occurrence, 0) + 1,
            CASE
                WHEN template.window_days > 0 AND template.every_days > 0
                THEN ceil((%(today)s - room.opened_on - template.first_day - template.window_days)::numeric / template.every_days)::int + 1
                ELSE 1
            END
        ) AS occurrence
    ) AS first
    CROSS JOIN LATERAL generate_series(
        first.occurrence, least(first.occurrence + 1, CASE template.times WHEN 0 THEN first.occurrence + 1 ELSE template.times END)
    ) AS o(occurrence)
),
placed AS (
    SELECT *, row_number() OVER (PARTITION BY plan_id ORDER BY due_on, number, occurrence) AS place
    FROM candidate
    WHERE window_days = 0 OR due_on + window_days >= %(today)s
)
INSERT INTO care_step (plan_id, number, occurrence, kind, doer, due_on, window_days, state, ended_by)
SELECT plan_id, number, occurrence, kind, doer, due_on, window_days, 'planned', ''
FROM placed
WHERE place <= steps
ORDER BY plan_id, due_on
ON CONFLICT DO NOTHING
