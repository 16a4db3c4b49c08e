"""The product as each role walks through it: which pages stand in its navigation, and where it comes in."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from healthmgmt.accounts.models import User
from healthmgmt.care import inboxes
from healthmgmt.care import selectors as care
from healthmgmt.exams import access as disputes
from healthmgmt.exams import selectors as uploads
from healthmgmt.portal.packs import access as packs


@dataclass(frozen=True)
class Page:
    """An entry of a side's navigation. `covers` are beginnings of view names that belong under it; `short` fits a phone's bar.

    `count` says how many things wait there; they are late things (plum) where `is_late`. With `only_while_waiting` the
    entry stands only as long as something does, or its pages are looked at.
    """

    label: str
    view: str
    icon: str
    short: str = ""
    covers: tuple[str, ...] = ()
    count: Callable[[User], int] | None = None
    is_late: bool = True
    only_while_waiting: bool = False

    def holds(self, view: str) -> bool:
        return view == self.view or any(view.startswith(beginning) for beginning in self.covers)


@dataclass(frozen=True)
class Side:
    """What a role sees; its first page is where it comes in. Roles further up in SIDES come first for who has several."""

    role: str
    icon: str
    pages: tuple[Page, ...]


MESSAGES = ("care:messages", "care:settle_messages")
ACTIVITIES = ("engagement:activity", "engagement:lesson", "engagement:note_act", "engagement:points", "engagement:rewards")
INVITED = ("engagement:named_list", "engagement:invited")

SIDES: tuple[Side, ...] = (
    Side("operator", "server", (Page(_("Organisations"), "operator:organisations", "server", covers=("operator:",)),)),
    Side(
        "org_admin",
        "settings",
        (
            Page(_("Home"), "portal:admin", "home", covers=("engagement:manage_rewards", "engagement:offer_reward", "engagement:change_reward")),
            Page(_("Users"), "administration:users", "users", covers=("administration:user",)),
            Page(_("Units"), "administration:units", "sitemap", covers=("administration:unit",)),
            Page(_("Roster"), "people:roster", "id-badge-2", covers=("people:",)),
            Page(_("Periods"), "organization:periods", "calendar", covers=("organization:period",)),
            Page(_("Settings"), "portal:settings", "settings"),
            Page(_("Links"), "exams:links", "link", covers=("exams:revoke_link",)),
        ),
    ),
    Side(
        "group_leader",
        "building",
        (
            Page(_("Group"), "insight:group", "building", covers=("insight:year_report", "insight:evidence")),
            Page(_("Departments"), "insight:departments", "sitemap"),
            Page(_("Scorecards"), "insight:cards", "clipboard-list", short=_("Cards"), covers=("insight:card", "insight:light")),
            Page(_("Definitions"), "insight:definitions", "book"),
        ),
    ),
    Side(
        "health_office",
        "building-community",
        (
            Page(_("Unit board"), "insight:board", "layout-list", short=_("Board"), covers=("insight:departments", "insight:group", "insight:definitions", "insight:coach")),
            Page(_("Scorecards"), "insight:cards", "clipboard-list", short=_("Cards"), covers=("insight:card", "insight:light")),
            Page(_("Uploads"), "exams:uploads", "file-upload", covers=("exams:",)),
            Page(_("Roster"), "people:roster", "users", covers=("people:",)),
            Page(_("Who is due"), "portal:due", "list-check", short=_("Due")),
            Page(_("Campaigns"), "engagement:campaigns", "flag", covers=("engagement:prepare", "engagement:campaign", *INVITED)),
        ),
    ),
    Side(
        "data_steward",
        "shield-lock",
        (
            Page(_("Home"), "portal:steward", "home", covers=("portal:steward_verify",)),
            Page(_("Access log"), "portal:access_log", "history"),
            Page(_("Data quality"), "portal:quality", "report-analytics", short=_("Data"), covers=("portal:centre_quality",)),
            Page(_("Rules"), "portal:packs", "list-details", covers=("portal:pack", "portal:rules")),
            Page(_("Published models"), "portal:models", "math-function", short=_("Models"), covers=("portal:model",)),
        ),
    ),
    Side(
        "physician",
        "stethoscope",
        (
            Page(_("Alerts"), "care:alerts", "alert-octagon", covers=("care:alert",), count=care.open_alert_count),
            Page(_("Messages"), "care:inbox", "messages", covers=MESSAGES, count=inboxes.waiting_count, is_late=False),
            Page(_("People"), "care:people", "users", covers=("care:person", "care:contact", "care:exception", "exams:")),
            Page(_("Workload"), "care:load", "scale", short=_("Load"), covers=("care:share",)),
            Page(
                _("Disputed values"), "exams:disputes", "message-report", short=_("Disputed"), count=disputes.waiting_disputes, is_late=False,
                only_while_waiting=True,
            ),
            Page(
                _("Rules to approve"), "portal:pack_proposals", "list-details", short=_("Rules"), covers=("portal:pack_", "portal:rules"),
                count=packs.reviews_waiting, is_late=False, only_while_waiting=True,
            ),
            Page(_("Published models"), "portal:models", "math-function", short=_("Models"), covers=("portal:model",)),
        ),
    ),
    Side(
        "case_manager",
        "heart-handshake",
        (
            Page(_("Today"), "care:worklist", "calendar-event", count=care.open_alert_count),
            Page(_("My people"), "care:people", "users", covers=("care:person", "care:contact", "care:exception", "exams:")),
            Page(_("Messages"), "care:inbox", "messages", covers=MESSAGES, count=inboxes.waiting_count, is_late=False),
            Page(_("Alerts"), "care:alerts", "alert-octagon", covers=("care:alert",)),
            Page(_("Workload"), "care:load", "scale", short=_("Load"), covers=("care:share",)),
            Page(
                _("Disputed values"), "exams:disputes", "message-report", short=_("Disputed"), count=disputes.waiting_disputes, is_late=False,
                only_while_waiting=True,
            ),
            Page(_("Published models"), "portal:models", "math-function", short=_("Models"), covers=("portal:model",)),
        ),
    ),
    Side(
        "liaison",
        "clipboard-list",
        (
            Page(_("Home"), "portal:liaison", "home", covers=("insight:coach",)),
            Page(_("Uploads"), "exams:uploads", "file-upload", covers=("exams:", "portal:undo"), count=uploads.waiting_rows),
            Page(_("Roster"), "people:roster", "users", covers=("people:",)),
            Page(_("Who is due"), "portal:due", "list-check", short=_("Due")),
            Page(_("Scorecard"), "insight:cards", "clipboard-list", short=_("Card"), covers=("insight:card", "insight:light")),
            Page(_("Activities"), "engagement:named_list", "flag", covers=INVITED),
        ),
    ),
    Side(
        "exam_centre",
        "building-hospital",
        (
            Page(_("Deliveries"), "exams:uploads", "file-upload", covers=("exams:",)),
            Page(
                _("Disputed values"), "exams:disputes", "message-report", short=_("Disputed"), count=disputes.waiting_disputes, is_late=False,
                only_while_waiting=True,
            ),
        ),
    ),
    Side(
        "employee",
        "user",
        (
            Page(_("Today"), "portal:today", "home", covers=("portal:messages",)),
            Page(_("Report"), "portal:report", "report-medical", covers=("portal:correction",)),
            Page(_("Plan"), "portal:plan", "list-check", covers=("portal:finish_step", "portal:readings", "portal:withdraw_reading")),
            Page(_("Activities"), "engagement:activities", "flag", covers=ACTIVITIES),
            Page(_("Privacy"), "portal:privacy", "shield-lock", covers=("portal:decide_consent",)),
        ),
    ),
)


def sides_of(user: User) -> list[Side]:
    """The sides of a user, the one that comes first first."""
    if user.is_operator:
        return [side for side in SIDES if side.role == "operator"]
    held = {one.role for one in user.held_roles} if user.is_active else set()
    return [side for side in SIDES if side.role in held]


def side_of(user: User, view: str) -> Side | None:
    """The side on which a user looks at a view: the first of theirs that has it, else their first."""
    sides = sides_of(user)
    having = [side for side in sides if any(page.holds(view) for page in side.pages)]
    return next(iter(having or sides), None)
