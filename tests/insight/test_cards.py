"""Scorecards go up the tiers: what weighs is set above, what was handed in stands, and nobody decides about their own."""

import io
import re
from datetime import date

import openpyxl
import pytest

from healthmgmt.accounts.models import Notice
from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.insight import card_page, cards, submitting, weighing
from healthmgmt.insight.models import Card, CardStep, PublishedRow, Target
from healthmgmt.organization import periods
from healthmgmt.work import services as work
from tests.insight import crowds

BY = Actor(label="system:test")
SHIPPED = {"covered": (30, 95), "items": (15, 95), "on_time": (15, 90), "followed_up": (25, 90), "took_part": (15, 50)}


@pytest.fixture
def closed(cast):
    """Two periods of a crowd, the later one closed and settled."""
    crowds.fill(cast)
    crowds.publish(cast)
    periods.close_period(cast.period, by=BY)
    work.drain(kinds=["insight.settle"])
    cast.period.refresh_from_db()
    return cast


def submitted(cast, unit, user, note: str = "") -> Card:
    return submitting.submit(unit, period=cast.period, note=note, by=Actor.of(user), name=user.shown_name)


def accepted(card: Card, user) -> Card:
    return submitting.accept(card, by=Actor.of(user), name=user.shown_name)


def test_card_goes_from_the_liaison_over_the_office_to_leadership(closed):
    one = submitted(closed, closed.a1, closed.liaison_a1)
    assert set(Notice.objects.filter(kind="scorecard_submitted").values_list("user", flat=True)) == {closed.office_a.pk}
    assert cards.open_below(closed.a, closed.period) == [closed.a1]
    accepted(one, closed.office_a)
    assert Notice.objects.get(kind="scorecard_accepted").user_id == closed.liaison_a1.pk
    two = accepted(submitted(closed, closed.a, closed.office_a), closed.leader)
    assert two.state == "accepted"
    steps = [(step.card.unit.name, step.state, step.by_name) for step in CardStep.objects.order_by("id")]
    assert [step[:2] for step in steps] == [("A1", "submitted"), ("A1", "accepted"), ("A", "submitted"), ("A", "accepted")]
    assert Event.objects.filter(action__startswith="scorecard.").count() == 4


def test_office_says_why_it_hands_in_without_a_unit_below(closed):
    with pytest.raises(Rejected, match="say in a sentence"):
        submitted(closed, closed.a, closed.office_a)
    assert submitted(closed, closed.a, closed.office_a, note="A1 comes later").state == "submitted"


def test_what_was_sent_back_is_handed_in_again_and_a_reason_is_needed(closed):
    one = submitted(closed, closed.a1, closed.liaison_a1)
    with pytest.raises(Rejected, match="looked at again"):
        submitting.send_back(one, note="  ", by=BY, name="")
    submitting.send_back(one, note="Look at the rows that wait", by=BY, name="")
    with pytest.raises(Rejected, match="does not wait"):
        accepted(one, closed.office_a)
    assert submitted(closed, closed.a1, closed.liaison_a1).pk == one.pk
    with pytest.raises(Rejected, match="already"):
        submitted(closed, closed.a1, closed.liaison_a1)


@pytest.mark.parametrize("state", ["open", "locked"])
def test_nothing_is_handed_in_or_decided_while_the_period_is_open_or_locked(closed, state):
    one = submitted(closed, closed.a1, closed.liaison_a1)
    closed.period.state = state
    closed.period.save(update_fields=["state"])
    with pytest.raises(Rejected):
        submitted(closed, closed.b1, closed.liaison_b1)
    with pytest.raises(Rejected):
        accepted(one, closed.office_a)


def test_numbers_stay_as_handed_in_and_the_page_says_what_moved(closed, sign_in):
    one = submitted(closed, closed.a1, closed.liaison_a1)
    before = one.numbers
    row = PublishedRow.objects.filter(period=closed.period, units__contains=[closed.a1.pk]).last()
    row.cells["covered"]["numerator"] += 1
    row.save()
    one = accepted(one, closed.office_a)
    one.refresh_from_db()
    assert one.numbers == before and cards.moved(one) == ["covered"]
    page = sign_in(closed.liaison_a1).get(f"/scorecards/{closed.a1.pk}/").content.decode()
    assert "Since it was handed in these say something else" in page


