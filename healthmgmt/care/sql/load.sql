-- What each case manager has: people of their own anywhere, and of those at the units asked for: how many there are, red and orange by
-- their plan, with an open alert, and overdue (the day of the next contact, or of a step of the manager's, has passed).
WITH own AS MATERIALIZED (
    SELECT a.manager_id, p.id AS person_id, plan.id AS plan_id, plan.colour, u.path LIKE ANY (%(below)s::text[]) AS is_here
    FROM care_assignment AS a
    JOIN people_person AS p ON p.id = a.person_id AND (p.left_on IS NULL OR p.left_on > %(today)s)
    JOIN organization_unit AS u ON u.id = p.unit_id
    LEFT JOIN care_plan AS plan ON plan.person_id = p.id AND plan.ended_on IS NULL
    WHERE a.manager_id = ANY (%(managers)s::bigint[]) AND a.ended_at IS NULL
),
here AS MATERIALIZED (
    SELECT * FROM own WHERE is_here
),
next_contact AS MATERIALIZED (
    SELECT DISTINCT ON (c.person_id) c.person_id, c.next_on
    FROM here
    JOIN care_contact AS c ON c.person_id = here.person_id
    ORDER BY c.person_id, c.made_at DESC, c.id DESC
),
next_step AS MATERIALIZED (
    SELECT s.plan_id, min(coalesce(s.postponed_until, s.due_on)) AS due_on
    FROM here
    JOIN care_step AS s ON s.plan_id = here.plan_id AND s.doer = 'case_manager' AND s.state IN ('planned', 'fired')
    GROUP BY s.plan_id
),
alarm AS MATERIALIZED (
    SELECT DISTINCT a.person_id FROM here JOIN care_alert AS a ON a.person_id = here.person_id AND a.closed_at IS NULL
)
SELECT
    own.manager_id, count(*) AS people, count(*) FILTER (WHERE own.is_here) AS here,
    count(*) FILTER (WHERE own.is_here AND own.colour = 'red') AS red, count(*) FILTER (WHERE own.is_here AND own.colour = 'orange') AS orange,
    count(alarm.person_id) AS alerts, count(*) FILTER (WHERE coalesce(next_contact.next_on, next_step.due_on) < %(today)s) AS overdue
FROM own
LEFT JOIN alarm ON alarm.person_id = own.person_id
LEFT JOIN next_contact ON next_contact.person_id = own.person_id
LEFT JOIN next_step ON next_step.plan_id = own.plan_id AND own.is_here
GROUP BY own.manager_id
