-- Units with people whose colour needs a case manager and who have none of their own, most red ones first.
SELECT u.id, u.name, count(*) AS people, count(*) FILTER (WHERE plan.colour = 'red') AS red, count(*) FILTER (WHERE plan.colour = 'orange') AS orange
FROM care_plan AS plan
JOIN people_person AS p ON p.id = plan.person_id AND (p.left_on IS NULL OR p.left_on > %(today)s)
JOIN organization_unit AS u ON u.id = p.unit_id AND u.path LIKE ANY (%(below)s::text[])
WHERE plan.ended_on IS NULL AND plan.colour = ANY (%(colours)s::text[])
  AND NOT EXISTS (
    SELECT 1
    FROM care_assignment AS own
    JOIN accounts_user AS holder ON holder.id = own.manager_id AND holder.is_active
    WHERE own.person_id = p.id AND own.ended_at IS NULL
)
GROUP BY u.id, u.name, u.path
ORDER BY red DESC, people DESC, u.path
