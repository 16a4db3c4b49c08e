"""Shapes of what is sent with uploads; what is right is decided by the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from healthmgmt.accounts.models import User
from healthmgmt.exams import access


class DeliveryForm(forms.Form):
    """A file, who made it, and for which unit where there is a choice. `again`: although the same file came before."""

    centre = forms.CharField(
        label=_("Exam centre"),
        max_length=120,
        required=False,
        help_text=_("Optional. Files of one exam centre usually have the same columns."),
        widget=forms.TextInput(attrs={"list": "centres", "autocomplete": "off"}),
    )
    unit = forms.TypedChoiceField(label=_("For which unit"), coerce=int, empty_value=None)
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
