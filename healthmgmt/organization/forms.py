"""Shapes of the administrator's forms about periods; what is right is decided by the services."""

from django import forms
from django.utils.translation import gettext_lazy as _


class Day(forms.DateField):
    def __init__(self, **options) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)


class PeriodForm(forms.Form):
    name = forms.CharField(label=_("Name of the period"), max_length=60)
    starts_on = Day(label=_("First day"))
    deadline_on = Day(label=_("Deadline"), help_text=_("What is examined until this day is on time."))
    ends_on = Day(label=_("Last day"))


class DeadlineForm(forms.Form):
    deadline_on = Day(label=_("New deadline"))
