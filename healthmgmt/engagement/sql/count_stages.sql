-- Where the people of an activity stopped, by the unit right below the activity's in which they were invited; NULL for those directly in
-- it, and for whoever's unit is not below it any more.
SELECT
    child.id,
    count(*) FILTER (WHERE p.opened_at IS NULL),
    count(*) FILTER (WHERE p.opened_at IS NOT NULL AND p.enrolled_at IS NULL),
    count(*) FILTER (WHERE p.enrolled_at IS NOT NULL AND p.first_act_on IS NULL),
    count(*) FILTER (WHERE p.first_act_on IS NOT NULL AND p.finished_at IS NULL),
    count(*) FILTER (WHERE p.finished_at IS NOT NULL)
FROM engagement_participation AS p
JOIN engagement_activity AS a ON a.id = p.activity_id
JOIN organization_unit AS u ON u.id = p.unit_id
LEFT JOIN organization_unit AS child ON child.parent_id = a.unit_id AND u.path LIKE child.path || '%%'
WHERE p.activity_id = %(activity)s
GROUP BY child.id
