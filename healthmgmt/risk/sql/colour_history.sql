-- A person's colour in each round (a period, or a calendar year where none is known), oldest first. Of the assessments whose newest
-- exam lies in it: the current one, else what rests on exams that all still count and knows the one delivered last; what was said
-- then before what was judged afterwards. What rested on withdrawn exams alone does not count.
SELECT DISTINCT ON (begins)
    coalesce(period.starts_on, date_trunc('year', dated.taken_on)::date) AS begins,
    coalesce(period.name, extract(year FROM dated.taken_on)::int::text) AS name,
    a.id, a.colour, a.reasons, a.pack, a.edition, a.is_current, dated.taken_on
FROM (
    SELECT
        one.id, greatest(max(e.taken_on) FILTER (WHERE e.state <> 'withdrawn'), one.home_on) AS taken_on, max(e.id) AS newest_exam,
        coalesce(bool_and(e.state = 'current'), true) AS is_whole
    FROM risk_assessment AS one
    LEFT JOIN exams_exam AS e ON e.id = ANY (one.exams)
    WHERE one.person_id = %(person)s
    GROUP BY one.id
) AS dated
JOIN risk_assessment AS a ON a.id = dated.id
LEFT JOIN LATERAL (
    SELECT p.name, p.starts_on
    FROM organization_period AS p
    WHERE dated.taken_on BETWEEN p.starts_on AND p.ends_on
    ORDER BY p.starts_on DESC
    LIMIT 1
) AS period ON true
CROSS JOIN LATERAL (SELECT (a.readings = '{}' OR (
        NOT EXISTS (SELECT 1 FROM devices_reading AS r WHERE r.id = ANY (a.readings) AND r.withdrawn_at IS NOT NULL)
        AND (
            NOT EXISTS (SELECT 1 FROM people_consent AS c WHERE c.person_id = a.person_id AND c.purpose = 'home_readings')
            OR EXISTS (SELECT 1 FROM people_consent AS c WHERE c.person_id = a.person_id AND c.purpose = 'home_readings' AND c.withdrawn_at IS NULL)
        )
    )) AS counts) AS home
WHERE dated.taken_on IS NOT NULL AND (a.exams <> '{}' OR home.counts)
ORDER BY begins, a.is_current DESC, (dated.is_whole AND home.counts) DESC, dated.newest_exam DESC, a.is_history, a.id DESC
