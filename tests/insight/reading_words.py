"""An answer that is read: what its words say of a row."""

import re
from collections.abc import Sequence
from functools import cache

from healthmgmt.insight import metrics
from tests.insight.reading import COUNT, HIDDEN, NOBODY, NOT_TOLD, PERCENT, Reading, number, phrase, without_constants

FIGURE = re.compile(rf"({PERCENT}) ({COUNT})(?: / ({COUNT}))?")
TREND = re.compile(r"(?:(\d+) points? (above|below)|as in) (\w+)")
OF = re.compile(rf"({COUNT}) / ({COUNT})")
# Of the unit that an answer is about.
SENTENCES = (
    "{covered%} are covered, and {settled_alerts%} of the people with an alert have an outcome",
    "{covered%} are covered",
    "{covered%} were covered",
    "The gap: {no_follow_up%} of the people at risk had no follow-up",
    "Of the people at risk the year before, {improved%} improved and {worsened%} got worse",
    "In all, {covered} of {covered/} people are covered, {covered%}",
    "{assessed} of {assessed/} people are assessed",
    "{settled_alerts} of {settled_alerts/} people with an alert have an outcome",
    "{improved} of {improved/} people at risk improved",
    "Mandatory items present {items%}",
    "{items} of {items/} mandatory items are there",
    "{covered} of {covered/} people",
    "{open_alerts} people have an open alert",
    "{complete%} of people have every item",
)
# Of the unit that is to be helped first.
COACHING = ("{covered~} of {covered/} people have no examination yet", "{covered~} people still have no examination")
CLOSING = ("Of {covered/} people due, {covered~} would count as not covered", "Rows that wait for repair and would not count: 0")


@cache
def metric_named(name: str) -> str:
    """The metric of a name; blank for what is none."""
    return {one.words["en"]["name"]: one.slug for one in metrics.load().metrics}.get(name, "")


class Answer:
    """What somebody got of a unit and a period. `where` names it in what is found wrong."""

    def __init__(self, where: str, reading: Reading, unit: str, period: str) -> None:
        self.where, self.reading, self.unit, self.period = where, reading, unit, period
        reading.answers += 1

    @property
    def row(self) -> str:
        """The row in which the unit stands. Raises KeyError where the table of its row was not read before."""
        return self.reading.row_of(self.period, self.unit)

    def say(self, row: str, metric: str, period: str = "", **told: object) -> None:
        self.reading.say(period=period or self.period, row=row, metric=metric, where=self.where, **told)

    def lost(self, words: str) -> None:
        """Words that were not understood: with a number they are a fault."""
        left = re.sub(self.reading.chrome, " ", words) if self.reading.chrome else words
        if words and re.search(r"\d", without_constants(left)):
            self.reading.left.append(f"{self.where}: nobody knows what this number is: {words}")

    def figure(self, words: str, row: str, metric: str) -> None:
        """A share with its counts, or why there is none."""
        if words in HIDDEN or words in (NOBODY, NOT_TOLD):
            self.say(row, metric, why=words)
        elif found := FIGURE.fullmatch(words):
            percent, part, whole = found.groups()
            self.say(row, metric, percent=percent, part=number(part), whole=number(whole) if whole else None)
        else:
            self.lost(f"{metric} of {row}: {words}")

    def counts(self, words: str, row: str, metric: str, **more: object) -> None:
        """`294 / 336`, or why it is not told."""
        if found := OF.fullmatch(words):
            self.say(row, metric, part=number(found.group(1)), whole=number(found.group(2)), **more)
        else:
            self.figure(words, row, metric)

    def phrases(self, words: str, row: str, known: Sequence[str] = SENTENCES) -> str:
        """Say what the sentences tell of a row; returns the words without them."""
        for one in known:
            while found := phrase(one).pattern.search(words):
                for metric, told in phrase(one).told(found):
                    self.say(row, metric, **told)
                words = f"{words[: found.start()]} … {words[found.end() :]}"
        return self.trends(words, row, "covered")

    def trends(self, words: str, row: str, metric: str) -> str:
        """Points against the same row, or the row of the same unit, of another period; returns the words without them."""
        while found := TREND.search(words):
            points, way, before = found.groups()
            wanted = {"above": 1, "below": -1, None: 0}[way] * int(points or 0)
            earlier = self.reading.row_of(before, self.unit) if row == self.row else row
            self.reading.check(f"{self.where}: {row}: {found.group(0)}", lambda: self._points(row, before, earlier, metric) == wanted)
            words = f"{words[: found.start()]} … {words[found.end() :]}"
        return words

    def _points(self, row: str, before: str, earlier: str, metric: str) -> int | None:
        shares = self.reading.share(self.period, row, metric), self.reading.share(before, earlier, metric)
        return None if None in shares else round(shares[0] - shares[1])

    def earlier(self, share: str, metric: str) -> None:
        """The share of the period before."""
        if share not in ("", "–"):
            before = self.reading.before[self.period]
            self.say(self.reading.row_of(before, self.unit), metric, period=before, percent=share)

    def proof(self, name: str, shown: str, counts: str, of: str) -> None:
        """A line of the evidence binder."""
        self.lost(of.replace(f"{self.period}, as of", ""))
        if metric := metric_named(name):
            self.counts(counts if OF.fullmatch(counts) else shown, self.row, metric, **({"percent": shown} if OF.fullmatch(counts) else {}))
            self.lost("" if OF.fullmatch(counts) else counts)
        elif name not in ("Activities of the period", "Periods closed, their numbers fixed", "Scorecards accepted", "Seals of the record"):
            # These count activities, periods, scorecards and seals, and nobody.
            self.lost(f"{name} {shown} {counts}")
