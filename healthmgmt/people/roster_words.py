"""The pages of the roster in words: what a list says first, how an account stands, what became of a file."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from healthmgmt.core import wording
from healthmgmt.people import presenters
from healthmgmt.people.parsing import Problem
from healthmgmt.people.roster import Account
from healthmgmt.people.services import RosterReceipt

ACCOUNTS = {
    Account.NONE: gettext_lazy("No account"),
    Account.CODE: gettext_lazy("Code issued, not used yet"),
    Account.EXPIRED: gettext_lazy("Code expired"),
    Account.ACTIVE: gettext_lazy("Can sign in"),
    Account.CLOSED: gettext_lazy("Closed"),
}
# What the button does in each state; a closed account has none.
ISSUING = {
    Account.NONE: gettext_lazy("Open an account and issue a code"),
    Account.CODE: gettext_lazy("Issue another code"),
    Account.EXPIRED: gettext_lazy("Issue another code"),
    Account.ACTIVE: gettext_lazy("Issue a code for a new password"),
}
# Of one kind of problem, more places than this help nobody; the file is mended and taken in again.
SHOWN_PLACES = 2_000


def list_sentence(found: int, *, is_narrowed: bool, lacking: int = 0) -> str:
    """What the roster says first."""
    if is_narrowed:
        return ngettext("%(count)s person fits.", "%(count)s people fit.", found) % {"count": f"{found:,}"}
    if not found:
        return _("Nobody is on the roster yet.")
    there = ngettext("%(count)s person works here.", "%(count)s people work here.", found) % {"count": f"{found:,}"}
    if not lacking:
        return there
    accounts = ngettext("%(count)s of them cannot sign in yet.", "%(count)s of them cannot sign in yet.", lacking)
    return _paragraph(there, accounts % {"count": f"{lacking:,}"})


@dataclass
class ProblemGroup:
    """Rows that were refused for the same reason in the same column; `places` are the first of them."""

    sentence: str
    rows: int = 0
    places: list[Problem] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.rows - len(self.places)


def problem_groups(problems: Iterable[Problem]) -> list[ProblemGroup]:
    """Every problem by what is wrong, the largest group first."""
    groups: dict[tuple[str, str], ProblemGroup] = {}
    for problem in problems:
        group = groups.setdefault((problem.reason, problem.column), ProblemGroup(presenters.problem_sentence(problem)))
        group.rows += 1
        if len(group.places) < SHOWN_PLACES:
            group.places.append(problem)
    return sorted(groups.values(), key=lambda group: -group.rows)


def receipt_sentence(receipt: RosterReceipt) -> str:
    """What became of a file, in words."""
    changed = receipt.created + receipt.updated + receipt.left
    if receipt.refused == receipt.received:
        return _("No row could be taken in. Nothing has changed.")
    if changed:
        done = ngettext("%(count)s person of the roster has changed.", "%(count)s people of the roster have changed.", changed)
        done = done % {"count": f"{changed:,}"}
    else:
        done = _("The roster says this already. Nothing has changed.")
    refused = ngettext("%(count)s row has to be mended.", "%(count)s rows have to be mended.", receipt.refused)
    return _paragraph(done, refused % {"count": f"{receipt.refused:,}"} if receipt.refused else "")


def receipt_parts(receipt: RosterReceipt) -> list[dict]:
    """The receipt as an equation, and as a bar."""
    return [
        {"count": receipt.created, "fill": "w1", "label": _("new")},
        {"count": receipt.updated, "fill": "w4", "label": _("changed")},
        {"count": receipt.unchanged, "fill": "w2", "label": _("as before")},
        {"count": receipt.left, "fill": "w5", "label": _("left")},
        {"count": receipt.refused, "fill": "w3", "label": _("refused")},
    ]


def receipt_page(receipt: RosterReceipt, file_name: str) -> dict:
    """All that the page of a receipt shows."""
    parts = receipt_parts(receipt)
    return {
        "file_name": file_name,
        "sentence": receipt_sentence(receipt),
        "parts": parts,
        "bar": [(part["count"], part["fill"]) for part in parts],
        "groups": problem_groups(receipt.problems),
    }


def _paragraph(*sentences: str) -> str:
    return wording.paragraph(list(sentences), "zh" if (get_language() or "").startswith("zh") else "en")
