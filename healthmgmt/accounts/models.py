"""Users of one organisation (and the operators, in the public schema), their codes, tokens, failed sign-ins and notices."""

import uuid
from typing import Any, NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from healthmgmt.core import organisations
from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN, SECRET
from healthmgmt.core.permissions import EXAM_CENTRE, Permission, roles_with


class HeldRole(NamedTuple):
    """A role of a user at a unit; `centre` names the exam centre that an exam centre's account is of."""

    role: str
    unit_id: int
    unit_path: str
    unit_name: str
    centre: str


class UserManager(BaseUserManager):
    def by_identifier(self, identifier: str) -> "User | None":
        """The user who signs in as this employee number, e-mail address or mobile number."""
        identifier = identifier.strip()
        if not identifier:
            return None
        matching = Q(employee_no=identifier) | Q(email__iexact=identifier) | Q(mobile=identifier)
        found = list(self.filter(matching)[:2])
        # One text that names two people signs in neither.
        return found[0] if len(found) == 1 else None


class User(AbstractBaseUser):
    """Somebody who can sign in. What they may do follows from their memberships; operators live in `public`."""

    email = models.EmailField(_("e-mail"), null=True, unique=True)
    mobile = models.CharField(_("mobile"), max_length=20, null=True, unique=True)
    employee_no = models.CharField(_("employee number"), max_length=40, null=True, unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)
    # A mail a month about numbers, for who reads these; others get none whatever stands here.
    wants_monthly_mail = models.BooleanField(default=True, db_default=True)
    # Sessions carry the number; raising it ends them all.
    session_epoch = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    CLASSIFICATION = {
        "password": SECRET,
        "last_login": PLAIN,
        "email": IDENTIFIER,
        "mobile": IDENTIFIER,
        "employee_no": IDENTIFIER,
        "name": IDENTIFIER,
        "language": PLAIN,
        "is_active": PLAIN,
        "is_operator": PLAIN,
        "wants_monthly_mail": PLAIN,
        "session_epoch": PLAIN,
        "created_at": PLAIN,
    }

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(mobile__isnull=False) | Q(employee_no__isnull=False), name="user_has_an_identifier"
            ),
        ]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What Django keeps in a session and compares on every request.

        It changes with the password and the epoch, and it is of one organisation: a session carried to another host,
        whatever its tables hold, is of nobody there.
        """
        value = f"{organisations.current()} {self.pk} {self.session_epoch} {self.password}"
        return salted_hmac("healthmgmt.accounts.session", value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def shown_name(self) -> str:
        """What pages call this user."""
        return self.name or self.employee_no or self.email or self.mobile or ""

    @cached_property
    def held_roles(self) -> list[HeldRole]:
        """The roles of this user and where, read once per instance; `forget_roles` after a change."""
        found = self.memberships.order_by("role", "unit__path")
        return [HeldRole(*one) for one in found.values_list("role", "unit_id", "unit__path", "unit__name", "centre")]

    @property
    def centre(self) -> str | None:
        """The exam centre whose account this is: it delivers in no other's name. Empty while none was named; None for no such account."""
        return min((one.centre for one in self.held_roles if one.role == EXAM_CENTRE), default=None)

    def forget_roles(self) -> None:
        """Read the roles again when they are asked for next."""
        self.__dict__.pop("held_roles", None)

    def can(self, permission: Permission | str, unit: Any = None) -> bool:
        """Whether a role of this user holds the permission: at or above `unit`, or anywhere when no unit is named."""
        roles = roles_with(permission)
        if self.is_operator:
            return "operator" in roles
        if not self.is_active:
            return False
        held = [one for one in self.held_roles if one.role in roles]
        if unit is None:
            return bool(held)
        return any(unit.path.startswith(one.unit_path) for one in held)

    def unit_paths(self, permission: Permission | str) -> list[str]:
        """The paths of the units at which this user holds a permission; each reaches its subtree."""
        if self.is_operator or not self.is_active:
            return []
        roles = roles_with(permission)
        return sorted({one.unit_path for one in self.held_roles if one.role in roles})


class ActivationCode(models.Model):
    """A one-time code with which a new user chooses a password; stored as a digest."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="activation")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    CLASSIFICATION = {"user": IDENTIFIER, "digest": SECRET, "expires_at": PLAIN, "used_at": PLAIN}

    class Meta:
        ordering = ["user"]


class ApiToken(models.Model):
    """A bearer token for the API; stored as a digest, shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=60)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    CLASSIFICATION = {"user": IDENTIFIER, "digest": SECRET, "label": PLAIN, "expires_at": PLAIN, "created_at": PLAIN}

    class Meta:
        ordering = ["-id"]


class SignInLimit(models.Model):
    """Failed sign-ins counted for one account or one address, by keyed hash."""

    subject = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    blocked_until = models.DateTimeField(null=True)
    last_failure_at = models.DateTimeField(null=True)

    CLASSIFICATION = {"subject": IDENTIFIER, "failures": PLAIN, "blocked_until": PLAIN, "last_failure_at": PLAIN}

    class Meta:
        ordering = ["id"]


class Notice(models.Model):
    """Word to a user that something happened which has a page: what it is called stands in data/notices.toml, by `kind`.

    The same `key` is told once. `link` is a path of this site. `is_mail_due` until a mail about it went out or need not any more.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=80)
    link = models.CharField(max_length=200)
    told_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    is_mail_due = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True)

    CLASSIFICATION = {
        "uuid": PLAIN,
        "user": IDENTIFIER,
        "kind": CLINICAL,
        "key": IDENTIFIER,
        "link": IDENTIFIER,
        "told_at": PLAIN,
        "read_at": PLAIN,
        "is_mail_due": PLAIN,
        "mailed_at": PLAIN,
    }

    class Meta:
        ordering = ["-told_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "key"], name="notice_once"),
            models.CheckConstraint(condition=Q(link__startswith="/") & ~Q(link__startswith="//"), name="notice_leads_to_a_page_here"),
        ]
        indexes = [
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at=None)),
            models.Index(fields=["id"], name="notice_to_mail", condition=Q(is_mail_due=True)),
            models.Index(fields=["told_at"], name="notice_by_age"),
        ]
