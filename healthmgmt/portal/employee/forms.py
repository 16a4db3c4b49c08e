"""What an employee types in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams.models import Dispute


class ReadingForm(forms.Form):
    """When a reading was taken, and of what; the numbers are read by the domain, one by one."""

    kind = forms.SlugField()
    token = forms.UUIDField()
    taken_at = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])

    def given(self) -> dict[str, str | UUID | datetime]:
        """The fields as the domain takes them. Raises Rejected with the field and a sentence."""
        if not self.is_valid():
            if "taken_at" in self.errors:
                raise Rejected(_("Give the day and the time."), field="taken_at")
            raise Rejected(_("This form is not whole. Load the page anew and type the numbers once more."))
        return self.cleaned_data


class QuestionForm(forms.Form):
    """A message to those who care for the person; how long it may be is decided by the service."""

    text = forms.CharField(error_messages={"required": gettext_lazy("Write something first.")})
    token = forms.UUIDField(error_messages={"required": gettext_lazy("This form is not whole. Load the page anew."), "invalid": gettext_lazy("This form is not whole. Load the page anew.")})


class CorrectionForm(forms.Form):
    """A value of one's own, and what is wrong with it."""

    code = forms.ChoiceField(label=gettext_lazy("Which value"))
    claim = forms.ChoiceField(label=gettext_lazy("What is wrong"), choices=Dispute.Claim)
    note = forms.CharField(label=gettext_lazy("In your words (not required)"), max_length=300, required=False)

    def __init__(self, choices: list[tuple[str, str]], *given: Any, chosen: str = "") -> None:
        super().__init__(*given)
        self.fields["code"].choices = choices
        if chosen.isdecimal() and int(chosen) < len(choices):
            self.initial["code"] = choices[int(chosen)][0]
