"""Shapes of what is sent with uploads; what is right is decided by the services."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from healthmgmt.accounts.models import User
from healthmgmt.core.permissions import Permission
from healthmgmt.core.actors import Actor
from healthmgmt.core.encryption import keyed_hash
from healthmgmt.core.templatetags.health import day, page_language
from healthmgmt.exams import access, answers, columns, links, selectors, typing_in
from healthmgmt.exams.models import Upload
from healthmgmt.organization.access import get_unit_or_404
from healthmgmt.organization.selectors import top_units, unit_choices
from healthmgmt.people.models import Person
from healthmgmt.records import catalogue


class FileForm(forms.Form):
    """A file."""

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


class DeliveryForm(FileForm):
    """A file, who made it, and for which unit where there is a choice. `again`: although the same file came before."""

    centre = forms.CharField(
        label=_("Exam centre"),
        max_length=120,
        required=False,
        help_text=_("Optional. Files of one exam centre usually have the same columns."),
        widget=forms.TextInput(attrs={"list": "centres", "autocomplete": "off"}),
    )
    unit = forms.TypedChoiceField(label=_("For which unit"), coerce=int, empty_value=None)
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


class CellForm(forms.Form):
    """A cell typed anew; `back` lets the row say again what it said in the file. Where to go on: the group it was typed in."""

    index = forms.IntegerField(required=False, min_value=0, max_value=16_384)
    text = forms.CharField(required=False, max_length=500)
    back = forms.BooleanField(required=False)
    reason = forms.CharField(max_length=40, required=False)
    column = forms.CharField(max_length=32_767, required=False, strip=False)


class AlikeForm(forms.Form):
    """What is decided for all rows of a group; `like` is the change of one of them that is meant for all that say the same."""

    kind = forms.ChoiceField(choices=[(kind, "") for kind in ("text", "unit", "order", "swap")])
    reason = forms.CharField(max_length=40)
    column = forms.CharField(max_length=32_767, required=False, strip=False)
    text = forms.CharField(required=False, max_length=500, strip=False)
    given = forms.CharField(required=False, max_length=500)
    like = forms.IntegerField(required=False, min_value=1)


class LinkForm(forms.Form):
    """For whom a one-time link is, about whose people, and how long it is good for. Raises Http404 for a unit out of reach."""

    centre = forms.CharField(label=_("Exam centre"), max_length=120, widget=forms.TextInput(attrs={"list": "centres", "autocomplete": "off"}))
    unit = forms.ChoiceField(label=_("About the people of"))
    days = forms.IntegerField(
        label=_("Good for (days)"),
        min_value=links.DAYS[0],
        max_value=links.DAYS[-1],
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    note = forms.CharField(
        label=_("Note on the link"), max_length=200, required=False, help_text=_("Optional. Please name no person here.")
    )

    def __init__(self, user: User, *given: Any) -> None:
        super().__init__(*given, initial={"days": settings.UPLOAD_LINK_DAYS})
        self.user = user
        self.fields["unit"].choices = unit_choices(user, Permission.UPLOAD_LINKS)
        if not self.fields["unit"].choices:
            del self.fields["unit"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if "unit" not in self.fields:
            given["unit"] = top_units(self.user, Permission.UPLOAD_LINKS)[0]
        elif "unit" in given:
            given["unit"] = get_unit_or_404(self.user, given["unit"], Permission.UPLOAD_LINKS)
        return given


class ReportField(forms.FileField):
    """A PDF."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}), max_length=255, **options)


