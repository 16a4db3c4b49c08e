"""Two organisations that differ in nothing but their marks: the same road, the same primary keys."""

import csv
import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import uuid4

from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.utils import timezone

from healthmgmt.accounts.models import ActivationCode, ApiToken, Notice, SignInLimit, User
from healthmgmt.audit import sealing
from healthmgmt.audit.models import Event
from healthmgmt.care import messaging
from healthmgmt.care import services as care
from healthmgmt.care.models import Alert, Assignment, Escalation, ExceptionalAccess, GoalState, Pause, Plan, PlanPart, Sharing, Step
from healthmgmt.core.actors import Actor
from healthmgmt.core.encryption import keyed_hash
from healthmgmt.exams import access, correcting, links, reports
from healthmgmt.exams import services as exams
from healthmgmt.devices.models import Reading
from healthmgmt.exams.models import Dispute, Exam, ExamLayout, Upload
from healthmgmt.insight.models import Card, CardStep, CoachNote, Light, LightStep, Look, PersonFact, PublishedRow, Target, UnitFact
from healthmgmt.organization.models import CalendarDay, Membership, Period, Unit
from healthmgmt.organization.selectors import today
from healthmgmt.partners.models import ExamCentre
from healthmgmt.people.models import Consent, Exposure, Person
from healthmgmt.risk import approving, drafts
from healthmgmt.risk.editing import NewLimit, Source
from healthmgmt.risk.models import Assessment, OwnEdition, PackDraft, Simulation
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.isolation import taking_part

HEADINGS = ["工号", "姓名", "体检日期", "收缩压(mmHg)", "舒张压(mmHg)", "总胆固醇(mmol/L)", "空腹血糖(mmol/L)", "体重(kg)", "备注"]
# The line of the pack `cn` that the organisations' own editions change.
LIMIT = "hypertension|sbp|>=|"
# Tables of ours that hold no row after an ordinary day, each with its reason.
EMPTY = {"people.RosterRow": "staging of an import, emptied at its end"}


@dataclass
class World:
    """A seeded organisation: how to reach it, who is in it, and which of its objects have addresses."""

    schema: str
    slug: str
    mark: str
    people_mark: str
    weight: str
    id_numbers: list[str]
    users: dict[str, User] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    objects: dict[str, dict[str, dict]] = field(default_factory=dict)
    keys: dict[str, list] = field(default_factory=dict)
    # Everybody of the roster: {id: (employee number, uuid)}; and how far the record went when the seeding was done.
    people: dict[int, tuple[str, object]] = field(default_factory=dict)
    last_event: int = 0

    @property
    def host(self) -> str:
        return f"{self.slug}.{settings.ORGANISATION_DOMAIN}"

    @property
    def name(self) -> str:
        return f"{self.mark} Ltd"

    @property
    def markers(self) -> list[str]:
        """What only this organisation holds; case does not matter. Short words would stand in a random token now and then."""
        return [self.mark, self.people_mark, self.weight, *self.id_numbers, self.schema, self.slug]


def seed(world: World) -> World:
    """Fill the present organisation."""
    cast = casting.make()
    world.users = {name: value for name, value in vars(cast).items() if isinstance(value, User)}
    _mark(world)
    centre = ExamCentre.objects.create(name=f"{world.mark} Centre")
    Membership.objects.filter(role="exam_centre").update(centre=centre.name)
    for name, unit in (("liaison_a1", cast.a1), ("liaison_b1", cast.b1), ("exam_centre", cast.root)):
        world.uploads[name] = _deliver(world, world.users[name], unit, centre)
    work.drain()
    for name, upload in world.uploads.items():
        upload.refresh_from_db()
        user = world.users[name]
        # The row of somebody unknown is mended, and is still of nobody.
        typed = {0: f"{world.mark}Z"}
        correcting.type_cells(upload, upload.received - 1, typed, hands=access.hands(user, upload), by=Actor.of(user))
    work.drain()
    _fill_the_rest(world, cast)
    world.objects = _addressed(world, cast)
    # Nothing waits, however long the calls take.
    work.drain()
    world.keys = keys()
    world.people = {pk: (emp_no, uuid) for pk, emp_no, uuid in Person.objects.values_list("pk", "emp_no", "uuid")}
    world.last_event = Event.objects.order_by("-pk").values_list("pk", flat=True)[0]
    return world


def _mark(world: World) -> None:
    for unit in Unit.objects.all():
        Unit.objects.filter(pk=unit.pk).update(name=f"{world.mark} {unit.name}")
    for user in world.users.values():
        user.email, user.name, user.employee_no = f"{world.mark}.{user.email}".lower(), f"{world.mark} {user.name}", f"{world.mark}{user.pk}"
        user.save()
    for person, number in zip(Person.objects.order_by("pk"), world.id_numbers, strict=True):
        person.emp_no, person.name = f"{world.mark}{person.emp_no}", world.people_mark
        person.id_no, person.id_hash = number, keyed_hash(number)
        person.save()
        person.employments.update(occupation=f"{world.mark} occupation")
    Period.objects.update(name=f"{world.mark} 2026")


