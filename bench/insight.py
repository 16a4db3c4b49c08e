"""`python -m bench.insight`: a million people in 5,000 units on 8 levels, examined in two years, counted whole, after an upload, and shown.

Everybody is examined and assessed once in each of two periods; some have alerts, contacts, plans and activities behind them. Measured are
the whole count of a period with its publication, the count that an upload of 1,000 rows leads to, and the leadership's page, beside the
same page of an organisation of 10,000 people.
"""

import statistics
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from bench import bare, crowd
from bench.installation import installation, organisation
from bench.measuring import apart, as_served, line, repeated, seconds

PEOPLE, SMALL, FEW = 1_000_000, 100_000, 10_000
UNITS, LEVELS = 5_000, 8
ROWS, TIMES, REQUESTS = 1_000, 3, 40
TODAY = date.today()
TABLES = (
    "people_person", "people_employment", "people_exposure", "exams_exam", "risk_assessment", "care_alert", "care_contact", "care_plan",
    "care_step", "organization_unit", "engagement_participation",
)  # fmt: skip
# Everybody works where their number says, since long ago; every tenth unit has nobody of its own.
STATEMENTS = (
    """UPDATE {people_person} SET unit_id = leaf.id FROM (
        SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS places FROM {organization_unit} WHERE id % 10 <> 0
    ) AS leaf WHERE leaf.place = {people_person}.id % leaf.places""",
    """INSERT INTO {people_employment} (person_id, unit_id, occupation, started_on) SELECT id, unit_id, '', '2015-01-01' FROM {people_person}""",
    """INSERT INTO {people_exposure} (person_id, kind, since) SELECT id, 'noise', '2016-01-01' FROM {people_person} WHERE id % 25 = 0""",
    """INSERT INTO {exams_exam} (person_id, taken_on, upload_id, row_number, state, results, reported, qualifiers, ranges, texts, stored_at)
        SELECT person_id, taken_on - 365, upload_id, -row_number, state, results, reported, qualifiers, ranges, texts, stored_at FROM {exams_exam}
        WHERE person_id % 20 <> 0""",
    # As the lines of the pack say it, roughly: colours and reasons in about their usual shares.
    """INSERT INTO {risk_assessment} (
        person_id, assessed_on, colour, reasons, scores, missing, is_incomplete, exams, pack, edition, is_current, is_history, stored_at
    ) SELECT person_id, taken_on, CASE
            WHEN bp AND (results ->> 'sbp')::numeric >= 170 THEN 'red' WHEN bp OR glucose OR lipids THEN 'orange'
            WHEN (results ->> 'bmi')::numeric >= 24 THEN 'yellow' WHEN person_id % 3 = 0 THEN 'green' WHEN person_id % 50 = 1 THEN 'grey' ELSE 'blue'
        END, array_to_json(array_remove(ARRAY[
            CASE WHEN bp THEN '{"code":"hypertension","line":3}'::jsonb END, CASE WHEN glucose THEN '{"code":"hyperglycaemia","line":9}'::jsonb END,
            CASE WHEN lipids THEN '{"code":"hyperlipidaemia","line":12}'::jsonb END], NULL))::jsonb,
        '{}', '{}', false, ARRAY[id], 'cn', '2024', taken_on > {split}, false, now()
    FROM (
        SELECT *, coalesce((results ->> 'sbp')::numeric >= 140, false) AS bp, coalesce((results ->> 'fpg')::numeric >= 7, false) AS glucose,
            coalesce((results ->> 'tg')::numeric >= 2.3, false) AS lipids
        FROM {exams_exam}
    ) AS x""",
    """UPDATE {risk_assessment} AS a SET before_id = b.id FROM {risk_assessment} AS b
        WHERE a.is_current AND NOT b.is_current AND b.person_id = a.person_id""",
    """INSERT INTO {care_alert} (uuid, person_id, assessment_id, code, measured_on, opened_at, acknowledged_by, confirmed_by, closed_at, closed_by, outcome)
        SELECT gen_random_uuid(), person_id, id, 'critical_bp', assessed_on, assessed_on + interval '10 hours', '', '',
            CASE WHEN id % 5 <> 0 THEN assessed_on + (id % 300) * interval '1 hour' + interval '10 hours' END,
            CASE WHEN id % 5 <> 0 THEN 'bench' ELSE '' END, CASE WHEN id % 5 <> 0 THEN 'confirmed' ELSE '' END
        FROM {risk_assessment} WHERE is_current AND colour = 'red'""",
    """INSERT INTO {care_plan} (uuid, person_id, assessment_id, template, version, colour, opened_on, outcome)
        SELECT gen_random_uuid(), person_id, id, 'orange', 2, colour, assessed_on, '' FROM {risk_assessment}
        WHERE is_current AND colour IN ('red', 'orange')""",
    """INSERT INTO {care_step} (plan_id, number, occurrence, kind, doer, due_on, window_days, state, fired_on, ended_at, ended_by)
        SELECT p.id, n, 1, 'visit', 'case_manager', p.opened_on + 7 * n, 14, CASE WHEN p.id % 3 = 0 THEN 'planned' ELSE 'done' END,
            CASE WHEN p.id % 3 <> 0 THEN p.opened_on + 7 * n END, CASE WHEN p.id % 3 <> 0 THEN p.opened_on + 7 * n + interval '9 hours' END,
            CASE WHEN p.id % 3 <> 0 THEN 'bench' ELSE '' END
        FROM {care_plan} AS p CROSS JOIN generate_series(1, 3) AS n""",
    """INSERT INTO {care_contact} (token, person_id, made_at, made_by, ending, note)
        SELECT gen_random_uuid(), person_id, opened_on + interval '30 days', 'bench', 'will_come', '' FROM {care_plan} WHERE id % 4 = 0""",
    """INSERT INTO {engagement_activity} (uuid, kind, edition, sensitivity, unit_id, starts_on, ends_on, state, made_at, made_by, closed_by)
        SELECT gen_random_uuid(), 'steps', 1, 'coverage', id, {split} + 30, {split} + 120, 'open', now(), 'bench', '' FROM {organization_unit} WHERE level = 0""",
    """INSERT INTO {engagement_participation} (activity_id, person_id, unit_id, way, invited_at, opened_at, enrolled_at, first_act_on)
        SELECT a.id, p.id, p.unit_id, CASE WHEN p.id % 4 = 0 THEN 'steps' ELSE '' END, now(), CASE WHEN p.id % 2 = 0 THEN now() END,
            CASE WHEN p.id % 4 = 0 THEN now() END, CASE WHEN p.id % 8 = 0 THEN {today}::date END
        FROM {people_person} AS p CROSS JOIN {engagement_activity} AS a""",
)


