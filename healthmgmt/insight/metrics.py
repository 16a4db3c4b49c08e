"""The registry of metrics: data/metrics.toml checked and turned into frozen dataclasses. Pure."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import takewhile
from pathlib import Path

from healthmgmt.core.suppression import NOBODY, SMALL_GROUP, Table
from healthmgmt.people import hazards

FILE = Path(__file__).parent / "data" / "metrics.toml"
LANGUAGES = ("zh", "en")
DIRECTIONS = ("up", "down", "none")
SENSITIVITIES = ("coverage", "health")
SCOPES = ("tree", "whole")
WORDS = ("name", "numerator", "denominator", "exclusions", "cut_off", "edition")
REST = "rest"


class MetricError(ValueError):
    """The registry breaks the schema; `faults` are sentences that name the metric."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


@dataclass(frozen=True)
class Metric:
    """A share: `numerator` and `denominator` name counts per unit. `table` is empty where it follows another metric.

    Where the base itself is health content, `denominator` is a wider one that is not, and what is shown is the share of the
    metrics in `share_of`, taken together; `baseline` are the colours of the period before that these metrics add up to. A metric of a
    chain counts some of the people of the one before it; `of` is the step that it is shown as a share of. `needs` names a table of which
    nothing may be hidden in the row. `hazard` is set where the metric is of people under one.
    """

    slug: str
    version: int
    table: str
    follows: str
    numerator: str
    denominator: str
    direction: str
    sensitivity: str
    scope: str
    share_of: tuple[str, ...]
    baseline: tuple[str, ...]
    is_chain: bool
    of: str
    needs: str
    hazard: str
    words: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Condition:
    """One of the three highs: `part` of care's plans whose reasons tell of it, what examinations say of a diagnosis and of a treatment."""

    slug: str
    part: str
    told: str
    treated: str


@dataclass(frozen=True)
class FollowUp:
    """When follow-up is in time, and which steps of a plan are a visit."""

    grace_days: int
    seen_days: int
    seen_kinds: tuple[str, ...]


@dataclass(frozen=True)
class Registry:
    """All metrics in the order in which they are shown."""

    metrics: tuple[Metric, ...]
    conditions: tuple[Condition, ...]
    follow_up: FollowUp
    derived: Mapping[str, tuple[str, ...]]
    hidden_words: Mapping[str, Mapping[str, str]]
    reference_day: Mapping[str, str]

    def metric(self, slug: str) -> Metric:
        """Raises KeyError."""
        return self._by_slug[slug]

    @cached_property
    def _by_slug(self) -> dict[str, Metric]:
        return {metric.slug: metric for metric in self.metrics}

    @cached_property
    def _members(self) -> dict[str, list[Metric]]:
        found: dict[str, list[Metric]] = {}
        for metric in self.metrics:
            if metric.table:
                found.setdefault(metric.table, []).append(metric)
        return found

    def members(self, table: str) -> list[Metric]:
        """The metrics that are parts of a table, or steps of a chain, in their order."""
        return self._members.get(table, [])

    def tables(self, scope: str = "") -> list[Table]:
        """For suppression: where the metrics of a table are not all of its base, what is left is one more part. Chains are none."""
        found = []
        for name, members in self._members.items():
            if members[0].is_chain or scope not in ("", members[0].scope):
                continue
            parts = tuple(metric.slug for metric in members) + ((REST,) if leaves_rest(members) else ())
            found.append(Table(name, parts, members[0].sensitivity == "health", needs=members[0].needs))
        return found

    def chains(self) -> list[str]:
        """The names of the tables that are chains."""
        return [name for name, members in self._members.items() if members[0].is_chain]

    def reason(self, code: str, language: str, smallest_group: int) -> str:
        """Why a cell is hidden, in words."""
        return self.hidden_words[code][language].format(k=smallest_group)


def leaves_rest(members: Sequence[Metric]) -> bool:
    """Whether a table's metrics are only some of the parts of its base."""
    return len(members) == 1 or bool(members[0].share_of)


