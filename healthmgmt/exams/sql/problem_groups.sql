-- Why rows of an upload wait (or are left out): by reason and heading, the largest group first, each with its first rows.
WITH causes AS (
    SELECT cause, min(reason) AS reason, min(heading) AS heading, count(*) AS rows
    FROM exams_rowproblem
    WHERE upload_id = %(upload)s AND state = %(state)s AND reason <> ''
    GROUP BY cause
)
SELECT causes.reason, causes.heading, causes.rows, first.numbers, first.cells
FROM causes
CROSS JOIN LATERAL (
    SELECT array_agg(one.number ORDER BY one.number) AS numbers, array_agg(one.cell ORDER BY one.number) AS cells
    FROM (
        SELECT p.number, p.cell
        FROM exams_rowproblem AS p
        WHERE p.upload_id = %(upload)s AND p.state = %(state)s AND p.cause = causes.cause
        ORDER BY p.number
        LIMIT %(most)s
    ) AS one
) AS first
ORDER BY causes.rows DESC, causes.reason, causes.heading
