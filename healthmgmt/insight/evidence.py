"""The evidence binder: what a healthy enterprise shows of itself that the platform can prove, with numbers, dates and where they stand."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from healthmgmt.audit.models import Seal
from healthmgmt.core.templatetags.health import day, moment
from healthmgmt.engagement.models import Activity
from healthmgmt.insight import figures, metrics
from healthmgmt.insight.card_models import Card
from healthmgmt.insight.selectors import Scorecard
from healthmgmt.organization.models import Period

FILE = Path(__file__).parent / "data" / "evidence.toml"


@dataclass(frozen=True)
class Proof:
    """A line of the binder: a number with its counts, or why it is not told, and the days that it is of."""

    name: str
    shown: str
    counts: str
    of: str

    @property
    def cells(self) -> list[str]:
        return [self.name, self.shown, self.counts, self.of]


@dataclass(frozen=True)
class Indicator:
    name: str
    shows: str
    proofs: list[Proof]


@cache
def load() -> list[dict[str, Any]]:
    """The indicators as the file has them. Raises KeyError for a metric that is none."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["indicator"]
    for entry in entries:
        for slug in entry.get("metrics", ()):
            metrics.load().metric(slug)
    return entries


def binder(card: Scorecard) -> list[Indicator]:
    """Everything that can be proved of the whole organisation and a period. Indicators of which nothing is told stay, and say so."""
    return [_indicator(entry, card) for entry in load()]


def rows(card: Scorecard) -> tuple[list[str], list[list[str]]]:
    """The same as a sheet."""
    headings = [_("Field of evidence"), _("What is proved"), _("In numbers"), _("Counts"), _("Of when")]
    return headings, [[one.name, *proof.cells] for one in binder(card) for proof in one.proofs]


def _indicator(entry: dict[str, Any], card: Scorecard) -> Indicator:
    slugs = [*entry.get("metrics", ()), *(_hazards(card) if entry.get("hazards") else ())]
    proofs = [_proof(slug, card) for slug in slugs] + [COUNTS[name](card) for name in entry.get("counts", ())]
    words = entry[figures.language()]
    return Indicator(words["name"], words["shows"], proofs or [Proof(_("Nobody works under a known hazard"), "–", "", _of_period(card))])


def _hazards(card: Scorecard) -> list[str]:
    return [one.slug for one in metrics.load().metrics if one.hazard and card.row.figure(one.slug)]


def _proof(slug: str, card: Scorecard) -> Proof:
    shown = figures.of(card.row, slug)
    if shown.why:
        return Proof(figures.name_of(slug), shown.why, "", _of_period(card))
    return Proof(figures.name_of(slug), shown.percent, f"{shown.part:,} / {shown.whole:,}", _of_period(card))


def _of_period(card: Scorecard) -> str:
    return _("%(period)s, as of %(at)s") % {"period": card.period.name, "at": moment(card.published_at)}


def _activities(card: Scorecard) -> Proof:
    held = Activity.objects.filter(state__in=(Activity.State.OPEN, Activity.State.ENDED), starts_on__lte=card.period.ends_on, ends_on__gte=card.period.starts_on)
    return Proof(_("Activities of the period"), f"{held.count():,}", "", card.period.name)


def _closed(card: Scorecard) -> Proof:
    closed = Period.objects.exclude(state=Period.State.OPEN).order_by("starts_on")
    days = "; ".join(f"{one.name}: {day(one.closed_at.date(), 'year')}" for one in closed)
    return Proof(_("Periods closed, their numbers fixed"), f"{len(closed):,}", "", days or "–")


def _scorecards(card: Scorecard) -> Proof:
    handed_in = Card.objects.filter(period=card.period)
    accepted = handed_in.filter(state=Card.State.ACCEPTED).count()
    return Proof(_("Scorecards accepted"), f"{accepted:,}", f"{accepted:,} / {handed_in.count():,}", card.period.name)


def _seals(card: Scorecard) -> Proof:
    last = Seal.objects.order_by("-pk").first()
    return Proof(_("Seals of the record"), f"{Seal.objects.count():,}", "", moment(last.sealed_at) if last else "–")


COUNTS = {"activities": _activities, "closed": _closed, "scorecards": _scorecards, "seals": _seals}
