"""How a published number is shown: share, counts, why it is hidden, its trend, and its definition in words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.core import wording
from healthmgmt.core.suppression import NOBODY
from healthmgmt.insight import metrics
from healthmgmt.insight.metrics import Metric
from healthmgmt.insight.selectors import Figure, Scorecard, ScoreRow


@dataclass(frozen=True)
class Shown:
    """A cell of a table. Where `why` stands there is no number; `is_nobody` says that there is nobody to count either."""

    percent: str = ""
    part: int | None = None
    whole: int | None = None
    why: str = ""
    is_nobody: bool = False

    @property
    def rest(self) -> int:
        return (self.whole or 0) - (self.part or 0)


@dataclass(frozen=True)
class Trend:
    """Points against the period before."""

    points: int
    arrow: str
    words: str


def language() -> str:
    """`zh` or `en`, as the registry has them."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def shown(figure: Figure | None) -> Shown:
    """A number, or in its place why there is none. All hidden cells say the same: which is small would give it away."""
    if figure is None:
        return Shown(why=_("Told of the whole organisation only"))
    if figure.hidden == NOBODY:
        return Shown(why=_("Nobody yet"), is_nobody=True)
    if figure.hidden:
        return Shown(why=_("Hidden for privacy"))
    return Shown(wording.percent_text(figure.numerator, figure.denominator), figure.numerator, figure.denominator)


def of(row: ScoreRow, metric: str) -> Shown:
    """A metric of a row."""
    return shown(row.figure(metric))


def share(row: ScoreRow, metric: str) -> float:
    """For sorting, the worst first; what cannot be seen comes last."""
    figure = row.figure(metric)
    return figure.percent if figure is not None and figure.percent is not None else 101.0


def trend(now: ScoreRow, before: ScoreRow | None, metric: str, name: str) -> Trend | None:
    """Against the period called `name`; None where one of the two is not shown."""
    figures = [row.figure(metric) for row in (now, before) if row is not None]
    shares = [one.percent for one in figures if one is not None and one.percent is not None]
    if len(shares) < 2:
        return None
    points = round(shares[0] - shares[1])
    if points > 0:
        words = ngettext("%(points)s point above %(period)s", "%(points)s points above %(period)s", points)
        return Trend(points, f"↑ {points}", words % {"points": points, "period": name})
    if points < 0:
        words = ngettext("%(points)s point below %(period)s", "%(points)s points below %(period)s", -points)
        return Trend(points, f"↓ {-points}", words % {"points": -points, "period": name})
    return Trend(0, "=", _("as in %(period)s") % {"period": name})


def series(card: Scorecard, metric: str) -> list[float]:
    """The shares of the unit over the periods, oldest first, as far as they are shown; two make no line."""
    figures = [row.figure(metric) for row in (*(row for _period, row in card.earlier), card.row)]
    found = [one.percent for one in figures if one is not None and one.percent is not None]
    return found if len(found) > 2 else []


def definition(card: Scorecard, metric: str, *also: tuple[str, str]) -> dict:
    """What stands behind the button of a number: in words, with the counts where they are shown."""
    registry = metrics.load()
    one, cell = registry.metric(metric), of(card.row, metric)
    words = one.words[language()]
    counts = [(_("Present counts"), f"{cell.part:,} / {cell.whole:,}")] if not cell.why else []
    rows = [*definition_rows(one), (_("Reference day"), registry.reference_day[language()]), *counts, *also]
    return {"id": f"definition-{metric}", "name": words["name"], "rows": rows}


def definition_rows(metric: Metric) -> list[tuple[str, str]]:
    """Numerator, denominator and what else belongs to a metric, each with its heading."""
    words = metric.words[language()]
    return [
        (_("Numerator"), words["numerator"]),
        (_("Denominator"), words["denominator"]),
        (_("Exclusions"), words["exclusions"]),
        (_("Cut-off"), words["cut_off"]),
        (_("Edition of rules"), words["edition"]),
        (_("Version of metric"), str(metric.version)),
    ]


def name_of(metric: str) -> str:
    return metrics.load().metric(metric).words[language()]["name"]


def why_hidden(card: Scorecard) -> str:
    """The reason for hidden cells in full."""
    return hidden_words(card.smallest_group)


def hidden_words(smallest_group: int) -> str:
    """What a note under a table says of its hidden cells."""
    second = _("One hidden cell could be had by subtraction, so a second one is hidden with it. Hidden does not mean zero.")
    return joined(metrics.load().reason("small_group", language(), smallest_group), second)


def is_any_hidden(rows: Sequence[ScoreRow], shown: Collection[str] = ()) -> bool:
    """Whether a note about hidden cells has something to explain, of the metrics that a page shows or of all."""
    told = (figure for row in rows for figure in row.figures if not shown or figure.metric in shown)
    return any(figure.hidden and figure.hidden != NOBODY for figure in told)


def joined(*sentences: str) -> str:
    """Sentences one after the other: with a blank between them, which Chinese does not have."""
    return ("" if language() == "zh" else " ").join(one for one in sentences if one)


def definitions(smallest_group: int) -> dict:
    """Every metric in words, and the rules that hold for all."""
    registry = metrics.load()
    return {
        "metrics": [{"name": one.words[language()]["name"], "slug": one.slug, "rows": definition_rows(one)} for one in registry.metrics],
        "reference_day": registry.reference_day[language()],
        "why_hidden": hidden_words(smallest_group),
        "smallest_group": smallest_group,
    }
