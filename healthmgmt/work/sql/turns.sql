-- One row for each organisation with due work in a lane, with its first due job: who was served longest ago comes first.
-- The organisations are found by hopping along the index, however many jobs each of them has waiting.
WITH RECURSIVE waiting (org) AS (
    (SELECT org FROM public.work_job WHERE lane = %(lane)s AND state IN ('queued', 'running') ORDER BY org LIMIT 1)
    UNION ALL
    SELECT (
        SELECT job.org FROM public.work_job AS job
        WHERE job.lane = %(lane)s AND job.state IN ('queued', 'running') AND job.org > waiting.org
        ORDER BY job.org LIMIT 1
    )
    FROM waiting WHERE waiting.org IS NOT NULL
)
SELECT waiting.org, due.id
FROM waiting
CROSS JOIN LATERAL (
    SELECT job.id FROM public.work_job AS job
    WHERE job.lane = %(lane)s AND job.org = waiting.org AND job.state IN ('queued', 'running')
        AND (
            (job.state = 'queued' AND job.run_after <= statement_timestamp())
            OR (job.state = 'running' AND job.lease_until < statement_timestamp())
        )
    ORDER BY job.run_after, job.id LIMIT 1
) AS due
ORDER BY
    (SELECT max(served.lease_until) FROM public.work_job AS served WHERE served.org = waiting.org AND served.lane = %(lane)s)
    NULLS FIRST,
    waiting.org
