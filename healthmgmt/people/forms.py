"""Forms of the roster: what to look for, and a file to take in."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from healthmgmt.accounts.models import User
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.access import get_unit_or_404
from healthmgmt.organization.selectors import unit_choices

WHO = {
    "": {"has_left": False},
    "no_account": {"has_left": False, "lacks_account": True},
    "left": {"has_left": True},
    "all": {"has_left": None},
}


class RosterFilter(forms.Form):
    """What the roster is narrowed by. Raises Http404 for a unit where the user does not see it."""

    q = forms.CharField(label=_("Name or employee number"), required=False, max_length=60)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    who = forms.ChoiceField(
        label=_("Which people"),
        required=False,
        choices=[("", _("At work")), ("no_account", _("At work, no account")), ("left", _("Left")), ("all", _("Everybody"))],
    )

    def __init__(self, data: QueryDict, *, user: User) -> None:
        super().__init__(data)
        pk = data.get("unit", "")
        self.chosen_unit = get_unit_or_404(user, pk, Permission.ROSTER_VIEW) if pk else None
        choices = unit_choices(user, Permission.ROSTER_VIEW, self.chosen_unit)
        self.fields["unit"].choices = [("", _("All")), *choices]
        if not choices:
            del self.fields["unit"]

    @property
    def is_narrowing(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    def narrowed(self) -> dict:
        """What `roster.people_on_roster` is asked for; what makes no sense narrows nothing."""
        self.full_clean()
        given = self.cleaned_data
        return {"search": given.get("q", ""), "unit": self.chosen_unit, **WHO[given.get("who", "")]}


class RosterFileForm(forms.Form):
    file = forms.FileField(label=_("Roster file"), help_text=_("xlsx, xls or csv, with a column of employee numbers."))
