-- For integrity lights: who went off the roster, by the unit they were in, and when the results of a period came.
WITH due AS (
    SELECT DISTINCT ON (e.person_id) e.person_id, e.unit_id
    FROM people_employment AS e
    WHERE e.started_on <= %(reference_day)s AND (e.ended_on IS NULL OR e.ended_on >= %(reference_day)s)
    ORDER BY e.person_id, e.started_on DESC, e.id DESC
),
due_before AS (
    SELECT DISTINCT ON (e.person_id) e.person_id, e.unit_id
    FROM people_employment AS e
    WHERE e.started_on <= %(before_reference_day)s AND (e.ended_on IS NULL OR e.ended_on >= %(before_reference_day)s)
    ORDER BY e.person_id, e.started_on DESC, e.id DESC
),
gone AS (
    -- Off every roster on the reference day, within a year before it.
    SELECT DISTINCT ON (e.person_id) e.person_id, e.unit_id, e.ended_on
    FROM people_employment AS e
    WHERE e.ended_on < %(reference_day)s AND e.ended_on >= %(reference_day)s::date - 365
        AND NOT EXISTS (SELECT 1 FROM due WHERE due.person_id = e.person_id)
    ORDER BY e.person_id, e.ended_on DESC, e.id DESC
)
SELECT unit_id, 'leavers' AS name, CASE WHEN ended_on >= %(reference_day)s::date - %(days)s THEN 0 ELSE 1 END AS place, count(*) AS people
FROM gone
GROUP BY 1, 3
UNION ALL
SELECT unit_id, 'leavers', 2, count(*) FROM due GROUP BY 1
UNION ALL
SELECT due_before.unit_id, 'shrinkage', CASE WHEN due.person_id IS NULL THEN 0 ELSE 1 END, count(*)
FROM due_before
LEFT JOIN due ON due.person_id = due_before.person_id
GROUP BY 1, 3
UNION ALL
SELECT due.unit_id, 'last_hour', CASE WHEN first.came_at >= %(last_hour_from)s AND first.came_at < %(last_hour_to)s THEN 0 ELSE 1 END, count(*)
FROM due
JOIN (
    SELECT x.person_id, min(f.uploaded_at) AS came_at
    FROM exams_exam AS x
    JOIN exams_upload AS f ON f.id = x.upload_id
    WHERE x.state <> 'withdrawn' AND x.results <> '{}' AND x.taken_on BETWEEN %(starts_on)s AND %(ends_on)s
    GROUP BY x.person_id
) AS first ON first.person_id = due.person_id
GROUP BY 1, 3
