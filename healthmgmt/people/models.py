"""Employees: who they are, where they worked when, and what they agreed to."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from healthmgmt.accounts.models import User
from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN, QUASI_IDENTIFIER
from healthmgmt.core.encryption import EncryptedTextField
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import at_or_below
from healthmgmt.people import spelling

OWN = frozenset({Permission.OWN_RECORD_VIEW})
# What a clinician may do for people who were given to them, wherever these work.
FOR_GIVEN = frozenset({Permission.RECORD_VIEW, Permission.EXAM_TYPE})
Given = Callable[[User], Q]
_given: dict[Given, frozenset[Permission]] = {}


def gives_people(permissions: frozenset[Permission] = FOR_GIVEN) -> Callable[[Given], Given]:
    """Declare who knows of people that were given to a clinician, and what for: a room further right, which is asked and not imported."""

    def declare(function: Given) -> Given:
        _given[function] = permissions
        return function

    return declare


def named(search: str) -> Q:
    """People whose name holds a text, or is typed so in pinyin or by its initials."""
    found = Q(name__icontains=search)
    return found | Q(pinyin__contains=key) if (key := spelling.sought(search)) else found


class PersonQuerySet(models.QuerySet):
    def employed(self) -> "PersonQuerySet":
        return self.filter(left_on=None)

    def within(self, unit: Unit) -> "PersonQuerySet":
        """People whose present unit is the unit or below it."""
        return self.filter(unit__path__startswith=unit.path)

    def matching(self, search: str) -> "PersonQuerySet":
        """People whose name holds the text, is typed so in pinyin or by its initials, or whose employee number begins with it; everybody
        for a blank one."""
        return self.filter(named(search) | Q(emp_no__istartswith=search)) if search else self

    def visible_to(self, user: User, permission: Permission | str) -> "PersonQuerySet":
        """People whose present unit is one where the user holds the permission, or below it; nobody without a role.

        An employee's own permissions reach the employee alone, wherever the role stands; a clinician's the people given to them too.
        """
        permission = Permission(permission)
        if permission in OWN:
            return self.filter(user=user) if user.can(permission) else self.none()
        within = at_or_below(user.unit_paths(permission), "unit__path")
        if permission in FOR_GIVEN and user.can(permission) and user.can(Permission.CARE_WORK):
            for given_to, permissions in _given.items():
                if permission in permissions:
                    within |= given_to(user)
        return self.filter(within)


class Person(models.Model):
    """An employee. `unit` is where the present (or last) employment is; `left_on` closes it."""

    class Sex(models.TextChoices):
        MALE = "m", _("Male")
        FEMALE = "f", _("Female")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    emp_no = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    # What the name is found by in Latin letters: spelling.keys(name), written by whoever writes the name.
    pinyin = models.CharField(max_length=300, blank=True, db_default="")
    id_no = EncryptedTextField(default=b"")
    id_hash = models.CharField(max_length=64, blank=True)
    sex = models.CharField(max_length=1, choices=Sex, blank=True)
    birth = models.DateField(null=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="people")
    left_on = models.DateField(null=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="person")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    CLASSIFICATION = {
        "uuid": IDENTIFIER,
        "emp_no": IDENTIFIER,
        "name": IDENTIFIER,
        "pinyin": IDENTIFIER,
        "id_no": IDENTIFIER,
        "id_hash": IDENTIFIER,
        "sex": QUASI_IDENTIFIER,
        "birth": QUASI_IDENTIFIER,
        "unit": QUASI_IDENTIFIER,
        "left_on": QUASI_IDENTIFIER,
        "user": IDENTIFIER,
        "created_at": PLAIN,
    }

    class Meta:
        ordering = ["emp_no"]
        constraints = [models.UniqueConstraint(fields=["id_hash"], name="person_id_once", condition=~Q(id_hash=""))]

    def __str__(self) -> str:
        return self.emp_no


class Employment(models.Model):
    """A stretch of work in one unit; `ended_on` is the last day, None while it lasts."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="employments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="employments")
    occupation = models.CharField(max_length=120, blank=True)
    started_on = models.DateField()
    ended_on = models.DateField(null=True)

    CLASSIFICATION = {
        "person": IDENTIFIER,
        "unit": QUASI_IDENTIFIER,
        "occupation": QUASI_IDENTIFIER,
        "started_on": QUASI_IDENTIFIER,
        "ended_on": QUASI_IDENTIFIER,
    }

    class Meta:
        ordering = ["person", "started_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person"], name="one_open_employment", condition=Q(ended_on=None)),
            models.CheckConstraint(condition=Q(ended_on=None) | Q(ended_on__gte=models.F("started_on")), name="employment_ends_after_start"),
        ]


