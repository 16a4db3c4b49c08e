-- A part that begins today and asks for the same thing sooner and more often takes the place of what was planned.
WITH template AS MATERIALIZED (
    SELECT *
    FROM jsonb_to_recordset(%(steps)s::jsonb) AS t(
        template text, version int, part text, number int, key text, rank int, is_shared boolean, first_day int
    )
    WHERE is_shared
)
UPDATE care_step AS s
SET state = 'cancelled', ended_at = now(), ended_by = %(by)s
FROM care_plan AS p
JOIN care_planpart AS run ON run.plan_id = p.id AND run.ended_on IS NULL AND run.begun_on = %(today)s
JOIN template AS tighter ON tighter.template = p.template AND tighter.version = p.version AND tighter.part = run.slug
JOIN template AS looser ON looser.template = p.template AND looser.version = p.version
    AND looser.key = tighter.key AND looser.rank > tighter.rank
WHERE p.ended_on IS NULL AND p.assessment_id BETWEEN %(first)s AND %(last)s
  AND s.plan_id = p.id AND s.number = looser.number AND s.state = 'planned' AND (s.postponed_until IS NULL OR s.doer <> 'person')
  AND s.due_on > run.begun_on + tighter.first_day
