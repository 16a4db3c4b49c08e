-- Which exam of a day counts is settled by one transaction of an organisation after the other: none overlooks what another is storing.
SELECT pg_advisory_xact_lock('exams_exam'::regclass::oid::bigint)
