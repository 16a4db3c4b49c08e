"""How good the exam centres' deliveries are, in words: signals first, then item by month.

Everything told is of a centre and an item. Last digits are health content, and so is that an item kept from employer roles was
measured; both, and small counts of all others, pass the function that protects small groups.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from healthmgmt.core.suppression import Cell, Node, Row, Table, publish
from healthmgmt.core.templatetags.health import number, page_language
from healthmgmt.exams import presenters, quality, quarantine
from healthmgmt.exams.quality import Counts, Mark, Signal
from healthmgmt.partners.models import ExamCentre
from healthmgmt.records import catalogue

MONTHS = 12
MARKS = {Mark.FINE: gettext_lazy("in order"), Mark.LOOK: gettext_lazy("worth a look"), Mark.TALK: gettext_lazy("worth a word")}
ICONS = {Mark.FINE: "circle-check", Mark.LOOK: "info-circle", Mark.TALK: "alert-triangle"}
SIGNALS = {
    Signal.WAITING: gettext_lazy("many rows do not go in at once"),
    Signal.IMPLAUSIBLE: gettext_lazy("values that cannot be"),
    Signal.UNITS: gettext_lazy("an item comes in several units"),
    Signal.DIGITS: gettext_lazy("readings pile up at 0 and 5"),
    Signal.LATE: gettext_lazy("deliveries come late"),
}


@dataclass(frozen=True)
class Judged:
    """A mark in words, with what it rests on."""

    mark: Mark
    signals: list[str]

    @property
    def words(self) -> str:
        return str(MARKS[self.mark])

    @property
    def icon(self) -> str:
        return ICONS[self.mark]

    @property
    def is_late(self) -> bool:
        return self.mark == Mark.TALK


@dataclass(frozen=True)
class Centre:
    """A line of the list: rows received, not gone in, late; `pk` is 0 for files that named no centre."""

    pk: int
    name: str
    judged: Judged
    received: int
    waiting: int
    late: int


@dataclass(frozen=True)
class Month:
    """One month of an item, or several that are told together."""

    months: list[date]
    received: Cell
    heaped: Cell | None
    implausible: int | None
    units: str


@dataclass(frozen=True)
class Item:
    """An item of a centre. `trend` are values received by month, empty where one of them is hidden."""

    code: str
    name: str
    judged: Judged
    total: Month
    months: list[Month]
    trend: list[int]


def since(today: date) -> date:
    """The first of the months that are told."""
    place = today.year * 12 + today.month - MONTHS
    return date(place // 12, place % 12 + 1, 1)


def centres(found: Mapping[int, Counts]) -> list[Centre]:
    """All exam centres that delivered, what is worth a word first."""
    names = dict(ExamCentre.objects.filter(pk__in=found).values_list("pk", "name"))
    listed = []
    for pk, counts in found.items():
        rows = counts.of("")
        listed.append(
            Centre(
                pk, names.get(pk, ""), _judged(quality.of_centre(counts)), rows["received"], rows["waiting"] + rows["refused"], rows["late"]
            )
        )
    return sorted(listed, key=lambda one: (-quality.ORDER.index(one.judged.mark), -one.received))


def sentence(listed: list[Centre]) -> str:
    """What the list says first."""
    if not listed:
        return _("Nothing has been delivered in the last twelve months.")
    talks = sum(one.judged.mark == Mark.TALK for one in listed)
    looks = sum(one.judged.mark == Mark.LOOK for one in listed)
    if talks:
        return ngettext(
            "%(count)s exam centre is worth a word about its deliveries.", "%(count)s exam centres are worth a word about their deliveries.", talks
        ) % {"count": number(talks)}
    if looks:
        return ngettext("%(count)s exam centre is worth a look.", "%(count)s exam centres are worth a look.", looks) % {"count": number(looks)}
    return _("All deliveries of the last twelve months are in order.")


def centre_sentence(counts: Counts) -> str:
    """What the page of one centre says first."""
    told = _judged(quality.of_centre(counts))
    rows = counts.of("")
    if not rows["received"]:
        return _("Nothing has been delivered in the last twelve months.")
    received = ngettext("%(count)s row received", "%(count)s rows received", rows["received"]) % {"count": number(rows["received"])}
    if not told.signals:
        return _("%(received)s; nothing stands out.") % {"received": received}
    return _("%(received)s; what stands out: %(signals)s.") % {"received": received, "signals": _listed(told.signals)}


def reasons(counts: Counter) -> list[tuple[str, int]]:
    """Why rows did not go in at once, or were mended; the most frequent first."""
    found = {measure.removeprefix("reason:"): count for measure, count in counts.items() if measure.startswith("reason:")}
    cell = _("A cell")
    # A heading is quoted, what stands for all of them is not.
    most_first = sorted(found.items(), key=lambda pair: -pair[1])
    return [(presenters.sentence(reason, cell).replace(f"“{cell}”", cell), count) for reason, count in most_first]


def items(counts: Counts, smallest_group: int) -> list[Item]:
    """The items of a centre, with what is worth a word first, then in the catalogue's order."""
    counted = set(counts.items)
    shown = [_item(counts, code, smallest_group) for code in catalogue.load() if code in counted]
    return sorted(shown, key=lambda item: -quality.ORDER.index(item.judged.mark))


