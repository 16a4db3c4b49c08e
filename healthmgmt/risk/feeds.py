"""What the head of a pack says of calculators - which it uses, and from what their inputs come - and of samples to be told
apart. Read and checked here; `calculating` carries it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .calculators import of_packs, registry
from .calculators.model import Calculator, Choice, Flag, Items, Number, Output

CALCULATED = "calc:"
SEX, AGE = "sex", "age"


@dataclass(frozen=True)
class Feed:
    """Where the input `key` comes from. `name` is what the words call it when it is missing, empty where it never is.

    codes       sex; age; the code of an indicator, or the number of a calculator named before; or several flags: 1 where one is
                true, 0 where all are denied
    reason      instead of codes, a flag: does this reason of the pack fire on a value
    unit        the input is the number reported in this unit, else the canonical one x `factor`
    equals      the input is a flag: is the value this number
    reached_by  for age: (month, day) on whose next return the completed years are counted, else the day of the newest value
    """

    key: str
    name: str = ""
    codes: tuple[str, ...] = ()
    reason: str = ""
    unit: str = ""
    factor: float = 1.0
    equals: float | None = None
    reached_by: tuple[int, int] | None = None


@dataclass(frozen=True)
class Use:
    """One calculator with its feeds; with `only` it is asked for the people for whom that flag is true. The output named by
    `score` is kept with the assessment."""

    name: str
    feeds: tuple[Feed, ...]
    only: str = ""
    score: str = ""

    @property
    def kept(self) -> Output | None:
        """The output that is kept with the assessment."""
        return output(f"{CALCULATED}{self.name}.{self.score}") if self.score else None

    @property
    def measured(self) -> tuple[str, ...]:
        """Codes of the values that are read."""
        return tuple(code for feed in self.feeds for code in feed.codes if code not in (SEX, AGE))


@dataclass(frozen=True)
class Sample:
    """Values of `of` from days on which `same_day` was measured too go by the code `present`, the others by `absent`; an
    empty code drops them."""

    of: str
    same_day: str
    present: str
    absent: str


@cache
def calculators() -> Mapping[str, Calculator]:
    return {**registry.load(), **of_packs.load()}


def output(indicator: str) -> Output | None:
    """What `calc:model.output` names; None where no calculator declares such a number or such words."""
    model, _, name = indicator.removeprefix(CALCULATED).partition(".")
    found = calculators()[model].outputs if model in calculators() else ()
    return next((one for one in found if one.name == name and (one.unit or one.words)), None)


def model_of(indicator: str) -> str:
    return indicator.removeprefix(CALCULATED).partition(".")[0]


def parse_sample(entry: Mapping[str, str]) -> Sample:
    """Raises KeyError for what a [[sample]] lacks."""
    return Sample(entry["of"], entry["same_day"], entry.get("with", ""), entry.get("without", ""))


def parse_use(entry: Mapping[str, object], only: str, faults: list[str]) -> Use:
    """A [[calculator]] of the head; what does not fit the calculator goes to `faults`. Raises KeyError for what is left out."""
    name = entry["name"]
    use = Use(name, tuple(_feed(key, given) for key, given in entry["inputs"].items()), only, entry.get("score", ""))
    if name not in calculators():
        faults.append(f"head: no calculator {name}")
        return use
    if use.score and use.kept is None:
        faults.append(f"head: {name} gives no {use.score}")
    specs = {spec.key: spec for spec in calculators()[name].inputs}
    fed = {feed.key for feed in use.feeds}
    faults += [f"head: {name} has no input {key}" for key in sorted(fed - specs.keys())]
    faults += [f"head: {name} needs {key}" for key, spec in specs.items() if spec.required and key not in fed]
    misfits = [(feed.key, _misfit(feed, specs[feed.key])) for feed in use.feeds if feed.key in specs]
    faults += [f"head: {name}.{key} {fault}" for key, fault in misfits if fault]
    return use


def _feed(key: str, given: str | Mapping[str, object]) -> Feed:
    entry = {"from": given} if isinstance(given, str) else given
    if "reason" in entry:
        return Feed(key, reason=entry["reason"])
    codes = tuple(entry["any"]) if "any" in entry else (entry["from"],)
    month_and_day = entry.get("reached_by")
    return Feed(
        key, entry.get("name", codes[0]), codes,
        unit=entry.get("unit", ""), factor=float(entry.get("factor", 1)),
        equals=float(entry["equals"]) if "equals" in entry else None,
        reached_by=tuple(int(part) for part in month_and_day.split("-")) if month_and_day else None,
    )  # fmt: skip


def _misfit(feed: Feed, spec: Number | Flag | Choice | Items) -> str:
    """Why this input cannot be fed so; empty where it can."""
    is_answer = any(":" in code and not code.startswith(CALCULATED) for code in feed.codes)
    is_flag = bool(feed.reason) or len(feed.codes) > 1 or feed.equals is not None or is_answer
    if isinstance(spec, Number):
        if is_flag or spec.paired or spec.unit_key or feed.codes == (SEX,):
            return "is a number in one unit"
        return f"is in {spec.units[0].name}, not {feed.unit}" if feed.unit not in ("", spec.units[0].name) else ""
    if isinstance(spec, Flag):
        return "" if is_flag else "is a flag"
    return "" if spec.key == SEX and feed.codes == (SEX,) else "cannot come from values"
