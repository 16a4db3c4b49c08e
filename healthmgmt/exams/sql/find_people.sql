-- Whom rows name, by employee number or, without one, by identity number, in their order: the people's keys with a blank between, as
-- COPY text. Each row looks up its own, whatever the planner knows of a roster that has just come.
SELECT array_to_string(
    ARRAY(
        SELECT
            CASE
                WHEN asked.emp_no <> '' THEN (SELECT p.id FROM people_person AS p WHERE p.emp_no = asked.emp_no)
                WHEN asked.id_hash <> '' THEN (SELECT p.id FROM people_person AS p WHERE p.id_hash = asked.id_hash AND p.id_hash <> '')
            END
        FROM unnest(%(emp_nos)s::text[], %(id_hashes)s::text[]) WITH ORDINALITY AS asked (emp_no, id_hash, place)
        ORDER BY asked.place
    ),
    ' ',
    E'\\N'
)
