-- Facts about the deliveries of each exam centre (0: none named), or of one, added up by month and item.
SELECT coalesce(u.centre_id, 0) AS centre, f.month, f.indicator, f.measure, sum(f.count)::int AS count
FROM exams_qualityfact AS f
JOIN exams_upload AS u ON u.id = f.upload_id
WHERE f.month >= %(since)s
  AND (%(centre)s::bigint IS NULL OR coalesce(u.centre_id, 0) = %(centre)s)
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
