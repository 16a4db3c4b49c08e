"""What comes of a value that its person disputes: a later exam of the day takes its place, or it stays, and the person is answered.

Nothing is overwritten: a value is taken out by an exam that says all the rest of that day anew, typed by whoever answers.
"""

import hashlib
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts import notices
from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import services
from healthmgmt.exams.models import Dispute, Exam, Upload
from healthmgmt.organization.models import Period
from healthmgmt.people.models import Person
from healthmgmt.work import services as work

# How many values somebody may have checked at a time.
MOST_OPEN = 20


def open_dispute(person: Person, *, exam: Exam, code: str, claim: str, note: str, by: Actor) -> Dispute:
    """Note what a person says of a value of theirs; while it is open, twice is once. Raises Rejected where there is no such value."""
    if claim not in Dispute.Claim or exam.person_id != person.pk:
        raise Rejected(_("Choose the value and what is wrong with it."))
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        exam = Exam.objects.get(pk=exam.pk)
        if exam.state != Exam.State.CURRENT or code not in exam.results:
            raise Rejected(_("This value does not count any more."))
        mine = Dispute.objects.filter(person=person, answered_at=None)
        if present := mine.filter(exam=exam, code=code).first():
            return present
        if mine.count() >= MOST_OPEN:
            raise Rejected(_("So many of your values are being checked already. Please wait for an answer."))
        made = Dispute.objects.create(person=person, exam=exam, code=code, claim=claim, note=note.strip())
        audit.record("dispute.opened", by=by, subject=made, person_id=person.pk)
    return made


def open_values(person: Person) -> list[tuple[str, date]]:
    """The codes of the values that a person disputes and that are not answered yet, each with the day of its exam."""
    return list(Dispute.objects.filter(person=person, answered_at=None).order_by("opened_at").values_list("code", "exam__taken_on"))


def settle(dispute: Dispute, *, outcome: str, answer: str, by: Actor, user: User) -> Dispute:
    """Answer a person, and take the value out where that is the answer. `corrected` needs the exam of that day that was typed anew before.

    Raises Rejected: answered already, no answer in words, nothing typed anew, a period that is locked.
    """
    if outcome not in Dispute.Outcome or not answer.strip():
        raise Rejected(_("Choose what came of it, and tell the person in a sentence."))
    with transaction.atomic():
        dispute = Dispute.objects.select_for_update(of=("self",)).select_related("exam__upload", "person__unit").get(pk=dispute.pk)
        if dispute.answered_at:
            raise Rejected(_("This was answered already."))
        if outcome == Dispute.Outcome.CORRECTED and not _is_corrected(dispute):
            raise Rejected(_("Type the exam of that day with the right value first."))
        if outcome == Dispute.Outcome.WITHDRAWN:
            _take_out(dispute, by=by, user=user)
        dispute.outcome, dispute.answer = outcome, answer.strip()
        dispute.answered_at, dispute.answered_by = timezone.now(), by.label
        dispute.save(update_fields=["outcome", "answer", "answered_at", "answered_by"])
        audit.record("dispute.answered", by=by, subject=dispute, person_id=dispute.person_id)
        if dispute.person.user_id:
            notices.tell([dispute.person.user_id], kind="correction_answered", key=str(dispute.pk), link=reverse("portal:correction"))
    return dispute


def _is_corrected(dispute: Dispute) -> bool:
    """Whether a later exam of that day says something else there."""
    code, was = dispute.code, dispute.exam
    said = (was.results[code], was.qualifiers.get(code))
    later = _standing(dispute).filter(pk__gt=was.pk, results__has_key=code)
    return any((one.results[code], one.qualifiers.get(code)) != said for one in later)


def _standing(dispute: Dispute) -> QuerySet[Exam]:
    """The exams of that day that count: the disputed one, or those that said it anew since."""
    was = dispute.exam
    return Exam.objects.filter(person=dispute.person_id, taken_on=was.taken_on, state=Exam.State.CURRENT, pk__gte=was.pk).order_by("-pk")


def _take_out(dispute: Dispute, *, by: Actor, user: User) -> None:
    """The exam once more without the value; it supersedes the one that says it, and undoing it brings that back."""
    services.lock_days()
    code = dispute.code
    # Another value of the disputed exam may have been taken out before.
    exam = _standing(dispute).select_for_update().filter(results__contains={code: dispute.exam.results[code]}).first()
    if exam is None:
        raise Rejected(_("This value does not count any more."))
    locked = Period.objects.filter(state=Period.State.LOCKED, starts_on__lte=exam.taken_on, ends_on__gte=exam.taken_on)
    if (period := locked.first()) is not None:
        raise Rejected(_("The period %(period)s is locked; its values cannot be changed.") % {"period": period.name})
    source, rest = exam.upload, {key: value for key, value in exam.results.items() if key != code}
    said = sorted({*source.layout.get("codes", ()), *exam.results, *exam.texts})
    upload = Upload.objects.create(
        kind=Upload.Kind.TYPED, file_name=_("Value taken out"), sha256=hashlib.sha256(dispute.uuid.bytes).hexdigest(), size=0, unit=dispute.person.unit,
        centre=source.centre, uploaded_by=user, state=Upload.State.APPLIED, layout={"kind": "layout", "format": "typed", "sheets": [], "columns": [], "codes": said, "taken_out": source.pk},
        received=1, accepted=1, rounds=1, finished_at=timezone.now(),
    )  # fmt: skip
    parts = {name: {key: one for key, one in getattr(exam, name).items() if key != code} for name in ("reported", "qualifiers", "ranges")}
    Exam.objects.create(
        person_id=exam.person_id, taken_on=exam.taken_on, upload=upload, row_number=1, results=rest, texts=exam.texts, findings=exam.findings,
        left_out=exam.left_out, **parts,
    )  # fmt: skip
    sql.execute("exams/settle_days", {"upload": upload.pk, "first": 1, "last": 1})
    audit.record("exam.value_taken_out", by=by, subject=upload, person_id=exam.person_id)
    work.announce("exams.applied", upload=upload.pk, round=upload.rounds)
