"""What the data steward narrows the log by, and decides."""

from django import forms
from django.utils.translation import gettext_lazy as _

from healthmgmt.audit.words import WORDS
from healthmgmt.portal.steward.log import NEUTRAL
from healthmgmt.portal.steward.log import Narrowing


class LogFilter(forms.Form):
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    action = forms.ChoiceField(label=_("What"), required=False)
    actor = forms.CharField(label=_("By whom"), required=False, max_length=100)
    emp_no = forms.CharField(label=_("About whom (employee number)"), required=False, max_length=40)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: dict) -> None:
        super().__init__(data)
        self.fields["action"].choices = [("", _("All, but reading this log")), *sorted(
            ((slug, words) for slug, words in WORDS.items() if not slug.startswith(NEUTRAL)), key=lambda pair: str(pair[1])
        )]

    def narrowing(self) -> Narrowing:
        """What makes no sense narrows nothing; the form says so beside the field."""
        self.full_clean()
        return Narrowing(**{name: value for name, value in self.cleaned_data.items() if value})

    @property
    def is_narrowing(self) -> bool:
        return any(self.data.get(name) for name in self.fields)


class SmallestGroupForm(forms.Form):
    smallest_group = forms.IntegerField(label=_("Smallest group (people)"))
