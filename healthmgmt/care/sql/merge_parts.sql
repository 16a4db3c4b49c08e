-- The parts of the open plans that were checked against a range of assessments, and of the named ones: those that a reason or an exposure asks for
-- now begin today, the others end with their open steps; what was done stays. Returns how many were added, and dropped.
WITH part AS MATERIALIZED (
    SELECT *
    FROM jsonb_to_recordset(%(parts)s::jsonb) AS t(template text, version int, slug text, reasons jsonb, exposures jsonb)
),
chosen AS MATERIALIZED (
    SELECT p.id, p.person_id, p.template, p.version, p.paused_days, coalesce(told.codes, '{}') AS codes
    FROM care_plan AS p
    JOIN risk_assessment AS a ON a.id = p.assessment_id
    CROSS JOIN LATERAL (
        SELECT array_agg(DISTINCT reason ->> 'code' ORDER BY reason ->> 'code') AS codes
        FROM jsonb_array_elements(a.reasons) AS reason
    ) AS told
    WHERE p.ended_on IS NULL AND (p.assessment_id BETWEEN %(first)s AND %(last)s OR p.id = ANY (%(plan_ids)s::bigint[]))
),
wanted AS MATERIALIZED (
    -- Many have the same reasons: what these call for is found once.
    SELECT unnest(alike.plan_ids) AS plan_id, unnest(alike.paused_days) AS paused_days, part.slug
    FROM (
        SELECT template, version, codes, array_agg(id) AS plan_ids, array_agg(paused_days) AS paused_days
        FROM chosen
        GROUP BY template, version, codes
    ) AS alike
    JOIN part ON part.template = alike.template AND part.version = alike.version
    WHERE EXISTS (
        SELECT 1
        FROM unnest(alike.codes) AS code, jsonb_array_elements_text(part.reasons) AS beginning
        WHERE starts_with(code, beginning)
    )
    UNION
    SELECT chosen.id, chosen.paused_days, part.slug
    FROM chosen
    JOIN people_exposure AS e ON e.person_id = chosen.person_id AND e.since <= %(today)s AND (e.until IS NULL OR e.until > %(today)s)
    JOIN part ON part.template = chosen.template AND part.version = chosen.version AND part.exposures ? e.kind
),
dropped AS (
    UPDATE care_planpart AS run
    SET ended_on = greatest(%(today)s, run.begun_on)
    FROM chosen
    WHERE run.plan_id = chosen.id AND run.ended_on IS NULL
      AND (run.plan_id, run.slug) NOT IN (SELECT plan_id, slug FROM wanted)
    RETURNING run.id, run.plan_id
),
cancelled AS (
    UPDATE care_step AS s
    SET state = 'cancelled', ended_at = now(), ended_by = %(by)s
    FROM dropped
    WHERE s.plan_id = dropped.plan_id AND s.part_id = dropped.id AND s.state IN ('planned', 'fired')
),
added AS (
    INSERT INTO care_planpart (plan_id, slug, begun_on, paused_days)
    SELECT plan_id, slug, %(today)s, paused_days
    FROM wanted
    ORDER BY plan_id, slug
    ON CONFLICT (plan_id, slug) WHERE ended_on IS NULL DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM dropped)
