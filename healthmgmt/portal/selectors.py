"""What the home page of a user shows."""

from typing import Any

from healthmgmt.accounts.models import User
from healthmgmt.core.permissions import Permission, role
from healthmgmt.exams import access
from healthmgmt.exams.presenters import state_in_words

LATEST_UPLOADS = 10


def home(user: User) -> dict[str, Any]:
    """Roles with their units, and the latest uploads for those who follow them."""
    if user.is_operator:
        return {"roles": [], "uploads": [], "shows_uploads": False}
    memberships = user.memberships.select_related("unit").order_by("role", "unit__path")
    shows_uploads = user.can(Permission.UPLOAD_VIEW) or user.can(Permission.OWN_DELIVERIES)
    latest = access.visible_to(user).order_by("-id")[:LATEST_UPLOADS] if shows_uploads else []
    return {
        "roles": [(role(one.role).words, one.unit) for one in memberships],
        "uploads": [(upload, state_in_words(upload)) for upload in latest],
        "shows_uploads": shows_uploads,
    }
