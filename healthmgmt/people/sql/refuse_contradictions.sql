-- Rows that cannot be right, or are not the caller's to change, seen beside what is stored. The first reason counts.
UPDATE people_rosterrow AS r
SET verdict = 'refused',
    reason = found.reason,
    field = found.field
FROM (
    SELECT DISTINCT ON (row.id) row.id, problem.reason, problem.field
    FROM people_rosterrow AS row
    LEFT JOIN people_person AS p ON p.id = row.person_id
    LEFT JOIN people_person AS other ON row.id_hash <> '' AND other.id_hash = row.id_hash AND other.id IS DISTINCT FROM p.id
    LEFT JOIN organization_unit AS present ON present.id = p.unit_id
    LEFT JOIN people_employment AS last ON last.id = (
        SELECT e.id FROM people_employment AS e WHERE e.person_id = p.id ORDER BY e.started_on DESC, e.id DESC LIMIT 1
    )
    CROSS JOIN LATERAL (
        VALUES
            (0, 'conflict', 'emp_no', EXISTS (
                SELECT 1 FROM people_rosterrow AS twin
                WHERE twin.person_id = row.person_id AND twin.id <> row.id AND twin.verdict = 'ready')),
            (1, 'scope', 'emp_no', p.id IS NOT NULL AND NOT present.path LIKE ANY(%(reach)s)),
            (2, 'duplicate-id', 'id_no', other.id IS NOT NULL),
            (3, 'other-person', 'emp_no',
                row.id_hash <> '' AND p.id_hash <> '' AND row.id_hash <> p.id_hash
                AND row.name <> '' AND translate(row.name, ' 　·', '') <> translate(p.name, ' 　·', '')),
            (4, 'missing', 'name', p.id IS NULL AND row.name = ''),
            (5, 'missing', 'unit', %(needs_unit)s AND p.id IS NULL AND row.path_number IS NULL),
            (6, 'order', 'left_on', row.left_on < last.started_on AND (row.hired_on IS NULL OR EXISTS (
                SELECT 1 FROM people_employment AS e WHERE e.person_id = p.id AND e.id <> last.id))),
            (7, 'no-rotation', 'rotates_on', row.rotates_on IS NOT NULL AND NOT CASE
                WHEN row.exposures IS NOT NULL THEN row.exposures ?| %(rotating)s
                ELSE EXISTS (
                    SELECT 1 FROM people_exposure AS x
                    WHERE x.person_id = p.id AND x.until IS NULL AND x.kind = ANY(%(rotating)s))
                END)
    ) AS problem (rank, reason, field, applies)
    WHERE row.verdict = 'ready' AND problem.applies
    ORDER BY row.id, problem.rank
) AS found
WHERE r.id = found.id