class TypedExamForm(forms.Form):
    """One person's exam: who, when, and a field for each item. What was typed is judged as a file's cells are.

    Values that are possible and far from usual are stored when the form is sent once more as it is: `unusual` are their codes.
    """

    emp_no = forms.CharField(label=_("Employee number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    exam_date = forms.DateField(label=_("Exam date"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    centre = forms.CharField(
        label=_("Exam centre"), max_length=120, required=False, widget=forms.TextInput(attrs={"list": "centres", "autocomplete": "off"})
    )
    report = ReportField(label=_("Report (PDF)"), required=False, help_text=_("Optional. The person and their clinicians can take it along; employer roles cannot."))
    confirmed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, codes: Sequence[str], *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.codes, self.unusual = list(codes), []
        for code in codes:
            self.fields[self.field_of(code)] = _item_field(code)

    @staticmethod
    def field_of(code: str) -> str:
        return f"item-{code}"

    @property
    def items(self) -> list[tuple[forms.BoundField, str, bool]]:
        """Each item's field, its unit, and whether its value should be looked at again."""
        return [(self[self.field_of(code)], columns.unit_shown(code), code in self.unusual) for code in self.codes]

    @property
    def about(self) -> list[forms.BoundField]:
        return [self[name] for name in ("emp_no", "name", "exam_date")]

    def typed(self) -> dict[str, str]:
        """What was typed, by code."""
        return {code: text for code in self.codes if (text := self.cleaned_data.get(self.field_of(code), ""))}

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not self.typed() and not self.errors:
            raise forms.ValidationError(_("Please fill in at least one item."))
        return given

    def read_for(self, user: User) -> typing_in.Read | None:
        """What was typed about somebody whom the user looks after; None when there are faults, which stand beside their fields.

        Raises Rejected when it is nobody of those.
        """
        given = self.cleaned_data
        self.person = access.person_to_examine(user, emp_no=given["emp_no"], name=given["name"])
        found = typing_in.read(self.person, given["exam_date"], self.typed())
        for where, sentence in found.problems.items():
            self.add_error(self.field_of(where) if self.field_of(where) in self.fields else where, sentence)
        return None if found.problems else found

    def is_looked_at(self, found: typing_in.Read) -> bool:
        """Whether nothing is unusual, or what is was sent a second time just as it stands; else the form asks for that."""
        sign = keyed_hash(f"looked at {[(code, self.typed()[code]) for code in found.unusual]}")
        if not found.unusual or self.cleaned_data["confirmed"] == sign:
            return True
        self.unusual, self.data = found.unusual, self.data.copy()
        self.data["confirmed"] = sign
        return False

    def store(self, found: typing_in.Read, *, user: User, by: Actor) -> Upload:
        """Raises Rejected: the person, or the report, is not in order."""
        given = self.cleaned_data
        return typing_in.store(self.person, found, by=by, user=user, centre=given["centre"], report=given["report"])


def _item_field(code: str) -> forms.Field:
    name, chosen = columns.item_name(code), answers.choices(code, page_language())
    if chosen:
        return forms.ChoiceField(label=name, required=False, choices=[("", "–"), *((word, word) for word in chosen)])
    item = catalogue.load()[code]
    attributes = {"autocomplete": "off"} | ({"inputmode": "decimal"} if item.is_numeric else {})
    return forms.CharField(label=name, required=False, max_length=60 if item.is_numeric else 2_000, widget=forms.TextInput(attrs=attributes))


class ItemsForm(forms.Form):
    """What the form for an exam shall hold."""

    items = forms.MultipleChoiceField(label=_("Items"), widget=forms.CheckboxSelectMultiple)

    def __init__(self) -> None:
        super().__init__()
        self.fields["items"].choices = [(code, columns.item_name(code)) for code in catalogue.load()]


class ReportForm(forms.Form):
    """A PDF, and the exam that it belongs to."""

    exam = forms.TypedChoiceField(label=_("Exam"), coerce=int)
    report = ReportField(label=_("Report (PDF)"), error_messages={"required": _("Please choose a file."), "empty": _("This file is empty. Please look whether it was saved.")})

    def __init__(self, person: Person, *given: Any) -> None:
        super().__init__(*given)
        self.fields["exam"].choices = [
            (exam.pk, f"{day(exam.taken_on, 'year')}{' · ' + exam.upload.centre.name if exam.upload.centre else ''}")
            for exam in selectors.standing_exams(person)
        ]
