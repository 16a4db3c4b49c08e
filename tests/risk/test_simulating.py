"""A draft tried on the people's last exams: counts alone, bound to its texts, and nobody's colour changes."""

from datetime import date, timedelta

import pytest

from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.exams.models import Exam, Upload
from healthmgmt.organization.models import Membership, Settings
from healthmgmt.organization.selectors import today
from healthmgmt.people.models import Person
from healthmgmt.risk import approving, drafts, services, simulated, simulating
from healthmgmt.risk.editing import NewLimit, NewWindow
from healthmgmt.risk.models import Assessment, Simulation
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.risk.own import SBP, WHY, draft_of

# Everything that green needs, and nothing out of range.
SOUND = {"sbp": 110, "dbp": 70, "bmi": 22, "fpg": 5, "tc": 4.5, "tg": 1.2}


def examined(unit, count: int, prefix: str, days_ago: int = 10, **values) -> list[Person]:
    """So many people of a unit, each with one exam of these values; None leaves one out."""
    results = {code: value for code, value in (SOUND | values).items() if value is not None}
    upload = Upload.objects.create(file_name=prefix, sha256="", size=0, unit=unit, state=Upload.State.APPLIED)
    people = [casting.person(f"{prefix}{number}", unit) for number in range(count)]
    day = today() - timedelta(days=days_ago)
    Exam.objects.bulk_create(Exam(person=one, upload=upload, taken_on=day, results=results, row_number=number) for number, one in enumerate(people))
    return people


def simulate(draft, cast) -> Simulation:
    simulation = simulating.start(draft, by=Actor.of(cast.steward))
    work.drain(kinds=("risk.simulate",))
    simulation.refresh_from_db()
    return simulation


@pytest.fixture
def crowd(cast):
    """30 people whom the draft of `own.draft_of` moves to orange, 15 of them in A1, 5 in A2 and 10 in B1; and 40 who stay."""
    for unit, count in ((cast.a1, 15), (cast.a2, 5), (cast.b1, 10)):
        examined(unit, count, f"M{unit.name}", sbp=137)
    for unit, count in ((cast.a1, 20), (cast.b1, 20)):
        examined(unit, count, f"S{unit.name}", sbp=112)
    return cast


def test_simulate_counts_people_by_colour_and_by_line(crowd):
    draft = drafts.change(draft_of(crowd), NewLimit("hyperlipidaemia|tc|>=|", "5", "193", WHY), by=Actor.of(crowd.steward))
    simulation = simulate(draft, crowd)
    assert simulation.counts == {
        "moves": {"blue>orange": 30, "green>green": 40},
        "causes": {SBP: {"blue>orange": 30}, "hyperlipidaemia|tc|>=|": {}},
        "units": {
            str(crowd.a1.pk): {"people": 35, "blue>orange": 15}, str(crowd.a2.pk): {"people": 5, "blue>orange": 5},
            str(crowd.b1.pk): {"people": 30, "blue>orange": 10},
        },
    }  # fmt: skip
    assert (simulation.pack, simulation.edition, simulation.as_of) == ("cn", "2024", today())
    assert simulating.fresh(draft) == simulation == simulating.latest(draft)
    assert simulating.progress(simulation) == simulating.Progress(1, 1, "done")


def test_simulate_stores_nothing_about_anybody(crowd):
    services_before = list(Assessment.objects.values_list("pk", flat=True))
    simulation = simulate(draft_of(crowd), crowd)
    assert list(Assessment.objects.values_list("pk", flat=True)) == services_before
    job = Job.objects.get(kind="risk.simulate")
    assert (job.payload, list(job.cursor)) == ({"simulation": simulation.pk}, ["after"])
    assert Event.objects.get(action="pack.simulated").detail == {"pack": "cn-own", "edition": "2026"}


def test_simulate_in_slices_counts_as_in_one(crowd, monkeypatch):
    whole = simulate(draft_of(crowd), crowd).counts
    monkeypatch.setattr(services, "SLICE_PEOPLE", 7)
    assert simulate(draft_of(crowd, "2027"), crowd).counts == whole


