-- The next steps of open plans, so that a plan, and each of its parts, has two of the person's own and two of those who care for
-- them that are planned or to be done: nothing of one pathway waits for what is late in another, and nobody's for what others
-- put off. Which plans: those of a range of assessments, one plan, or those in which a step lapsed today. Of steps that ask for
-- the same thing (`key`) the one with the tightest rhythm is taken; occurrences whose window has passed are left out, and so is
-- what the person does not want, a lesson learnt not long ago, and what stops while its target is held.
WITH template AS MATERIALIZED (
    SELECT *
    FROM jsonb_to_recordset(%(steps)s::jsonb) AS t(
        template text, version int, part text, number int, key text, rank int, is_shared boolean, kind text, doer text, lesson text,
        stop text, first_day int, every_days int, times int, window_days int
    )
),
chosen AS MATERIALIZED (
    SELECT p.id, p.person_id, p.template, p.version, p.opened_on
    FROM care_plan AS p
    WHERE p.ended_on IS NULL
      AND (
          p.assessment_id BETWEEN %(first)s AND %(last)s
          OR p.id = ANY (%(plan_ids)s::bigint[])
      )
),
had AS MATERIALIZED (
    -- What there is; a step cancelled before its day had come counts for nothing.
    SELECT s.plan_id, s.part_id, s.number, t.key, s.doer = 'person' AS is_own, s.occurrence, s.due_on, s.state, run.ended_on IS NOT NULL AS is_former
    FROM chosen
    JOIN care_step AS s ON s.plan_id = chosen.id
    LEFT JOIN care_planpart AS run ON run.id = s.part_id
    LEFT JOIN template AS t ON t.template = chosen.template AND t.version = chosen.version AND t.number = s.number
    WHERE s.state <> 'cancelled' OR s.fired_on IS NOT NULL
),
keyed AS MATERIALIZED (
    SELECT plan_id, key, max(due_on) AS last_on, bool_or(state IN ('planned', 'fired')) AS is_open, bool_or(state = 'declined') AS is_declined
    FROM had
    GROUP BY plan_id, key
),
numbered AS MATERIALIZED (
    -- A part that came back counts its occurrences on from those of its former run.
    SELECT plan_id, number, max(occurrence) AS former FROM had WHERE is_former GROUP BY plan_id, number
),
waiting AS MATERIALIZED (
    SELECT plan_id, part_id, is_own, count(*) AS steps FROM had WHERE state IN ('planned', 'fired') GROUP BY plan_id, part_id, is_own
),
held AS MATERIALIZED (
    -- Every value of a target's indicators was below its limit, over so many days and up to now.
    SELECT person_id, stop
    FROM (
        SELECT m.person_id, m.stop, m.indicators
        FROM (
            SELECT
                chosen.person_id, target.stop, target.indicators, target.indicator, target.held_days, e.taken_on,
                (e.results ->> target.indicator)::numeric < target.below AS is_below,
                max(e.taken_on) FILTER (WHERE (e.results ->> target.indicator)::numeric >= target.below)
                    OVER (PARTITION BY chosen.person_id, target.stop, target.indicator) AS missed_on
            FROM chosen
            JOIN exams_exam AS e ON e.person_id = chosen.person_id AND e.state = 'current' AND e.taken_on <= %(today)s
            JOIN jsonb_to_recordset(%(targets)s::jsonb) AS target(stop text, indicator text, below numeric, held_days int, indicators int)
                ON e.results ? target.indicator
            WHERE (chosen.template, chosen.version) IN (SELECT template, version FROM template WHERE stop <> '')
        ) AS m
        WHERE m.is_below AND (m.missed_on IS NULL OR m.taken_on > m.missed_on)
        GROUP BY m.person_id, m.stop, m.indicators, m.indicator, m.held_days
        HAVING max(m.taken_on) - min(m.taken_on) >= m.held_days AND max(m.taken_on) >= %(today)s::date - m.held_days
    ) AS one
    GROUP BY person_id, stop, indicators
    HAVING count(*) = indicators
),
asked AS MATERIALIZED (
    -- What a plan and its parts ask for, from `place` on (counted from 0).
    SELECT
        chosen.id AS plan_id, t.doer = 'person' AS is_own, run.id AS part_id, coalesce(numbered.former, 0) AS former, keyed.last_on, start.begun_on,
        t.number, t.key, t.rank, t.is_shared, t.kind, t.doer, t.window_days, t.first_day, t.every_days, t.times, start.place
    FROM chosen
    JOIN template AS t ON t.template = chosen.template AND t.version = chosen.version
    LEFT JOIN care_planpart AS run ON run.plan_id = chosen.id AND run.slug = t.part AND run.ended_on IS NULL
    LEFT JOIN keyed ON keyed.plan_id = chosen.id AND keyed.key = t.key
    LEFT JOIN numbered ON numbered.plan_id = chosen.id AND numbered.number = t.number
    CROSS JOIN LATERAL (
        -- The first occurrence after what there is, and whose window still lies ahead.
        SELECT begun_on, CASE WHEN t.every_days = 0 THEN 0 ELSE greatest(
            0,
            (keyed.last_on - begun_on - t.first_day) / t.every_days + CASE WHEN keyed.last_on >= begun_on + t.first_day THEN 1 END,
            CASE WHEN t.window_days > 0 THEN ceil((%(today)s - begun_on - t.first_day - t.window_days)::numeric / t.every_days)::int END
        ) END AS place
        FROM (SELECT coalesce(run.begun_on, chosen.opened_on) AS begun_on) AS own
    ) AS start
    WHERE (t.part = '' OR run.id IS NOT NULL)
      AND NOT coalesce(keyed.is_declined, false)
      AND (t.times = 0 OR start.place < t.times)
      -- What is done once was done, or is to be done, since its plan or part began.
      AND NOT (t.every_days = 0 AND (coalesce(keyed.is_open, false) OR coalesce(keyed.last_on >= start.begun_on, false)))
      AND (t.stop = '' OR NOT EXISTS (SELECT 1 FROM held WHERE held.person_id = chosen.person_id AND held.stop = t.stop))
      AND (t.lesson = '' OR NOT EXISTS (
          SELECT 1 FROM care_lessonresult AS r
          WHERE r.person_id = chosen.person_id AND r.lesson = t.lesson AND r.answered_at > %(today)s::date - %(again_days)s::int
      ))
),
tightest AS (
    SELECT * FROM asked WHERE NOT is_shared
    UNION ALL
    (SELECT DISTINCT ON (plan_id, key) * FROM asked WHERE is_shared ORDER BY plan_id, key, rank)
),
candidate AS (
    SELECT tightest.*, former + o.place + 1 AS occurrence, begun_on + first_day + o.place * every_days AS due_on
    FROM tightest
    CROSS JOIN LATERAL generate_series(
        tightest.place, CASE tightest.times WHEN 0 THEN tightest.place + 1 ELSE least(tightest.place + 1, tightest.times - 1) END
    ) AS o(place)
),
placed AS (
    -- Of what is due on one day, what was had longest ago comes first.
    SELECT *, row_number() OVER (PARTITION BY plan_id, part_id, is_own ORDER BY due_on, last_on NULLS FIRST, number) AS turn
    FROM candidate
    WHERE window_days = 0 OR due_on + window_days >= %(today)s
)
INSERT INTO care_step (plan_id, part_id, number, occurrence, kind, doer, due_on, window_days, state, ended_by)
SELECT placed.plan_id, placed.part_id, number, occurrence, kind, doer, due_on, window_days, 'planned', ''
FROM placed
LEFT JOIN waiting ON waiting.plan_id = placed.plan_id AND waiting.part_id IS NOT DISTINCT FROM placed.part_id AND waiting.is_own = placed.is_own
WHERE turn + coalesce(waiting.steps, 0) <= 2
ORDER BY placed.plan_id, due_on
ON CONFLICT DO NOTHING
