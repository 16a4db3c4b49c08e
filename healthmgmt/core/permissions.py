"""Who may do what, in code: one vocabulary of permissions, and roles as sets of them. Views enforce it by `core.rules`.

Stored are slugs, never class paths. An unknown slug raises; it never means "no".
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """What can be allowed."""

    ROSTER_VIEW = "roster.view"
    ROSTER_EDIT = "roster.edit"
    UPLOAD_VIEW = "upload.view"
    UPLOAD_CREATE = "upload.create"
    UPLOAD_REPAIR = "upload.repair"
    UPLOAD_UNDO = "upload.undo"
    OWN_DELIVERIES = "upload.own"
    UPLOAD_LINKS = "upload.links"
    EXAM_TYPE = "exam.type"
    RECORD_VIEW = "record.view"
    CARE_WORK = "care.work"
    ALERT_DECIDE = "alert.decide"
    METRICS_VIEW = "metrics.view"
    WORK_STATE_VIEW = "work_state.view"
    SCORECARD_VIEW = "scorecard.view"
    SCORECARD_SUBMIT = "scorecard.submit"
    SCORECARD_DECIDE = "scorecard.decide"
    USERS_MANAGE = "users.manage"
    UNITS_MANAGE = "units.manage"
    PERIODS_MANAGE = "periods.manage"
    SETTINGS_MANAGE = "settings.manage"
    CAMPAIGNS_MANAGE = "campaigns.manage"
    REWARDS_MANAGE = "rewards.manage"
    PACKS_APPROVE = "packs.approve"
    PACKS_REVIEW = "packs.review"
    MODELS_VIEW = "models.view"
    ACCESS_LOG_READ = "access_log.read"
    QUALITY_VIEW = "quality.view"
    OWN_RECORD_VIEW = "own_record.view"
    ASSESS = "assess"
    OPERATE = "operate"


@dataclass(frozen=True)
class Role:
    """A role: what it is called in the database, in words, and what it may do within its unit's subtree."""

    slug: str
    words: str
    permissions: frozenset[Permission]
    sees_people: bool = False


P = Permission
EXAM_CENTRE = "exam_centre"
ROLES: dict[str, Role] = {
    role.slug: role
    for role in (
        Role("group_leader", _("Group leadership"), frozenset({P.METRICS_VIEW, P.SCORECARD_VIEW, P.SCORECARD_DECIDE})),
        Role(
            "health_office",
            _("Health office"),
            frozenset(
                {
                    P.METRICS_VIEW,
                    P.SCORECARD_VIEW,
                    P.SCORECARD_SUBMIT,
                    P.SCORECARD_DECIDE,
                    P.WORK_STATE_VIEW,
                    P.ROSTER_VIEW,
                    P.UPLOAD_VIEW,
                    P.UPLOAD_LINKS,
                    P.CAMPAIGNS_MANAGE,
                }
            ),
            sees_people=True,
        ),
        Role(
            "liaison",
            _("Health liaison"),
            frozenset(
                {
                    P.ROSTER_VIEW,
                    P.ROSTER_EDIT,
                    P.UPLOAD_VIEW,
                    P.UPLOAD_CREATE,
                    P.UPLOAD_REPAIR,
                    P.UPLOAD_UNDO,
                    P.UPLOAD_LINKS,
                    P.WORK_STATE_VIEW,
                    P.SCORECARD_VIEW,
                    P.SCORECARD_SUBMIT,
                }
            ),
            sees_people=True,
        ),
        Role(
            "case_manager",
            _("Case manager"),
            frozenset({P.RECORD_VIEW, P.CARE_WORK, P.EXAM_TYPE, P.OWN_DELIVERIES, P.MODELS_VIEW}),
            sees_people=True,
        ),
        Role(
            "physician",
            _("Physician"),
            frozenset({P.RECORD_VIEW, P.CARE_WORK, P.ALERT_DECIDE, P.EXAM_TYPE, P.OWN_DELIVERIES, P.MODELS_VIEW, P.PACKS_REVIEW}),
            sees_people=True,
        ),
        Role("employee", _("Employee"), frozenset({P.OWN_RECORD_VIEW})),
        Role(EXAM_CENTRE, _("Exam centre"), frozenset({P.UPLOAD_CREATE, P.OWN_DELIVERIES, P.EXAM_TYPE})),
        Role("data_steward", _("Data steward"), frozenset({P.PACKS_APPROVE, P.MODELS_VIEW, P.ACCESS_LOG_READ, P.QUALITY_VIEW, P.ASSESS})),
        Role(
            "org_admin",
            _("Administrator"),
            frozenset(
                {
                    P.USERS_MANAGE,
                    P.UNITS_MANAGE,
                    P.PERIODS_MANAGE,
                    P.SETTINGS_MANAGE,
                    P.REWARDS_MANAGE,
                    P.ROSTER_VIEW,
                    P.ROSTER_EDIT,
                    P.UPLOAD_LINKS,
                }
            ),
            sees_people=True,
        ),
        Role("operator", _("Operator"), frozenset({P.OPERATE})),
    )
}


def role(slug: str) -> Role:
    """The role of a slug. Raises KeyError for a slug that is none."""
    return ROLES[slug]


def roles_with(permission: Permission) -> list[str]:
    """The slugs of the roles that hold a permission. Raises ValueError for a word that is no permission."""
    permission = Permission(permission)
    return [one.slug for one in ROLES.values() if permission in one.permissions]
