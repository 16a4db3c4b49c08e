-- Plans that the newest assessments change: those of another template end with their open steps, the others are kept and
-- note the assessment; returns how many are kept, and ended. A person whom the new data cannot place (grey) keeps a plan that a known colour began.
-- What came after a plan stays until there is another exam, or another reason of the kind that began that plan.
-- A plan for red or orange does not end because values have aged: where the assessment rests on a part alone of what began it, all of
-- which still counts.
WITH template AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(plans)s::jsonb) AS t(rank int, slug text, colour text, reasons jsonb, "then" text, follow_up boolean)
),
target AS MATERIALIZED (
    SELECT a.person_id, a.id AS assessment_id, a.colour, a.exams, a.readings, a.reasons, t.slug, t.rank, t."then", t.reasons AS beginnings
    FROM risk_assessment AS a
    CROSS JOIN LATERAL (
        SELECT template.slug, template.rank, template."then", template.reasons
        FROM template
        WHERE template.colour = a.colour AND NOT template.follow_up
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
pair AS MATERIALIZED (
    -- With the plan that is open.
    SELECT
        target.*, p.id AS plan_id, p.template, basis.exams AS basis_exams, basis.readings AS basis_readings,
        p.template = target.slug OR p.template = target."then" AND target.exams <@ basis.exams AND NOT EXISTS (
            SELECT 1
            FROM jsonb_array_elements(target.reasons) AS reason, jsonb_array_elements_text(target.beginnings) AS beginning
            WHERE starts_with(reason ->> 'code', beginning) AND NOT basis.reasons @> jsonb_build_array(reason)
        ) AS goes_on
    FROM target
    JOIN care_plan AS p ON p.person_id = target.person_id AND p.ended_on IS NULL
    JOIN risk_assessment AS basis ON basis.id = p.assessment_id
),
kept AS (
    UPDATE care_plan AS p
    SET assessment_id = pair.assessment_id
    FROM pair
    WHERE p.id = pair.plan_id AND pair.goes_on AND p.assessment_id <> pair.assessment_id
    RETURNING p.id
),
ended AS (
    UPDATE care_plan AS p
    SET ended_on = greatest(%(today)s, p.opened_on),
        outcome = CASE
            WHEN p.colour = 'grey' AND pair.colour <> 'grey' THEN 'determined'
            WHEN former.follow_up AND former.slug = pair."then" THEN 'renewed'
            WHEN pair.rank < coalesce(former.rank, 0) THEN 'stepped_up'
            ELSE 'stepped_down'
        END
    FROM pair
    LEFT JOIN template AS former ON former.slug = pair.template
    WHERE p.id = pair.plan_id AND NOT pair.goes_on
      AND (pair.colour <> 'grey' OR p.colour = 'green' OR former.follow_up AND former.slug = pair."then")
      AND NOT (
          p.colour IN ('red', 'orange') AND pair.rank > former.rank
          AND pair.exams <@ pair.basis_exams AND pair.readings <@ pair.basis_readings
          AND cardinality(pair.exams) + cardinality(pair.readings) < cardinality(pair.basis_exams) + cardinality(pair.basis_readings)
          AND NOT EXISTS (SELECT 1 FROM exams_exam AS e WHERE e.id = ANY (pair.basis_exams) AND e.state <> 'current')
          AND NOT EXISTS (SELECT 1 FROM devices_reading AS r WHERE r.id = ANY (pair.basis_readings) AND r.withdrawn_at IS NOT NULL)
          AND (
              pair.basis_readings = '{}'
              OR NOT EXISTS (SELECT 1 FROM people_consent AS c WHERE c.person_id = pair.person_id AND c.purpose = %(home)s)
              OR EXISTS (SELECT 1 FROM people_consent AS c WHERE c.person_id = pair.person_id AND c.purpose = %(home)s AND c.withdrawn_at IS NULL)
          )
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
