-- Rows of one file with the same number: equal ones are repeats of the first, different ones contradict each other and
-- all stay out. Two numbers with one identity number contradict each other too.
WITH told AS (
    SELECT
        id,
        row_number() OVER same AS place,
        count(*) OVER same AS alike,
        count(*) OVER (PARTITION BY emp_no) AS of_number,
        CASE WHEN id_hash = '' THEN 1 ELSE count(*) OVER (PARTITION BY id_hash) END AS of_identity
    FROM people_rosterrow
    WINDOW same AS (
        PARTITION BY emp_no, name, id_hash, sex, birth, path_number, left_on, hired_on, occupation, exposures, rotates_on
        ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
)
UPDATE people_rosterrow AS r
SET verdict = 'refused',
    reason = CASE WHEN told.alike < told.of_number THEN 'conflict' WHEN told.place > 1 THEN 'duplicate' ELSE 'duplicate-id' END,
    field = CASE WHEN told.alike < told.of_number OR told.place > 1 THEN 'emp_no' ELSE 'id_no' END
FROM told
WHERE r.id = told.id
  AND (told.alike < told.of_number OR told.place > 1 OR told.of_identity > told.of_number)
