-- Where people stand with the goals of their open plans: of those whose newest assessment is in a range and that were not checked against it,
-- and of the named ones. By the newest exam since the plan began that has all of a goal's values, or by the mean of readings at
-- home where there are enough of them and they are newer; against the last exam before the plan. Written down when it is another than
-- before; a missing value is never taken for a reached one (`say_missing`: whether that is written down).
WITH goal AS MATERIALIZED (
    SELECT *
    FROM jsonb_to_recordset(%(goals)s::jsonb) AS t(
        template text, version int, part text, goal text, below jsonb, less jsonb, home_below jsonb, kind text, mean_days int, least_days int
    )
),
chosen AS MATERIALIZED (
    SELECT p.id, p.person_id, p.template, p.version, p.opened_on
    FROM care_plan AS p
    WHERE p.ended_on IS NULL AND p.id = ANY (%(plan_ids)s::bigint[])
    UNION
    SELECT p.id, p.person_id, p.template, p.version, p.opened_on
    FROM risk_assessment AS a
    JOIN care_plan AS p ON p.person_id = a.person_id AND p.ended_on IS NULL
    WHERE a.id BETWEEN %(first)s AND %(last)s AND a.is_current AND p.assessment_id NOT BETWEEN %(first)s AND %(last)s
),
wanted AS MATERIALIZED (
    -- Several parts may be after the same.
    SELECT DISTINCT ON (chosen.id, goal.goal) chosen.*, goal.goal, goal.below, goal.less, goal.home_below, goal.kind, goal.mean_days, goal.least_days
    FROM chosen
    JOIN goal ON goal.template = chosen.template AND goal.version = chosen.version
    WHERE goal.part = '' OR EXISTS (
        SELECT 1 FROM care_planpart AS run WHERE run.plan_id = chosen.id AND run.slug = goal.part AND run.ended_on IS NULL
    )
    ORDER BY chosen.id, goal.goal
),
code AS MATERIALIZED (
    SELECT goal, array_agg(DISTINCT key) AS keys
    FROM (SELECT goal, below || less AS limits FROM goal) AS one, jsonb_object_keys(one.limits) AS key
    GROUP BY goal
),
measured AS MATERIALIZED (
    SELECT
        wanted.*, code.keys, exam.taken_on AS exam_on, exam.results AS exam_results, base.taken_on AS before_on, base.results AS base_results,
        home.until AS home_on, home.means
    FROM wanted
    JOIN code ON code.goal = wanted.goal
    LEFT JOIN LATERAL (
        SELECT e.taken_on, e.results FROM exams_exam AS e
        WHERE e.person_id = wanted.person_id AND e.state = 'current' AND e.taken_on > wanted.opened_on AND e.taken_on <= %(today)s
          AND e.results ?& code.keys AND NOT e.qualifiers ?| code.keys
        ORDER BY e.taken_on DESC, e.id DESC
        LIMIT 1
    ) AS exam ON true
    LEFT JOIN LATERAL (
        SELECT e.taken_on, e.results FROM exams_exam AS e
        WHERE e.person_id = wanted.person_id AND e.state = 'current' AND e.taken_on <= wanted.opened_on AND e.results ?& code.keys AND NOT e.qualifiers ?| code.keys
        ORDER BY e.taken_on DESC, e.id DESC
        LIMIT 1
    ) AS base ON true
    LEFT JOIN LATERAL (
        -- The mean of the last days on which there are readings: of each day first, then of the days.
        SELECT max(mean.until) AS until, jsonb_object_agg(mean.code, mean.value) AS means
        FROM (
            SELECT by_day.code, round(avg(by_day.value), 2) AS value, max(by_day.day) AS until, count(*) AS days
            FROM (
                SELECT one.code, taken.day, avg((taken.values ->> one.code)::numeric) AS value
                FROM (
                    SELECT
                        r.values, (r.taken_at AT TIME ZONE %(timezone)s)::date AS day,
                        max((r.taken_at AT TIME ZONE %(timezone)s)::date) OVER () AS last_day
                    FROM devices_reading AS r
                    WHERE r.person_id = wanted.person_id AND r.kind = wanted.kind AND r.withdrawn_at IS NULL
                      AND (r.taken_at AT TIME ZONE %(timezone)s)::date > wanted.opened_on
                ) AS taken
                CROSS JOIN LATERAL jsonb_object_keys(CASE WHEN wanted.home_below = '{}' THEN wanted.less ELSE wanted.home_below END) AS one(code)
                WHERE taken.day > taken.last_day - wanted.mean_days AND taken.values ? one.code
                GROUP BY one.code, taken.day
            ) AS by_day
            GROUP BY by_day.code
        ) AS mean
        HAVING min(mean.days) >= wanted.least_days
    ) AS home ON wanted.kind <> ''
),
valued AS (
    SELECT
        measured.*, newer.is_home, CASE WHEN newer.is_home THEN home_on ELSE exam_on END AS measured_on,
        CASE WHEN newer.is_home THEN means ELSE picked.exam_values END AS now_values,
        CASE WHEN less = '{}' THEN CASE WHEN newer.is_home THEN home_below ELSE below END END AS limits,
        coalesce(picked.base_values, '{}') AS base_values
    FROM measured
    CROSS JOIN LATERAL (SELECT home_on IS NOT NULL AND (exam_on IS NULL OR home_on > exam_on) AS is_home) AS newer
    CROSS JOIN LATERAL (
        SELECT
            jsonb_object_agg(key, exam_results -> key) FILTER (WHERE exam_results ? key) AS exam_values,
            jsonb_object_agg(key, base_results -> key) FILTER (WHERE base_results ? key) AS base_values
        FROM unnest(keys) AS key
    ) AS picked
),
stated AS (
    SELECT valued.*, CASE
        WHEN now_values IS NULL OR less <> '{}' AND before_on IS NULL THEN 'not_measured'
        WHEN less <> '{}' THEN (
            SELECT CASE
                WHEN bool_and((now_values ->> key)::numeric <= (base_values ->> key)::numeric * (1 - share::numeric / 100)) THEN 'reached'
                ELSE 'not_reached'
            END
            FROM jsonb_each_text(less) AS one(key, share)
        )
        ELSE (
            SELECT CASE WHEN bool_and((now_values ->> key)::numeric < most::numeric) THEN 'reached' ELSE 'not_reached' END
            FROM jsonb_each_text(limits) AS one(key, most)
        )
    END AS state
    FROM valued
)
INSERT INTO care_goalstate (plan_id, goal, state, stated_on, measured_on, is_home, now, before_on, before)
SELECT
    stated.id, stated.goal, stated.state, %(today)s, stated.measured_on, stated.is_home, coalesce(stated.now_values, '{}'), stated.before_on,
    stated.base_values
FROM stated
LEFT JOIN LATERAL (
    SELECT g.state, g.measured_on, g.now FROM care_goalstate AS g
    WHERE g.plan_id = stated.id AND g.goal = stated.goal
    -- By a sum, as in open_plans.
    ORDER BY g.id + 0 DESC
    LIMIT 1
) AS last ON true
WHERE (%(say_missing)s OR stated.state <> 'not_measured')
  AND (last.state, last.measured_on, last.now) IS DISTINCT FROM (stated.state, stated.measured_on, coalesce(stated.now_values, '{}'))
ORDER BY stated.id, stated.goal
