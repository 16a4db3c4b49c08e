-- Returned within so many days of a contact: of the people whom somebody asked to come, how many came, by unit.
-- A person counts once, from the first contact of the span that ended with coming: `asked` of the days from `since` to `until`, after
-- which the window of everybody has passed. Came: an exam that counts (which has no hour), a reading taken at home that was not taken
-- back, or a visit, re-check or referral of the plan noted as done, after the contact and in the `within` days after its day.
-- Of `units` (NULL: all), and where `manager` is named, of the people on that one's list alone.
WITH asked AS MATERIALIZED (
    SELECT DISTINCT ON (c.person_id) c.person_id, p.unit_id, c.made_at, (c.made_at AT TIME ZONE %(timezone)s)::date AS asked_on
    FROM care_contact AS c
    JOIN people_person AS p ON p.id = c.person_id
    LEFT JOIN (
        SELECT own.person_id, own.manager_id
        FROM care_assignment AS own
        JOIN accounts_user AS holder ON holder.id = own.manager_id
        WHERE own.ended_at IS NULL AND own.person_id IS NOT NULL AND (holder.is_active OR own.manager_id = %(manager)s)
    ) AS dedicated ON dedicated.person_id = p.id
    WHERE c.ending = ANY (%(coming)s::text[])
      AND c.made_at >= %(since)s::date::timestamp AT TIME ZONE %(timezone)s AND c.made_at < (%(until)s::date + 1)::timestamp AT TIME ZONE %(timezone)s
      AND CASE
        WHEN %(manager)s::bigint IS NULL THEN %(units)s::bigint[] IS NULL OR p.unit_id = ANY (%(units)s::bigint[])
        ELSE dedicated.manager_id = %(manager)s OR dedicated.manager_id IS NULL AND p.unit_id = ANY (%(units)s::bigint[])
    END
    ORDER BY c.person_id, c.made_at, c.id
)
SELECT
    asked.unit_id, count(*) AS asked,
    count(*) FILTER (
        WHERE EXISTS (
            SELECT 1 FROM exams_exam AS e
            WHERE e.person_id = asked.person_id AND e.state = 'current' AND e.taken_on BETWEEN asked.asked_on AND asked.asked_on + %(within)s
        ) OR EXISTS (
            SELECT 1 FROM devices_reading AS r
            WHERE r.person_id = asked.person_id AND r.withdrawn_at IS NULL AND r.taken_at > asked.made_at
              AND (r.taken_at AT TIME ZONE %(timezone)s)::date <= asked.asked_on + %(within)s
        ) OR EXISTS (
            SELECT 1
            FROM care_plan AS plan
            JOIN care_step AS s ON s.plan_id = plan.id AND s.state = 'done' AND s.kind = ANY (%(kinds)s::text[])
            WHERE plan.person_id = asked.person_id AND s.ended_at > asked.made_at
              AND (s.ended_at AT TIME ZONE %(timezone)s)::date <= asked.asked_on + %(within)s
        )
    ) AS returned
FROM asked
GROUP BY asked.unit_id
ORDER BY asked.unit_id
