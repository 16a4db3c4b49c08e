"""The demonstration's numbers, all of them, recounted to the last person by plain SQL over its records."""

import json
import subprocess
import sys
import tomllib
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import psycopg2
from psycopg2.extras import RealDictCursor

from tests.journeys.demo import plain_figures
from tests.journeys.demo.starting import environment, manage
from tests.not_run import ROOT

ZONE = "Asia/Shanghai"
METRICS = ROOT / "healthmgmt" / "insight" / "data" / "metrics.toml"
# What care, safety at work and activities note in the course of a year: the demonstration begins without it.
ACTS = """
INSERT INTO care_contact (token, person_id, made_at, made_by, ending, note)
    SELECT gen_random_uuid(), id, now() - (id % 200) * interval '1 day', 'care',
        (ARRAY['will_come', 'in_treatment', 'not_reached', 'referred', 'not_now', 'will_come'])[1 + id % 6], ''
    FROM people_person WHERE id % 3 = 0;
INSERT INTO care_contact (token, person_id, made_at, made_by, ending, note)
    SELECT gen_random_uuid(), person_id, assessed_on + interval '40 days', 'care', 'in_treatment', ''
    FROM risk_assessment WHERE is_current AND colour IN ('red', 'orange') AND person_id % 2 = 0 AND assessed_on + 40 < current_date;
UPDATE care_alert SET opened_at = now() - interval '20 days';
UPDATE care_alert SET closed_at = opened_at + (id % 5) * interval '3 days' + interval '2 hours', closed_by = 'care', outcome = 'confirmed' WHERE id % 4 <> 0;
UPDATE care_step SET due_on = due_on - 60, fired_on = CASE WHEN fired_on IS NOT NULL THEN fired_on END WHERE state = 'planned';
UPDATE care_step SET state = 'done', ended_at = due_on + (id % 30) * interval '1 day' + interval '9 hours', ended_by = 'care'
    WHERE state = 'planned' AND id % 3 <> 0 AND due_on + 30 < current_date;
UPDATE exams_exam SET results = results || '{"condition:hypertension": 1}' WHERE person_id % 4 = 0 AND results <> '{}';
UPDATE exams_exam SET results = results || '{"treatment:lipid": 1, "treatment:glucose": 1}' WHERE person_id % 5 = 0 AND results <> '{}';
UPDATE exams_exam SET results = results || '{"treatment:bp": 1, "sbp": 128, "dbp": 78}' WHERE person_id % 8 = 0 AND results <> '{}';
INSERT INTO people_exposure (person_id, kind, since, until) SELECT id, 'noise', '2015-01-01', CASE WHEN id % 2 = 0 THEN '2016-01-01'::date END
    FROM people_person WHERE id % 7 = 0;
INSERT INTO engagement_activity (uuid, kind, edition, sensitivity, unit_id, starts_on, ends_on, state, made_at, made_by, closed_by)
    SELECT gen_random_uuid(), 'steps', 1, kind, u.id, p.starts_on + 20, p.starts_on + 60, 'open', now(), 'office', ''
    FROM organization_unit u CROSS JOIN unnest(ARRAY['coverage', 'coverage', 'health']) AS kind
    CROSS JOIN (SELECT starts_on FROM organization_period ORDER BY starts_on DESC LIMIT 1) p WHERE u.level = 0;
INSERT INTO engagement_participation (activity_id, person_id, unit_id, way, invited_at, opened_at, enrolled_at, first_act_on, finished_at)
    SELECT a.id, p.id, p.unit_id, CASE WHEN far > 1 THEN 'steps' ELSE '' END, now() - interval '9 days', CASE WHEN far > 0 THEN now() - interval '8 days' END,
        CASE WHEN far > 1 THEN now() - interval '7 days' END, CASE WHEN far > 2 THEN current_date - 3 END, CASE WHEN far > 3 THEN now() - interval '2 days' END
    FROM engagement_activity a CROSS JOIN people_person p CROSS JOIN LATERAL (SELECT (p.id + a.id) % 5 AS far) AS one WHERE p.id % 3 <> 1 AND a.made_by = 'office';
"""


