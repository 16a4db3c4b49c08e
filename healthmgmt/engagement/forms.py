"""Shapes of what is sent about activities and rewards; what is right is decided by the services."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from healthmgmt.accounts.models import User
from healthmgmt.core.permissions import Permission
from healthmgmt.engagement import presenters
from healthmgmt.organization.selectors import top_units, unit_choices


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, be it nothing; None where the page is only looked at."""
    return request.POST if request.method == "POST" else None


class Day(forms.DateField):
    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)


class UnitForm(forms.Form):
    """A unit where the user holds a permission; not asked for where there is one alone."""

    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int)

    def __init__(self, user: User, permission: Permission, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._only = top_units(user, permission)
        choices = unit_choices(user, permission)
        self.fields["unit"].choices = choices
        if not choices:
            del self.fields["unit"]

    @property
    def unit_pk(self) -> int:
        return self.cleaned_data.get("unit") or self._only[0].pk


class CampaignForm(UnitForm):
    kind = forms.ChoiceField(label=_("Which activity"))
    starts_on = Day(label=_("First day"))
    ends_on = Day(label=_("Last day"))

    field_order = ["kind", "unit", "starts_on", "ends_on"]

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["kind"].choices = presenters.choices()


class AttendanceForm(forms.Form):
    held_on = Day(label=_("On which day"))
    file = forms.FileField(
        label=_("Attendance list"), help_text=_("xlsx, xls or csv, with a column of staff numbers and one of names."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv,.txt"}),
    )  # fmt: skip


class ActForm(forms.Form):
    """What somebody did: which day, a number, a topic."""

    done_on = forms.DateField()
    amount = forms.IntegerField(required=False)
    lesson = forms.CharField(required=False, max_length=40)

    def given(self) -> dict[str, date | int | str | None] | None:
        """None for a form that is not whole; a number that is none comes as None."""
        self.full_clean()
        if "done_on" in self.errors:
            return None
        return {"done_on": self.cleaned_data["done_on"], "amount": self.cleaned_data.get("amount"), "lesson": self.cleaned_data.get("lesson", "")}


class RewardForm(UnitForm):
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=80)
    price = forms.IntegerField(label=_("Price in points"))
    stock = forms.IntegerField(label=_("Pieces in stock"))
    is_offered = forms.BooleanField(label=_("Offered at present"), required=False, initial=True)

    field_order = ["unit", "name_zh", "name_en", "price", "stock", "is_offered"]


class TokenForm(forms.Form):
    token = forms.UUIDField()


class SearchForm(forms.Form):
    """Whom a list is narrowed to."""

    q = forms.CharField(label=_("Name or employee number"), required=False, max_length=60)

    @property
    def is_narrowing(self) -> bool:
        return bool(self.data.get("q"))

    @property
    def search(self) -> str:
        self.full_clean()
        return self.cleaned_data.get("q", "")