def _deliver(world: World, user: User, unit: Unit, centre: ExamCentre) -> Upload:
    """One file with every person of the unit, somebody unknown and somebody with a mistake."""
    day = timezone.now().date() - timedelta(days=30)
    lines = [HEADINGS]
    for person in Person.objects.within(unit):
        lines.append([person.emp_no, person.name, day, 190, 125, 5.1, 7.4, world.weight, f"{world.mark} remark"])
    lines.append([f"{world.mark}X", world.people_mark, day, 120, 80, 5.1, 5.4, world.weight, f"{world.mark} unknown"])
    lines.append([f"{world.mark}Y", world.people_mark, day, 80, 120, f"{world.mark} typo", 5.4, world.weight, ""])
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    file = io.BytesIO(out.getvalue().encode())
    name = f"{world.mark} {user.pk}.csv"
    return exams.receive(file, name=name, unit=unit, by=Actor.of(user), user=user, centre=centre.name, apply_when_read=True)


def _fill_the_rest(world: World, cast: casting.Cast) -> None:
    """What no job has written by now."""
    now, day = timezone.now(), date(2026, 1, 1)
    Exposure.objects.create(person=cast.anna, kind=f"{world.mark} noise", since=day)
    Consent.objects.create(person=cast.anna, purpose=f"{world.mark} purpose", text_version="1", given_at=now)
    ActivationCode.objects.create(user=cast.employee, digest=f"{world.mark} code", expires_at=now)
    ApiToken.objects.create(user=cast.employee, digest=f"{world.mark} token", label=world.mark, expires_at=now)
    SignInLimit.objects.create(subject=f"{world.mark} subject")
    sealing.seal(sealing.mark())
    Sharing.objects.create(unit=cast.a1, people=1, left_over=0, made_by=world.mark)
    if not Assignment.objects.exists():
        Assignment.objects.create(manager=cast.case_manager, unit=cast.a1, started_by=world.mark)
    for person in (cast.anna, cast.bella):
        # Spoken to, so that its alert may be closed; the note is clinical text of this organisation.
        care.log_contact(person, ending="will_come", note=f"{world.mark} contact", by=Actor.of(cast.physician))
    Escalation.objects.get_or_create(alert=Alert.objects.first(), user=cast.physician, defaults={"tier": Escalation.Tier.PHYSICIAN})
    ExceptionalAccess.objects.create(
        user=cast.case_manager, person=cast.anna, reason=f"{world.mark} reason", opened_at=now, ends_at=now + timedelta(hours=1)
    )
    # A question of anna and its answer, and one that waits: the case manager and she herself are told.
    for text in (f"{world.mark} question", f"{world.mark} further question"):
        messaging.ask(cast.anna, text=text, token=uuid4(), by=Actor.of(cast.employee))
        if not text.startswith(f"{world.mark} further"):
            messaging.answer(cast.anna, text=f"{world.mark} answer", token=uuid4(), by=Actor.of(cast.physician))
    for person in (cast.anna, cast.amos):
        Reading.objects.create(person=person, kind="weight", taken_at=now, values={"weight": float(world.weight)}, entered_by=world.mark)
    for person in (cast.anna, cast.bella):
        exam = Exam.objects.filter(person=person, upload__uploaded_by__in=[cast.liaison_a1, cast.liaison_b1]).latest("pk")
        Dispute.objects.create(person=person, exam=exam, code="dbp", claim="not_mine", note=f"{world.mark} note")
    if not UnitFact.objects.exists():
        UnitFact.objects.create(unit=cast.a1, period=cast.period, metric="covered", numerator=1, denominator=1, definition=1, computed_at=now)
    if not PersonFact.objects.exists():
        PersonFact.objects.create(
            period=cast.period, person=cast.anna, unit=cast.a1, is_covered=True, is_on_time=True, items=1, colour="red", is_enrolled=False, bp=0,
            glucose=0, lipids=0, stage=0,
        )  # fmt: skip
    # What somebody said of the centre's columns, after its files were read.
    said = {"index": 0, "heading": f"{world.mark} heading", "cell": "A1", "role": "ignored"}
    ExamLayout.objects.create(
        centre=ExamCentre.objects.get(), version=1, fingerprint="", made_by=cast.liaison_a1,
        layout={"columns": [said], "header_rows": [], "declined": []},
    )  # fmt: skip
    _own_rules(world, cast)
    taking_part.fill(world.mark, cast)
    if not PublishedRow.objects.exists():
        PublishedRow.objects.create(period=cast.period, unit=cast.a1, cells={"mark": world.mark}, published_at=now)
    Target.objects.create(period=cast.period, unit=cast.b, metric="covered", weight=100, target=95)
    card = Card.objects.create(period=cast.period, unit=cast.b1)
    CardStep.objects.create(card=card, state="submitted", note=f"{world.mark} note", by="user:1", by_name=f"{world.mark} liaison")
    Look.objects.get_or_create(period=cast.period, defaults={"looked_at": now})
    for unit in (cast.a1, cast.b1):
        # Still for the unit alone.
        told = {"part": 20, "whole": 50}
        light = Light.objects.create(period=cast.period, unit=unit, kind="identical", told=told, raised_at=now, shared_on=date(2999, 1, 1))
        LightStep.objects.create(light=light, event="raised", by=f"{world.mark} night", at=now)
    CoachNote.objects.create(unit=cast.a1, text=f"{world.mark} words", readers=[cast.liaison_a1.pk], by="user:1", by_name=world.mark, at=now)