def test_simulate_goes_on_where_it_was_stopped(crowd, monkeypatch):
    monkeypatch.setattr(services, "SLICE_PEOPLE", 20)
    draft, loaded = draft_of(crowd), []
    load = simulating.loading.load

    def stops_once(**given):
        loaded.append(given["after"])
        if len(loaded) == 3:
            raise RuntimeError("stopped")
        return load(**given)

    monkeypatch.setattr(simulating.loading, "load", stops_once)
    simulation = simulate(draft, crowd)
    assert loaded[3] == loaded[2] > loaded[1]
    assert simulation.counts["moves"] == {"blue>orange": 30, "green>green": 40}


def test_simulate_twice_asks_once_until_the_draft_changes(crowd):
    draft = draft_of(crowd)
    first = simulating.start(draft, by=Actor.of(crowd.steward))
    assert simulating.progress(first).state == "queued"
    assert simulating.start(draft, by=Actor.of(crowd.steward)) == first
    work.drain(kinds=("risk.simulate",))
    assert simulating.start(draft, by=Actor.of(crowd.steward)) == first
    draft = drafts.change(draft, NewLimit(SBP, "136", "", WHY), by=Actor.of(crowd.steward))
    assert simulating.fresh(draft) is None
    assert simulating.latest(draft) == first
    assert simulating.start(draft, by=Actor.of(crowd.steward)) != first


def test_simulate_again_where_it_was_given_up(crowd):
    draft = draft_of(crowd)
    first = simulating.start(draft, by=Actor.of(crowd.steward))
    Job.objects.filter(kind="risk.simulate").update(state=Job.State.FAILED)
    assert simulating.progress(first).state == "failed"
    again = simulate(draft, crowd)
    assert again != first and again.finished_at is not None


def test_simulate_without_anybody_examined(cast):
    simulation = simulate(draft_of(cast), cast)
    assert simulation.counts == {"moves": {}, "causes": {SBP: {}}, "units": {}}
    assert simulated.result(simulation, "zh").people is None


def test_simulate_of_a_draft_that_changed_meanwhile_ends_without_a_word(crowd):
    draft = draft_of(crowd)
    simulating.start(draft, by=Actor.of(crowd.steward))
    drafts.change(draft, NewLimit(SBP, "136", "", WHY), by=Actor.of(crowd.steward))
    work.drain(kinds=("risk.simulate",))
    assert Simulation.objects.count() == 0
    assert Job.objects.get(kind="risk.simulate").state == "done"
    simulating.start(draft, by=Actor.of(crowd.steward))
    drafts.discard(draft, by=Actor.of(crowd.steward))
    work.drain(kinds=("risk.simulate",))
    assert not Job.objects.unfinished().filter(kind="risk.simulate").exists()


def test_simulation_of_last_week_is_no_ground_to_propose(crowd, monkeypatch):
    draft = draft_of(crowd)
    simulation = simulate(draft, crowd)
    for days, is_fresh in ((6, True), (7, False)):
        Simulation.objects.filter(pk=simulation.pk).update(as_of=today() - timedelta(days=days))
        assert (simulating.fresh(draft) is not None) == is_fresh


def test_simulate_with_another_time_for_which_values_count(crowd):
    examined(crowd.a1, 12, "OLD", days_ago=600, sbp=137)
    draft = drafts.change(draft_of(crowd, limit="140"), NewWindow(24), by=Actor.of(crowd.steward))
    assert simulate(draft, crowd).counts["moves"] == {"none>blue": 12, "blue>blue": 30, "green>green": 40}
    assert list(simulate(draft, crowd).counts["causes"]) == ["window"]


def of_all_colours(cast: casting.Cast) -> None:
    """Some of every colour that the crowd has not, so that nothing has to be hidden."""
    for unit, count, values in (
        (cast.b1, 10, {"sbp": 185}), (cast.a1, 12, {"sbp": 150}), (cast.b1, 11, {"bmi": 25}), (cast.a1, 13, {"tc": None}),
    ):  # fmt: skip
        examined(unit, count, f"C{count}", **values)


