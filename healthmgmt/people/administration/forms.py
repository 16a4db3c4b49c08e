"""Shapes of the administrator's forms; what is right is decided by the services."""

from uuid import UUID

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import ROLES
from healthmgmt.people.administration.users import CLOSED, NO_ROLE, WAITING, WITH_TASKS

GIVEN_ROLES = [(one.slug, one.words) for one in ROLES.values() if one.slug != "operator"]


class UnitField(forms.CharField):
    """A unit by its names from the top down; the page's list of suggestions follows what is typed."""

    def __init__(self, **options) -> None:
        attributes = {
            "list": "units",
            "autocomplete": "off",
            "hx-get": reverse_lazy("administration:unit_options"),
            "hx-trigger": "input changed delay:200ms",
            "hx-target": "#units",
            "placeholder": _("Name, or names from the top: A/B/C"),
        }
        super().__init__(max_length=400, widget=forms.TextInput(attrs=attributes), **options)


class Day(forms.DateField):
    def __init__(self, **options) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)


class UserFilter(forms.Form):
    q = forms.CharField(label=_("Name, e-mail or employee number"), required=False, max_length=60)
    role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        choices=[
            (WITH_TASKS, _("All but mere employees")),
            *GIVEN_ROLES,
            (WAITING, _("Never signed in")),
            (NO_ROLE, _("Without a role")),
            (CLOSED, _("Closed accounts")),
        ],
    )

    def narrowed(self) -> dict[str, str]:
        """What `users.found` is asked for; what makes no sense narrows nothing."""
        self.full_clean()
        return {"search": self.cleaned_data.get("q", ""), "role": self.cleaned_data.get("role", "")}

    @property
    def is_narrowing(self) -> bool:
        return any(self.data.get(name) for name in self.fields)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=GIVEN_ROLES)
    unit = UnitField(label=_("At which unit"), help_text=_("The role reaches this unit and everything below it."))
    centre = forms.CharField(
        label=_("Of which exam centre"),
        required=False,
        max_length=120,
        help_text=_("For an exam centre’s account only: it delivers in this name, and sees nothing of any other."),
        widget=forms.TextInput(
            attrs={
                "list": "centres",
                "autocomplete": "off",
                "hx-get": reverse_lazy("portal:centre_options"),
                "hx-trigger": "focus once",
                "hx-target": "#centres",
            }
        ),
    )


class NewUserForm(RoleForm):
    emp_no = forms.CharField(
        label=_("Employee number"),
        required=False,
        max_length=40,
        help_text=_("For somebody on the roster: the account is linked to the employee, and the name is taken from the roster."),
    )
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254)
    mobile = forms.CharField(label=_("Mobile number"), required=False, max_length=20)
    name = forms.CharField(label=_("Name"), required=False, max_length=100)
    field_order = ["emp_no", "name", "email", "mobile", "role", "unit", "centre"]


class RevokeForm(forms.Form):
    membership = forms.IntegerField(min_value=1)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class NameForm(forms.Form):
    name = forms.CharField(label=_("Name of the unit"), max_length=120)


class PlaceForm(forms.Form):
    place = forms.CharField(
        label=_("Place"), max_length=60, required=False, help_text=_("A province or city; empty means the place of the unit above.")
    )


class NewUnitForm(PlaceForm):
    name = forms.CharField(label=_("Name of the new unit"), max_length=120)
    field_order = ["name", "place"]


class TargetForm(forms.Form):
    unit = UnitField(label=_("Below which unit"))


class MergeForm(forms.Form):
    unit = UnitField(label=_("Into which unit"))
    on = Day(label=_("From which day on"))


class PeopleField(forms.MultipleChoiceField):
    """The public ids of people, from checkboxes of the page; who they are is looked up by the view."""

    def valid_value(self, value: str) -> bool:
        try:
            return bool(UUID(value))
        except ValueError:
            return False


class TransferForm(forms.Form):
    people = PeopleField(required=False)
    everybody = forms.BooleanField(label=_("Everybody who works right here"), required=False)
    unit = UnitField(label=_("To which unit"))
    on = Day(label=_("From which day on"))

    def clean(self) -> dict:
        given = super().clean()
        if not given.get("people") and not given.get("everybody"):
            raise forms.ValidationError(_("Please choose somebody first."))
        return given


def blame(form: forms.Form, error: Rejected) -> None:
    """Show a rejection beside its field, or above the form."""
    form.add_error(error.field if error.field in form.fields else None, str(error.message))
