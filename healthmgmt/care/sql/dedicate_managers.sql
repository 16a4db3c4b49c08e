-- A case manager of their own for everybody newly assessed who needs one and has none: of those who care for the nearest
-- unit (by assignment or by role), people are dealt out in turn, to the one with the fewest first.
WITH pool AS MATERIALIZED (
    SELECT
        carer.unit_id, carer.user_id,
        row_number() OVER (PARTITION BY carer.unit_id ORDER BY carer.people, carer.user_id) - 1 AS place,
        count(*) OVER (PARTITION BY carer.unit_id) AS size
    FROM (
        SELECT one.unit_id, one.user_id, (
            SELECT count(*) FROM care_assignment AS own
            WHERE own.manager_id = one.user_id AND own.person_id IS NOT NULL AND own.ended_at IS NULL
        ) AS people
        FROM (
            SELECT unit_id, manager_id AS user_id FROM care_assignment WHERE unit_id IS NOT NULL AND ended_at IS NULL
            UNION
            SELECT unit_id, user_id FROM organization_membership WHERE role = 'case_manager'
        ) AS one
        JOIN accounts_user AS u ON u.id = one.user_id AND u.is_active
    ) AS carer
),
needing AS (
    SELECT a.person_id, array_agg(DISTINCT reason.value ->> 'code') AS reasons
    FROM risk_assessment AS a
    CROSS JOIN LATERAL jsonb_array_elements(a.reasons) AS reason
    WHERE a.id BETWEEN %(first)s AND %(last)s AND a.is_current AND a.colour = 'red'
      AND EXISTS (SELECT 1 FROM unnest(%(beginnings)s::text[]) AS beginning WHERE starts_with(reason.value ->> 'code', beginning))
      AND NOT EXISTS (SELECT 1 FROM care_assignment AS own WHERE own.person_id = a.person_id AND own.ended_at IS NULL)
    GROUP BY a.person_id
),
nearest AS (
    SELECT
        needing.person_id, needing.reasons, near.unit_id, near.size,
        row_number() OVER (PARTITION BY near.unit_id ORDER BY needing.person_id) - 1 AS turn
    FROM needing
    JOIN people_person AS p ON p.id = needing.person_id
    JOIN organization_unit AS u ON u.id = p.unit_id
    CROSS JOIN LATERAL (
        SELECT pool.unit_id, pool.size
        FROM unnest(string_to_array(rtrim(u.path, '.'), '.')::bigint[]) WITH ORDINALITY AS above(unit_id, depth)
        JOIN pool ON pool.unit_id = above.unit_id AND pool.place = 0
        ORDER BY above.depth DESC
        LIMIT 1
    ) AS near
)
INSERT INTO care_assignment (manager_id, person_id, reasons, started_at, started_by, ended_by)
SELECT pool.user_id, nearest.person_id, nearest.reasons, now(), %(by)s, ''
FROM nearest
JOIN pool ON pool.unit_id = nearest.unit_id AND pool.place = nearest.turn %% nearest.size
ORDER BY nearest.person_id
ON CONFLICT DO NOTHING
RETURNING person_id
