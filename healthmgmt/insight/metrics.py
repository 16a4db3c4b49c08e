"""The registry of metrics: data/metrics.toml checked and turned into frozen dataclasses. Pure."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from healthmgmt.core.suppression import NOBODY, SMALL_GROUP, Table

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
    metrics in `share_of`, taken together; `baseline` are the colours of the period before that these metrics add up to, `within` those of
    the same people.
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
    within: tuple[str, ...]
    words: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Registry:
    """All metrics in the order in which they are shown."""

    metrics: tuple[Metric, ...]
    derived: Mapping[str, tuple[str, ...]]
    hidden_words: Mapping[str, Mapping[str, str]]
    reference_day: Mapping[str, str]

    def metric(self, slug: str) -> Metric:
        """Raises KeyError."""
        return {metric.slug: metric for metric in self.metrics}[slug]

    def members(self, table: str) -> list[Metric]:
        """The metrics that are parts of a table."""
        return [metric for metric in self.metrics if metric.table == table]

    def tables(self) -> list[Table]:
        """For suppression: where the metrics of a table are not all of its base, what is left is one more part."""
        found = []
        for name in dict.fromkeys(metric.table for metric in self.metrics if metric.table and not metric.within):
            members = self.members(name)
            parts = tuple(metric.slug for metric in members) + ((REST,) if leaves_rest(members) else ())
            found.append(Table(name, parts, is_health_content=members[0].sensitivity == "health"))
        return found

    def metrics_json(self) -> str:
        """For statements."""
        return json.dumps(
            [
                {"slug": one.slug, "definition": one.version, "numerator": one.numerator, "denominator": one.denominator}
                for one in self.metrics
            ]
        )

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
            metrics=tuple(_metric(entry) for entry in content["metric"]),
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
        within=tuple(entry.get("within", ())),
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
    if metric.share_of and metric.scope != "whole" and not metric.within:
        # Below the whole the denominators of siblings would give hidden cells of other tables away.
        faults.append(f"{metric.slug}: a share of other metrics is told for the whole organisation only")
    tabled = {other.slug for other in registry.metrics if other.table}
    faults += [f"{metric.slug}: names {slug!r}, which has no table" for slug in (*metric.share_of, *metric.baseline, *metric.within) if slug not in tabled]
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
        if len({(metric.denominator, metric.sensitivity) for metric in members}) > 1:
            faults.append(f"table {name}: its metrics have several bases or sensitivities")
    return sorted(faults)
