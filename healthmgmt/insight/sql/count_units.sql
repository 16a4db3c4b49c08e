-- All metrics of one period for every unit, counted from people up the tree.
WITH due AS (
    -- People employed on the reference day, in the unit of that day.
    SELECT DISTINCT ON (e.person_id) e.person_id, e.unit_id
    FROM people_employment AS e
    WHERE e.started_on <= %(reference_day)s AND (e.ended_on IS NULL OR e.ended_on >= %(reference_day)s)
    ORDER BY e.person_id, e.started_on DESC, e.id DESC
),
examined AS (
    SELECT x.person_id, min(x.taken_on) AS first_on
    FROM exams_exam AS x
    WHERE x.state = 'current' AND x.results <> '{}' AND x.taken_on BETWEEN %(starts_on)s AND %(ends_on)s
    GROUP BY x.person_id
),
alternative AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(alternatives)s::jsonb) AS a(item int, codes text[])
),
measured AS (
    SELECT x.person_id, bit_count(bit_or(1 << alternative.item)::bit(32)) AS items
    FROM exams_exam AS x
    JOIN alternative ON x.results ?& alternative.codes
    WHERE x.state = 'current' AND x.taken_on BETWEEN %(starts_on)s AND %(ends_on)s
    GROUP BY x.person_id
),
placed AS MATERIALIZED (
    -- An assessment belongs to the period of the newest examination that it read. Of several the current one counts, else what rests
    -- on exams that all still count and knows the one delivered last; what was said then before what was judged afterwards.
    SELECT
        a.id, a.person_id, a.colour, a.before_id, read.newest_on,
        row_number() OVER (
            PARTITION BY a.person_id
            ORDER BY a.is_current DESC, read.is_whole DESC, read.newest_exam DESC, a.is_history, a.assessed_on DESC, a.id DESC
        ) AS place
    FROM risk_assessment AS a
    CROSS JOIN LATERAL (
        SELECT
            max(x.taken_on) FILTER (WHERE x.state = 'current') AS newest_on, bool_and(x.state = 'current') AS is_whole, max(x.id) AS newest_exam
        FROM exams_exam AS x
        WHERE x.id = ANY (a.exams)
    ) AS read
    WHERE read.newest_on BETWEEN coalesce(%(before_starts_on)s, %(starts_on)s) AND %(ends_on)s
),
assessed AS (
    SELECT DISTINCT ON (person_id) person_id, id, colour, before_id
    FROM placed
    WHERE newest_on BETWEEN %(starts_on)s AND %(ends_on)s
    ORDER BY person_id, place
),
alerted AS (
    SELECT person_id, bool_or(closed_at IS NULL) AS has_open, CASE WHEN bool_and(closed_at IS NOT NULL) THEN max(closed_at - opened_at) END AS longest
    FROM care_alert
    WHERE measured_on BETWEEN %(starts_on)s AND %(ends_on)s AND NOT starts_with(code, 'rapid_')
    GROUP BY person_id
),
due_before AS (
    -- Who was due in the period before, in the unit of its own reference day: the same people as its colours count.
    SELECT DISTINCT ON (e.person_id) e.person_id, e.unit_id
    FROM people_employment AS e
    WHERE e.started_on <= %(before_reference_day)s AND (e.ended_on IS NULL OR e.ended_on >= %(before_reference_day)s)
    ORDER BY e.person_id, e.started_on DESC, e.id DESC
),
assessed_before AS (
    SELECT DISTINCT ON (person_id) person_id, colour
    FROM placed
    WHERE newest_on BETWEEN %(before_starts_on)s AND %(before_ends_on)s
    ORDER BY person_id, place
),
reached AS MATERIALIZED (
    SELECT person_id, (made_at AT TIME ZONE %(timezone)s)::date AS reached_on FROM care_contact WHERE ending = ANY (%(reached)s::text[])
),
done AS MATERIALIZED (
    SELECT plan.person_id, s.doer, (s.ended_at AT TIME ZONE %(timezone)s)::date AS done_on
    FROM care_step AS s
    JOIN care_plan AS plan ON plan.id = s.plan_id
    WHERE s.state = 'done'
),
enrolled AS MATERIALIZED (
    SELECT person_id FROM reached WHERE reached_on BETWEEN %(starts_on)s AND %(ends_on)s
    UNION
    SELECT person_id FROM done WHERE doer = 'person' AND done_on BETWEEN %(starts_on)s AND %(ends_on)s
),
compared AS MATERIALIZED (
    -- Who was at risk is told by the colours of the period before as they were given, what became of it by one edition on both dates
    -- (risk.changing). Steps on the scale of colours; none for grey, and for who was not assessed in both periods.
    SELECT
        due_before.unit_id, earlier.colour AS was, later.colour AS is_now, enrolled.person_id IS NOT NULL AS is_enrolled,
        earlier.colour IN ('yellow', 'orange', 'red') AS is_at_risk,
        array_position(ARRAY['green', 'blue', 'yellow', 'orange', 'red'], later.colour::text)
            - array_position(ARRAY['green', 'blue', 'yellow', 'orange', 'red'], again.colour::text) AS steps
    FROM due_before
    JOIN assessed_before AS earlier ON earlier.person_id = due_before.person_id
    LEFT JOIN assessed AS later ON later.person_id = due_before.person_id
    LEFT JOIN placed AS again ON again.id = later.before_id AND again.newest_on BETWEEN %(before_starts_on)s AND %(before_ends_on)s
    LEFT JOIN enrolled ON enrolled.person_id = due_before.person_id
),
own_before AS (
    SELECT
        unit_id,
        count(*) AS compared,
        count(*) FILTER (WHERE is_at_risk AND steps < 0) AS improved,
        count(*) FILTER (WHERE is_at_risk AND steps = 0) AS unchanged,
        count(*) FILTER (WHERE is_at_risk AND steps > 0) AS worsened,
        count(*) FILTER (WHERE is_at_risk AND steps IS NULL) AS no_follow_up
    FROM compared
    GROUP BY unit_id
),
cared AS MATERIALIZED (
    -- Somebody spoke with the person, or a clinician's step of the plan was done, since the assessment.
    SELECT assessed.person_id
    FROM assessed
    JOIN risk_assessment AS a ON a.id = assessed.id
    WHERE assessed.colour IN ('red', 'orange') AND (
        EXISTS (SELECT 1 FROM reached WHERE reached.person_id = assessed.person_id AND reached.reached_on >= a.assessed_on)
        OR EXISTS (SELECT 1 FROM done WHERE done.person_id = assessed.person_id AND done.doer <> 'person' AND done.done_on >= a.assessed_on)
    )
),
counted AS (
    SELECT
        due.unit_id,
        examined.person_id IS NOT NULL AS is_covered,
        coalesce(examined.first_on <= %(deadline_on)s, false) AS is_on_time,
        coalesce(measured.items, 0)
            + (%(asks_sex)s AND p.sex <> '')::int + (%(asks_age)s AND p.birth IS NOT NULL)::int AS items,
        assessed.colour,
        assessed.colour IN ('red', 'orange') AS is_grave,
        assessed.colour IN ('red', 'orange') AND cared.person_id IS NOT NULL AS is_followed,
        coalesce(alerted.has_open, false) AS is_alerted,
        coalesce(NOT alerted.has_open, false) AS is_settled
    FROM due
    JOIN people_person AS p ON p.id = due.person_id
    LEFT JOIN examined ON examined.person_id = due.person_id
    LEFT JOIN measured ON measured.person_id = due.person_id
    LEFT JOIN assessed ON assessed.person_id = due.person_id
    LEFT JOIN alerted ON alerted.person_id = due.person_id
    LEFT JOIN cared ON cared.person_id = due.person_id
),
own AS (
    SELECT
        unit_id,
        count(*) AS due,
        count(*) FILTER (WHERE is_covered) AS covered,
        count(*) FILTER (WHERE is_on_time) AS on_time,
        count(*) FILTER (WHERE is_covered AND items = %(items)s) AS complete,
        coalesce(sum(items) FILTER (WHERE is_covered), 0) AS items_present,
        count(*) FILTER (WHERE is_covered) * %(items)s AS items_due,
        count(colour) AS assessed,
        count(*) FILTER (WHERE colour = 'red') AS red,
        count(*) FILTER (WHERE colour = 'orange') AS orange,
        count(*) FILTER (WHERE colour = 'yellow') AS yellow,
        count(*) FILTER (WHERE colour = 'blue') AS blue,
        count(*) FILTER (WHERE colour = 'green') AS green,
        count(*) FILTER (WHERE colour = 'grey') AS grey,
        count(*) FILTER (WHERE is_followed) AS followed,
        count(*) FILTER (WHERE is_grave AND NOT is_followed) AS not_followed,
        count(*) FILTER (WHERE is_alerted) AS alerted,
        count(*) FILTER (WHERE is_settled) AS settled
    FROM counted
    GROUP BY unit_id
),
total AS (
    SELECT
        above.unit_id,
        sum(due) AS due, sum(covered) AS covered, sum(on_time) AS on_time, sum(complete) AS complete,
        sum(items_present) AS items_present, sum(items_due) AS items_due, sum(assessed) AS assessed,
        sum(red) AS red, sum(orange) AS orange, sum(yellow) AS yellow, sum(blue) AS blue, sum(green) AS green, sum(grey) AS grey,
        sum(followed) AS followed, sum(not_followed) AS not_followed, sum(alerted) AS alerted, sum(settled) AS settled
    FROM own
    JOIN organization_unit AS u ON u.id = own.unit_id
    CROSS JOIN LATERAL unnest(string_to_array(rtrim(u.path, '.'), '.')::bigint[]) AS above(unit_id)
    GROUP BY above.unit_id
),
total_before AS (
    SELECT
        above.unit_id,
        sum(compared) AS compared, sum(improved) AS improved, sum(unchanged) AS unchanged, sum(worsened) AS worsened,
        sum(no_follow_up) AS no_follow_up
    FROM own_before
    JOIN organization_unit AS u ON u.id = own_before.unit_id
    CROSS JOIN LATERAL unnest(string_to_array(rtrim(u.path, '.'), '.')::bigint[]) AS above(unit_id)
    GROUP BY above.unit_id
),
high AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(highs)s::jsonb) AS h(slug text, reasons text[], condition text, treatment text, below jsonb, codes text[])
),
newest AS MATERIALIZED (
    -- Of each of the three highs: what was answered at the examinations of the period, and whether the newest with one of its values is at
    -- target, which is below the limits of all that it has.
    SELECT
        x.person_id, high.slug,
        bool_or((x.results ->> high.condition)::numeric = 1 OR (x.results ->> high.treatment)::numeric = 1) AS is_told,
        bool_or((x.results ->> high.treatment)::numeric = 1) AS is_treated,
        (array_agg(
            NOT EXISTS (SELECT 1 FROM jsonb_each_text(high.below) AS goal WHERE (x.results ->> goal.key)::numeric >= goal.value::numeric)
            ORDER BY x.taken_on DESC, x.id DESC
        ) FILTER (WHERE x.results ?| high.codes))[1] AS is_at_target
    FROM exams_exam AS x
    JOIN high ON x.results ?| (high.codes || high.condition || high.treatment)
    WHERE x.state = 'current' AND x.taken_on BETWEEN %(starts_on)s AND %(ends_on)s
    GROUP BY x.person_id, high.slug
),
seen AS MATERIALIZED (
    SELECT person_id, max(day) AS last_on
    FROM (
        SELECT person_id, reached_on AS day FROM reached
        UNION ALL
        SELECT person_id, done_on FROM done WHERE doer <> 'person'
    ) AS one
    WHERE day <= %(as_of)s
    GROUP BY person_id
),
cascade AS MATERIALIZED (
    -- Each step counts people of the one before.
    SELECT
        slug, count(*) AS have, count(*) FILTER (WHERE knows) AS know, count(*) FILTER (WHERE knows AND is_treated) AS treated,
        count(*) FILTER (WHERE knows AND is_treated AND is_seen) AS seen,
        count(*) FILTER (WHERE knows AND is_treated AND is_seen AND is_at_target) AS at_target
    FROM (
        SELECT
            high.slug, coalesce(newest.is_told, false) OR coalesce(seen.last_on >= a.assessed_on, false) AS knows,
            coalesce(newest.is_treated, false) AS is_treated, coalesce(newest.is_at_target, false) AS is_at_target,
            coalesce(seen.last_on > %(as_of)s::date - interval '6 months', false) AS is_seen
        FROM due
        JOIN assessed ON assessed.person_id = due.person_id
        JOIN risk_assessment AS a ON a.id = assessed.id
        CROSS JOIN high
        LEFT JOIN newest ON newest.person_id = due.person_id AND newest.slug = high.slug
        LEFT JOIN seen ON seen.person_id = due.person_id
        WHERE newest.is_told OR EXISTS (SELECT 1 FROM jsonb_array_elements(a.reasons) AS reason WHERE reason ->> 'code' = ANY (high.reasons))
    ) AS one
    GROUP BY slug
),
whole AS (
    -- Of the whole organisation alone: by the names of chains.py.
    SELECT cascade.slug || '.' || step.slug AS name, step.people
    FROM cascade
    CROSS JOIN LATERAL (
        VALUES ('have', have), ('know', know), ('treated', treated), ('seen', seen), ('at_target', at_target)
    ) AS step(slug, people)
    UNION ALL
    SELECT 'alert_closing.' || step.slug, count(*) FILTER (WHERE step.within IS NULL OR alerted.longest <= step.within)
    FROM due
    JOIN alerted ON alerted.person_id = due.person_id
    CROSS JOIN (VALUES ('opened', NULL), ('within_week', interval '7 days'), ('within_day', interval '1 day')) AS step(slug, within)
    GROUP BY step.slug
    UNION ALL
    SELECT part.slug || CASE WHEN is_enrolled THEN '.enrolled' ELSE '.not_enrolled' END, count(*)
    FROM compared
    CROSS JOIN LATERAL (
        SELECT CASE WHEN steps IS NULL THEN 'no_follow_up' WHEN steps < 0 THEN 'improved' WHEN steps > 0 THEN 'worsened' ELSE 'unchanged' END AS slug
    ) AS part
    WHERE is_at_risk
    GROUP BY 1
    UNION ALL
    SELECT 'flow.' || was || '.' || is_now, count(*) FROM compared WHERE is_now IS NOT NULL GROUP BY 1
    UNION ALL
    SELECT name, people FROM jsonb_to_recordset(%(given)s::jsonb) AS g(name text, people bigint)
),
metric AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(metrics)s::jsonb) AS m(slug text, definition int, numerator text, denominator text)
)
INSERT INTO insight_unitfact AS fact (unit_id, period_id, metric, numerator, denominator, definition, computed_at)
SELECT
    u.id, %(period)s, metric.slug,
    coalesce((to_jsonb(total) ->> metric.numerator)::bigint, (to_jsonb(total_before) ->> metric.numerator)::bigint, 0),
    coalesce((to_jsonb(total) ->> metric.denominator)::bigint, (to_jsonb(total_before) ->> metric.denominator)::bigint, 0),
    metric.definition, %(now)s
FROM organization_unit AS u
CROSS JOIN metric
LEFT JOIN total ON total.unit_id = u.id
LEFT JOIN total_before ON total_before.unit_id = u.id
UNION ALL
SELECT root.id, %(period)s, named.name, coalesce(whole.people, 0), greatest((SELECT sum(due) FROM own), (SELECT sum(compared) FROM own_before), whole.people, 0), named.version, %(now)s
FROM jsonb_to_recordset(%(named)s::jsonb) AS named(name text, version int)
JOIN organization_unit AS root ON root.level = 0
LEFT JOIN whole ON whole.name = named.name
ON CONFLICT (period_id, unit_id, metric) DO UPDATE
SET numerator = excluded.numerator, denominator = excluded.denominator, definition = excluded.definition, computed_at = excluded.computed_at
WHERE (fact.numerator, fact.denominator, fact.definition) IS DISTINCT FROM (excluded.numerator, excluded.denominator, excluded.definition)
