-- The next steps of open plans, so that a plan, and each of its parts, has two of the person's own and two of those who care for
-- them that are planned or to be done: nothing of one pathway waits for what is late in another, and nobody's for what others
-- put off. Which plans: those of a range of assessments, one plan, or those in which a step lapsed today. Of steps that ask for
-- the same thing (`key`) the one with the tightest rhythm is taken; occurrences whose window has passed are left out, and so is
-- what the person does not want, a lesson learnt not long ago, and what stops while its target is held. All days are those of the
-- plan's own clock, which stands still while it is paused, until they are written down. What those do who work moves on from a free
-- day (`moved`), unless a class A result runs (`urgent`); its key keeps the day.
-- Most plans that begin on one day are alike: what comes next is found once for all that are (`alike`).
WITH template AS MATERIALIZED (
    SELECT *
    FROM jsonb_to_recordset(%(steps)s::jsonb) AS t(
        template text, version int, part text, number int, key text, rank int, is_shared boolean, numbers int[], kind text,
        doer text, lesson text, stop text, first_day int, every_days int, times int, window_days int
    )
),
moved AS MATERIALIZED (
    SELECT jsonb_object_agg(t.day, t.onto) AS onto FROM jsonb_to_recordset(%(moved)s::jsonb) AS t(day date, onto date)
),
chosen AS MATERIALIZED (
    -- With what each plan has, so that nothing is looked up among the steps of all others: its open parts by slug; its steps by
    -- number, where one cancelled before its day had come counts for nothing and a part that came back counts its occurrences
    -- on (`former`); how many of a part wait, by side; and the lessons that its person has learnt.
    SELECT
        p.id, p.person_id, p.template, p.version, p.opened_on, p.paused_days,
        runs.ids, coalesce(runs.begun, '{}') AS begun, coalesce(had.found, '{}') AS had, coalesce(waiting.found, '{}') AS waiting,
        coalesce(learnt.lessons, '{}') AS learnt
    FROM care_plan AS p
    CROSS JOIN LATERAL (
        SELECT
            jsonb_object_agg(run.slug, run.id) AS ids, jsonb_object_agg(run.slug, run.begun_on - run.paused_days) AS begun,
            array_agg(run.id) AS open_ids
        FROM care_planpart AS run
        WHERE run.plan_id = p.id AND run.ended_on IS NULL
    ) AS runs
    CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(one.number, to_jsonb(one)) AS found
        FROM (
            SELECT
                s.number, max(s.due_on - s.paused_days) AS last_on, bool_or(s.state IN ('planned', 'fired')) AS is_open,
                bool_or(s.state = 'declined') AS is_declined, max(s.occurrence) FILTER (
                    -- Nothing is unequal to all of none.
                    WHERE s.part_id IS NOT NULL AND s.part_id <> ALL (coalesce(runs.open_ids, '{}'))
                ) AS former
            FROM care_step AS s
            WHERE s.plan_id = p.id AND (s.state <> 'cancelled' OR s.fired_on IS NOT NULL)
            GROUP BY s.number
        ) AS one
    ) AS had
    CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(one.side, one.steps) AS found
        FROM (
            SELECT coalesce(run.slug, '') || ' ' || (s.doer = 'person')::text AS side, count(*) AS steps
            FROM care_step AS s
            LEFT JOIN care_planpart AS run ON run.id = s.part_id
            WHERE s.plan_id = p.id AND s.state IN ('planned', 'fired')
            GROUP BY 1
        ) AS one
    ) AS waiting
    CROSS JOIN LATERAL (
        SELECT array_agg(DISTINCT r.lesson ORDER BY r.lesson) AS lessons
        FROM care_lessonresult AS r
        WHERE r.person_id = p.person_id AND r.answered_at > %(today)s::date - %(again_days)s::int
    ) AS learnt
    WHERE p.ended_on IS NULL
      AND (
          p.assessment_id BETWEEN %(first)s AND %(last)s
          OR p.id = ANY (%(plan_ids)s::bigint[])
      )
      AND (
          p.template = ANY (%(urgent)s::text[])
          OR NOT EXISTS (SELECT 1 FROM care_pause AS pause WHERE pause.person_id = p.person_id AND pause.ended_on IS NULL)
      )
),
held AS MATERIALIZED (
    -- Every value of a target's indicators was below its limit, over so many days and up to now.
    SELECT jsonb_object_agg(person_id, stops) AS stops
    FROM (
        SELECT person_id, jsonb_agg(stop ORDER BY stop) AS stops
        FROM (
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
        ) AS target
        GROUP BY person_id
    ) AS held
),
alike AS MATERIALIZED (
    SELECT
        array_agg(id) AS plan_ids, array_agg(ids) AS part_ids, template, version, opened_on, paused_days,
        %(today)s::date - paused_days AS today, begun, had, waiting, learnt, held
    FROM (SELECT chosen.*, coalesce((SELECT stops FROM held) -> person_id::text, '[]') AS held FROM chosen) AS one
    GROUP BY template, version, opened_on, paused_days, begun, had, waiting, learnt, held
)
INSERT INTO care_step (plan_id, part_id, number, occurrence, kind, doer, due_on, window_days, paused_days, postponed_until, state, ended_by)
SELECT
    plan.id, (plan.part_ids ->> next.part)::bigint, next.number, next.occurrence, next.kind, next.doer, next.due_on, next.window_days,
    alike.paused_days, next.moved_to, 'planned', ''
