"""Which of an organisation's objects stands in an address when a role looks: the first that this user can see."""

from collections.abc import Callable
from typing import Any

from healthmgmt.accounts.models import Notice, User
from healthmgmt.care import access as care
from healthmgmt.care.models import Step
from healthmgmt.core.permissions import Permission
from healthmgmt.engagement import access as engagement
from healthmgmt.exams import access as uploads
from healthmgmt.exams.models import UploadRow
from healthmgmt.organization.models import Period
from healthmgmt.organization.selectors import units_visible_to
from healthmgmt.partners.models import ExamCentre
from healthmgmt.people.models import Person
from healthmgmt.risk import drafts, editing
from healthmgmt.risk.models import OwnEdition, PackDraft


def _upload(user: User) -> dict[str, Any] | None:
    # One with rows that wait shows more.
    found = uploads.visible_to(user).order_by("-waiting", "-id").first()
    return {"uuid": found.uuid} if found else None


def _row(user: User) -> dict[str, Any] | None:
    found = UploadRow.objects.filter(upload__in=uploads.visible_to(user), state=UploadRow.State.WAITING).select_related("upload").first()
    return {"uuid": found.upload.uuid, "number": found.number} if found else None


def _person(user: User) -> dict[str, Any] | None:
    for permission in (Permission.RECORD_VIEW, Permission.ROSTER_VIEW):
        found = Person.objects.visible_to(user, permission).filter(left_on=None).order_by("-alerts__id", "emp_no").first()
        if found:
            return {"uuid": found.uuid}
    return None


def _unit(user: User) -> dict[str, Any] | None:
    for permission in (Permission.UNITS_MANAGE, Permission.CARE_WORK, Permission.SCORECARD_VIEW):
        if found := units_visible_to(user, permission).filter(level__gt=0).order_by("level", "path").first():
            return {"pk": found.pk}
    return None


def _user(user: User) -> dict[str, Any] | None:
    return {"pk": user.pk}


def _period(user: User) -> dict[str, Any] | None:
    found = Period.objects.order_by("-starts_on").first()
    return {"pk": found.pk} if found else None


def _alert(user: User) -> dict[str, Any] | None:
    found = care.alerts_visible_to(user).order_by("closed_at", "-id").first()
    return {"uuid": found.uuid} if found else None


def _centre(user: User) -> dict[str, Any] | None:
    found = ExamCentre.objects.filter(uploads__quality__isnull=False).first()
    return {"pk": found.pk} if found else None


def _model(user: User) -> dict[str, Any]:
    return {"name": "china_par"}


def _draft(user: User) -> dict[str, Any] | None:
    # One whose simulation can be read shows more.
    found = PackDraft.objects.order_by("-simulations__finished_at", "-id").first()
    return {"uuid": found.uuid} if found else None


def _change(user: User) -> dict[str, Any] | None:
    found = PackDraft.objects.last()
    return {"uuid": found.uuid, "kind": "limit", "of": editing.key_of(drafts.pack_of(found).lines[-1])} if found else None


def _proposal(user: User) -> dict[str, Any] | None:
    found = OwnEdition.objects.first()
    return {"uuid": found.uuid} if found else None


def _step(user: User) -> dict[str, Any] | None:
    found = Step.objects.filter(plan__person__in=care.visible_to(user), doer=Step.Doer.CASE_MANAGER).select_related("plan__person").first()
    return {"uuid": found.plan.person.uuid, "pk": found.pk} if found else None


def _own_step(user: User) -> dict[str, Any] | None:
    found = Step.objects.filter(plan__person__user=user, plan__ended_on=None).select_related("plan").first()
    return {"uuid": found.plan.uuid, "number": found.number, "occurrence": found.occurrence} if found else None


def _own_lesson(user: User) -> dict[str, Any] | None:
    found = Step.objects.filter(plan__person__user=user, kind="lesson").select_related("plan").order_by("-pk").first()
    return {"uuid": found.plan.uuid, "number": found.number, "occurrence": found.occurrence} if found else None


def _notice(user: User) -> dict[str, Any] | None:
    found = Notice.objects.filter(user=user).first()
    return {"uuid": found.uuid} if found else None


def _report(user: User) -> dict[str, Any] | None:
    found = uploads.report_files_visible_to(user).first()
    return {"uuid": found.uuid} if found else None


def _link(user: User) -> dict[str, Any] | None:
    found = uploads.links_visible_to(user).first()
    return {"uuid": found.uuid} if found else None


def _own_activity(user: User) -> dict[str, Any] | None:
    found = engagement.own_participations(engagement.own_person(user)).filter(activity__kind="steps").first()
    return {"uuid": found.activity.uuid} if found else None


def _activity_lesson(user: User) -> dict[str, Any] | None:
    found = engagement.own_participations(engagement.own_person(user)).filter(way="reading").first()
    return {"uuid": found.activity.uuid, "slug": "sleep"} if found else None


def _campaign(user: User) -> dict[str, Any] | None:
    # One that takes lists shows more, and may be seen by name.
    found = engagement.named_activities(user).order_by("kind", "pk").first()
    return {"uuid": found.uuid} if found else None


def _reward(user: User) -> dict[str, Any] | None:
    found = engagement.managed_rewards(user).first()
    return {"uuid": found.uuid} if found else None


FINDERS: dict[str, Callable[[User], dict[str, Any] | None]] = {
    "upload": _upload,
    "row": _row,
    "link": _link,
    "report": _report,
    "person": _person,
    "unit": _unit,
    "user": _user,
    "period": _period,
    "alert": _alert,
    "centre": _centre,
    "model": _model,
    "draft": _draft,
    "change": _change,
    "proposal": _proposal,
    "own step": _own_step,
    "own lesson": _own_lesson,
    "step": _step,
    "notice": _notice,
    "own activity": _own_activity,
    "activity lesson": _activity_lesson,
    "campaign": _campaign,
    "reward": _reward,
}
