"""Reading a scorecard: what it weighs, its boxes, the places of the units beside it, and what is said of them."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.insight.answers import Node
from tests.insight.reading import COUNT, PERCENT, number
from tests.insight.reading_words import OF, Answer, metric_named

if TYPE_CHECKING:
    from tests.insight.reading_pages import Page

QUESTIONS = {"Covered?": "covered", "Red and orange followed up?": "followed_up", "Getting better?": "improved", "Can the numbers be trusted?": "items"}


def weighed(page: "Page", rows: list[list[Node]]) -> None:
    """The metrics: their weight, what they aim at, and how many are lacking."""
    weights = []
    for cells in rows:
        name, weight, share, counts, target, before, short = (one.take() for one in cells)
        weights.append(weight)
        metric, aim = metric_named(name), int(target.removesuffix("%"))
        if OF.fullmatch(counts):
            page.counts(counts, page.row, metric, percent=share)
        else:
            page.figure(share, page.row, metric)
            page.lost(counts)
        page.earlier(before, metric)
        if found := re.fullmatch(rf"○ short by ({COUNT})", short):
            page.say(page.row, metric, short=(number(found.group(1)), aim))
        elif short == "● yes":
            page.say(page.row, metric, short=(0, aim))
        else:
            page.lost(short)
    add_up(page, weights)


def add_up(answer: Answer, weights: Sequence[str]) -> None:
    """Weights are parts of a hundred and say nothing of anybody."""
    if sum(map(int, weights)) != 100:
        answer.lost(f"weights {weights}")


def score(page: "Page", line: Node | None) -> None:
    """How much of what is weighed was reached, as far as it can be seen."""
    table = line.within("section").first("table") if line else None
    if table is None:
        return
    reached, weight = 0.0, 0
    for row in table.all("tr")[1:]:
        cells = [" ".join(" ".join(text.words for text in one.texts()).split()) for one in row.children if isinstance(one, Node)]
        if (found := OF.fullmatch(cells[3])) and number(found.group(2)):
            weight += int(cells[1])
            share = number(found.group(1)) / number(found.group(2)) * 100 / int(cells[4].removesuffix("%"))
            reached += int(cells[1]) * min(1.0, share)
    if weight and line.words() == f"Of the weights that can be seen {round(100 * reached / weight)} of 100 are reached":
        line.take()


def box(page: "Page", section: Node) -> None:
    """One of the four."""
    question, *rest = section.all("p")
    metric = QUESTIONS[question.take()]
    for one in rest:
        words = one.take()
        if found := re.fullmatch(rf"Period before ({PERCENT})", words):
            page.earlier(found.group(1), metric)
        elif re.fullmatch(PERCENT, words):
            page.say(page.row, metric, percent=words)
        else:
            page.counts(words, page.row, metric)


def ranks(page: "Page", rows: list[list[Node]]) -> None:
    """The units beside this one by place: places follow from the shares that stand with them."""
    found = []
    for cells in rows:
        place, name, covered, followed, before = (one.take() for one in cells)
        name = re.sub(r" \( ?this unit ?\)$", "", name)
        page.figure(covered, name, "covered")
        page.figure(followed, name, "followed_up")
        found.append((name, place, before))
    page.places = {name: place for name, place, _before in found}
    for name, place, before in found:
        _follows(page, name, f"place {place} of {name}", place, page.period, list(page.places))
        if before != "–":
            _follows(page, name, f"place before {before} of {name}", before, page.reading.before[page.period], None)


def _follows(page: "Page", name: str, words: str, place: str, period: str, names: Sequence[str] | None) -> None:
    page.reading.check(f"{page.where}: {words}", lambda: _place(page, period, names, name) == place)


def _place(page: "Page", period: str, names: Sequence[str] | None, name: str) -> str:
    """By coverage, then by follow-up, among those whose coverage is told; without names among the rows beside it."""
    reading = page.reading
    beside = names or reading.rows_below(period, reading.above.get((period, name)))
    shares = {one: [reading.share(period, one, metric) for metric in ("covered", "followed_up")] for one in beside if reading.told(period, one, "covered")}
    ordered = {one: [-1.0 if share is None else share for share in both] for one, both in shares.items()}
    return str(1 + sum(other > ordered[name] for other in ordered.values())) if name in ordered else "–"


def to_do(page: "Page", items: Sequence[Node]) -> None:
    """What is short by how many: as the table says."""
    known = {f"{one.short[0]:,}" for one in page.reading.said if one.where == page.where and one.short and one.short[0]}
    for item in items:
        words = item.take()
        counted = re.search(rf"(?<![\d,]){COUNT}", words)
        page.lost(words.replace(counted.group(0), "", 1) if counted and counted.group(0) in known else words)


def sentence(page: "Page", words: str) -> str:
    """What stands above a scorecard: a share, the place, how many targets are open. Returns what else there is."""
    if (found := re.match(rf"(.+?) ({PERCENT})\.", words)) and (metric := metric_named(found.group(1))):
        page.say(page.row, metric, percent=found.group(2))
        words = words[found.end() :]
    if page.places:
        words = words.replace(f"Place {page.places.get(page.row, '–')} of {len(page.places)}.", "")
    if " still open." not in words:
        return words
    short = {one.metric for one in page.reading.said if one.where == page.where and one.short and one.short[0]}
    return re.sub(rf"\b{len(short)} targets? (?:is|are) still open\.", "", words)
