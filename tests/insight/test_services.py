"""The facts equal a plain recount; what is published is what may be shown."""

import random
from datetime import UTC, date, datetime

import pytest

from healthmgmt.exams.models import Exam, Upload
from healthmgmt.insight import chains, metrics, services
from healthmgmt.insight.models import PublishedRow, UnitFact
from healthmgmt.organization.models import Period, Settings
from healthmgmt.risk.models import Assessment
from tests import cast as casting
from tests.insight.making import TODAY, populate, recount, recount_improvement
from tests.insight.whole import HIGHS, recount_whole


def facts(period: Period) -> dict[tuple[int, str], tuple[int, int]]:
    """Those of the metrics."""
    counted = UnitFact.objects.filter(period=period, metric__in=[one.slug for one in metrics.load().metrics])
    return {(f.unit_id, f.metric): (f.numerator, f.denominator) for f in counted}


def expected(period: Period, before: Period) -> dict[tuple[int, str], tuple[int, int]]:
    counted, improvement = recount(period, TODAY), recount_improvement(period, before, TODAY)
    for unit, measures in improvement.items():
        counted[unit].update(measures)
    return {
        (unit, one.slug): (measures[one.numerator], measures[one.denominator])
        for unit, measures in counted.items()
        for one in metrics.load().metrics
    }


def the_year_before() -> Period:
    return Period.objects.create(name="2025", starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31), deadline_on=date(2025, 10, 31))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_facts_equal_a_recount_person_by_person(cast, seed) -> None:
    before = the_year_before()
    populate(cast.period, random.Random(seed), people=120, since=-400)
    assert services.count_period(cast.period, today=TODAY) is True
    assert facts(cast.period) == expected(cast.period, before)
    improvement = [facts(cast.period)[cast.root.pk, slug][0] for slug in ("improved", "unchanged", "worsened", "no_follow_up")]
    assert sum(improvement) > 0 and improvement[3] > 0
    whole = dict(UnitFact.objects.filter(period=cast.period, metric__in=chains.load().versions()).values_list("metric", "numerator"))
    told = recount_whole(cast.period, before, TODAY)
    assert whole == {name: told[name] for name in chains.load().versions()}
    assert set(told) <= set(whole)
    assert min(told[f"{high}.know"] for high in HIGHS) > 0 and told["alert_closing.within_day"] and told["returned.asked"]


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
    shares = {one.slug for one in metrics.load().metrics if one.share_of}
    for row in PublishedRow.objects.filter(period=cast.period, own_units=[]):
        for slug, cell in row.cells.items():
            if slug in shares:
                continue
            numerator = sum(counted[unit, slug][0] for unit in row.units)
            assert cell["denominator"] == sum(counted[unit, slug][1] for unit in row.units)
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
