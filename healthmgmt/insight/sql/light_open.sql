-- The lights of a period that are lit and may be seen, the newest first; a row without a unit where it was looked through and there are none.
SELECT light.unit_id, u.path, light.kind
FROM insight_look AS look
LEFT JOIN insight_light AS light
    ON light.period_id = look.period_id AND light.cleared_at IS NULL
    AND (light.answered_at IS NOT NULL OR light.shared_on <= %(today)s OR coalesce(light.asked_id, light.unit_id) = ANY (%(own)s::bigint[]))
LEFT JOIN organization_unit AS u ON u.id = light.unit_id
WHERE look.period_id = %(period)s
ORDER BY light.raised_at DESC, light.id DESC
