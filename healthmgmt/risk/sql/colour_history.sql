-- A person's colour in each period (a calendar year where no period is known), oldest first: of the assessments whose newest
-- exam lies in it, the one made last. What rested on withdrawn exams alone does not count.
SELECT DISTINCT ON (begins)
    coalesce(period.starts_on, date_trunc('year', dated.taken_on)::date) AS begins,
    coalesce(period.name, extract(year FROM dated.taken_on)::int::text) AS name,
    a.id, a.colour, a.reasons, a.pack, a.edition, dated.taken_on
FROM (
    SELECT one.id, max(e.taken_on) AS taken_on
    FROM risk_assessment AS one
    JOIN exams_exam AS e ON e.id = ANY (one.exams) AND e.state <> 'withdrawn'
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
ORDER BY begins, a.is_current DESC, a.id DESC