def _own_rules(world: World, cast: casting.Cast) -> None:
    """A draft of rules that is being tried and was tried, and an edition that waits for its second approval."""
    by, title = Actor.of(cast.steward), f"{world.mark} rules"
    for edition in ("2098", "2099"):
        draft = drafts.copy("cn", "2024", edition=edition, title_zh=title, title_en=title, by=by)
        draft = drafts.change(draft, NewLimit(LIMIT, "135", "", Source(f"{world.mark} paper")), by=by)
        tried = Simulation.objects.create(
            draft=draft, fingerprint=draft.fingerprint, pack="cn", edition="2024", as_of=today(), asked_by=cast.steward
        )
        if edition == "2098":
            Simulation.objects.filter(pk=tried.pk).update(finished_at=timezone.now(), counts={"moves": {}, "causes": {}, "units": {}})
            own = approving.propose(draft, effective_from=date(2098, 1, 1), why=f"{world.mark} committee", by=by)
            approving.approve(own, part="physician", by=Actor.of(cast.physician))
    # One that can be read.
    Simulation.objects.create(
        draft=draft, fingerprint=draft.fingerprint, pack="cn", edition="2024", as_of=today(), asked_by=cast.steward, finished_at=timezone.now(),
        counts={"moves": {}, "causes": {}, "units": {}},
    )  # fmt: skip


def _addressed(world: World, cast: casting.Cast) -> dict[str, dict[str, dict]]:
    """What stands for the parts of addresses: {kind: {name: {part: value}}}; the names are those of the address tables."""
    return {
        "upload": {name: {"uuid": upload.uuid} for name, upload in world.uploads.items()},
        # The last row of each file waits.
        "row": {name: {"uuid": upload.uuid, "number": upload.received} for name, upload in world.uploads.items()},
        "report": {name: _report_file(world, getattr(cast, name)) for name in ("anna", "bella")},
        "package": {name: {"package": name} for name in ("basic", "none")},
        "draft": {"draft": {"uuid": PackDraft.objects.get().uuid}},
        "change": {"limit": {"uuid": PackDraft.objects.get().uuid, "kind": "limit", "of": LIMIT}},
        "proposal": {"proposal": {"uuid": OwnEdition.objects.get().uuid}},
        "model": {name: {"name": name} for name in ("china_par", "astrology")},
        "link": {name: _link(world, getattr(cast, name)) for name in ("a1", "b1")},
        "person": {name: {"uuid": getattr(cast, name).uuid} for name in ("anna", "amos", "bella")},
        "centre": {"centre": {"pk": ExamCentre.objects.get(name=f"{world.mark} Centre").pk}},
        "alert": {name: {"uuid": Alert.objects.filter(person=getattr(cast, name)).latest("pk").uuid} for name in ("anna", "bella")},
        "light": {name: {"uuid": Light.objects.get(unit=getattr(cast, name)).uuid} for name in ("a1", "b1")},
        "dispute": {name: {"uuid": getattr(cast, name).disputes.get().uuid} for name in ("anna", "bella")},
        "step": {name: _open_step(getattr(cast, name)) for name in ("anna", "bella")},
        "reading": {name: {"token": getattr(cast, name).readings.first().token} for name in ("anna", "amos")},
        "notice": {
            "anna": {"uuid": Notice.objects.filter(user=cast.employee).latest("pk").uuid},
            "manager": {"uuid": Notice.objects.filter(user=cast.case_manager).latest("pk").uuid},
        },
        "own step": {name: _own_step(getattr(cast, name)) for name in ("anna", "amos")},
        "own lesson": {name: _own_lesson(getattr(cast, name)) for name in ("anna", "amos")},
        "unit": {name: {"pk": getattr(cast, name).pk} for name in ("root", "a", "a1", "b1")},
        "user": {name: {"pk": user.pk} for name, user in world.users.items()},
        "period": {"period": {"pk": cast.period.pk}},
        "organisation": {"organisation": {"slug": world.slug}},
        **taking_part.addressed(cast),
        "job": {"failed": {"slug": world.slug, "job": _failed_job(world).pk}, "mistaken": {"slug": world.slug, "job": 0}},
    }


