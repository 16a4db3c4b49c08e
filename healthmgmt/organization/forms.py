"""Shapes of the administrator's forms about periods and the calendar; what is right is decided by the services."""

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


class CalendarDayForm(forms.Form):
    day = Day(label=_("Day"))
    name = forms.CharField(label=_("What day it is"), max_length=60)
    is_free = forms.ChoiceField(label=_("On this day"), choices=[("yes", _("nobody works")), ("no", _("people work"))])


class RemoveDayForm(forms.Form):
    day = Day()


class YearForm(forms.Form):
    year = forms.IntegerField(min_value=2000, max_value=2099)


class WeekForm(forms.Form):
    working_days = forms.MultipleChoiceField(
        label=_("Days of the week on which people work"),
        choices=[
            ("1", _("Monday")), ("2", _("Tuesday")), ("3", _("Wednesday")), ("4", _("Thursday")), ("5", _("Friday")), ("6", _("Saturday")),
            ("7", _("Sunday")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
