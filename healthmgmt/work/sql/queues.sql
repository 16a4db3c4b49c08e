-- Of each organisation's lane: seconds since its oldest due job could have been claimed, jobs given up, jobs of the last day.
SELECT
    org,
    lane,
    extract(epoch FROM statement_timestamp() - min(
        CASE
            WHEN state = 'queued' AND run_after <= statement_timestamp() THEN run_after
            WHEN state = 'running' AND lease_until < statement_timestamp() THEN lease_until
        END
    ))::float AS unclaimed_seconds,
    count(*) FILTER (WHERE state = 'failed') AS failed,
    count(*) FILTER (WHERE created_at >= statement_timestamp() - interval '24 hours') AS recent
FROM public.work_job
WHERE state IN ('queued', 'running') OR state = 'failed' OR created_at >= statement_timestamp() - interval '24 hours'
GROUP BY org, lane
ORDER BY org, lane