def main() -> None:
    parser = ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--small", action="store_true", help=f"{SMALL} people")
    options = parser.parse_args()
    people = SMALL if options.small else options.people
    with installation() as folder:
        few, many = organisation("few"), organisation("many")
        fill(few, folder, FEW, UNITS // 10)
        fill(many, folder, people, UNITS)
        print(f"insight: {people} people in {UNITS} units on {LEVELS} levels, two periods", flush=True)
        measure(few, many, people)


def measure(few: str, many: str, people: int) -> None:
    apart(_count_all, few)
    counted = apart(_count_all, many)
    taken, again, published = counted.result
    line("everybody counted and published for the first time", taken, "s")
    line("everybody counted anew", again, "s", "", "goal <= 60 s")
    line("everybody counted anew and published", published, "s", f"{counted.memory:.0f} MB", "goal <= 60 s")
    line(f"after an upload of {ROWS} rows of one unit's people", apart(partial(_upload, many), 1).result, "s", "", "goal <= 1 s")
    line(f"the same, of people all over ({people // ROWS} apart)", apart(partial(_upload, many), people // ROWS).result, "s", "", "goal <= 1 s")
    line("the night's look for signals in the numbers", apart(_look, many).result, "s")
    small, large = (apart(_page, schema).result for schema in (few, many))
    line(f"leadership's page, p95 of {FEW} people", small[0], "ms")
    line("leadership's page, p95", large[0], "ms", f"{large[0] / small[0]:.2f} x that of {FEW}", "goal <= 100 ms, <= 2 x")
    line("its queries", large[1], "", "", "goal <= 12")


def fill(schema: str, folder: Path, people: int, units: int) -> None:
    """An organisation whose people were examined, judged and cared for in two periods."""
    apart(crowd.fill, schema, folder, people, TODAY)
    apart(_make_units, schema, units)
    apart(_complete, schema)


def _split() -> date:
    """The last day of the period before: exams are 30 to 120 days old, and a year more."""
    return TODAY - timedelta(days=180)


def _make_units(schema: str, count: int) -> None:
    from healthmgmt.core import organisations
    from healthmgmt.organization.models import Period, Unit
    from healthmgmt.organization.selectors import root_unit

    with organisations.entered(schema):
        level = [root_unit()]
        # So many more on each level, that the last one brings the number.
        wide = max(2, round(count ** (1 / (LEVELS - 1))))
        left = count - 1
        for depth in range(1, LEVELS):
            wanted = left if depth == LEVELS - 1 else min(left, len(level) * wide)
            made = Unit.objects.bulk_create(
                Unit(parent=level[n % len(level)], path=f"new{depth}-{n}", level=depth, name=f"U{depth}-{n}", tier="grassroots") for n in range(wanted)
            )
            for unit in made:
                unit.path = f"{unit.parent.path}{unit.pk}."
            Unit.objects.bulk_update(made, ["path"], batch_size=1000)
            level, left = made, left - wanted
        day = _split()
        for name, last in (("before", day), ("now", day + timedelta(days=365))):
            Period.objects.create(name=name, starts_on=last - timedelta(days=364), ends_on=last, deadline_on=last - timedelta(days=30))


def _complete(schema: str) -> None:
    from psycopg2 import sql

    names = {name: sql.Identifier(schema, name) for name in (*TABLES, "engagement_activity")}
    with bare.connected() as database:
        for statement in STATEMENTS:
            # Braces of jsonb are not places.
            pieces = statement.replace('{"', '{{"').replace('}\'::jsonb', '}}\'::jsonb').replace("'{}'", "'{{}}'")
            database.run(sql.SQL(pieces).format(**names, split=sql.Literal(_split()), today=sql.Literal(TODAY)))
        database.settle(schema, *TABLES)


def _count_all(schema: str) -> tuple[float, float, float]:
    """Seconds of the first count with its publication, of the next count, and of that with a publication."""
    from healthmgmt.core import organisations
    from healthmgmt.core.actors import Actor
    from healthmgmt.insight import services
    from healthmgmt.organization.models import Period

    with organisations.entered(schema):
        before, now = Period.objects.order_by("starts_on")
        services.count_period(before, today=TODAY)
        first = seconds(lambda: services.count_period(now, today=TODAY))
        with bare.connected() as database:
            database.settle(schema, "insight_personfact", "insight_unitfact", "insight_publishedrow")
        again = repeated(lambda: services.count_period(now, today=TODAY), 1)
        return first, again, seconds(lambda: services.publish(now, by=Actor.system()))


def _upload(schema: str, apart_by: int) -> float:
    """The median of the counts that an upload of some people leads to, each after other results came in."""
    from healthmgmt.core import organisations
    from healthmgmt.insight import services
    from healthmgmt.organization.models import Period
    from healthmgmt.people.models import Person
    from healthmgmt.risk.models import Assessment

    with organisations.entered(schema):
        now = Period.objects.latest("starts_on")
        found = Person.objects.order_by("unit", "pk").values_list("pk", flat=True)
        people = list(found[: ROWS * apart_by : apart_by])
        taken = []
        for colour in ("yellow", "orange", "blue")[:TIMES]:
            Assessment.objects.filter(person__in=people, is_current=True).update(colour=colour)
            taken.append(seconds(lambda: services.count_period(now, today=TODAY, people=people)))
        return statistics.median(taken)


def _look(schema: str) -> float:
    from django.utils import timezone

    from healthmgmt.core import organisations
    from healthmgmt.core.actors import Actor
    from healthmgmt.insight import lighting
    from healthmgmt.organization.models import Period

    with organisations.entered(schema):
        now = Period.objects.latest("starts_on")
        return seconds(lambda: lighting.look(now, now=timezone.now(), by=Actor.system()))


def _page(schema: str) -> tuple[float, int]:
    """The p95 of the leadership's page in milliseconds, and how many queries it makes."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from healthmgmt.accounts.models import User
    from healthmgmt.core import organisations
    from healthmgmt.organization.models import Membership
    from healthmgmt.organization.selectors import root_unit

    with organisations.entered(schema):
        leader = User.objects.create(email="leader@insight.example", name="Leader", language="en")
        Membership.objects.create(user=leader, unit=root_unit(), role="group_leader")
        browser = Client(headers={"host": f"{organisations.slug()}.localhost"})
        browser.force_login(leader)
        _get(browser)
        with CaptureQueriesContext(connection) as queries:
            _get(browser)
        # The next request empties the list. Two statements switch the organisation and ask nothing.
        asked = sum(not one["sql"].startswith("SET ROLE") for one in queries)
        return _p95(lambda: _get(browser)), asked


def _get(browser) -> None:
    answer = browser.get("/group/")
    if answer.status_code != 200:
        raise SystemExit(f"The leadership's page answers {answer.status_code}.")


def _p95(act: Callable[[], object]) -> float:
    for _warming in range(3):
        act()
    as_served()
    return statistics.quantiles([1000 * seconds(act) for _ in range(REQUESTS)], n=20)[-1]


if __name__ == "__main__":
    main()
