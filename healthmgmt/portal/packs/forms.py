"""What is typed to copy, change, propose and withdraw rules. The forms collect; whether a change makes sense is said by `risk.drafts`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar
from zlib import crc32

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from healthmgmt.core.templatetags.health import colour_name
from healthmgmt.records import catalogue
from healthmgmt.risk import editing
from healthmgmt.risk.editing import Change
from healthmgmt.risk.lines import Line
from healthmgmt.risk.packs import Pack

OPS = (
    (">=", gettext_lazy("at or above")),
    (">", gettext_lazy("above")),
    ("<=", gettext_lazy("at or below")),
    ("<", gettext_lazy("below")),
)
SEXES = (("", gettext_lazy("everybody")), ("m", gettext_lazy("men")), ("f", gettext_lazy("women")))
COLOURS = ("red", "orange", "yellow", "blue")
COMPARED = ("num", "ord")
UNSAID = ("–", "–")


def short(label: str, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}), **options)


class CopyForm(forms.Form):
    edition = short(gettext_lazy("Edition"), help_text=gettext_lazy("Up to 12 letters and digits, such as 2026.1"))
    title_zh = short(gettext_lazy("Title in Chinese"))
    title_en = short(gettext_lazy("Title in English"))


class ChangeForm(forms.Form):
    """One change of a draft. `of` is the line's key or the reason it is about; `kind` its place in addresses."""

    kind: ClassVar[str]
    # Which change is meant, of each kind its own; only after `is_valid`.
    wanted: Callable[[], Change]

    def __init__(self, pack: Pack, of: str, language: str, data: QueryDict | None = None) -> None:
        self.pack, self.of, self.language = pack, of, language
        # Several forms stand on one page.
        super().__init__(data, auto_id=f"id_{self.kind}_{crc32(of.encode()):x}_%s")
        self.prepare()

    def prepare(self) -> None:
        """Shape the fields after the pack."""

    def show_at(self, address: str) -> None:
        """Have what is typed shown from there before it is kept."""
        for field in self.fields.values():
            field.widget.attrs |= {"hx-post": address, "hx-trigger": "input delay:350ms"}

    def to_look_at(self) -> Change:
        """What is shown while it is typed; only after `is_valid`."""
        return self.wanted()

    @property
    def line(self) -> Line | None:
        return next((line for line in self.pack.lines if editing.key_of(line) == self.of), None)

    @property
    def is_about_something(self) -> bool:
        """Whether the draft still has what the change is about."""
        return self.line is not None


class SourcedForm(ChangeForm):
    """A change that says what it rests on."""

    source_zh = short(gettext_lazy("What it rests on, in Chinese"))
    source_en = short(gettext_lazy("What it rests on, in English"), help_text=gettext_lazy("A guideline, a paper or a decision. One language is enough."))

    @property
    def source(self) -> editing.Source:
        given = self.cleaned_data
        return editing.Source(given["source_zh"].strip(), given["source_en"].strip())

    def to_look_at(self) -> Change:
        # The rule is typed first: what it rests on is asked for when it is kept.
        wanted = self.wanted()
        return wanted if self.source.zh or self.source.en else replace(wanted, source=editing.Source(*UNSAID))


class LimitForm(SourcedForm):
    kind = "limit"
    limit = short(gettext_lazy("Limit"))
    conventional_limit = short("")
    field_order = ("limit", "conventional_limit")

    def prepare(self) -> None:
        line = self.line
        if line is None:
            return
        if line.is_flag:
            del self.fields["limit"], self.fields["conventional_limit"]
            return
        words = self.pack.words
        self.fields["limit"].label = _("Limit in %(unit)s") % {"unit": words.unit(line.unit)} if line.unit else _("Limit")
        if line.times_upper:
            self.fields["limit"].label = _("Times the upper limit of the report")
        self.fields["limit"].initial = f"{line.limit:g}" if line.times_upper else line.limit_text
        if line.conventional_limit is None:
            del self.fields["conventional_limit"]
        else:
            self.fields["conventional_limit"].label = _("The same in %(unit)s") % {"unit": words.unit(line.conventional_unit)}
            self.fields["conventional_limit"].initial = f"{line.conventional_limit:g}"

    def wanted(self) -> Change:
        given = self.cleaned_data
        return editing.NewLimit(self.of, given.get("limit", ""), given.get("conventional_limit", ""), self.source)


