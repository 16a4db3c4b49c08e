-- Of each lane with unfinished work: seconds since its oldest due job could have been claimed, and who works in it.
SELECT
    lane,
    extract(epoch FROM statement_timestamp() - min(
        CASE
            WHEN state = 'queued' AND run_after <= statement_timestamp() THEN run_after
            WHEN state = 'running' AND lease_until < statement_timestamp() THEN lease_until
        END
    ))::float AS unclaimed_seconds,
    count(*) FILTER (WHERE state = 'running' AND lease_until >= statement_timestamp()) AS working
FROM public.work_job
WHERE state IN ('queued', 'running')
GROUP BY lane
ORDER BY lane
