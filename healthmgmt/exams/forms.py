"""Shapes of what is sent with uploads; what is right is decided by the services."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from healthmgmt.accounts.models import User
from healthmgmt.core.permissions import Permission
from healthmgmt.exams import access, links
from healthmgmt.organization.access import get_unit_or_404
from healthmgmt.organization.selectors import top_units, unit_choices


class FileForm(forms.Form):
    """A file."""

    file = forms.FileField(
        label=_("File"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv,.txt"}),
        error_messages={
            "required": _("Please choose a file."),
            "missing": _("Please choose a file."),
            "invalid": _("Please choose a file."),
            "empty": _("This file is empty. Please look whether it was saved."),
            "max_length": _("The file's name is too long. Please give it a shorter one."),
        },
    )


class DeliveryForm(FileForm):
    """A file, who made it, and for which unit where there is a choice. `again`: although the same file came before."""

    centre = forms.CharField(
        label=_("Exam centre"),
        max_length=120,
        required=False,
        help_text=_("Optional. Files of one exam centre usually have the same columns."),
        widget=forms.TextInput(attrs={"list": "centres", "autocomplete": "off"}),
    )
    unit = forms.TypedChoiceField(label=_("For which unit"), coerce=int, empty_value=None)
    again = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        units = access.uploading_units(user)
        self.fields["unit"].choices = [(unit.pk, unit.name) for unit in units]
        if len(units) < 2:
            del self.fields["unit"]


class LeaveForm(forms.Form):
    """What to do without: the values or the rows of a group, or of one row in it."""

    what = forms.ChoiceField(choices=[("values", ""), ("rows", "")])
    reason = forms.CharField(max_length=40)
    column = forms.CharField(max_length=32_767, required=False, strip=False)
    number = forms.IntegerField(required=False, min_value=1)


class UndoForm(forms.Form):
    """Why an upload is undone."""

    reason = forms.CharField(
        label=_("Why is it undone?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Please say why; it is kept in the record.")},
    )


class LinkForm(forms.Form):
    """For whom a one-time link is, about whose people, and how long it is good for. Raises Http404 for a unit out of reach."""

    centre = forms.CharField(label=_("Exam centre"), max_length=120, widget=forms.TextInput(attrs={"list": "centres", "autocomplete": "off"}))
    unit = forms.ChoiceField(label=_("About the people of"))
    days = forms.IntegerField(
        label=_("Good for (days)"),
        min_value=links.DAYS[0],
        max_value=links.DAYS[-1],
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    note = forms.CharField(
        label=_("Note for yourself"), max_length=200, required=False, help_text=_("Optional. Please name no person here.")
    )

    def __init__(self, user: User, *given: Any) -> None:
        super().__init__(*given, initial={"days": settings.UPLOAD_LINK_DAYS})
        self.user = user
        self.fields["unit"].choices = unit_choices(user, Permission.UPLOAD_LINKS)
        if not self.fields["unit"].choices:
            del self.fields["unit"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if "unit" not in self.fields:
            given["unit"] = top_units(self.user, Permission.UPLOAD_LINKS)[0]
        elif "unit" in given:
            given["unit"] = get_unit_or_404(self.user, given["unit"], Permission.UPLOAD_LINKS)
        return given