FROM alike
-- For each of them: no join is left that could go wrong where the planner knows nothing yet of these tables.
CROSS JOIN LATERAL (
    WITH asked AS (
        -- What a plan and its parts ask for, from `place` on (counted from 0).
        SELECT
            t.part, t.doer = 'person' AS is_own, run.begun_on, key.former, key.last_on,
            t.number, t.key, t.rank, t.is_shared, t.kind, t.doer, t.window_days, t.first_day, t.every_days, t.times, start.place
        FROM template AS t
        CROSS JOIN LATERAL (SELECT coalesce((alike.begun ->> t.part)::date, alike.opened_on) AS begun_on) AS run
        CROSS JOIN LATERAL (
            -- Of all steps that ask for the same.
            SELECT
                max((alike.had -> same::text ->> 'last_on')::date) AS last_on,
                coalesce(bool_or((alike.had -> same::text ->> 'is_open')::boolean), false) AS is_open,
                coalesce(bool_or((alike.had -> same::text ->> 'is_declined')::boolean), false) AS is_declined,
                coalesce((alike.had -> t.number::text ->> 'former')::int, 0) AS former
            FROM unnest(t.numbers) AS same
        ) AS key
        CROSS JOIN LATERAL (
            -- The first occurrence after what there is, and whose window still lies ahead.
            SELECT CASE WHEN t.every_days = 0 THEN 0 ELSE greatest(
                0,
                (key.last_on - run.begun_on - t.first_day) / t.every_days + CASE WHEN key.last_on >= run.begun_on + t.first_day THEN 1 END,
                CASE WHEN t.window_days > 0 THEN ceil((alike.today - run.begun_on - t.first_day - t.window_days)::numeric / t.every_days)::int END
            ) END AS place
        ) AS start
        WHERE t.template = alike.template AND t.version = alike.version AND (t.part = '' OR alike.begun ? t.part)
          AND NOT key.is_declined
          AND (t.times = 0 OR start.place < t.times)
          -- What is done once was done, or is to be done, since its plan or part began.
          AND NOT (t.every_days = 0 AND (key.is_open OR coalesce(key.last_on >= run.begun_on, false)))
          AND NOT alike.held ? t.stop
          AND t.lesson <> ALL (alike.learnt)
    ),
    tightest AS (
        SELECT * FROM asked WHERE NOT is_shared
        UNION ALL
        (SELECT DISTINCT ON (key) * FROM asked WHERE is_shared ORDER BY key, rank)
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
        SELECT *, row_number() OVER (PARTITION BY part, is_own ORDER BY due_on, last_on NULLS FIRST, number) AS turn
        FROM candidate
        WHERE window_days = 0 OR due_on + window_days >= alike.today
    )
    SELECT
        part, number, occurrence, kind, doer, due_on + alike.paused_days AS due_on, window_days,
        CASE WHEN NOT is_own AND alike.template <> ALL (%(urgent)s::text[])
            THEN ((SELECT onto FROM moved) ->> (due_on + alike.paused_days)::text)::date
        END AS moved_to
    FROM placed
    WHERE turn + coalesce((alike.waiting ->> (part || ' ' || is_own::text))::int, 0) <= 2
) AS next
CROSS JOIN LATERAL unnest(alike.plan_ids, alike.part_ids) AS plan(id, part_ids)
ORDER BY plan.id, next.due_on
ON CONFLICT DO NOTHING
