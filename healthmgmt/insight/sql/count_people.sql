-- What each person counts as in a period, kept beside the facts of units, and what that adds to the counts of units.
-- Of `people` alone where they are named: then a result is what has changed since they were counted last. With `is_whole` it is what
-- everybody counts. Without `writes` nothing is kept, and each result says why it differs from what was kept (`reason`).
-- A result is of a unit's own people, without the units below it; one without a unit is of the whole organisation: flows of colours.
WITH due AS (
    -- People employed on the reference day, in the unit of that day.
    SELECT DISTINCT ON (e.person_id) e.person_id, e.unit_id
    FROM people_employment AS e
    WHERE e.started_on <= %(reference_day)s AND (e.ended_on IS NULL OR e.ended_on >= %(reference_day)s)
      AND (%(people)s::bigint[] IS NULL OR e.person_id = ANY (%(people)s::bigint[]))
    ORDER BY e.person_id, e.started_on DESC, e.id DESC
),
due_before AS (
    -- Who was due in the period before, in the unit of its own reference day: the same people as its colours count.
    SELECT DISTINCT ON (e.person_id) e.person_id, e.unit_id
    FROM people_employment AS e
    WHERE e.started_on <= %(before_reference_day)s AND (e.ended_on IS NULL OR e.ended_on >= %(before_reference_day)s)
      AND (%(people)s::bigint[] IS NULL OR e.person_id = ANY (%(people)s::bigint[]))
    ORDER BY e.person_id, e.started_on DESC, e.id DESC
),
alternative AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(alternatives)s::jsonb) AS a(item int, codes text[])
),
examined AS (
    SELECT
        x.person_id,
        min(x.taken_on) FILTER (WHERE x.results <> '{}') AS first_on, max(x.taken_on) FILTER (WHERE x.results <> '{}') AS last_on,
        coalesce(bit_or(present.items), 0) AS items
    FROM exams_exam AS x
    CROSS JOIN LATERAL (
        SELECT bit_or(1 << alternative.item) AS items FROM alternative WHERE x.results ?& alternative.codes
    ) AS present
    WHERE x.state = 'current' AND x.taken_on BETWEEN %(starts_on)s AND %(ends_on)s
      AND (%(people)s::bigint[] IS NULL OR x.person_id = ANY (%(people)s::bigint[]))
    GROUP BY x.person_id
),
read AS (
    SELECT
        a.id, max(x.taken_on) FILTER (WHERE x.state = 'current') AS newest_on, bool_and(x.state = 'current') AS is_whole, max(x.id) AS newest_exam
    FROM risk_assessment AS a
    CROSS JOIN LATERAL unnest(a.exams) AS one(exam)
    JOIN exams_exam AS x ON x.id = one.exam
    WHERE %(people)s::bigint[] IS NULL OR a.person_id = ANY (%(people)s::bigint[])
    GROUP BY a.id
),
placed AS MATERIALIZED (
    -- An assessment belongs to the period of the newest examination that it read. Of several the current one counts, else what rests
    -- on exams that all still count and knows the one delivered last; what was said then before what was judged afterwards.
    SELECT
        a.id, a.person_id, a.colour, a.before_id, read.newest_on,
        row_number() OVER (
            PARTITION BY a.person_id, read.newest_on >= %(starts_on)s
            ORDER BY a.is_current DESC, read.is_whole DESC, read.newest_exam DESC, a.is_history, a.assessed_on DESC, a.id DESC
        ) AS place
    FROM read
    JOIN risk_assessment AS a ON a.id = read.id
    WHERE read.newest_on BETWEEN coalesce(%(before_starts_on)s, %(starts_on)s) AND %(ends_on)s
      AND (read.newest_on >= %(starts_on)s OR read.newest_on <= %(before_ends_on)s)
),
assessed AS MATERIALIZED (
    SELECT placed.person_id, placed.id, placed.colour, placed.before_id, placed.newest_on
    FROM placed
    WHERE placed.place = 1 AND placed.newest_on >= %(starts_on)s
),
assessed_before AS (
    SELECT person_id, colour FROM placed WHERE place = 1 AND newest_on < %(starts_on)s
),
alerted AS (
    -- By the slowest of a person's alerts, from the opening to the outcome.
    SELECT person_id, CASE
        WHEN bool_or(closed_at IS NULL OR closed_at > %(as_of)s) THEN 'open'
        WHEN max(closed_at - opened_at) <= interval '24 hours' THEN 'day'
        WHEN max(closed_at - opened_at) <= interval '7 days' THEN 'week'
        ELSE 'late'
    END AS alerts
    FROM care_alert
    WHERE measured_on BETWEEN %(starts_on)s AND %(ends_on)s AND NOT starts_with(code, 'rapid_') AND opened_at <= %(as_of)s
      AND (%(people)s::bigint[] IS NULL OR person_id = ANY (%(people)s::bigint[]))
    GROUP BY person_id
),
spoken AS (
    -- Days on which somebody of care spoke to the person, since the period before began.
    SELECT
        person_id, max((made_at AT TIME ZONE %(timezone)s)::date) AS last_on,
        bool_or(ending = 'in_treatment' AND (made_at AT TIME ZONE %(timezone)s)::date >= %(starts_on)s) AS is_treated
    FROM care_contact
    WHERE ending = ANY (%(reached)s::text[]) AND made_at <= %(as_of)s
      AND (made_at AT TIME ZONE %(timezone)s)::date BETWEEN coalesce(%(before_starts_on)s, %(starts_on)s) AND %(until)s
      AND (%(people)s::bigint[] IS NULL OR person_id = ANY (%(people)s::bigint[]))
    GROUP BY person_id
),
stepped AS (
    -- What was done of plans, and what of those who work is overdue or was done in time since the period began. An hour's or a day's
    -- window is stretched to `grace` days: what matters is that it was not forgotten.
    SELECT
        plan.person_id,
        max((s.ended_at AT TIME ZONE %(timezone)s)::date) FILTER (WHERE s.state = 'done' AND s.ended_at <= %(as_of)s) AS done_on,
        max((s.ended_at AT TIME ZONE %(timezone)s)::date) FILTER (
            WHERE s.state = 'done' AND s.ended_at <= %(as_of)s AND s.kind = ANY (%(seen_kinds)s::text[])
        ) AS seen_on,
        bool_or(own.is_on_time) AS is_on_time, bool_or(own.is_overdue) AS is_overdue
    FROM care_plan AS plan
    JOIN care_step AS s ON s.plan_id = plan.id
    CROSS JOIN LATERAL (
        SELECT s.due_on + greatest(s.window_days, %(grace)s) AS last_on, s.doer <> 'person' AND s.due_on BETWEEN %(starts_on)s AND %(until)s AS counts
    ) AS term
    CROSS JOIN LATERAL (
        SELECT
            term.counts AND s.state = 'done' AND s.ended_at <= %(as_of)s AND (s.ended_at AT TIME ZONE %(timezone)s)::date <= term.last_on AS is_on_time,
            term.counts AND term.last_on < %(until)s AND s.state NOT IN ('cancelled', 'skipped', 'declined')
                AND NOT (s.state = 'done' AND s.ended_at <= %(as_of)s AND (s.ended_at AT TIME ZONE %(timezone)s)::date <= term.last_on) AS is_overdue
    ) AS own
    WHERE s.due_on >= coalesce(%(before_starts_on)s, %(starts_on)s)
      AND (%(people)s::bigint[] IS NULL OR plan.person_id = ANY (%(people)s::bigint[]))
    GROUP BY plan.person_id
),
took_part AS (
    SELECT p.person_id, max(CASE
        WHEN p.finished_at <= %(as_of)s THEN 5
        WHEN p.first_act_on <= %(until)s THEN 4
        WHEN p.enrolled_at <= %(as_of)s THEN 3
        WHEN p.opened_at <= %(as_of)s THEN 2
        ELSE 1
    END) AS stage
    FROM engagement_activity AS a
    JOIN engagement_participation AS p ON p.activity_id = a.id AND p.invited_at <= %(as_of)s
    WHERE a.sensitivity = 'coverage' AND a.state IN ('open', 'ended') AND a.starts_on <= %(ends_on)s AND a.ends_on >= %(starts_on)s
      AND (%(people)s::bigint[] IS NULL OR p.person_id = ANY (%(people)s::bigint[]))
    GROUP BY p.person_id
),
exposed AS (
    SELECT person_id, array_agg(DISTINCT kind) AS kinds
    FROM people_exposure
    WHERE since <= %(reference_day)s AND (until IS NULL OR until >= %(reference_day)s) AND kind = ANY (%(kinds)s::text[])
      AND (%(people)s::bigint[] IS NULL OR person_id = ANY (%(people)s::bigint[]))
    GROUP BY person_id
),
asked_of AS MATERIALIZED (
    -- What is asked of people under a hazard beside what is asked of everybody.
    SELECT * FROM jsonb_to_recordset(%(asked)s::jsonb) AS a(kind text, items int)
),
condition AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(conditions)s::jsonb) AS c(slug text, reasons text[], told jsonb, treated jsonb, goals jsonb)
),
having_it AS MATERIALIZED (
    SELECT assessed.person_id, assessed.newest_on, condition.*
    FROM assessed
    JOIN risk_assessment AS a ON a.id = assessed.id
    CROSS JOIN LATERAL (SELECT jsonb_path_query_array(a.reasons, '$[*].code') AS codes) AS said
    JOIN condition ON said.codes ?| condition.reasons
),
known AS MATERIALIZED (
    -- Who said so at an examination of the period, or was spoken to since the one that showed it; and who is treated.
    SELECT
        h.person_id, h.slug, h.goals,
        coalesce(bool_or(x.results @> h.told OR x.results @> h.treated), false) OR coalesce(spoken.last_on >= h.newest_on, false) AS is_known,
        coalesce(bool_or(x.results @> h.treated), false) OR coalesce(spoken.is_treated, false) AS is_treated
    FROM having_it AS h
    LEFT JOIN exams_exam AS x ON x.person_id = h.person_id AND x.state = 'current' AND x.taken_on BETWEEN %(starts_on)s AND %(ends_on)s
    LEFT JOIN spoken ON spoken.person_id = h.person_id
    GROUP BY h.person_id, h.slug, h.goals, h.newest_on, spoken.last_on, spoken.is_treated
),
newest_value AS (
    -- Of each goal that was measured in the period, whether the newest examination with all of its values is below it.
    SELECT DISTINCT ON (known.person_id, known.slug, goal.slug) known.person_id, known.slug, (
        SELECT bool_and((x.results ->> code)::numeric < most::numeric) FROM jsonb_each_text(goal.below) AS limits(code, most)
    ) AS is_below
    FROM known
    CROSS JOIN LATERAL jsonb_to_recordset(known.goals) AS goal(slug text, below jsonb)
    JOIN exams_exam AS x ON x.person_id = known.person_id AND x.state = 'current' AND x.taken_on BETWEEN %(starts_on)s AND %(ends_on)s
        AND x.results ?& ARRAY(SELECT jsonb_object_keys(goal.below))
    WHERE known.is_known AND known.is_treated
    ORDER BY known.person_id, known.slug, goal.slug, x.taken_on DESC, x.id DESC
),
at_target AS (
    SELECT person_id, slug, bool_and(is_below) AS is_reached FROM newest_value GROUP BY person_id, slug
),
seen AS (
    -- The last day on which care saw or spoke to somebody; the first examination of the period alone is none.
    SELECT person_id, max(day) AS last_on
    FROM (
        SELECT person_id, last_on AS day FROM spoken
        UNION ALL SELECT person_id, seen_on FROM stepped
        UNION ALL SELECT person_id, last_on FROM examined WHERE last_on > first_on AND last_on <= %(until)s
    ) AS one
    GROUP BY person_id
),
cascade AS (
    -- How far somebody who has it has come: 1 has it, 2 knows, 3 is treated, 4 was seen in six months, 5 is at target.
    SELECT
        known.person_id, max(far.step) FILTER (WHERE known.slug = 'bp') AS bp, max(far.step) FILTER (WHERE known.slug = 'glucose') AS glucose,
        max(far.step) FILTER (WHERE known.slug = 'lipids') AS lipids
    FROM known
    LEFT JOIN seen ON seen.person_id = known.person_id
    LEFT JOIN at_target ON at_target.person_id = known.person_id AND at_target.slug = known.slug
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN NOT known.is_known THEN 1
            WHEN NOT known.is_treated THEN 2
            WHEN NOT coalesce(seen.last_on > %(until)s::date - %(seen_days)s, false) THEN 3
            WHEN NOT coalesce(at_target.is_reached, false) THEN 4
            ELSE 5
        END AS step
    ) AS far
    GROUP BY known.person_id
),
joined AS (
    SELECT
        person.id AS person_id, due.unit_id, examined.first_on, assessed.colour, alerted.alerts, earlier.colour AS colour_before, exposed.kinds,
        coalesce(examined.items, 0)
            | CASE WHEN p.sex <> '' THEN %(sex_item)s ELSE 0 END | CASE WHEN p.birth IS NOT NULL THEN %(age_item)s ELSE 0 END AS items,
        -- Who was at risk is told by the colours of the period before as they were given, what became of it by one edition on both dates
        -- (risk.changing). Steps on the scale of colours; none for grey, and for who was not assessed in both periods.
        array_position(ARRAY['green', 'blue', 'yellow', 'orange', 'red'], assessed.colour::text)
            - array_position(ARRAY['green', 'blue', 'yellow', 'orange', 'red'], again.colour::text) AS steps,
        greatest(spoken.last_on, stepped.done_on) >= %(before_starts_on)s AS is_enrolled,
        coalesce(spoken.last_on >= assessed.newest_on, false) AS is_spoken,
        coalesce(stepped.is_on_time, false) AS is_step_on_time, coalesce(stepped.is_overdue, false) AS is_step_overdue,
        cascade.bp, cascade.glucose, cascade.lipids, took_part.stage
    FROM due
    FULL JOIN due_before ON due_before.person_id = due.person_id
    CROSS JOIN LATERAL (SELECT coalesce(due.person_id, due_before.person_id) AS id) AS person
    JOIN people_person AS p ON p.id = person.id
    LEFT JOIN examined ON examined.person_id = person.id
    LEFT JOIN assessed ON assessed.person_id = person.id
    LEFT JOIN alerted ON alerted.person_id = due.person_id
    LEFT JOIN exposed ON exposed.person_id = due.person_id
    LEFT JOIN assessed_before AS earlier ON earlier.person_id = due_before.person_id
    LEFT JOIN placed AS again ON again.id = assessed.before_id AND again.newest_on <= %(before_ends_on)s
    LEFT JOIN spoken ON spoken.person_id = person.id
    LEFT JOIN stepped ON stepped.person_id = person.id
    LEFT JOIN cascade ON cascade.person_id = due.person_id
    LEFT JOIN took_part ON took_part.person_id = due.person_id
),
fresh AS MATERIALIZED (
    SELECT
        %(period)s::bigint AS period_id, person_id, unit_id,
        first_on IS NOT NULL AS is_covered,
        coalesce(first_on <= %(deadline_on)s, false) AS is_on_time,
        bit_count((items & %(basic)s)::bit(32))::smallint AS items,
        coalesce(colour::text, '') AS colour, coalesce(colour_before::text, '') AS colour_before,
        CASE
            WHEN colour_before IS NULL OR colour_before NOT IN ('yellow', 'orange', 'red') THEN ''
            WHEN steps IS NULL THEN 'no_follow_up'
            WHEN steps < 0 THEN 'improved'
            WHEN steps = 0 THEN 'unchanged'
            ELSE 'worsened'
        END AS change,
        coalesce(is_enrolled, false) AS is_enrolled,
        coalesce(alerts, '') AS alerts,
        CASE
            WHEN unit_id IS NULL OR colour IS NULL OR colour NOT IN ('red', 'orange') THEN ''
            WHEN NOT is_step_overdue AND (is_step_on_time OR is_spoken) THEN 'on_time'
            ELSE 'missed'
        END AS follow_up,
        coalesce(bp, 0)::smallint AS bp, coalesce(glucose, 0)::smallint AS glucose, coalesce(lipids, 0)::smallint AS lipids,
        coalesce(stage, 0)::smallint AS stage,
        coalesce(kinds, '{}')::text[] AS exposures,
        CASE WHEN kinds IS NULL OR first_on IS NULL THEN '{}'::text[] ELSE ARRAY(
            SELECT one.kind::text
            FROM unnest(kinds) AS one(kind)
            LEFT JOIN asked_of ON asked_of.kind = one.kind
            WHERE joined.items & (%(basic)s | coalesce(asked_of.items, 0)) = %(basic)s | coalesce(asked_of.items, 0)
            ORDER BY one.kind
        ) END AS exposures_done
    FROM joined
    WHERE unit_id IS NOT NULL OR colour_before IS NOT NULL
),
stored AS (
    SELECT
        period_id, person_id, unit_id, is_covered, is_on_time, items, colour::text, colour_before::text, change::text, is_enrolled, alerts::text,
        follow_up::text, bp, glucose, lipids, stage, exposures::text[], exposures_done::text[]
    FROM insight_personfact
    WHERE period_id = %(period)s AND (%(people)s::bigint[] IS NULL OR person_id = ANY (%(people)s::bigint[]))
),
pair AS MATERIALIZED (
    -- Whoever counts otherwise than before. Of all others not even a lock is taken.
    SELECT coalesce(fresh.person_id, stored.person_id) AS person_id, stored, fresh
    FROM fresh
    FULL JOIN stored ON stored.person_id = fresh.person_id
    WHERE stored IS DISTINCT FROM fresh
),
gone AS (
    DELETE FROM insight_personfact AS fact USING pair
    WHERE %(writes)s AND fact.period_id = %(period)s AND fact.person_id = pair.person_id AND (pair.fresh).person_id IS NULL
),
kept AS (
    INSERT INTO insight_personfact AS fact (
        period_id, person_id, unit_id, is_covered, is_on_time, items, colour, colour_before, change, is_enrolled, alerts, follow_up, bp, glucose,
        lipids, stage, exposures, exposures_done
    )
    SELECT (pair.fresh).* FROM pair WHERE %(writes)s AND (pair.fresh).person_id IS NOT NULL
    ON CONFLICT (period_id, person_id) DO UPDATE SET
        unit_id = excluded.unit_id, is_covered = excluded.is_covered, is_on_time = excluded.is_on_time, items = excluded.items,
        colour = excluded.colour, colour_before = excluded.colour_before, change = excluded.change, is_enrolled = excluded.is_enrolled,
        alerts = excluded.alerts, follow_up = excluded.follow_up, bp = excluded.bp, glucose = excluded.glucose, lipids = excluded.lipids,
        stage = excluded.stage, exposures = excluded.exposures, exposures_done = excluded.exposures_done
),
differing AS (
    SELECT person_id, stored, fresh, CASE
        WHEN %(writes)s THEN ''
        WHEN (stored).unit_id IS DISTINCT FROM (fresh).unit_id THEN 'roster'
        WHEN EXISTS (
            SELECT 1 FROM exams_exam AS x JOIN exams_upload AS u ON u.id = x.upload_id
            WHERE x.person_id = pair.person_id AND x.state = 'withdrawn' AND u.withdrawn_at > %(as_of)s AND x.taken_on <= %(ends_on)s
        ) THEN 'withdrawn'
        WHEN EXISTS (
            SELECT 1 FROM exams_exam AS x JOIN exams_exam AS former ON former.person_id = x.person_id AND former.taken_on = x.taken_on
                AND former.state = 'superseded'
            WHERE x.person_id = pair.person_id AND x.stored_at > %(as_of)s AND x.taken_on <= %(ends_on)s
        ) THEN 'corrected'
        WHEN EXISTS (
            SELECT 1 FROM exams_exam AS x WHERE x.person_id = pair.person_id AND x.stored_at > %(as_of)s AND x.taken_on <= %(ends_on)s
        ) THEN 'delivered'
        WHEN EXISTS (
            SELECT 1 FROM risk_assessment AS a WHERE a.person_id = pair.person_id AND a.stored_at > %(as_of)s
        ) THEN 'judged'
        ELSE 'other'
    END AS reason
    FROM pair
    WHERE NOT %(is_whole)s
),
part AS (
    SELECT fresh.*, 1 AS weight, '' AS reason FROM fresh WHERE %(is_whole)s
    UNION ALL SELECT (fresh).*, 1, reason FROM differing WHERE (fresh).person_id IS NOT NULL
    UNION ALL SELECT (stored).*, -1, reason FROM differing WHERE (stored).person_id IS NOT NULL
)
SELECT unit_id, reason, jsonb_build_object(
    'due', sum(weight),
    'covered', sum(weight) FILTER (WHERE is_covered),
    'on_time', sum(weight) FILTER (WHERE is_on_time),
    'complete', sum(weight) FILTER (WHERE is_covered AND items = %(items)s),
    'items_present', sum(weight * items) FILTER (WHERE is_covered),
    'items_due', sum(weight * %(items)s) FILTER (WHERE is_covered),
    'assessed', sum(weight) FILTER (WHERE colour <> ''),
    'red', sum(weight) FILTER (WHERE colour = 'red'),
    'orange', sum(weight) FILTER (WHERE colour = 'orange'),
    'yellow', sum(weight) FILTER (WHERE colour = 'yellow'),
    'blue', sum(weight) FILTER (WHERE colour = 'blue'),
    'green', sum(weight) FILTER (WHERE colour = 'green'),
    'grey', sum(weight) FILTER (WHERE colour = 'grey'),
    'alerted', sum(weight) FILTER (WHERE alerts = 'open'),
    'settled', sum(weight) FILTER (WHERE alerts IN ('day', 'week', 'late')),
    'alerts_any', sum(weight) FILTER (WHERE alerts <> ''),
    'closed_in_week', sum(weight) FILTER (WHERE alerts IN ('day', 'week')),
    'closed_in_day', sum(weight) FILTER (WHERE alerts = 'day'),
    'followed_up', sum(weight) FILTER (WHERE follow_up = 'on_time'),
    'not_followed_up', sum(weight) FILTER (WHERE follow_up = 'missed'),
    'bp_have', sum(weight) FILTER (WHERE bp >= 1), 'bp_know', sum(weight) FILTER (WHERE bp >= 2), 'bp_treated', sum(weight) FILTER (WHERE bp >= 3),
    'bp_seen', sum(weight) FILTER (WHERE bp >= 4), 'bp_at_target', sum(weight) FILTER (WHERE bp >= 5),
    'glucose_have', sum(weight) FILTER (WHERE glucose >= 1), 'glucose_know', sum(weight) FILTER (WHERE glucose >= 2),
    'glucose_treated', sum(weight) FILTER (WHERE glucose >= 3), 'glucose_seen', sum(weight) FILTER (WHERE glucose >= 4),
    'glucose_at_target', sum(weight) FILTER (WHERE glucose >= 5),
    'lipids_have', sum(weight) FILTER (WHERE lipids >= 1), 'lipids_know', sum(weight) FILTER (WHERE lipids >= 2),
    'lipids_treated', sum(weight) FILTER (WHERE lipids >= 3), 'lipids_seen', sum(weight) FILTER (WHERE lipids >= 4),
    'lipids_at_target', sum(weight) FILTER (WHERE lipids >= 5),
    'invited', sum(weight) FILTER (WHERE stage >= 1), 'opened', sum(weight) FILTER (WHERE stage >= 2), 'signed_up', sum(weight) FILTER (WHERE stage >= 3),
    'took_part', sum(weight) FILTER (WHERE stage >= 4), 'finished', sum(weight) FILTER (WHERE stage >= 5)
) AS counts
FROM part
WHERE unit_id IS NOT NULL
GROUP BY unit_id, reason
UNION ALL
SELECT unit_id, reason, jsonb_object_agg('exposed_' || kind, exposed) || jsonb_object_agg('exposed_done_' || kind, done)
FROM (
    SELECT unit_id, reason, kind, sum(weight) AS exposed, coalesce(sum(weight) FILTER (WHERE kind = ANY (exposures_done)), 0) AS done
    FROM part
    CROSS JOIN LATERAL unnest(exposures) AS one(kind)
    WHERE unit_id IS NOT NULL
    GROUP BY unit_id, reason, kind
) AS by_kind
GROUP BY unit_id, reason
UNION ALL
SELECT NULL, reason, jsonb_build_object(
    'compared', sum(weight),
    'improved', sum(weight) FILTER (WHERE change = 'improved'),
    'unchanged', sum(weight) FILTER (WHERE change = 'unchanged'),
    'worsened', sum(weight) FILTER (WHERE change = 'worsened'),
    'no_follow_up', sum(weight) FILTER (WHERE change = 'no_follow_up'),
    'enrolled_improved', sum(weight) FILTER (WHERE change = 'improved' AND is_enrolled),
    'enrolled_unchanged', sum(weight) FILTER (WHERE change = 'unchanged' AND is_enrolled),
    'enrolled_worsened', sum(weight) FILTER (WHERE change = 'worsened' AND is_enrolled),
    'enrolled_no_follow_up', sum(weight) FILTER (WHERE change = 'no_follow_up' AND is_enrolled),
    'others_improved', sum(weight) FILTER (WHERE change = 'improved' AND NOT is_enrolled),
    'others_unchanged', sum(weight) FILTER (WHERE change = 'unchanged' AND NOT is_enrolled),
    'others_worsened', sum(weight) FILTER (WHERE change = 'worsened' AND NOT is_enrolled),
    'others_no_follow_up', sum(weight) FILTER (WHERE change = 'no_follow_up' AND NOT is_enrolled)
)
FROM part
WHERE colour_before <> ''
GROUP BY reason
UNION ALL
SELECT NULL, reason, jsonb_object_agg('flow_' || source || '_' || target, people)
FROM (
    SELECT
        reason, coalesce(nullif(colour_before, ''), 'none') AS source,
        CASE WHEN unit_id IS NULL OR colour = '' THEN 'none' ELSE colour END AS target, sum(weight) AS people
    FROM part
    WHERE colour_before <> '' OR unit_id IS NOT NULL AND colour <> ''
    GROUP BY 1, 2, 3
) AS flow
GROUP BY reason
