"""The facts equal a plain recount; what is published is what may be shown."""

import random
from datetime import UTC, date, datetime

import pytest

from healthmgmt.exams.models import Exam, Upload
from healthmgmt.insight import counting, metrics, services
from healthmgmt.insight.models import PublishedRow, UnitFact
from healthmgmt.organization.models import Period, Settings, Unit
from healthmgmt.people.models import Employment, Person
from healthmgmt.risk.models import Assessment
from tests import cast as casting
from tests.insight import caring
from tests.insight.making import TODAY, populate, recount, recount_flows, recount_improvement


def facts(period: Period) -> dict[tuple[int, str], tuple[int, int]]:
    return {(f.unit_id, f.metric): (f.numerator, f.denominator) for f in UnitFact.objects.filter(period=period)}


def expected(period: Period, before: Period) -> dict[tuple[int, str], tuple[int, int]]:
    counted, improvement = recount(period, before, TODAY), recount_improvement(period, before, TODAY)
    root = Unit.objects.get(level=0).pk
    counted[root].update(improvement[root])
    counted[root].update({f"flow_{'_'.join(flow)}": people for flow, people in recount_flows(period, before, TODAY).items()})
    found = {
        (unit, one.slug): (measures[one.numerator], measures[one.denominator])
        for unit, measures in counted.items()
        for one in metrics.load().metrics
        if (one.scope == "tree" or unit == root) and (not one.hazard or measures[one.denominator])
    }
    return found | {(root, flow): (people,) * 2 for flow, people in counted[root].items() if flow.startswith("flow_")}


def without_returned(found: dict) -> dict:
    """Who came back is defined, and tested, by care."""
    return {(unit, slug): counts for (unit, slug), counts in found.items() if slug not in ("asked_to_come", "returned")}


def the_year_before() -> Period:
    return Period.objects.create(name="2025", starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31), deadline_on=date(2025, 10, 31))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_facts_equal_a_recount_person_by_person(cast, seed) -> None:
    before = the_year_before()
    populate(cast.period, random.Random(seed), people=260, since=-400)
    caring.care_for(cast.period, random.Random(seed), TODAY)
    assert services.count_period(cast.period, today=TODAY) is True
    assert without_returned(facts(cast.period)) == without_returned(expected(cast.period, before))
    counted = {slug for (_unit, slug), (numerator, _denominator) in facts(cast.period).items() if numerator}
    assert {"bp_treated", "glucose_treated", "followed_up", "closed_in_week", "finished", "enrolled_no_follow_up", "others_no_follow_up"} <= counted
    improvement = [facts(cast.period)[cast.root.pk, slug][0] for slug in ("improved", "unchanged", "worsened", "no_follow_up")]
    assert sum(improvement) > 0 and improvement[3] > 0


def test_count_twice_changes_nothing(cast, monkeypatch) -> None:
    monkeypatch.setattr(services.timezone, "now", lambda: datetime(2026, 11, 20, 9, tzinfo=UTC))
    populate(cast.period, random.Random(4), people=60)
    services.count_period(cast.period, today=TODAY)
    before = [list(model.objects.order_by("pk").values()) for model in (UnitFact, PublishedRow)]
    assert services.count_period(cast.period, today=TODAY) is False
    assert [list(model.objects.order_by("pk").values()) for model in (UnitFact, PublishedRow)] == before


def test_count_before_the_deadline_counts_the_present_staff(cast) -> None:
    services.count_period(cast.period, today=TODAY.replace(month=3))
    assert facts(cast.period)[cast.root.pk, "covered"] == (0, 4)
    cast.ben.employments.update(ended_on=TODAY.replace(month=2))
    services.count_period(cast.period, today=TODAY.replace(month=3))
    assert facts(cast.period)[cast.root.pk, "covered"] == (0, 3)
    assert facts(cast.period)[cast.a1.pk, "covered"] == (0, 1)


def test_closed_period_keeps_its_numbers(cast) -> None:
    populate(cast.period, random.Random(5), people=30)
    services.count_period(cast.period, today=TODAY)
    before = facts(cast.period)
    cast.period.state, cast.period.closed_at, cast.period.closed_by = "closed", "2026-11-21T00:00:00Z", "x"
    cast.period.save()
    populate_more = casting.person("LATE", cast.a1)
    assert services.count_period(cast.period, today=TODAY) is False
    assert (facts(cast.period), populate_more.employments.count()) == (before, 1)


