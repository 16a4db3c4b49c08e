-- Why rows of an upload wait (or are left out): by reason and heading, the largest group first, each with its first rows. Counted by
-- `cause` alone, which stands in an index; reason and heading are those of the first rows.
WITH causes AS (
    SELECT cause, count(*) AS rows
    FROM exams_rowproblem
    WHERE upload_id = %(upload)s AND state = %(state)s
    GROUP BY cause
)
SELECT first.reason, first.heading, causes.rows, first.numbers, first.cells
FROM causes
CROSS JOIN LATERAL (
    SELECT
        min(one.reason) AS reason, min(one.heading) AS heading,
        array_agg(one.number ORDER BY one.number) AS numbers, array_agg(one.cell ORDER BY one.number) AS cells
    FROM (
        SELECT p.number, p.cell, p.reason, p.heading
        FROM exams_rowproblem AS p
        WHERE p.upload_id = %(upload)s AND p.state = %(state)s AND p.cause = causes.cause
        ORDER BY p.number
        LIMIT %(most)s
    ) AS one
) AS first
WHERE first.reason <> ''
ORDER BY causes.rows DESC, first.reason, first.heading
