-- Due work of all organisations, at most so many jobs a lane: the first of each organisation, then the second of each.
SELECT lane, org, id
FROM (
    SELECT lane, org, id, row_number() OVER (PARTITION BY lane ORDER BY turn, org) AS place
    FROM (
        SELECT lane, org, id, row_number() OVER (PARTITION BY lane, org ORDER BY run_after, id) AS turn
        FROM public.work_job
        WHERE state IN ('queued', 'running')
            AND (
                (state = 'queued' AND run_after <= statement_timestamp())
                OR (state = 'running' AND lease_until < statement_timestamp())
            )
    ) AS turns
) AS places
WHERE place <= %(most)s
ORDER BY lane, place
