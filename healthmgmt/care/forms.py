"""What a case manager or physician fills in."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from healthmgmt.accounts.models import User
from healthmgmt.care import sharing
from healthmgmt.care.models import Contact, Pause
from healthmgmt.organization.models import Unit
from healthmgmt.risk.models import Assessment

BACK = ("worklist", "person")


class ContactForm(forms.Form):
    """What a contact ended with; the template draws the endings, which come with their days."""

    ending = forms.ChoiceField(choices=[(slug, slug) for slug in Contact.Ending.values], error_messages={"required": _("Choose what the contact ended with.")})
    note = forms.CharField(label=_("A word on it (may stay empty)"), required=False, max_length=500)
    next_on = forms.DateField(label=_("Another day for the next contact"), required=False)
    token = forms.UUIDField(required=False)


class PauseForm(forms.Form):
    """Why a plan is paused, and until when."""

    reason = forms.ChoiceField(label=_("Reason"), choices=Pause.Reason.choices)
    until = forms.DateField(
        label=_("Goes on by itself on (may stay empty)"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    note = forms.CharField(label=_("A word on it (may stay empty)"), required=False, max_length=200)


class PeopleForm(forms.Form):
    """Which people a list shows."""

    q = forms.CharField(label=_("Name, pinyin or employee number"), required=False, max_length=60)
    colour = forms.ChoiceField(label=_("Colour"), required=False, choices=[("", _("All colours")), *Assessment.Colour.choices])
    due = forms.BooleanField(label=_("Something to do"), required=False)


class SharingForm(forms.Form):
    """Whose people of a unit go to which case managers; the template draws the choices, which come with their numbers."""

    source = forms.ModelChoiceField(queryset=User.objects.none(), required=False)
    managers = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(), error_messages={"required": _("Choose at least one case manager.")}
    )
    most = forms.IntegerField(label=_("At most so many people (may stay empty)"), required=False, min_value=1, max_value=100_000)
    token = forms.UUIDField(required=False)

    def __init__(self, unit: Unit, data: Mapping[str, Any] | None) -> None:
        super().__init__(data)
        self.fields["source"].queryset = sharing.holders_in(unit)
        self.fields["managers"].queryset = sharing.managers_reaching(unit)


class ExceptionForm(forms.Form):
    """Whose record is needed, and why."""

    emp_no = forms.CharField(label=_("Employee number"), max_length=40)
    name = forms.CharField(label=_("Full name"), max_length=100)
    reason = forms.CharField(
        label=_("Why you need this record now"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person and the data steward read it; write nothing about health."),
    )


class MessageForm(forms.Form):
    """What one side writes to the other; how long it may be is decided by the service."""

    text = forms.CharField(label=_("Your message"), error_messages={"required": _("Write something first.")})
    token = forms.UUIDField(error_messages={"required": _("This form is not whole. Load the page anew."), "invalid": _("This form is not whole. Load the page anew.")})