def test_weights_are_those_of_the_level_above_and_shipped_ones_else(closed):
    assert {one.metric: (one.weight, one.target) for one in cards.weights_of(closed.a1, closed.period)} == SHIPPED
    submitting.set_targets(closed.a, period=closed.period, given=SHIPPED | {"covered": (55, 99), "followed_up": (0, 90)}, by=BY)
    assert [(one.metric, one.weight, one.target) for one in cards.weights_of(closed.a1, closed.period)] == [
        ("covered", 55, 99), ("items", 15, 95), ("on_time", 15, 90), ("took_part", 15, 50),
    ]  # fmt: skip
    assert {one.metric: (one.weight, one.target) for one in cards.weights_of(closed.b1, closed.period)} == SHIPPED
    event = Event.objects.get(action="targets.set")
    assert (event.detail["before"], event.detail["after"]["covered"]) == ({}, [55, 99])


@pytest.mark.parametrize(
    "given",
    [
        SHIPPED | {"covered": (31, 95)},
        SHIPPED | {"covered": (30, 0)},
        {"covered": (75, 95), "improved": (25, 10)},
        {"covered": (75, 95), "red": (25, 10)},
    ],
)
def test_weights_that_cannot_be_are_refused_and_nothing_is_stored(closed, given):
    with pytest.raises(Rejected):
        submitting.set_targets(closed.a, period=closed.period, given=given, by=BY)
    assert not Target.objects.exists()


def test_what_became_of_health_never_carries_weight():
    for metric in ("improved", "unchanged", "worsened", "no_follow_up", "red", "green", "open_alerts", "settled_alerts", "nonsense"):
        assert not weighing.may_carry_weight(metric), metric
    assert all(weighing.may_carry_weight(one.metric) for one in weighing.defaults())


def test_score_is_of_what_can_be_seen():
    assert weighing.score([(35, 1.2), (20, 0.5)]) == round(100 * (35 + 10) / 55)
    assert weighing.score([]) is None
    assert (weighing.short_by(90, 100, 95), weighing.short_by(95, 100, 95), weighing.short_by(94, 99, 95)) == (5, 0, 1)


def test_places_follow_coverage_and_follow_up_and_never_improvement(closed, sign_in):
    page = sign_in(closed.office_a).get(f"/scorecards/{closed.a1.pk}/").content.decode()
    table = page[page.index("Where it stands") :]
    assert re.search(r">1</td><th scope=\"row\">A1", table) and re.search(r">2</td><th scope=\"row\">A2", table)


def test_nobody_hands_in_for_others_or_accepts_their_own(closed, sign_in):
    submitted(closed, closed.a1, closed.liaison_a1)
    office = sign_in(closed.office_a)
    assert office.post(f"/scorecards/{closed.b1.pk}/accept/").status_code == 404
    assert office.post(f"/scorecards/{closed.a1.pk}/submit/").status_code == 404
    assert office.post(f"/scorecards/{closed.a.pk}/accept/").status_code == 404
    assert sign_in(closed.liaison_a1).post(f"/scorecards/{closed.a1.pk}/accept/").status_code == 403
    assert office.post(f"/scorecards/{closed.a1.pk}/accept/", {"note": "Good"}).status_code == 302
    assert Card.objects.get().state == "accepted"


def test_pages_name_what_waits_and_print_has_its_lines(closed, sign_in):
    liaison, office = sign_in(closed.liaison_a1), sign_in(closed.office_a)
    assert "Hand in" in liaison.get("/scorecards/").content.decode()
    assert liaison.post(f"/scorecards/{closed.a1.pk}/submit/", {"note": "All done"}).status_code == 302
    assert "Hand in" not in liaison.get("/scorecards/").content.decode()
    waiting = office.get("/scorecards/").content.decode()
    assert f"/scorecards/{closed.a1.pk}/accept/" in waiting and "Handed in" in waiting
    page = office.get(f"/scorecards/{closed.a1.pk}/").content.decode()
    assert "Health liaison of the unit" in page and "All done" in page and "never weighed" not in page


