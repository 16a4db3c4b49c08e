-- The points of the acts of an activity, and of who carried it through by the last of them, with the keys that they have one by one.
WITH acts AS (
    SELECT a.id, a.participation_id, p.person_id, p.finished_at, a.done_on + time '09:00' AS done_at, max(a.id) OVER (PARTITION BY a.participation_id) = a.id AS is_last
    FROM engagement_act AS a
    JOIN engagement_participation AS p ON p.id = a.participation_id
    WHERE p.activity_id = %(activity)s
)
INSERT INTO engagement_pointsentry (person_id, activity_id, kind, points, key, made_at, made_by)
SELECT person_id, %(activity)s, 'act', %(act_points)s, 'act:' || id, done_at, %(by)s
FROM acts
UNION ALL
SELECT person_id, %(activity)s, 'finished', %(finish_points)s, 'finished:' || participation_id || ':' || id, done_at, %(by)s
FROM acts
WHERE is_last AND finished_at IS NOT NULL
