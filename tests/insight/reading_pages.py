"""Reading the pages of numbers: by their headings, the names of rows, and the words around a number."""

import json
import re
from collections.abc import Sequence

from healthmgmt.core import drawing
from healthmgmt.core.drawing import COLOURS
from healthmgmt.core.wording import percent_text
from healthmgmt.insight import flowing, metrics
from tests.insight import answers, reading_cards
from tests.insight.answers import Node
from tests.insight.reading import COUNT, HIDDEN, PERCENT, Reading, number
from tests.insight.reading_words import CLOSING, COACHING, FIGURE, TREND, Answer, metric_named

QUESTIONS = {"Covered?": "covered", "Urgent queue being closed?": "settled_alerts", "Getting better?": "improved", "Can the numbers be trusted?": "items"}
COLUMNS = {
    "Covered": "covered", "On time": "on_time", "Every item": "complete", "Of these followed up": "followed_up", "Red and orange followed up": "followed_up",
    "Participation": "took_part",
}  # fmt: skip
CHANGES = {"Improved": "improved", "Unchanged": "unchanged", "Worsened": "worsened", "No follow-up": "no_follow_up"}
FILLS = ("w1", "w2", "w3", "w5")
SIDES = {"People who took part in their plan": "enrolled", "People who did not": "others"}
WAYS = {"Better": "better", "Unchanged or not comparable": "same", "Worse": "worse"}
CHAINS = {
    "High blood pressure": "cascade_bp", "High glucose": "cascade_glucose", "High blood lipids": "cascade_lipids", "Time to close alerts": "closing",
    "Came within 15 days of a contact": "returned",
}  # fmt: skip
FUNNEL, FUNNEL_NAME = ("invited", "opened", "signed_up", "took_part", "finished"), "From invitation to finish"
COLOUR_NAMES = {
    "Red · High-risk alert": "red", "Orange · Chronic care": "orange", "Yellow · Overweight": "yellow", "Blue · Sub-health": "blue",
    "Green · Nothing to do": "green", "Grey · Cannot be determined": "grey",
}  # fmt: skip
CHART, NODE = {"kind", "description", "nodes", "links"}, {"id", "colour", "side", "label", "short"}
BELL = re.compile(r"^\d+ notices? not read \d+$")
PERIODS_CLOSED = re.compile(r"\b1 of 2 periods are closed")


