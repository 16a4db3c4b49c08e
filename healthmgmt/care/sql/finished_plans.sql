-- Which of these plans are over: every step has ended, nothing follows, and the plan says what comes then. What the next plan asks for
-- as well (the same part) keeps no plan open. An urgent one waits for its alert to be closed, a paused one to go on.
WITH template AS (
    SELECT * FROM jsonb_to_recordset(%(plans)s::jsonb) AS t(slug text, version int, "then" text, then_parts jsonb)
)
SELECT p.id
FROM care_plan AS p
JOIN template AS t ON t.slug = p.template AND t.version = p.version AND t."then" <> ''
WHERE p.id = ANY (%(plan_ids)s::bigint[]) AND p.ended_on IS NULL
  AND EXISTS (SELECT 1 FROM care_step AS s WHERE s.plan_id = p.id)
  AND NOT EXISTS (
      SELECT 1 FROM care_step AS s
      LEFT JOIN care_planpart AS run ON run.id = s.part_id
      WHERE s.plan_id = p.id AND s.state IN ('planned', 'fired') AND (run.slug IS NULL OR NOT t.then_parts ? run.slug)
  )
  AND NOT (p.template = ANY (%(urgent)s::text[]) AND EXISTS (SELECT 1 FROM care_alert AS a WHERE a.person_id = p.person_id AND a.closed_at IS NULL))
  AND NOT EXISTS (SELECT 1 FROM care_pause AS pause WHERE pause.person_id = p.person_id AND pause.ended_on IS NULL)
ORDER BY p.id
