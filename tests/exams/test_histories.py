"""Any sequence of files, mending and undoing leaves what a replay of the files that remain would leave."""

from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from healthmgmt.exams import child, findings, intake, repairing, selectors, services
from healthmgmt.exams.models import Exam, Upload, UploadRow
from healthmgmt.exams.reading import Limits
from healthmgmt.organization.models import Period
from healthmgmt.risk.models import Assessment
from healthmgmt.work import services as work
from tests import cast as casting
from tests.exams.road import BY, ground, text, upload

PEOPLE, DAYS = 3, ("2026-03-02", "2026-04-07")
# Heading -> cells that may stand below it; the last one of most cannot be, so that its row waits until it is done without.
ITEMS = {
    "收缩压(mmHg)": ("", 118, 150, 118, 5),
    "舒张压(mmHg)": ("", 76, 95, 76, 900),
    "总胆固醇(mmol/L)": ("", 4.5, 6.9, "<4.5", 450),
    "空腹血糖(mmol/L)": ("", 5.1, 7.4, 900),
    "尿酸(μmol/L)": ("", 300, 300, 520),
    "既往史": ("", "无", "高血压"),
}
PLACES = [(person, day) for person in range(PEOPLE) for day in DAYS]


@dataclass(frozen=True)
class File:
    """A file of some of the items about some of the people and days."""

    items: tuple[str, ...]
    rows: tuple[tuple[int, str, tuple], ...]

    def content(self, people: list) -> bytes:
        rows = [[people[person].emp_no, people[person].name, day, *cells] for person, day, cells in self.rows]
        return text(rows, headings=["工号", "姓名", "体检日期", *self.items])


@st.composite
def files(draw) -> File:
    items = tuple(draw(st.lists(st.sampled_from(list(ITEMS)), min_size=1, max_size=4, unique=True)))
    places = draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=4, unique=True))
    return File(items, tuple((*place, tuple(draw(st.sampled_from(ITEMS[item])) for item in items)) for place in places))


@st.composite
def histories(draw) -> list[tuple]:
    """Acts in order: a new file, one of the earlier files once more, mending and undoing of one that came before."""
    told: list[File] = []
    acts: list[tuple] = []
    for _ in range(draw(st.integers(2, 6))):
        told.append(draw(st.sampled_from(told)) if told and draw(st.integers(0, 3)) == 0 else draw(files()))
        acts.append(("upload", told[-1]))
        for act in draw(st.lists(st.sampled_from(("mend", "undo")), max_size=2)):
            acts.append((act, draw(st.integers(0, len(told) - 1))))
    return acts


@contextmanager
def put_back():
    """What happens inside is undone at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def people(org_a, monkeypatch):
    """Three people; files are read in this process, by the same code as in the limited one."""
    monkeypatch.setattr(intake, "run", lambda fd, options, prepare: map(prepare, child.frames(child._content(fd, Limits()), options)))
    root = ground()
    return [casting.person(f"P{number}", root) for number in range(PEOPLE)]


def play(acts: list[tuple], people: list, without: frozenset[int] = frozenset()) -> None:
    """Do the acts, but for those on the uploads `without`."""
    done: dict[int, Upload] = {}
    number = -1
    for act, what in acts:
        number += act == "upload"
        if (number if act == "upload" else what) in without:
            continue
        if act == "upload":
            done[number] = upload(what.content(people))
        elif act == "mend":
            mend(done[what])
        else:
            undo(done[what])


def mend(one: Upload) -> None:
    """Do without everything that may be done without, and let in what is ready then."""
    one.refresh_from_db()
    if one.state != "partly_applied":
        return
    for group in selectors.problem_groups(one):
        if repairing.may_do_without(one.layout, group.reason, group.column):
            repairing.leave_values(one, reason=group.reason, column=group.column, by=BY)
    services.request_apply(one, by=BY)
    work.drain()


def undo(one: Upload) -> None:
    """Withdraw an upload that stands; what was said before to change is what changes."""
    one.refresh_from_db()
    if one.state not in ("applied", "partly_applied"):
        return
    told = selectors.undo_effect(one)
    others = Exam.objects.exclude(upload=one)
    aside = set(others.exclude(state="current").values_list("pk", flat=True))
    own = list(Exam.objects.filter(upload=one, state__in=("current", "superseded")))
    bare = {exam.person_id for exam in own if any(is_alone(exam, period, others) for period in Period.objects.all())}
    services.withdraw(one, by=BY)
    revived = others.filter(pk__in=aside, state="current").count()
    assert told == (len(own), len({exam.person_id for exam in own}), revived, len(bare))
    work.drain()


def is_alone(exam: Exam, period: Period, others) -> bool:
    """Whether an exam lies in a period and nobody else's exam of that person does."""
    inside = {"taken_on__range": (period.starts_on, period.ends_on), "person": exam.person_id}
    return period.starts_on <= exam.taken_on <= period.ends_on and not others.filter(**inside).exclude(state="withdrawn").exists()