class Page(Answer):
    """A page, as it is read: what is known of each of its parts, and what was left over."""

    def __init__(self, content: str, where: str, reading: Reading) -> None:
        self.root = answers.parsed(content)
        super().__init__(where, reading, *self._head())
        self.lines = 0
        self.places: dict[str, str] = {}

    def read(self) -> None:
        for table in self.root.all("table"):
            self._table(table)
        for tile in self.root.all("section", "tile"):
            self._tile(tile)
        for one in self.root.all("dl"):
            self._definition(one)
        for one in self.root.all("ol", "steps-down"):
            self._chain(one.within("section", "card"), one)
        for one in self.root.all("ul", "colours"):
            self._colours(one)
        for one in self.root.all("section"):
            self._section(one)
        self._chart()
        self._rest()

    def _head(self) -> tuple[str, str]:
        """Unit and period, as the line above the sentence says."""
        for one in (*self.root.all("p", "eyebrow"), *self.root.all("p", "ink2")):
            if found := re.match(r"(?:(.+) · )?Period (\w+)(?: ·|$)", one.words()):
                title = self.root.first("p", "h2")
                card = re.match(r"Scorecard of (.+)$", title.words()) if title else None
                return card.group(1) if card else found.group(1) or "", found.group(2)
        return "", ""

    def bar(self, around: Node, parts: Sequence[tuple[int, str]]) -> None:
        """Whether the bar in an element is drawn from these numbers and no others."""
        drawn = next((one for one in around.all("svg", "sb") if not one.is_taken), None)
        expected = answers.parsed(drawing.stacked_bar(parts))
        if drawn is not None and [one.attrs for one in drawn.nodes()] == [one.attrs for one in expected.first("svg").nodes()]:
            drawn.is_taken = True

    # Tables

    def _table(self, table: Node) -> None:
        headings = [one.take() for one in table.all("th") if one.attrs.get("scope") == "col"]
        rows = [[child for child in row.children if isinstance(child, Node)] for row in table.all("tr") if row.within("thead") is None]
        kind = headings[1] if headings[0] in ("Unit", "Before", "Metric") else headings[0]
        if kind == "People due":
            self._every_number(headings, rows)
        elif kind == "Rank":
            reading_cards.ranks(self, rows)
        elif kind == "Weight in the score":
            reading_cards.weighed(self, rows)
        elif kind in ("Question", "Now", "What is proved"):
            read = {"Question": self._question, "Now": self._flow, "What is proved": self.proof}[kind]
            for cells in rows:
                read(*(one.take() for one in cells))
        elif "Covered" in headings:
            for cells in rows:
                self._line(headings, cells)
        else:
            self.lost(" ".join(headings))

    def _every_number(self, headings: list[str], rows: list[list[Node]]) -> None:
        """The table of departments: its first row is the page's own, those below it stand deeper."""
        above: list[str] = []
        for cells in rows:
            name, level = cells[0].take(), int(cells[0].parent.classes[0].removeprefix("deep-"))
            above = [*above[:level], name]
            if level:
                self.reading.stands_below(self.where, self.period, name, above[-2])
            else:
                self.reading.rows[self.period, self.unit] = name
            people = cells[1].take()
            self.reading.people.setdefault((self.period, name), set()).add(None if people in HIDDEN else number(people))
            for heading, cell in zip(headings[2:], cells[2:], strict=True):
                self.figure(cell.take(), name, metric_named(heading) or heading.lower())

    def _line(self, headings: list[str], cells: list[Node]) -> None:
        """A row of the board, of the group page, of the year report."""
        name = cells[0].take().removesuffix(" Shown together: one of them is small")
        is_total = name == "All together"
        self.lines += not is_total
        for heading, cell in zip(headings[1:], cells[1:], strict=True):
            row = self.row if is_total else name
            if heading == "Red and orange":
                for one in cell.all("span", "flex"):
                    self.figure(one.take(), row, one.first("svg").attrs["aria-label"].lower())
            elif heading in ("Repair queue", "Signals"):
                self.lost(cell.take())
            else:
                self._coverage(cell, row, COLUMNS[heading])

    def _coverage(self, cell: Node, row: str, metric: str) -> None:
        if (trend := cell.first("span", "nowrap")) is not None:
            self._arrow(trend, row, metric)
        words = cell.take()
        self.figure(words, row, metric)
        if (found := FIGURE.fullmatch(words)) and found.group(3):
            self._part_bar(cell, number(found.group(2)), number(found.group(3)))

    def _arrow(self, trend: Node, row: str, metric: str) -> None:
        """An arrow, the same in words, and once more under the pointer."""
        arrow, said = (one.take() for one in trend.all("span"))
        found = TREND.fullmatch(said)
        if not found or arrow != {"above": "↑ ", "below": "↓ ", None: "="}[found.group(2)] + (found.group(1) or ""):
            self.lost(arrow)
        if trend.attrs.pop("title", said) != said:
            self.lost(f"0 {trend.attrs}")
        self.lost(self.trends(said, row, metric))

    def _part_bar(self, around: Node, part: int, whole: int) -> None:
        self.bar(around, [(part, "w1"), (max(0, whole - part), "w4")])

    def _question(self, question: str, share: str, counts: str, trend: str) -> None:
        """A row of the year report's first table."""
        self._share(share, QUESTIONS[question])
        self.lost(self.phrases(counts, self.row))
        self.lost(self.trends(trend, self.row, QUESTIONS[question]))

    def _share(self, words: str, metric: str) -> None:
        if re.fullmatch(PERCENT, words):
            self.say(self.row, metric, percent=words)
        else:
            self.figure(words, self.row, metric)

    def _flow(self, before: str, now: str, people: str, way: str) -> None:
        source, target = COLOUR_NAMES[before], COLOUR_NAMES[now]
        self.reading.flow(self.period, source, target, number(people))
        if WAYS[way] != way_of(source, target):
            self.lost(f"{before} {now} {way} {people}")

    # Parts of pages

    def _tile(self, tile: Node) -> None:
        metric = QUESTIONS[tile.first("h2", "q").take()]
        figure = tile.first("div", "big") or tile.first("span", "hid")
        if figure is not None and not self._are_clear(figure, tile.first("p", "a")):
            self._share(figure.take(), metric)
        if (keys := tile.first("ul", "keys")) is not None:
            self.bar(tile, [(self.key(one), fill) for one, fill in zip(keys.all("li"), FILLS, strict=True)])
        for one in tile.all("span", "right"):
            self.lost(self.trends(one.take(), self.row, metric))

    def _are_clear(self, figure: Node, counts: Node) -> bool:
        """Whether a tile tells how many departments have no signal: all of them, since none was raised."""
        every = f"{self.lines or 1} / {self.lines or 1}"
        if figure.words() != every or counts.words() != f"{every.replace('/', 'of')} departments without a signal":
            return False
        figure.take()
        counts.take()
        return True

    def key(self, item: Node, side: str = "") -> int:
        """`Improved 27% 301`, of everybody at risk or of one side; returns how many."""
        name, share, count = re.fullmatch(rf"(.+?) ({PERCENT}) ({COUNT})", item.take()).groups()
        self.say(self.row, f"{side}{CHANGES[name]}", percent=share, part=number(count))
        return number(count)

    def _definition(self, told: Node) -> None:
        """Behind a button: words of the files, and the present counts."""
        section = told.within("section", "pop")
        metric = metric_named(section.first("h2").words()) if section else ""
        terms = [child for child in told.children if isinstance(child, Node)]
        for term, words in zip(terms[::2], terms[1::2], strict=True):
            heading, said = term.take(), words.take()
            metric = metric_named(heading) or metric
            if heading == "Present counts" and metric:
                self.counts(said, self.row, metric)
            elif heading == "Version of metric" and said in {str(metric.version) for metric in metrics.load().metrics}:
                continue
            else:
                self._say(f"{heading} {said}")

    def _chain(self, card: Node, steps: Node) -> None:
        name = card.first("h3").take()
        slugs = FUNNEL if name == FUNNEL_NAME else [one.slug for one in metrics.load().members(CHAINS[name])]
        sentence = card.first("p", "plum")
        words, people = sentence.take() if sentence else "", []
        for slug, line in zip(slugs, steps.all("li"), strict=True):
            told = line.first("div", "flex")
            step, shown = told.first("span").take(), told.take()
            if not (found := re.fullmatch(rf"({COUNT})(?: ({PERCENT}))?", shown)):
                self.figure(shown, self.row, slug)
                continue
            people.append(number(found.group(1)))
            of_first = {"whole": people[0], "percent": found.group(2)} if slugs is not FUNNEL and slug != slugs[0] else {}
            self.say(self.row, slug, part=people[-1], **of_first)
            self.lost("" if found.group(2) in (None, percent_text(people[-1], people[0])) else shown)
            self._part_bar(line, people[-1], people[0])
            if len(people) > 1:
                words = words.replace(f"{people[-2] - people[-1]:,} people fewer at “{step}”", "…")
        self.lost(words)

    def _colours(self, keys: Node) -> None:
        parts, together = [], None
        for item in keys.all("li"):
            name, figure = item.first("span", "b").take(), item.first("span", "end").take()
            colour, found = COLOUR_NAMES.get(name, ""), FIGURE.fullmatch(figure)
            if colour:
                self.figure(figure, self.row, colour)
            elif name == "The hidden colours together" and found:
                together = number(found.group(2)), found.group(1)
            else:
                self.lost(f"{name} {figure}")
            if found and number(found.group(2)):
                parts.append((number(found.group(2)), f"f-{colour}" if colour else "w5"))
        self.bar(keys.parent, parts)
        if together:
            self.reading.check(f"{self.where}: hidden colours together {together}", lambda: self._hidden_together() == together)

    def _hidden_together(self) -> tuple[int, str] | None:
        """What is left of everybody assessed when the colours that are told are taken away."""
        assessed = self.reading.told(self.period, self.row, "assessed")
        told = [one[0] for colour in COLOURS if (one := self.reading.told(self.period, self.row, colour))]
        return assessed and (assessed[0] - sum(told), percent_text(assessed[0] - sum(told), assessed[0]))

    def _section(self, section: Node) -> None:
        heading = section.first("h2")
        title = heading.words() if heading else ""
        if title == "Who took part in their plan, and who did not":
            for card in section.all("div", "card"):
                self._side(card)
        elif title == "How colours changed" and (keys := section.first("ul", "keys")):
            self._ways(section, keys)
        elif title == "Health improvement: told, never weighed":
            for one in section.all("li"):
                self.key(one)
        elif title.startswith("What closing would fix"):
            unit = title.removeprefix("What closing would fix").removeprefix(" in ")
            self.lost(self.phrases(section.take(), self.reading.row_of(self.period, unit) if unit else self.row, CLOSING))
        elif "coach" in section.classes:
            name = section.first("b", "b").take()
            self.lost(self.phrases(section.take(), name, COACHING))
        elif "boxes" in section.parent.classes:
            reading_cards.box(self, section)
        elif title == "Metrics":
            reading_cards.score(self, section.first("span", "ink2"))
        elif title == "What to do next":
            reading_cards.to_do(self, section.all("li"))

    def _side(self, card: Node) -> None:
        name, people = re.fullmatch(rf"(.+) ({COUNT})", card.first("p").take()).groups()
        self.bar(card, [(self.key(one, f"{SIDES[name]}_"), fill) for one, fill in zip(card.all("li"), FILLS, strict=True)])
        for change in CHANGES.values():
            self.say(self.row, f"{SIDES[name]}_{change}", whole=number(people))

    def _ways(self, section: Node, keys: Node) -> None:
        for one in keys.all("li"):
            name, people = re.fullmatch(rf"(.+) ({COUNT})", one.take()).groups()
            self._adds_up(f"{name} {people}", number(people), name)
        everybody = section.first("span", "ink2")
        if found := re.fullmatch(rf"({COUNT}) (?:people|person) of both periods", everybody.words()):
            self._adds_up(everybody.take(), number(found.group(1)), *WAYS)

    def _adds_up(self, words: str, people: int, *names: str) -> None:
        self.reading.check(f"{self.where}: {words}", lambda: sum(self._sum_of(name) for name in names) == people)

    def _sum_of(self, name: str) -> int:
        """Of the flows that were told: those of a way, or the small ones together."""
        flows = {(source, target): min(people) for (period, source, target), people in self.reading.flows.items() if period == self.period}
        if name == "Small changes together":
            return sum(people for (_source, target), people in flows.items() if target == flowing.OTHER)
        ends = {place: people for place, people in flows.items() if place[1] != flowing.OTHER and flowing.NONE not in place}
        return sum(people for place, people in ends.items() if way_of(*place) == WAYS.get(name))

    def _chart(self) -> None:
        """The numbers that a script draws from."""
        for script in self.root.all("script"):
            if script.attrs.get("type") == "application/json":
                chart = json.loads(script.take())
                nodes = {one["id"]: one for one in chart["nodes"]}
                if set(chart) != CHART or script.attrs.get("id") != "flows" or any(set(one) != NODE for one in nodes.values()):
                    self.lost(f"0 {chart}")
                self._links(nodes, chart["links"])

    def _links(self, nodes: dict[str, dict], links: list[list]) -> None:
        totals = dict.fromkeys(nodes, 0)
        for left, right, people, way in links:
            source, target = nodes[left]["colour"], nodes[right]["colour"]
            self.reading.flow(self.period, source, target, people)
            totals[left] += people
            totals[right] += people
            self.lost("" if way == way_of(source, target) else f"{source} {target} {way} {people}")
        for one, people in totals.items():
            for name in ("label", "short"):
                self.lost(nodes[one][name].removesuffix(f" {people:,}"))

    def _rest(self) -> None:
        """Sentences that stand by themselves; every number that nobody has understood in words, attributes or drawings is noted."""
        for one in self.root.all("a", "bell"):
            # How many notices wait for the reader.
            self.lost(BELL.sub("", one.take()))
        numbered = 0
        for block, texts in answers.blocks(self.root):
            words = " ".join(" ".join(one.words for one in texts).split())
            if words.startswith(f"{numbered + 1}. ") and block.tag == "h2":
                numbered, words = numbered + 1, ""
            self._say(reading_cards.sentence(self, words))
        self._left_over()

    def _say(self, words: str) -> None:
        """Sentences of the unit that the page is about."""
        self.lost(PERIODS_CLOSED.sub("", self.phrases(words, self.row) if self.unit else words))

    def _left_over(self) -> None:
        for one, name, value in answers.attributes_left(self.root):
            self.lost(f"{value} (attribute {name} of {one.tag})")
        for one in answers.drawings_left(self.root):
            self.reading.left.append(f"{self.where}: drawn from other numbers than those beside it: {one.parent.attrs}")


def way_of(source: str, target: str) -> str:
    """Of two colours, whether the second one is better; what cannot be compared is the same."""
    if source == target or not {source, target} <= set(flowing.SCALE):
        return "same"
    return "better" if flowing.SCALE.index(target) < flowing.SCALE.index(source) else "worse"