class RemovalForm(SourcedForm):
    kind = "removal"

    def wanted(self) -> Change:
        return editing.Removal(self.of, self.source)


class RestorationForm(ChangeForm):
    kind = "restoration"

    @property
    def is_about_something(self) -> bool:
        # What was taken away is in the base only; the domain looks there.
        return True

    def wanted(self) -> Change:
        return editing.Restoration(self.of)


class ReasonForm(SourcedForm):
    """A change of a reason."""

    @property
    def is_about_something(self) -> bool:
        return self.of in self.pack.reason_colours


class ColourForm(ReasonForm):
    kind = "colour"
    colour = forms.ChoiceField(label=gettext_lazy("Colour"), required=False)
    field_order = ("colour",)

    def prepare(self) -> None:
        self.fields["colour"].choices = [(colour, colour_name(colour)) for colour in COLOURS]
        self.fields["colour"].initial = self.pack.reason_colours.get(self.of)

    def wanted(self) -> Change:
        return editing.NewColour(self.of, self.cleaned_data["colour"], self.source)


class LineForm(ReasonForm):
    kind = "line"
    indicator = forms.ChoiceField(label=gettext_lazy("Indicator"), required=False)
    op = forms.ChoiceField(label=gettext_lazy("Compared"), required=False, choices=OPS)
    limit = short(gettext_lazy("Limit, in the unit beside the indicator"))
    sex = forms.ChoiceField(label=gettext_lazy("For"), required=False, choices=SEXES)
    conventional_unit = forms.ChoiceField(label=gettext_lazy("Another unit that reports use"), required=False)
    conventional_limit = short(gettext_lazy("The same in that unit"))
    field_order = ("indicator", "op", "limit", "sex", "conventional_unit", "conventional_limit")

    def prepare(self) -> None:
        named = [one for one in catalogue.load().values() if one.value_type in COMPARED]
        words, unit = self.pack.words, self.pack.words.unit
        names = {one.code: one.name_zh if self.language == "zh" else one.name_en for one in named}
        names |= {code: words.indicators[code][self.language] for code in names if code in words.indicators}
        choices = sorted((f"{names[one.code]} ({unit(one.unit)})" if one.unit else names[one.code], one.code) for one in named)
        self.fields["indicator"].choices = [("", "–"), *((code, name) for name, code in choices)]
        alternatives = sorted({other for one in named for other in one.alt_units})
        self.fields["conventional_unit"].choices = [("", "–"), *((other, unit(other)) for other in alternatives)]

    def wanted(self) -> Change:
        given = {name: text for name, text in self.cleaned_data.items() if not name.startswith("source_")}
        return editing.NewLine(self.of, source=self.source, **given)


class WindowForm(ChangeForm):
    kind = "window"
    OF = "months"
    months = forms.IntegerField(label=gettext_lazy("Months for which values count"))

    def prepare(self) -> None:
        least, most = self.pack.window_months_range
        self.fields["months"].initial = self.pack.window_months
        self.fields["months"].help_text = _("From %(least)d to %(most)d.") % {"least": least, "most": most}

    @property
    def is_about_something(self) -> bool:
        return self.of == self.OF

    def wanted(self) -> Change:
        return editing.NewWindow(self.cleaned_data["months"])


KINDS: dict[str, type[ChangeForm]] = {
    form.kind: form for form in (LimitForm, RemovalForm, RestorationForm, ColourForm, LineForm, WindowForm)
}  # fmt: skip


class ProposeForm(forms.Form):
    effective_from = forms.DateField(label=gettext_lazy("In force from"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    why = forms.CharField(
        label=gettext_lazy("Why, and who decided it"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Such as a committee and its date. It stays with the edition."),
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why?"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

