"""One example worked out by a model from what somebody types: about nobody, kept nowhere, in no address."""

import re
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext as _

from healthmgmt.portal.published.reasons import in_words
from healthmgmt.portal.published.shown import input_name, output_name, unit_name, word
from healthmgmt.risk.calculators.model import Calculator, Choice, Flag, Items, Number, Output
from healthmgmt.risk.calculators.table import as_text

UNIT = "-unit"


@dataclass(frozen=True)
class Answer:
    """An output with its value in words (blank: none) and why or what to heed."""

    name: str
    value: str
    reasons: list[str]


class ExampleForm(forms.Form):
    """A field for each input of a model, and one for its unit where it may come in several. The model judges what is typed."""

    def __init__(self, model: Calculator, data: dict | None = None) -> None:
        super().__init__(data)
        self.model = model
        for spec in model.inputs:
            self.fields[spec.key] = _field(spec)
            if isinstance(spec, Number) and len(spec.units) > 1:
                units = [(unit.name, unit_name(unit.name)) for unit in spec.units]
                label = _("%(name)s: unit") % {"name": input_name(spec.key)}
                self.fields[spec.key + UNIT] = forms.ChoiceField(label=label, choices=units, required=False)

    def answers(self) -> list[Answer]:
        """What the model makes of a valid form."""
        result = self.model(**self._inputs())
        return [
            Answer(output_name(one.name), _value(one, result.outputs[one.name]), in_words(result.reasons[one.name]))
            for one in self.model.outputs
        ]

    def _inputs(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for spec in self.model.inputs:
            value = self.cleaned_data[spec.key]
            unit = self.cleaned_data.get(spec.key + UNIT, "")
            if isinstance(spec, Number):
                found[spec.key] = (value, unit) if spec.paired else value
                if spec.unit_key:
                    found[spec.unit_key] = unit
            elif value:
                found[spec.key] = _numbers(value) if isinstance(spec, Items) else value == "yes" if isinstance(spec, Flag) else value
        return found


def _field(spec: Number | Flag | Choice | Items) -> forms.Field:
    name = input_name(spec.key)
    if isinstance(spec, Number):
        unit = unit_name(spec.units[0].name) if len(spec.units) == 1 else ""
        label = _("%(name)s (%(unit)s)") % {"name": name, "unit": unit} if unit else name
        return forms.FloatField(label=label, required=False, widget=forms.NumberInput(attrs={"step": "any"}))
    if isinstance(spec, Items):
        hint = _("%(count)d whole numbers, %(low)d to %(high)d, with spaces between them") % vars(spec)
        return forms.CharField(label=name, required=False, help_text=hint, max_length=200)
    options = [("yes", _("yes")), ("no", _("no"))] if isinstance(spec, Flag) else [(option, word(option)) for option in spec.options]
    return forms.ChoiceField(label=name, choices=[("", "–"), *options], required=False)


def _numbers(text: str) -> list[object]:
    """What is no number stays as it was typed: the model says that it cannot read it."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"[\s,，、]+", text.strip())]


def _value(output: Output, value: object) -> str:
    text = as_text(value)
    if not text:
        return ""
    if output.is_flag:
        return _("yes") if value else _("no")
    if output.unit or output.unit_of:
        return f"{float(text):,.6g} {unit_name(output.unit) if output.unit != '1' else ''}".strip()
    if output.words:
        return word(text)
    # Free text names inputs by their keys, or says that there is none.
    return _(", ").join(word(part) if part == "none" else input_name(part) for part in text.split())