def standing() -> tuple:
    """What counts: per person and day each item as the last file tells it, all findings, and what was concluded."""
    items: dict[tuple, dict] = {}
    for exam in Exam.objects.filter(state="current").order_by("id"):
        told = items.setdefault((exam.person_id, exam.taken_on), {})
        for code, value in (exam.results | exam.texts).items():
            told[code] = (value, exam.qualifiers.get(code))
    items = {day: told for day, told in items.items() if told}
    found = {
        (exam.person_id, exam.taken_on, one)
        for exam in Exam.objects.filter(state="current").select_related("person")
        for one in findings.all_of(exam.results, exam.ranges, exam.findings, exam.person.sex)
    }
    concluded = {
        one.person_id: (one.colour, one.missing, one.scores, [reason["code"] for reason in one.reasons])
        for one in Assessment.objects.filter(is_current=True)
    }
    return items, found, concluded


def undone(acts: list[tuple]) -> frozenset[int]:
    return frozenset(what for act, what in acts if act == "undo")


def left_and_replayed(acts: list[tuple], people: list) -> tuple[tuple, tuple]:
    """What all acts leave, and what those on the uploads that remain leave by themselves."""
    with put_back():
        play(acts, people)
        left = standing()
    with put_back():
        play(acts, people, without=undone(acts))
        replayed = standing()
    return left, replayed


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(acts=histories())
def test_P11_what_is_left_is_a_replay_of_what_remains(people, acts):
    left, replayed = left_and_replayed(acts, people)
    assert left == replayed


@pytest.mark.long
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=histories())
def test_P11_what_is_left_is_a_replay_of_what_remains_at_length(people, acts):
    left, replayed = left_and_replayed(acts, people)
    assert left == replayed


FIRST = File(("收缩压(mmHg)", "空腹血糖(mmol/L)"), ((0, DAYS[0], (118, 5.1)), (1, DAYS[0], (150, ""))))
CORRECTED = File(FIRST.items, ((0, DAYS[0], (150, 5.1)), (1, DAYS[0], (150, ""))))


@pytest.mark.parametrize("undone_ones", [(1,), (0,), (1, 0), (0, 1)])
def test_what_a_correction_superseded_counts_again_when_it_is_undone(people, undone_ones):
    acts = [("upload", FIRST), ("upload", CORRECTED), *(("undo", one) for one in undone_ones)]
    left, replayed = left_and_replayed(acts, people)
    assert left == replayed


@pytest.mark.parametrize(
    "acts",
    [
        # The second tells what the first told; without the first it is all there is.
        [("upload", FIRST), ("upload", FIRST), ("undo", 0)],
        [("upload", FIRST), ("upload", FIRST), ("upload", FIRST), ("undo", 0), ("undo", 1)],
        # What was told again after the correction stays below a later one.
        [("upload", FIRST), ("upload", CORRECTED), ("upload", FIRST), ("undo", 1)],
        [("upload", FIRST), ("upload", CORRECTED), ("upload", CORRECTED), ("undo", 1)],
        [("upload", FIRST), ("upload", FIRST), ("upload", CORRECTED), ("undo", 0)],
        [("upload", FIRST), ("upload", FIRST), ("upload", CORRECTED), ("undo", 0), ("undo", 2)],
    ],
)
def test_a_repeat_counts_when_what_it_repeats_is_undone(people, acts):
    left, replayed = left_and_replayed(acts, people)
    assert left == replayed


def test_repeats_stand_in_no_receipt_and_no_count(people):
    upload(FIRST.content(people))
    again = upload(FIRST.content(people))
    assert (again.accepted, again.unchanged, list(again.exams.values_list("state", flat=True))) == (0, 2, ["repeated", "repeated"])
    assert (selectors.undo_effect(again), services.withdraw(again, by=BY)) == ((0, 0, 0, 0), 0)
    assert UploadRow.objects.filter(upload=again, state="unchanged").count() == 2
