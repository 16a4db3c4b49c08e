-- Facts of units as columns of equal length: set, and all others of the period removed; or with `adds` added to what is there.
-- Touches nothing that stays the same; returns how many facts changed.
WITH given AS MATERIALIZED (
    SELECT *
    FROM unnest(%(units)s::bigint[], %(metrics)s::text[], %(numerators)s::bigint[], %(denominators)s::bigint[], %(definitions)s::int[])
        AS one(unit_id, metric, numerator, denominator, definition)
),
gone AS (
    DELETE FROM insight_unitfact AS fact
    WHERE fact.period_id = %(period)s AND NOT %(adds)s
      AND NOT EXISTS (SELECT 1 FROM given WHERE given.unit_id = fact.unit_id AND given.metric = fact.metric)
    RETURNING 1
),
changed AS (
    UPDATE insight_unitfact AS fact
    SET numerator = total.numerator, denominator = total.denominator, definition = given.definition, computed_at = %(now)s
    FROM given
    JOIN insight_unitfact AS stored ON stored.period_id = %(period)s AND stored.unit_id = given.unit_id AND stored.metric = given.metric
    CROSS JOIN LATERAL (
        SELECT
            CASE WHEN %(adds)s THEN stored.numerator ELSE 0 END + given.numerator AS numerator,
            CASE WHEN %(adds)s THEN stored.denominator ELSE 0 END + given.denominator AS denominator
    ) AS total
    WHERE fact.id = stored.id
      AND (stored.numerator, stored.denominator, stored.definition) IS DISTINCT FROM (total.numerator, total.denominator, given.definition)
    RETURNING 1
),
added AS (
    INSERT INTO insight_unitfact (unit_id, period_id, metric, numerator, denominator, definition, computed_at)
    SELECT given.unit_id, %(period)s, given.metric, given.numerator, given.denominator, given.definition, %(now)s
    FROM given
    WHERE NOT EXISTS (
        SELECT 1 FROM insight_unitfact AS fact WHERE fact.period_id = %(period)s AND fact.unit_id = given.unit_id AND fact.metric = given.metric
    )
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM changed) + (SELECT count(*) FROM added)
