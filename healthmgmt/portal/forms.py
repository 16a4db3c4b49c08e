"""What the liaison's lists are narrowed by, and what is sent with an undo."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from healthmgmt.accounts.models import User
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.access import get_unit_or_404
from healthmgmt.organization.selectors import unit_choices
from healthmgmt.portal.completeness import LACKING, Standing


class DueFilter(forms.Form):
    """What the list of people due is narrowed by; blank shows whoever has no result. Raises Http404 for a unit out of reach."""

    q = forms.CharField(label=_("Name or employee number"), required=False, max_length=60)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    standing = forms.ChoiceField(label=_("Standing"), required=False, choices=[("", _("Without a result")), *Standing.choices, ("all", _("Everybody"))])

    def __init__(self, data: QueryDict, *, user: User) -> None:
        super().__init__(data)
        pk = data.get("unit", "")
        self.chosen_unit = get_unit_or_404(user, pk, Permission.WORK_STATE_VIEW) if pk else None
        choices = unit_choices(user, Permission.WORK_STATE_VIEW, self.chosen_unit)
        self.fields["unit"].choices = [("", _("All")), *choices]
        if not choices:
            del self.fields["unit"]

    @property
    def is_narrowing(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    def narrowed(self) -> dict[str, Any]:
        """What `completeness.due_list` is asked for; what makes no sense narrows nothing."""
        self.full_clean()
        given = self.cleaned_data
        chosen = given.get("standing", "")
        standings = {"": LACKING, "all": ()}.get(chosen, (chosen,))
        return {"search": given.get("q", ""), "unit": self.chosen_unit, "standings": standings}


class UndoForm(forms.Form):
    """Why an upload is undone."""

    reason = forms.CharField(
        label=_("Why is it undone?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Please say why; it is kept in the record.")},
    )
