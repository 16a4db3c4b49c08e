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
    SELECT person_id, bool_or(closed_at IS NULL) AS has_open
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
compared AS (
    -- Who was at risk is told by the colours of the period before as they were given, what became of it by one edition on both dates
    -- (risk.changing). Steps on the scale of colours; none for grey, and for who was not assessed in both periods.
    SELECT
        due_before.unit_id,
        earlier.colour IN ('yellow', 'orange', 'red') AS is_at_risk,
        array_position(ARRAY['green', 'blue', 'yellow', 'orange', 'red'], later.colour::text)
            - array_position(ARRAY['green', 'blue', 'yellow', 'orange', 'red'], again.colour::text) AS steps
    FROM due_before
    JOIN assessed_before AS earlier ON earlier.person_id = due_before.person_id
    LEFT JOIN assessed AS later ON later.person_id = due_before.person_id
    LEFT JOIN placed AS again ON again.id = later.before_id AND again.newest_on BETWEEN %(before_starts_on)s AND %(before_ends_on)s
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
counted AS (
    SELECT
        due.unit_id,
        examined.person_id IS NOT NULL AS is_covered,
        coalesce(examined.first_on <= %(deadline_on)s, false) AS is_on_time,
        coalesce(measured.items, 0)
            + (%(asks_sex)s AND p.sex <> '')::int + (%(asks_age)s AND p.birth IS NOT NULL)::int AS items,
        assessed.colour,
        coalesce(alerted.has_open, false) AS is_alerted,
        coalesce(NOT alerted.has_open, false) AS is_settled
    FROM due
    JOIN people_person AS p ON p.id = due.person_id
    LEFT JOIN examined ON examined.person_id = due.person_id
    LEFT JOIN measured ON measured.person_id = due.person_id
    LEFT JOIN assessed ON assessed.person_id = due.person_id
    LEFT JOIN alerted ON alerted.person_id = due.person_id
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
        sum(alerted) AS alerted, sum(settled) AS settled
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
ON CONFLICT (period_id, unit_id, metric) DO UPDATE
SET numerator = excluded.numerator, denominator = excluded.denominator, definition = excluded.definition, computed_at = excluded.computed_at
WHERE (fact.numerator, fact.denominator, fact.definition) IS DISTINCT FROM (excluded.numerator, excluded.denominator, excluded.definition)