@cache
def load() -> Registry:
    """The shipped metrics. Raises MetricError."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> Registry:
    """Text of a registry file. Raises MetricError with all faults found."""
    content = tomllib.loads(text)
    try:
        registry = Registry(
            metrics=tuple(metric for entry in content["metric"] for metric in _metrics(entry)),
            conditions=tuple(Condition(slug, **told) for slug, told in content["condition"].items()),
            follow_up=FollowUp(**content["follow_up"] | {"seen_kinds": tuple(content["follow_up"]["seen_kinds"])}),
            derived={code: tuple(parts) for code, parts in content["derived"].items()},
            hidden_words={code: {language: content["hidden"][code][language] for language in LANGUAGES} for code in (SMALL_GROUP, NOBODY)},
            reference_day={language: content["reference_day"][language] for language in LANGUAGES},
        )
    except KeyError as error:
        raise MetricError([f"{error} is missing"]) from error
    faults = [fault for metric in registry.metrics for fault in _faults_of(metric, registry)] + _faults_of_tables(registry)
    if faults:
        raise MetricError(faults)
    return registry


def _metrics(entry: dict) -> list[Metric]:
    """One, or one for each hazard."""
    if entry.get("each") != "hazard":
        return [_metric(entry)]
    return [_metric(_of_hazard(entry, hazard)) for hazard in hazards.load().values()]


def _of_hazard(entry: dict, hazard: hazards.Hazard) -> dict:
    named = {name: value.format(hazard=hazard.slug) if isinstance(value, str) else value for name, value in entry.items()}
    words = {language: {word: entry[language][word].format(hazard=hazard.names[language]) for word in WORDS} for language in LANGUAGES}
    return named | words | {"hazard": hazard.slug}


def _metric(entry: dict) -> Metric:
    return Metric(
        slug=entry["slug"],
        version=entry["version"],
        table=entry.get("table", ""),
        follows=entry.get("follows", ""),
        numerator=entry["numerator"],
        denominator=entry["denominator"],
        direction=entry["direction"],
        sensitivity=entry["sensitivity"],
        scope=entry.get("scope", "tree"),
        share_of=tuple(entry.get("share_of", ())),
        baseline=tuple(entry.get("baseline", ())),
        is_chain=entry.get("is_chain", False),
        of=entry.get("of", ""),
        needs=entry.get("needs", ""),
        hazard=entry.get("hazard", ""),
        words={language: {word: entry[language][word] for word in WORDS} for language in LANGUAGES},
    )


def _faults_of(metric: Metric, registry: Registry) -> list[str]:
    faults = []
    if metric.direction not in DIRECTIONS:
        faults.append(f"{metric.slug}: no direction {metric.direction!r}")
    if metric.sensitivity not in SENSITIVITIES:
        faults.append(f"{metric.slug}: no sensitivity {metric.sensitivity!r}")
    if metric.scope not in SCOPES:
        faults.append(f"{metric.slug}: no scope {metric.scope!r}")
    if (metric.share_of and not metric.needs or metric.is_chain) and metric.scope != "whole":
        # Below the whole the denominators of siblings would give hidden cells of other tables away.
        faults.append(f"{metric.slug}: a share of other metrics is told for the whole organisation only")
    tabled = {other.slug for other in registry.metrics if other.table}
    before = list(takewhile(lambda other: other is not metric, registry.members(metric.table)))
    if metric.of and metric.of not in {other.slug for other in before if other.is_chain}:
        faults.append(f"{metric.slug}: {metric.of!r} is no earlier step of its chain")
    if metric.needs and metric.needs not in {other.table for other in takewhile(lambda other: other is not metric, registry.metrics)}:
        faults.append(f"{metric.slug}: needs {metric.needs!r}, which is no table before it")
    faults += [f"{metric.slug}: names {slug!r}, which has no table" for slug in (*metric.share_of, *metric.baseline) if slug not in tabled]
    if bool(metric.table) == bool(metric.follows):
        faults.append(f"{metric.slug}: either a table or another metric decides where it is shown")
    if metric.follows and metric.follows not in tabled:
        faults.append(f"{metric.slug}: follows {metric.follows!r}, which has no table")
    return faults


def _faults_of_tables(registry: Registry) -> list[str]:
    faults = []
    if len({metric.slug for metric in registry.metrics}) < len(registry.metrics):
        faults.append("a metric stands twice")
    for name in {metric.table for metric in registry.metrics if metric.table}:
        members = registry.members(name)
        if len({(metric.denominator, metric.sensitivity, metric.scope, metric.is_chain, metric.needs) for metric in members}) > 1:
            faults.append(f"table {name}: its metrics have several bases, sensitivities or scopes")
    return sorted(faults)
