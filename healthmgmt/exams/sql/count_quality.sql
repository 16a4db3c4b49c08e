-- How good one upload is, counted from its rows, by month and item ('' is the whole row): rows and values received, why rows did
-- not go in or were mended, units other than the catalogue's, last digits of what is read off in whole numbers, late deliveries.
-- What was counted of the upload before is replaced.
WITH told AS MATERIALIZED (
    SELECT
        r.number, r.state, r.values, r.reported, r.problems || r.left_out AS troubles,
        date_trunc('month', coalesce(r.exam_on, %(delivered_on)s::date))::date AS month,
        r.exam_on < %(delivered_on)s::date - %(late_days)s::int AS is_late
    FROM exams_uploadrow AS r
    WHERE r.upload_id = %(upload)s
),
troubles AS MATERIALIZED (
    SELECT DISTINCT told.number, told.month, coalesce(problem ->> 'code', '') AS indicator, problem ->> 'reason' AS reason
    FROM told
    CROSS JOIN LATERAL jsonb_array_elements(told.troubles) AS problem
    WHERE told.troubles <> '[]'
),
digits AS (
    SELECT told.month, item.code, coalesce(told.reported -> item.code ->> 0, told.values ->> item.code)::numeric AS number
    FROM told
    CROSS JOIN unnest(%(whole_items)s::text[]) AS item (code)
    WHERE told.values ? item.code
),
counted AS MATERIALIZED (
    SELECT month, '' AS indicator, 'received' AS measure, count(*) FROM told GROUP BY month
    UNION ALL
    SELECT month, '', state, count(*) FROM told WHERE state IN ('waiting', 'refused') GROUP BY month, state
    UNION ALL
    SELECT month, '', 'late', count(*) FROM told WHERE is_late GROUP BY month
    UNION ALL
    SELECT month, '', 'reason:' || reason, count(DISTINCT number) FROM troubles GROUP BY month, reason
    UNION ALL
    SELECT month, indicator, 'reason:' || reason, count(*) FROM troubles WHERE indicator <> '' GROUP BY month, indicator, reason
    UNION ALL
    SELECT told.month, item.code, 'received', count(*)
    FROM told CROSS JOIN LATERAL jsonb_object_keys(told.values) AS item (code)
    WHERE strpos(item.code, ':') = 0
    GROUP BY told.month, item.code
    UNION ALL
    SELECT told.month, item.key, 'unit:' || (item.value ->> 1), count(*)
    FROM told CROSS JOIN LATERAL jsonb_each(told.reported) AS item
    WHERE told.reported <> '{}' AND told.values ? item.key AND item.value ->> 1 <> ''
    GROUP BY told.month, item.key, item.value ->> 1
    UNION ALL
    SELECT month, code, 'digit:' || (number %% 10)::int, count(*)
    FROM digits
    WHERE number = trunc(number) AND number >= 0
    GROUP BY month, code, number %% 10
),
gone AS (
    DELETE FROM exams_qualityfact AS f
    WHERE f.upload_id = %(upload)s
      AND NOT EXISTS (
          SELECT 1 FROM counted WHERE (counted.month, counted.indicator, counted.measure) = (f.month, f.indicator, f.measure)
      )
)
INSERT INTO exams_qualityfact (upload_id, month, indicator, measure, count)
SELECT %(upload)s, month, indicator, measure, count FROM counted
ON CONFLICT (upload_id, month, indicator, measure) DO UPDATE SET count = excluded.count