def _item(counts: Counts, code: str, smallest_group: int) -> Item:
    total = counts.of(code)
    by_month = {month: counts.of(code, month) for month in sorted(counts.by_item[code])}
    tables = [Table("received", ("with", "without"), is_health_content=code in quarantine.codes())]
    if code in quality.WHOLE_ITEMS:
        tables.append(Table("digits", ("heaped", "others"), is_health_content=True))
    rows = {month: counts.of("", month)["received"] for month in by_month}
    children = tuple(_node(place, rows[month], by_month[month], tables) for place, month in enumerate(by_month))
    root = _node(-1, sum(rows.values()), total, tables, children)
    published = publish(root, tables, smallest_group)
    named = list(by_month)
    months = [_month(row, [named[place] for place in (*row.whole, *row.own) if place >= 0], by_month, code) for row in published.children]
    trend = [month.received.count for month in months]
    judged = _judged(quality.of_item(code, total) if published.people is not None else {})
    return Item(
        code, _name(code), judged, _month(published, named, by_month, code), months, [] if None in trend else trend
    )


def _node(key: int, rows: int, counts: Counter, tables: list[Table], children: tuple[Node, ...] = ()) -> Node:
    heaped, whole = quality.digits(counts)
    told = min(rows, counts["received"])
    parts = {"received": (told, rows - told), "digits": (heaped, whole - heaped)}
    return Node(key, rows, {table.name: parts[table.name] for table in tables}, children)


def _month(row: Row, months: list[date], by_month: Mapping[date, Counter], code: str) -> Month:
    counts = sum((by_month[month] for month in months), Counter())
    received = row.cells["received"]["with"]
    is_hidden = received.count is None and received.hidden != "nobody"
    units = [] if is_hidden else map(presenters.unit_words, quality.units(counts, catalogue.load()[code].unit))
    heaped = row.cells["digits"]["heaped"] if "digits" in row.cells else None
    return Month(sorted(months), received, heaped, None if is_hidden else quality.implausible(counts), ", ".join(filter(None, units)))


def _judged(found: Mapping[Signal, Mark]) -> Judged:
    ordered = sorted(found, key=lambda signal: -quality.ORDER.index(found[signal]))
    return Judged(quality.worst(list(found.values())), [str(SIGNALS[signal]) for signal in ordered])


def _name(code: str) -> str:
    item = catalogue.load()[code]
    return item.name_zh if page_language() == "zh" else item.name_en


def _listed(parts: list[str]) -> str:
    return _(", ").join(parts)
