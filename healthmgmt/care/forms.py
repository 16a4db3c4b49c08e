"""What a case manager or physician fills in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from healthmgmt.care.models import Contact
from healthmgmt.risk.models import Assessment

BACK = ("worklist", "person")


class ContactForm(forms.Form):
    """What a contact ended with; the template draws the endings, which come with their days."""

    ending = forms.ChoiceField(choices=[(slug, slug) for slug in Contact.Ending.values], error_messages={"required": _("Choose what the contact ended with.")})
    note = forms.CharField(label=_("A word on it (may stay empty)"), required=False, max_length=500)
    next_on = forms.DateField(label=_("Another day for the next contact"), required=False)
    token = forms.UUIDField(required=False)


class PeopleForm(forms.Form):
    """Which people a list shows."""

    q = forms.CharField(label=_("Name or employee number"), required=False, max_length=60)
    colour = forms.ChoiceField(label=_("Colour"), required=False, choices=[("", _("All colours")), *Assessment.Colour.choices])
    due = forms.BooleanField(label=_("Something to do"), required=False)


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