def test_published_cells_add_up_to_the_facts(cast) -> None:
    populate(cast.period, random.Random(6), people=200)
    services.count_period(cast.period, today=TODAY)
    counted = facts(cast.period)
    root = PublishedRow.objects.get(period=cast.period, parent=None)
    assert root.people == counted[cast.root.pk, "covered"][1]
    shares = {one.slug for one in metrics.load().metrics if one.share_of or one.is_chain}
    for row in PublishedRow.objects.filter(period=cast.period, own_units=[]):
        for slug, cell in row.cells.items():
            if slug in shares:
                continue
            numerator = sum(counted.get((unit, slug), (0, 0))[0] for unit in row.units)
            assert cell["denominator"] == sum(counted.get((unit, slug), (0, 0))[1] for unit in row.units)
            assert cell["numerator"] == (None if cell["hidden"] else numerator)


def test_published_health_content_is_never_of_a_small_group(cast) -> None:
    populate(cast.period, random.Random(7), people=200)
    services.count_period(cast.period, today=TODAY)
    rows = list(PublishedRow.objects.filter(period=cast.period))
    health = [one.slug for one in metrics.load().metrics if one.sensitivity == "health"]
    shown = [cell for row in rows for slug, cell in row.cells.items() if slug in health and not cell["hidden"]]
    assert len(rows) > 3 and shown
    for cell in shown:
        assert cell["numerator"] >= 10 and cell["denominator"] - cell["numerator"] >= 10
    assert all(row.people >= 10 for row in rows)


def test_publishing_follows_the_organisations_smallest_group(cast) -> None:
    populate(cast.period, random.Random(8), people=100)
    services.count_period(cast.period, today=TODAY)
    Settings.objects.update(smallest_group=30)
    services.count_period(cast.period, today=TODAY)
    rows = PublishedRow.objects.filter(period=cast.period)
    assert {row.smallest_group for row in rows} == {30}
    assert min(row.people for row in rows) >= 30


def test_small_organisation_shows_nothing(cast) -> None:
    services.count_period(cast.period, today=TODAY)
    (row,) = PublishedRow.objects.filter(period=cast.period)
    assert (row.people, {cell["hidden"] for cell in row.cells.values()}) == (None, {"small_group"})
    assert {cell["numerator"] for cell in row.cells.values()} == {None}


def test_improvement_is_told_by_one_edition_on_both_dates(cast) -> None:
    the_year_before()
    sent = Upload.objects.create(file_name="f.csv", sha256="0" * 64, size=1, unit=cast.root)
    days = (date(2025, 3, 3), date(2026, 3, 3))
    old, new = (
        Exam.objects.create(person=cast.anna, upload=sent, row_number=row, taken_on=day, results={"sbp": 125}) for row, day in enumerate(days)
    )

    def said(exam: Exam, colour: str, edition: str, **given) -> Assessment:
        return Assessment.objects.create(
            person=cast.anna, assessed_on=exam.taken_on, colour=colour, exams=[exam.pk], pack="cn", edition=edition, **({"is_current": False} | given)
        )

    said(old, "yellow", "2023")
    again = said(old, "blue", "2024", is_history=True)
    said(new, "blue", "2024", is_current=True, before=again)
    services.count_period(cast.period, today=TODAY)
    found = facts(cast.period)
    assert [found[cast.root.pk, slug][0] for slug in ("improved", "unchanged", "worsened", "no_follow_up")] == [0, 1, 0, 0]


def nobody_left_out(found: dict) -> dict:
    """A fact that counts nobody says the same as none."""
    return {name: counts for name, counts in found.items() if any(counts)}


@pytest.mark.parametrize("seed", [11, 12])
def test_counting_whom_an_event_is_about_comes_to_the_same_as_counting_everybody(cast, seed) -> None:
    the_year_before()
    rng = random.Random(seed)
    populate(cast.period, rng, people=80, since=-400)
    caring.care_for(cast.period, rng, TODAY)
    services.count_period(cast.period, today=TODAY)
    touched = list(Person.objects.filter(emp_no__startswith="R").order_by("pk")[:25])
    for person in touched:
        person.assessments.update(colour=rng.choice(["red", "green", "grey"]))
        Exam.objects.filter(person=person).update(state=rng.choice(["current", "withdrawn"]))
        person.employments.filter(ended_on=None).update(unit=rng.choice(list(Unit.objects.all())))
        person.alerts.all().delete()
    Employment.objects.filter(person=touched[0]).delete()
    services.count_period(cast.period, today=TODAY, people=[person.pk for person in touched])
    by_difference = nobody_left_out(facts(cast.period))
    assert counting.count_all(cast.period, today=TODAY) in (True, False)
    assert by_difference == nobody_left_out(facts(cast.period))


def test_people_who_did_not_change_change_no_number(cast) -> None:
    populate(cast.period, random.Random(13), people=40)
    services.count_period(cast.period, today=TODAY)
    assert services.count_period(cast.period, today=TODAY, people=list(Person.objects.values_list("pk", flat=True))) is False


def test_first_count_of_some_people_is_one_of_everybody(cast) -> None:
    services.count_period(cast.period, today=TODAY, people=[cast.anna.pk])
    assert facts(cast.period)[cast.root.pk, "covered"] == (0, 4)
