-- Pairs of values of people whose current assessment is in a range of ids: the newest of a code, if it is fresh, beside each earlier one
-- within the days of its rule, roughly as far apart as the rule asks (`least` is a part of the earlier value, below 0 for a fall). What is
-- known as a bound only is no value here, nor is what counts no more.
WITH rule AS (
    SELECT * FROM unnest(%(codes)s::text[], %(reads)s::text[], %(least)s::float8[], %(days)s::int[]) AS one (code, read, least, days)
),
present AS MATERIALIZED (
    SELECT a.id, a.person_id, a.assessed_on
    FROM risk_assessment AS a
    WHERE a.id BETWEEN %(first)s AND %(last)s AND a.is_current
),
pair AS (
    SELECT
        present.id, present.person_id, now.taken_on AS now_on, was.taken_on AS was_on, now.results AS now_results, was.results AS was_results,
        now.qualifiers AS now_qualifiers, was.qualifiers AS was_qualifiers, now.id AS now_id
    FROM present
    JOIN exams_exam AS now ON now.person_id = present.person_id AND now.state = 'current'
        AND now.taken_on > present.assessed_on - %(fresh_days)s AND now.taken_on <= present.assessed_on
    JOIN exams_exam AS was ON was.person_id = present.person_id AND was.state = 'current'
        AND was.taken_on < now.taken_on AND was.taken_on >= now.taken_on - (SELECT max(days) FROM rule)
)
SELECT
    pair.id AS assessment, pair.person_id AS person, rule.code, p.sex, p.birth,
    coalesce(pair.was_results ->> 'height', pair.now_results ->> 'height')::float8 AS height,
    (pair.was_results ->> rule.read)::float8 AS was, pair.was_on, (pair.now_results ->> rule.read)::float8 AS now, pair.now_on
FROM pair
JOIN rule ON pair.now_results ? rule.read AND pair.was_results ? rule.read AND pair.was_on >= pair.now_on - rule.days
JOIN people_person AS p ON p.id = pair.person_id
WHERE NOT pair.now_qualifiers ? rule.read AND NOT pair.was_qualifiers ? rule.read
  AND CASE
      WHEN rule.least < 0 THEN (pair.now_results ->> rule.read)::float8 <= (pair.was_results ->> rule.read)::float8 * (1 + rule.least)
      ELSE (pair.now_results ->> rule.read)::float8 >= (pair.was_results ->> rule.read)::float8 * (1 + rule.least)
  END
  AND NOT EXISTS (
      SELECT 1 FROM exams_exam AS later
      WHERE later.person_id = pair.person_id AND later.state = 'current' AND later.results ? rule.read
        AND (later.taken_on, later.id) > (pair.now_on, pair.now_id)
  )
ORDER BY pair.person_id, rule.code, pair.was_on