def told(crowd, **settings) -> simulated.Result:
    Settings.objects.update(**settings)
    return simulated.result(simulate(draft_of(crowd), crowd), "en")


def test_result_in_words_and_numbers(crowd):
    of_all_colours(crowd)
    found = told(crowd)
    assert [(one.colour, one.before, one.after, one.change) for one in found.colours] == [
        ("red", 10, 10, 0), ("orange", 12, 42, 30), ("yellow", 11, 11, 0), ("blue", 30, 0, -30), ("green", 40, 40, 0), ("grey", 13, 13, 0),
    ]
    assert (found.people, found.moves, found.small_moves) == (116, (simulated.Move("blue", "orange", 30),), False)
    cause = found.causes[0]
    assert (cause.title, cause.before, cause.after, cause.people, cause.source) == (
        "Blood pressure in the range of hypertension", "systolic blood pressure ≥ 140 mmHg", "systolic blood pressure ≥ 135 mmHg", 30, WHY.en
    )  # fmt: skip
    assert cause.moves == found.moves
    assert (found.as_of, found.pack, found.edition) == (today(), "cn", "2024")


def test_result_shows_no_small_group_of_a_unit(crowd):
    found = told(crowd)
    shown = {row.names: (row.people, row.higher, row.lower, row.same) for row in found.units}
    # Nobody can come down by a stricter limit: that hides nothing.
    assert shown[("Root",)] == (70, 30, 0, 40)
    for row in found.units:
        for count in (row.higher, row.same):
            assert count is None or 10 <= count <= row.people - 10
    assert ("A2",) not in shown
    assert not any(row.people is not None and row.people < 10 for row in found.units)


def test_result_of_fewer_than_the_smallest_group_is_empty(crowd):
    found = told(crowd, smallest_group=80)
    assert (found.people, found.moves, [one.before for one in found.colours]) == (None, (), [None] * 6)
    assert found.causes[0].people is None
    assert {(row.people, row.higher, row.lower, row.same) for row in found.units} == {(None, None, None, None)}
    assert found.capacity.after is None


def test_result_leaves_small_moves_out_of_all_numbers(crowd):
    examined(crowd.b1, 4, "F", sbp=137, bmi=25)
    found = told(crowd)
    assert found.small_moves
    assert [move.before for move in found.moves] == ["blue"]
    assert found.causes[0].people == 30


def test_capacity_compares_people_with_case_managers(crowd):
    Membership.objects.create(user=casting.user("manager2", "case_manager", crowd.b), unit=crowd.a, role="case_manager")
    closed = casting.user("manager3", "case_manager", crowd.b)
    closed.is_active = False
    closed.save(update_fields=["is_active"])
    of_all_colours(crowd)
    found = told(crowd, people_per_manager=10).capacity
    assert (found.managers, found.limit, found.before, found.after) == (2, 10, 22, 52)
    assert (found.each_before, found.each_after, found.over, found.lacking) == (11, 26, 32, 4)


def test_an_edition_keeps_the_numbers_it_was_proposed_with(crowd):
    draft = draft_of(crowd)
    simulate(draft, crowd)
    own = approving.propose(draft, effective_from=today(), why="Committee", by=Actor.of(crowd.steward))
    examined(crowd.b1, 50, "LATER", sbp=137)
    casting.user("manager2", "case_manager", crowd.b)
    found = simulated.of_edition(own, "zh")
    assert (found.people, found.capacity.managers, found.moves[0].people) == (70, 1, 30)
    assert found.causes[0].after == "收缩压 ≥ 135 mmHg"


def test_result_of_a_simulation_that_runs_or_is_stale_is_refused(crowd):
    draft = draft_of(crowd)
    with pytest.raises(ValueError, match="not finished"):
        simulated.result(simulating.start(draft, by=Actor.of(crowd.steward)), "en")
    simulation = simulate(draft, crowd)
    drafts.change(draft, NewLimit(SBP, "136", "", WHY), by=Actor.of(crowd.steward))
    with pytest.raises(ValueError, match="not the one"):
        simulated.result(Simulation.objects.get(pk=simulation.pk), "en")