def _report_file(world: World, person: Person) -> dict[str, object]:
    """A PDF beside a person's exam."""
    exam = Exam.objects.filter(person=person).latest("pk")
    file = SimpleUploadedFile("report.pdf", f"%PDF-1.4\n{world.mark} report\n%%EOF".encode())
    return {"uuid": reports.attach_to_exam(exam, file, by=Actor.system()).uuid}


def _link(world: World, unit: Unit) -> dict[str, object]:
    """A one-time link that is still good."""
    link, _token = links.make(unit=unit, centre=f"{world.mark} Centre", note=f"{world.mark} note", by=Actor.system())
    return {"uuid": link.uuid}


def _failed_job(world: World) -> Job:
    """One that was refused with a sentence about its content."""
    job = work.submit("accounts.mail_reset", "failed", {"user": 0})
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED, error=f"{world.mark} refused", attempts=1, finished_at=timezone.now())
    return job


def _open_step(person: Person) -> dict:
    """A step of a person's plan that a case manager has still to do."""
    step = Step.objects.filter(plan__person=person, doer=Step.Doer.CASE_MANAGER, state__in=(Step.State.PLANNED, Step.State.FIRED)).latest("due_on")
    return {"uuid": person.uuid, "pk": step.pk}


def _own_step(person: Person) -> dict[str, object]:
    """A step of the person's plan that they do themselves."""
    plan, _made = Plan.objects.get_or_create(
        person=person, ended_on=None, defaults={"assessment": _assessment(person), "template": "yellow", "version": 1, "colour": "yellow", "opened_on": date(2026, 1, 1)}
    )  # fmt: skip
    step = Step.objects.create(plan=plan, number=1, occurrence=9, kind="weigh_in", doer=Step.Doer.PERSON, due_on=date(2026, 1, 1))
    return {"uuid": plan.uuid, "number": step.number, "occurrence": step.occurrence}


def _own_lesson(person: Person) -> dict[str, object]:
    """A lesson of an earlier plan of the person, which had a part, with what they answered."""
    begun, ended = date(2026, 1, 1), date(2026, 2, 1)
    plan = Plan.objects.create(
        person=person, assessment=_assessment(person), template="blue", version=2, colour="blue", opened_on=begun, ended_on=ended, outcome="stepped_up"
    )  # fmt: skip
    part = PlanPart.objects.create(plan=plan, slug="near_pressure", begun_on=begun, ended_on=ended)
    step = Step.objects.create(
        plan=plan, part=part, number=61, kind="lesson", doer=Step.Doer.PERSON, due_on=begun, state=Step.State.DONE, ended_at=timezone.now(), ended_by="x"
    )  # fmt: skip
    care.answer_lesson(step, answers=[0, 0, 0], today=ended, by=Actor.system())
    # How the plan went: it stood still for a week, and its goal was never measured.
    Pause.objects.create(person=person, reason="leave", begun_on=begun, begun_by="x", ended_on=date(2026, 1, 8), ended_by="x")
    GoalState.objects.create(plan=plan, goal="weight", state=GoalState.State.NOT_MEASURED, stated_on=ended)
    CalendarDay.objects.get_or_create(day=date(2026, 10, 1), defaults={"name": "National Day", "is_free": True})
    return {"uuid": plan.uuid, "number": step.number, "occurrence": step.occurrence}


def _assessment(person: Person) -> Assessment:
    found = Assessment.objects.filter(person=person, is_current=True).first()
    return found or Assessment.objects.create(person=person, assessed_on=date(2026, 1, 1), colour="yellow", pack="cn", edition="2024")


def own_models() -> list[type[models.Model]]:
    """The models with a table in every organisation's schema, and jobs."""
    labels = {name.rpartition(".")[2] for name in settings.TENANT_APPS if name.startswith("healthmgmt.")} | {"work"}
    return [model for model in apps.get_models() if model._meta.app_label in labels]


def keys() -> dict[str, list]:
    """The primary keys of every table of the present organisation; jobs apart, whose numbers are drawn for all."""
    return {model._meta.label: list(model.objects.order_by("pk").values_list("pk", flat=True)) for model in own_models() if model._meta.app_label != "work"}


def content() -> dict[str, list[str]]:
    """Every row of every table of the present organisation as text."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            found[table] = [line for (line,) in cursor.fetchall()]
        cursor.execute("SELECT t::text FROM public.work_job t ORDER BY id")
        found["work_job"] = [line for (line,) in cursor.fetchall()]
    return found
