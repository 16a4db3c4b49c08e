"""The published models as people read them: what goes in within which range, what comes out, on what it rests, whether it was checked.

Everything comes from the models' own declarations, their words and the record of the check; nothing about a model is written here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from healthmgmt.core.templatetags.health import number, page_language
from healthmgmt.risk.calculators import vectors, words
from healthmgmt.risk.calculators.model import SUBJECTS, Calculator, Choice, Flag, Items, Number, Output
from healthmgmt.risk.calculators.vectors import Checked

NAMES = {
    "heart": gettext_lazy("Heart and vessels"),
    "metabolism": gettext_lazy("Diabetes and metabolism"),
    "kidney_liver": gettext_lazy("Kidney and liver"),
    "body": gettext_lazy("Body size and shape"),
    "questionnaire": gettext_lazy("Questionnaires"),
    "practice": gettext_lazy("Limits, levels and units"),
}


@dataclass(frozen=True)
class ShownInput:
    """An input: its key for programs, its name, what it may be (a range for each unit, or words), and what else to know."""

    key: str
    name: str
    ranges: list[str]
    remarks: list[str]


@dataclass(frozen=True)
class ShownOutput:
    """An answer: its key for programs, its name, its unit or the words it may be."""

    key: str
    name: str
    unit: str
    only: str


@dataclass(frozen=True)
class ShownModel:
    """A model whole; `checked` is None where there are no test vectors."""

    name: str
    title: str
    citation: str
    tells: str
    heed: str
    inputs: list[ShownInput]
    outputs: list[ShownOutput]
    checked: Checked | None


@dataclass(frozen=True)
class ShownSubject:
    code: str
    name: str
    models: list[ShownModel]


def subjects(calculators: Sequence[Calculator]) -> list[ShownSubject]:
    """All models by what they are about."""
    by_subject = {code: [shown(one) for one in calculators if one.subject == code] for code in SUBJECTS}
    return [ShownSubject(code, str(NAMES[code]), models) for code, models in by_subject.items() if models]


def shown(model: Calculator) -> ShownModel:
    known, language = words.load(), page_language()
    return ShownModel(
        model.name,
        model.title,
        model.citation,
        known.tells[model.name][language],
        known.heed[model.name][language] if model.name in known.heed else "",
        [ShownInput(spec.key, input_name(spec.key), _allowed(spec), _remarks(model, spec)) for spec in model.inputs],
        [ShownOutput(one.name, output_name(one.name), _answer(one), _only(one)) for one in model.outputs],
        vectors.recorded().get(model.name),
    )


def input_name(key: str) -> str:
    return words.load().inputs[key][page_language()]


def output_name(name: str) -> str:
    return words.load().outputs[name][page_language()]


def unit_name(unit: str) -> str:
    """The unit as people write it; nothing where the number's unit stands elsewhere."""
    return words.load().units[unit][page_language()] if unit else ""


def word(code: str) -> str:
    """A word of a choice or an answer."""
    return words.load().words[code][page_language()]


def range_text(low: float, high: float, unit: str) -> str:
    """`35–74 years`"""
    return f"{_bound(low)}–{_bound(high)} {unit_name(unit)}".strip()


def _bound(value: float) -> str:
    text = f"{int(value):,}" if value == int(value) else f"{value:,.4g}"
    return text.replace("-", "−")


def _allowed(spec: Number | Flag | Choice | Items) -> list[str]:
    if isinstance(spec, Number):
        # Two spellings of one unit are one line.
        return list(dict.fromkeys(range_text(unit.low, unit.high, unit.name) for unit in spec.units))
    if isinstance(spec, Flag):
        return [_("yes or no")]
    if isinstance(spec, Choice):
        return [_(", ").join(word(option) for option in spec.options)]
    return [_("%(count)d whole numbers, each %(range)s") % {"count": spec.count, "range": f"{spec.low}–{spec.high}"}]


def _remarks(model: Calculator, spec: Number | Flag | Choice | Items) -> list[str]:
    found = []
    if isinstance(spec, Number) and spec.unit_of:
        found.append(_("in the unit that “%(name)s” says") % {"name": input_name(spec.unit_of)})
    if isinstance(spec, Number) and spec.usual:
        usual = range_text(*spec.usual, spec.units[0].name)
        found.append(_("made for %(range)s; beyond that the value is given and marked") % {"range": usual})
    group = next((group for group in model.one_of if spec.key in group), None)
    if group:
        found.append(_("in one of %(count)d units") % {"count": len(group)})
    elif isinstance(spec, Flag) and spec.default == 0:
        found.append(_("left out counts as no"))
    elif not spec.required:
        found.append(_("may be left out"))
    return found


def _answer(output: Output) -> str:
    if output.unit_of:
        return _("in the unit that “%(name)s” says") % {"name": input_name(output.unit_of)}
    if output.is_flag:
        return _("yes or no")
    return unit_name(output.unit) if output.unit else _(", ").join(dict.fromkeys(word(code) for code in output.words)) or _("text")


def _only(output: Output) -> str:
    if output.only is None:
        return ""
    key, low, high = output.only
    return _("only for %(name)s %(range)s") % {"name": input_name(key), "range": range_text(low, high, "")}


def sentence(models: Sequence[ShownModel]) -> str:
    """What the list says first: how many there are, and whether they give what their publications and test values expect."""
    checks = [one.checked for one in models if one.checked]
    counts = {
        "count": number(len(models)),
        "passed": number(sum(one.passed for one in checks)),
        "judged": number(sum(one.judged for one in checks)),
    }
    wrong = sum(not one.agrees for one in checks)
    if wrong:
        return ngettext(
            "%(wrong)s of %(count)s published models does not give what its test values expect.",
            "%(wrong)s of %(count)s published models do not give what their test values expect.",
            wrong,
        ) % (counts | {"wrong": number(wrong)})
    if len(checks) < len(models):
        return _("%(count)s published models, checked: %(checked)s; %(passed)s of %(judged)s test values agree.") % (
            counts | {"checked": number(len(checks))}
        )
    return _("%(count)s published models, all checked: %(passed)s of %(judged)s test values agree.") % counts


def model_sentence(model: ShownModel) -> str:
    """What the page of one model says first."""
    if model.checked is None:
        return _("%(tells)s; no test values are recorded.") % {"tells": model.tells}
    given = {"tells": model.tells, "passed": number(model.checked.passed), "judged": number(model.checked.judged)}
    return _("%(tells)s; %(passed)s of %(judged)s test values agree.") % given
