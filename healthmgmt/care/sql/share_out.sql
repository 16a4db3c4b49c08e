-- Who would be given to which case manager: a row a manager with the people, and one without a manager for whom no place is left.
-- Of a unit and below: people whose colour needs a manager and who have none of their own (one who is gone is none); or, from a manager
-- named, all of theirs. First who has an open alert, then red, who was never reached, the younger; each to whoever has fewest then.
WITH needing AS MATERIALIZED (
    SELECT p.id AS person_id, p.birth, plan.colour, plan.opened_on
    FROM people_person AS p
    JOIN organization_unit AS u ON u.id = p.unit_id AND starts_with(u.path, %(path)s)
    LEFT JOIN care_plan AS plan ON plan.person_id = p.id AND plan.ended_on IS NULL
    LEFT JOIN care_assignment AS own ON own.person_id = p.id AND own.ended_at IS NULL
    LEFT JOIN accounts_user AS holder ON holder.id = own.manager_id
    WHERE CASE
        WHEN %(from_manager)s::bigint IS NOT NULL THEN own.manager_id = %(from_manager)s
        ELSE plan.colour = ANY (%(colours)s::text[]) AND (p.left_on IS NULL OR p.left_on > %(today)s) AND holder.is_active IS NOT TRUE
    END
),
reached AS MATERIALIZED (
    SELECT DISTINCT needing.person_id
    FROM needing
    JOIN care_contact AS c ON c.person_id = needing.person_id AND c.ending = ANY (%(reached)s::text[])
        AND (c.made_at AT TIME ZONE %(timezone)s)::date >= needing.opened_on
),
alarm AS MATERIALIZED (
    SELECT DISTINCT a.person_id FROM care_alert AS a JOIN needing ON needing.person_id = a.person_id WHERE a.closed_at IS NULL
),
ranked AS (
    SELECT needing.person_id, needing.colour, row_number() OVER (
        ORDER BY alarm.person_id IS NULL, array_position(%(colours)s::text[], needing.colour) NULLS LAST, reached.person_id IS NOT NULL,
            needing.birth DESC NULLS LAST, needing.person_id
    ) AS turn
    FROM needing
    LEFT JOIN alarm USING (person_id)
    LEFT JOIN reached USING (person_id)
),
load AS (
    SELECT m.id AS manager_id, (
        SELECT count(*)
        FROM care_assignment AS own
        JOIN people_person AS p ON p.id = own.person_id AND (p.left_on IS NULL OR p.left_on > %(today)s)
        WHERE own.manager_id = m.id AND own.ended_at IS NULL
    ) AS people
    FROM unnest(%(managers)s::bigint[]) AS m(id)
),
place AS (
    SELECT load.manager_id, row_number() OVER (ORDER BY level, load.manager_id) AS turn
    FROM load
    CROSS JOIN LATERAL generate_series(load.people + 1, %(capacity)s::bigint) AS level
)
SELECT
    place.manager_id, count(*) AS people, count(*) FILTER (WHERE ranked.colour = 'red') AS red,
    count(*) FILTER (WHERE ranked.colour = 'orange') AS orange,
    CASE WHEN place.manager_id IS NOT NULL THEN array_agg(ranked.person_id ORDER BY ranked.turn) END AS person_ids
FROM ranked
LEFT JOIN place ON place.turn = ranked.turn AND ranked.turn <= coalesce(%(most)s::bigint, ranked.turn)
GROUP BY place.manager_id
ORDER BY place.manager_id
