-- Whom undoing an upload concerns, of some units: those first who would be left without any exam in a period of theirs.
WITH own AS (
    SELECT DISTINCT e.person_id, p.id AS period_id, p.starts_on, p.ends_on
    FROM exams_exam AS e
    LEFT JOIN organization_period AS p ON e.taken_on BETWEEN p.starts_on AND p.ends_on
    WHERE e.upload_id = %(upload)s AND e.state IN ('current', 'superseded')
),
concerned AS (
    SELECT
        own.person_id,
        bool_or(
            own.period_id IS NOT NULL
            AND NOT EXISTS (
                SELECT 1
                FROM exams_exam AS e
                WHERE e.person_id = own.person_id
                  AND e.taken_on BETWEEN own.starts_on AND own.ends_on
                  AND e.upload_id <> %(upload)s
                  AND e.state <> 'withdrawn'
            )
        ) AS is_bare
    FROM own
    GROUP BY own.person_id
)
SELECT who.id, concerned.is_bare, count(*) OVER () AS total
FROM concerned
JOIN people_person AS who ON who.id = concerned.person_id
JOIN organization_unit AS u ON u.id = who.unit_id
WHERE u.path LIKE ANY (%(reach)s::text[])
  AND (concerned.is_bare OR NOT %(bare_only)s)
ORDER BY concerned.is_bare DESC, who.emp_no
LIMIT %(limit)s OFFSET %(offset)s
