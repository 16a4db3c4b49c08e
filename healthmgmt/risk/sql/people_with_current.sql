SELECT person_id FROM risk_assessment WHERE is_current AND person_id = ANY (%(people)s::bigint[])
