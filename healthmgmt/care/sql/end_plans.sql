-- Plans that the newest assessments change: those of another template end with their open steps, the others are kept and
-- note the assessment; returns how many are kept, and ended. A person whom the new data cannot place (grey) keeps a plan that a known colour began.
-- A plan for red or orange does not end because values have aged: where the assessment rests on a part alone of what began it, all of
-- which still counts.
WITH template AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(plans)s::jsonb) AS t(rank int, slug text, colour text, reasons jsonb)
),
target AS MATERIALIZED (
    SELECT a.person_id, a.id AS assessment_id, a.colour, a.exams, t.slug, t.rank
    FROM risk_assessment AS a
    CROSS JOIN LATERAL (
        SELECT template.slug, template.rank
        FROM template
        WHERE template.colour = a.colour
          AND (
              template.reasons = '[]'
              OR EXISTS (
                  SELECT 1
                  FROM jsonb_array_elements(a.reasons) AS reason, jsonb_array_elements_text(template.reasons) AS beginning
                  WHERE starts_with(reason ->> 'code', beginning)
              )
          )
        ORDER BY template.rank
        LIMIT 1
    ) AS t
    WHERE a.id BETWEEN %(first)s AND %(last)s AND a.is_current
),
kept AS (
    UPDATE care_plan AS p
    SET assessment_id = target.assessment_id
    FROM target
    WHERE p.person_id = target.person_id AND p.ended_on IS NULL
      AND p.template = target.slug AND p.assessment_id <> target.assessment_id
    RETURNING p.id
),
ended AS (
    UPDATE care_plan AS p
    SET ended_on = greatest(%(today)s, p.opened_on),
        outcome = CASE
            WHEN p.colour = 'grey' THEN 'determined'
            WHEN target.rank < coalesce(former.rank, 0) THEN 'stepped_up'
            ELSE 'stepped_down'
        END
    FROM target
    LEFT JOIN care_plan AS open_plan ON open_plan.person_id = target.person_id AND open_plan.ended_on IS NULL
    LEFT JOIN template AS former ON former.slug = open_plan.template
    LEFT JOIN risk_assessment AS basis ON basis.id = open_plan.assessment_id
    WHERE p.id = open_plan.id
      AND p.template <> target.slug
      AND (target.colour <> 'grey' OR p.colour = 'green')
      AND NOT (
          p.colour IN ('red', 'orange') AND target.rank > former.rank
          AND target.exams <@ basis.exams AND cardinality(target.exams) < cardinality(basis.exams)
          AND NOT EXISTS (SELECT 1 FROM exams_exam AS e WHERE e.id = ANY (basis.exams) AND e.state <> 'current')
      )
    RETURNING p.id
),
cancelled AS (
    UPDATE care_step AS s
    SET state = 'cancelled', ended_at = now(), ended_by = %(by)s
    FROM ended
    WHERE s.plan_id = ended.id AND s.state IN ('planned', 'fired')
),
closed AS (
    UPDATE care_planpart AS run
    SET ended_on = greatest(%(today)s, run.begun_on)
    FROM ended
    WHERE run.plan_id = ended.id AND run.ended_on IS NULL
)
SELECT (SELECT count(*) FROM kept), (SELECT count(*) FROM ended)
