"""The tree of units, who has which role where, the periods, and the organisation's settings."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from healthmgmt.core.classification import IDENTIFIER, PLAIN, QUASI_IDENTIFIER
from healthmgmt.core.permissions import EXAM_CENTRE, ROLES


class UnitQuerySet(models.QuerySet):
    def within(self, unit: "Unit") -> "UnitQuerySet":
        """The unit and everything below it."""
        return self.filter(path__startswith=unit.path)

    def open(self) -> "UnitQuerySet":
        return self.filter(closed_on=None)


class Unit(models.Model):
    """A node of the tree. `path` holds the ids from the root down, each followed by a dot: `1.7.31.`"""

    class Tier(models.TextChoices):
        GROUP = "group", _("Group")
        SECONDARY = "secondary", _("Secondary unit")
        GRASSROOTS = "grassroots", _("Grassroots unit")

    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=200, unique=True)
    level = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    tier = models.CharField(max_length=10, choices=Tier)
    place = models.CharField(max_length=60, blank=True)
    closed_on = models.DateField(null=True)

    objects = UnitQuerySet.as_manager()

    CLASSIFICATION = {
        "parent": PLAIN,
        "path": PLAIN,
        "level": PLAIN,
        "name": PLAIN,
        "tier": PLAIN,
        "place": PLAIN,
        "closed_on": PLAIN,
    }

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(Lower("name"), "parent", name="unit_name_once", condition=Q(closed_on=None)),
            models.UniqueConstraint(fields=["level"], name="one_root", condition=Q(level=0)),
            models.CheckConstraint(condition=Q(parent=None, level=0) | Q(parent__isnull=False, level__gt=0), name="unit_root_has_no_parent"),
        ]
        # A prefix search over the path needs byte order, whatever the database's collation is.
        indexes = [models.Index(fields=["path"], name="unit_path_prefix", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user's role at a unit; it reaches the unit's whole subtree. An exam centre's account is of one `centre`, by its name: while
    it is empty, the account delivers nothing.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20)
    centre = models.CharField(max_length=120, blank=True, default="", db_default="")
    granted_at = models.DateTimeField(auto_now_add=True)

    CLASSIFICATION = {"user": IDENTIFIER, "unit": QUASI_IDENTIFIER, "role": PLAIN, "centre": PLAIN, "granted_at": PLAIN}

    class Meta:
        ordering = ["user", "role", "unit"]
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "role"], name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=sorted(ROLES)), name="membership_role_known"),
            models.CheckConstraint(condition=Q(centre="") | Q(role=EXAM_CENTRE), name="membership_centre_of_exam_centre"),
        ]


class Period(models.Model):
    """A round of examinations that counts together, usually a year."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        LOCKED = "locked", _("Locked")

    name = models.CharField(max_length=60, unique=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    deadline_on = models.DateField()
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=100, blank=True)

    CLASSIFICATION = {
        "name": PLAIN,
        "starts_on": PLAIN,
        "ends_on": PLAIN,
        "deadline_on": PLAIN,
        "state": PLAIN,
        "closed_at": PLAIN,
        "closed_by": IDENTIFIER,
    }

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="period_ends_after_start"),
            models.CheckConstraint(
                condition=Q(deadline_on__gte=models.F("starts_on"), deadline_on__lte=models.F("ends_on")), name="period_deadline_inside"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by="") | (Q(closed_at__isnull=False) & ~Q(closed_by="")), name="period_closed_at_with_by"
            ),
        ]


class CalendarDay(models.Model):
    """A day that the rhythm of the week does not tell: a holiday (`is_free`), or a day of a weekend that is worked."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=60)
    is_free = models.BooleanField()

    CLASSIFICATION = {"day": PLAIN, "name": PLAIN, "is_free": PLAIN}

    class Meta:
        ordering = ["day"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="calendar_day_has_a_name")]


def monday_to_friday() -> list[int]:
    return [1, 2, 3, 4, 5]


class Settings(models.Model):
    """The organisation's own choices: one row."""

    timezone = models.CharField(max_length=40, default="Asia/Shanghai")
    country = models.CharField(max_length=2, default="cn")
    language = models.CharField(max_length=10, default="zh-hans")
    pack = models.CharField(max_length=40, default="cn")
    window_months = models.PositiveSmallIntegerField(default=18)
    smallest_group = models.PositiveSmallIntegerField(default=10)
    file_retention_days = models.PositiveSmallIntegerField(default=90)
    people_per_manager = models.PositiveSmallIntegerField(default=180, db_default=180)
    # Of the week, Monday is 1.
    working_days = ArrayField(models.PositiveSmallIntegerField(), default=monday_to_friday, db_default=[1, 2, 3, 4, 5])
    # Working days within which a message of an employee is answered.
    answer_days = models.PositiveSmallIntegerField(default=2, db_default=2)

    CLASSIFICATION = {
        "timezone": PLAIN,
        "country": PLAIN,
        "language": PLAIN,
        "pack": PLAIN,
        "window_months": PLAIN,
        "smallest_group": PLAIN,
        "file_retention_days": PLAIN,
        "people_per_manager": PLAIN,
        "working_days": PLAIN,
        "answer_days": PLAIN,
    }

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="settings_one_row"),
            models.CheckConstraint(condition=Q(window_months__gte=13, window_months__lte=24), name="settings_window_13_to_24"),
            models.CheckConstraint(condition=Q(smallest_group__gte=5), name="settings_group_at_least_5"),
            models.CheckConstraint(condition=Q(people_per_manager__gte=1), name="settings_people_per_manager_at_least_1"),
            models.CheckConstraint(
                condition=Q(working_days__len__gte=1, working_days__contained_by=[1, 2, 3, 4, 5, 6, 7]), name="settings_working_days_of_the_week"
            ),
            models.CheckConstraint(condition=Q(answer_days__gte=1, answer_days__lte=10), name="settings_answer_within_1_to_10_days"),
        ]
