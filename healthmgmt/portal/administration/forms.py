"""Shape of the settings' form; what is right is decided by the service."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

# Suggestions; any other name of the tz database is taken as well.
TIME_ZONES = (
    "Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Asia/Seoul",
    "Asia/Dubai", "Europe/London", "Europe/Paris", "Africa/Lagos", "America/New_York", "America/Sao_Paulo", "UTC",
)  # fmt: skip


class SettingsForm(forms.Form):
    timezone = forms.CharField(
        label=_("Time zone"),
        max_length=40,
        help_text=_("When a day begins: for deadlines, reminders and reports."),
        widget=forms.TextInput(attrs={"list": "timezones", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=_("Language of new accounts"), choices=settings.LANGUAGES, help_text=_("Everybody can change it for themselves.")
    )
    file_retention_days = forms.IntegerField(
        label=_("Uploaded files are kept for (days)"), help_text=_("After that the file and its rows are deleted; receipts and exams stay.")
    )
    people_per_manager = forms.IntegerField(
        label=_("People whom a case manager can care for"),
        help_text=_("What changed rules would ask of the case managers is measured by it before they take effect."),
    )
    answer_days = forms.IntegerField(
        label=_("Messages of employees are answered within (working days)"),
        help_text=_("The page promises it by that evening at 18:00; what is late goes to a second person."),
    )
