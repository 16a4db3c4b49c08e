"""Reading the pages of activities for the health office: how far people came, the whole and its units side by side."""

import re

from healthmgmt.core.wording import percent_text
from healthmgmt.engagement import presenters, programmes
from tests.insight.answers import Node
from tests.insight.reading import COUNT, HIDDEN, NOBODY, PERCENT, number
from tests.insight.reading_pages import Page

STAGES = {"Invited": "invited", "Looked at it": "opened", "Joined": "enrolled", "First act": "acted", "Completed": "finished", "Took part": "acted"}
STAGE = re.compile(rf"({PERCENT}) ({COUNT})")
TAKEN_PART = re.compile(rf"({COUNT}) of ({COUNT}) people (?:took part|have taken part so far)")
CHROME = re.compile(r"^\d+ activit(?:y is|ies are) running\.$")


class CampaignPage(Page):
    """An activity, or the list of all. What it says of a row goes by the title of the activity and the row's name."""

    def _head(self) -> tuple[str, str]:
        """An activity has no period; its unit is that of its whole row."""
        eyebrow = self.root.first("p", "eyebrow")
        self.title, self.whole = eyebrow.words().split(" · ")[1:3] if eyebrow else ("", "")
        return "", ""

    def read(self) -> None:
        for one in self.root.all("ol", "funnel"):
            self._funnel(one)
        for table in self.root.all("table"):
            self._table(table)
        heading = self.root.first("h1")
        if found := TAKEN_PART.search(heading.words()):
            self._counts(self.title, self.whole, "acted", number(found.group(1)))
            self._counts(self.title, self.whole, "invited", number(found.group(2)))
            self.lost(heading.take().replace(found.group(0), ""))
        elif CHROME.match(heading.words()):
            heading.take()
        for paragraph in self.root.all("p"):
            if paragraph.words() in fixed_texts():
                paragraph.take()
        self._rest()

    def _funnel(self, stages: Node) -> None:
        first = None
        for line in stages.all("li"):
            stage, words = STAGES[line.first("span").take()], line.take()
            count = self._stage(self.title, self.whole, stage, words)
            first = count if first is None else first
            if count is not None:
                self.bar(line, [(count, "w1"), (max(0, (first or 0) - count), "w4")])

    def _table(self, table: Node) -> None:
        headings = [one.take() for one in table.all("th") if one.attrs.get("scope") == "col"]
        for row in table.all("tr")[1:]:
            cells = [child for child in row.children if isinstance(child, Node)]
            words = {heading: cell.take().removesuffix(" Shown together: one of them is small") for heading, cell in zip(headings, cells, strict=True)}
            if "Activity" in words:
                self._stage(words["Activity"], words["Unit"], "acted", words["Took part"])
                self.lost(f"{words['Days']} {words['State']}")
            else:
                if words["Invited"] != "–":
                    self._counts(self.title, words["Unit"], "invited", number(words["Invited"]))
                for heading in ("Took part", "Completed"):
                    self._stage(self.title, words["Unit"], STAGES[heading], words[heading])

    def _stage(self, title: str, row: str, stage: str, words: str) -> int | None:
        if found := STAGE.fullmatch(words):
            count = number(found.group(2))
            self._counts(title, row, stage, count)
            self.reading.check(f"{self.where}: {row}: {words}", lambda: self._share(title, row, count) == found.group(1))
            return count
        if words in HIDDEN or words == NOBODY:
            self._counts(title, row, stage, None)
        else:
            self.lost(words)
        return None

    def _share(self, title: str, row: str, count: int) -> str:
        (invited,) = self.reading.stages.get((title, row, "invited"), {None})
        return percent_text(count, invited) if invited is not None else ""

    def _counts(self, title: str, row: str, stage: str, count: int | None) -> None:
        self.reading.stages.setdefault((title, row, stage), set()).add(count)


def fixed_texts() -> set[str]:
    """What an activity is and brings, as its file says."""
    return {f"{one.lead['en']} {presenters.worth(one)}" for one in programmes.offered()}