@contextmanager
def database(data_dir: Path):
    """The demonstration's database, as its owner finds it."""
    holder = subprocess.Popen(
        [sys.executable, "-m", "healthmgmt.embedded", "start"], cwd=ROOT, env=environment(data_dir), stdout=subprocess.PIPE, text=True
    )
    try:
        while not holder.stdout.readline().startswith("passwords"):
            assert holder.poll() is None
        told = json.loads((data_dir / "servers.json").read_text())
        with closing(psycopg2.connect(host="127.0.0.1", port=told["postgres_port"], user="app_owner", password=told["owner_password"], dbname="healthmgmt")) as one:
            one.autocommit = True
            yield one
    finally:
        holder.terminate()
        holder.wait(30)
        holder.stdout.close()


def enter(cursor, slug: str) -> None:
    cursor.execute("SELECT schema_name FROM public.tenants_organisation WHERE slug = %s", [slug])
    cursor.execute("SELECT set_config('search_path', %s, false)", [cursor.fetchone()[0]])


def declared(hazards: set[str]) -> dict[str, tuple[str, str, str]]:
    """Of each metric what it counts and where it is told, as the file says."""
    found = {}
    for entry in tomllib.loads(METRICS.read_text())["metric"]:
        for hazard in hazards if entry.get("each") else ("",):
            slug, numerator, denominator = (entry[name].replace("{hazard}", hazard) for name in ("slug", "numerator", "denominator"))
            found[slug] = (numerator, denominator, entry.get("scope", "tree"))
    return found


def counted(cursor, period: int) -> tuple[dict, datetime]:
    """The facts that count somebody, and when they were counted."""
    cursor.execute("SELECT unit_id, metric, numerator, denominator FROM insight_unitfact WHERE period_id = %s", [period])
    facts = {(unit, metric): (numerator, denominator) for unit, metric, numerator, denominator in cursor.fetchall() if denominator}
    cursor.execute("SELECT max(published_at) FROM insight_publishedrow WHERE period_id = %s", [period])
    return facts, cursor.fetchone()[0]


def recounted(cursor, period: dict, before: dict, moment: datetime) -> dict:
    found = plain_figures.recount(cursor, period=period, before=before, moment=moment, zone=ZONE)
    cursor.execute("SELECT id FROM organization_unit WHERE level = 0")
    (root,) = cursor.fetchone()
    metrics = declared({name.removeprefix("exposed_") for _unit, name in found if name.startswith("exposed_") and not name.startswith("exposed_done_")})
    units = {unit for unit, _name in found}
    facts = {
        (unit, slug): (found.get((unit, numerator), 0), found.get((unit, denominator), 0))
        for unit in units
        for slug, (numerator, denominator, scope) in metrics.items()
        if (scope == "tree" or unit == root) and found.get((unit, denominator))
    }
    return facts | {(unit, name): (people, people) for (unit, name), people in found.items() if name.startswith("flow_") and people}


def test_every_number_of_the_demonstration_is_what_plain_sql_counts(data_dir, drawn):
    with database(data_dir) as connection:
        with connection.cursor() as cursor:
            enter(cursor, "yunfan")
            cursor.execute(ACTS)
        manage(data_dir, "publish_numbers", "--org", "yunfan")
        with connection.cursor(cursor_factory=RealDictCursor) as cursor:
            cursor.execute("SELECT * FROM organization_period ORDER BY starts_on DESC LIMIT 2")
            period, before = cursor.fetchall()
        with connection.cursor() as cursor:
            facts, moment = counted(cursor, period["id"])
            expected = recounted(cursor, period, before, moment)
    differing = {name: (facts.get(name), expected.get(name)) for name in facts.keys() | expected.keys() if facts.get(name) != expected.get(name)}
    assert differing == {}
    told = {slug for (_unit, slug), (numerator, _denominator) in facts.items() if numerator}
    assert {"bp_at_target", "returned", "followed_up", "exposure_noise", "took_part", "enrolled_improved", "closed_in_day"} <= told