class Exposure(models.Model):
    """A hazard that a person works under, such as `high_altitude` or `noise`, for a stretch of time; `rotates_on` is the day on
    which the roster plans them to go away from it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="exposures")
    kind = models.CharField(max_length=40)
    since = models.DateField()
    until = models.DateField(null=True)
    rotates_on = models.DateField(null=True)

    CLASSIFICATION = {
        "person": IDENTIFIER,
        "kind": QUASI_IDENTIFIER,
        "since": QUASI_IDENTIFIER,
        "until": QUASI_IDENTIFIER,
        "rotates_on": QUASI_IDENTIFIER,
    }

    class Meta:
        ordering = ["person", "kind", "since"]
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_open_exposure", condition=Q(until=None))]


class Consent(models.Model):
    """What a person agreed to for one purpose, in which wording; a withdrawal closes it.

    Who said no at once (`is_declined`) has a row that was closed when it was made: whoever asks for a consent in force finds none.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=40)
    text_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    is_declined = models.BooleanField(default=False, db_default=False)

    CLASSIFICATION = {
        "person": IDENTIFIER,
        "purpose": PLAIN,
        "text_version": PLAIN,
        "given_at": CLINICAL,
        "withdrawn_at": CLINICAL,
        "is_declined": CLINICAL,
    }

    class Meta:
        ordering = ["person", "purpose", "given_at"]
        constraints = [
            models.UniqueConstraint(fields=["person", "purpose"], name="one_open_consent", condition=Q(withdrawn_at=None)),
            models.CheckConstraint(condition=Q(is_declined=False) | Q(withdrawn_at=models.F("given_at")), name="declined_was_never_in_force"),
        ]


class RosterRow(models.Model):
    """A row of a roster file while it is being taken in; the table is empty between imports.

    `verdict` says what becomes of the row, `person` whom it is about once that is known. None and blank mean that the file does not say.
    """

    class Verdict(models.TextChoices):
        READY = "ready"
        REFUSED = "refused"
        CREATED = "created"
        UPDATED = "updated"
        UNCHANGED = "unchanged"
        LEFT = "left"

    number = models.IntegerField(unique=True)
    sheet_row = models.IntegerField()
    emp_no = models.CharField(max_length=40)
    name = models.CharField(max_length=100, blank=True)
    pinyin = models.CharField(max_length=300, blank=True, db_default="")
    id_no = models.BinaryField(default=b"")
    id_hash = models.CharField(max_length=64, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    birth = models.DateField(null=True)
    path_number = models.IntegerField(null=True)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True, db_constraint=False, db_index=False, related_name="+")
    left_on = models.DateField(null=True)
    hired_on = models.DateField(null=True)
    occupation = models.CharField(max_length=120, blank=True)
    exposures = models.JSONField(null=True)
    rotates_on = models.DateField(null=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, db_constraint=False, related_name="+")
    verdict = models.CharField(max_length=9, choices=Verdict, default=Verdict.READY)
    reason = models.CharField(max_length=30, blank=True)
    field = models.CharField(max_length=20, blank=True)
    changes = models.CharField(max_length=200, blank=True)

    CLASSIFICATION = {
        "number": PLAIN,
        "sheet_row": PLAIN,
        "emp_no": IDENTIFIER,
        "name": IDENTIFIER,
        "pinyin": IDENTIFIER,
        "id_no": IDENTIFIER,
        "id_hash": IDENTIFIER,
        "sex": QUASI_IDENTIFIER,
        "birth": QUASI_IDENTIFIER,
        "path_number": PLAIN,
        "unit": QUASI_IDENTIFIER,
        "left_on": QUASI_IDENTIFIER,
        "hired_on": QUASI_IDENTIFIER,
        "occupation": QUASI_IDENTIFIER,
        "exposures": QUASI_IDENTIFIER,
        "rotates_on": QUASI_IDENTIFIER,
        "person": IDENTIFIER,
        "verdict": PLAIN,
        "reason": PLAIN,
        "field": PLAIN,
        "changes": PLAIN,
    }

    class Meta:
        ordering = ["number"]