def test_targets_page_sets_and_refuses(closed, sign_in):
    office = sign_in(closed.office_a)
    address = f"/scorecards/{closed.a.pk}/targets/"
    given = {f"{what}_{metric}": value for metric, both in SHIPPED.items() for what, value in zip(("weight", "target"), both, strict=True)}
    assert office.get(address).status_code == 200
    assert office.post(address, given | {"weight_covered": 1}).status_code == 422
    assert office.post(address, given).status_code == 302
    assert Target.objects.count() == 5


def test_sheet_holds_the_same_numbers_and_hides_the_same(closed, sign_in):
    answer = sign_in(closed.office_a).get(f"/scorecards/{closed.a1.pk}/sheet/")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    shown = {row[0]: row[2:4] for row in rows[1:]}
    assert shown["Coverage"] == (100, 110)
    assert shown["Orange and red followed up on time"][0] == "Hidden for privacy"


def test_overview_says_what_closing_would_fix_while_the_period_is_open(cast, sign_in):
    crowds.fill(cast)
    crowds.publish(cast)
    # Delivered for the whole organisation: a row counts where its person works, as on the board.
    crowds.waiting_row(cast.upload, cast.ben, 1)
    crowds.waiting_row(cast.upload, cast.bella, 2)
    page = sign_in(cast.office_a).get("/scorecards/").content.decode()
    assert "What closing would fix in A" in page and "would count as not covered. Rows that wait for repair and would not count: 1." in page


def test_before_anything_is_published_the_pages_say_so(cast, sign_in):
    office = sign_in(cast.office_a)
    for address in ("/scorecards/", f"/scorecards/{cast.a1.pk}/", f"/scorecards/{cast.a.pk}/targets/"):
        assert "There are no numbers yet" in office.get(address).content.decode()
    assert office.get(f"/scorecards/{cast.a1.pk}/sheet/").status_code == 404


def test_card_that_was_handed_in_keeps_its_weights_targets_and_counts(closed, sign_in):
    accepted(submitted(closed, closed.a1, closed.liaison_a1), closed.office_a)
    submitting.set_targets(closed.a, period=closed.period, given=SHIPPED | {"covered": (45, 99), "took_part": (0, 50)}, by=BY)
    row = PublishedRow.objects.filter(period=closed.period, units__contains=[closed.a1.pk]).last()
    row.cells["covered"]["numerator"] -= 7
    row.save()
    office = sign_in(closed.office_a)
    kept = [list(row) for row in openpyxl.load_workbook(io.BytesIO(office.get(f"/scorecards/{closed.a1.pk}/sheet/").content)).active.values]
    assert kept[1][:6] == ["Coverage", 30, 100, 110, "91%", "95%"] and len(kept) == 6
    page = re.sub(r"<[^>]+>", " ", office.get(f"/scorecards/{closed.a1.pk}/").content.decode())
    assert "100 / 110" in page and "Since it was handed in these say something else" in page


def test_card_that_came_back_is_weighed_as_it_would_be_handed_in_again(closed):
    one = submitted(closed, closed.a1, closed.liaison_a1)
    submitting.send_back(one, note="Look again", by=BY, name="")
    submitting.set_targets(closed.a, period=closed.period, given=SHIPPED | {"covered": (45, 99), "took_part": (0, 50)}, by=BY)
    lines = card_page.page(closed.a1, closed.period, today=date(2026, 12, 1))["lines"]
    assert [(line.weight, line.target) for line in lines][0] == (45, 99) and len(lines) == 4


def test_leadership_reads_how_a_card_went_and_no_name(closed, sign_in):
    closed.liaison_a1.name, closed.office_a.name = "Zhou Liaison", "Qian Office"
    accepted(submitted(closed, closed.a1, closed.liaison_a1), closed.office_a)
    address = f"/scorecards/{closed.a1.pk}/"
    office, leader = (sign_in(user).get(address).content.decode() for user in (closed.office_a, closed.leader))
    assert "Zhou Liaison" in office and "Qian Office" in office
    assert "Its way so far" in leader and "Zhou Liaison" not in leader and "Qian Office" not in leader
