"""What a single heading says: a role, one or several indicators, and the unit it states. Pure."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from healthmgmt.records import catalogue, units

LEADING_MARKS = "*★☆※·•▲△#'\"\u200b\ufeff"
WRITTEN_BESIDE = re.compile(r"^(.*?[^\s_/,，:：])[\s_/,，:：]+([^\s]+)$")
SCRIPTS = re.compile(r"^([^\x00-\x7f]+)\s*([\x21-\x7e].*)$")
LATIN_FIRST = re.compile(r"^([\x21-\x7e][\x20-\x7e]*?)\s*([^\x00-\x7f]+)$")
BEHIND_BRACKET = re.compile(r"^(.*[)\]】])\s*([^()\[\]]+)$")
NO_URINE = re.compile("尿素|尿酸")  # of blood, all the same
PAGE = re.compile(r"(?:第[0-9一二三四五六七八九十]+|共[0-9]+)[页頁]|page[0-9]+(?:of[0-9]+|/[0-9]+)?$")
STOOL = ("fob", "hp_c13")
BRACKETS = {")": "(", "]": "[", "】": "【", "}": "{"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """`role` as in Column; `codes` are the candidates when the role is `indicator` or `flag`."""

    role: str
    codes: tuple[str, ...] = ()
    unit: str | None = None  # as written


@cache
def dictionary() -> dict:
    """data/headings.toml as read."""
    return tomllib.loads((catalogue.DATA / "headings.toml").read_text(encoding="utf-8"))


def fold(text: str) -> str:
    """The form in which headings are compared."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("μ", "u")
    return "".join(folded.split()).lstrip(LEADING_MARKS)


@cache
def names() -> dict[str, Meaning]:
    """Folded name -> meaning. Roles win over flags, flags over indicators (`降压药` asks for one flag)."""
    table: dict[str, Meaning] = {}
    for section, role in (("roles", None), ("flags", "flag")):
        for key, listed in dictionary()[section].items():
            for word in listed:
                table.setdefault(fold(word), Meaning(role, (key,)) if role else Meaning(key))
    codes: dict[str, list[str]] = {}
    for indicator in catalogue.load().values():
        for word in filter(None, (*indicator.names, indicator.loinc, *dictionary()["synonyms"].get(indicator.code, ()))):
            listed = codes.setdefault(fold(word), [])
            if indicator.code not in listed:
                listed.append(indicator.code)
    codes |= {fold(word): listed for word, listed in dictionary()["shared"].items()}
    for word, listed in codes.items():
        table.setdefault(word, Meaning("indicator", tuple(listed)))
    return table


@cache
def _parts() -> dict[str, str]:
    """Folded name of a column in a sheet with one row a result -> what it says there."""
    return {fold(word): part for part, words in dictionary()["long"].items() for word in reversed(words)}


def part(text: str) -> str | None:
    """`item`, `result`, `unit`, ... : what a column says of each result where a sheet has one row a result."""
    return _parts().get(fold(text))


def part_rank(text: str) -> int:
    """The place of a word among those for the same part: the earlier one wins."""
    listed = [fold(word) for word in dictionary()["long"][part(text)]]
    return listed.index(fold(text))


@cache
def vocabulary() -> tuple[str, ...]:
    """Names that tell encodings apart: those with letters outside ASCII, at least two of them."""
    words = {
        word
        for indicator in catalogue.load().values()
        for word in (*indicator.names, *dictionary()["synonyms"].get(indicator.code, ()))
    }
    words.update(word for listed in dictionary()["roles"].values() for word in listed)
    return tuple(word for word in words if len(word) > 1 and not word.isascii())


def count_known(text: str) -> int:
    """How many known names stand in a text."""
    return sum(word in text for word in vocabulary())


@lru_cache(maxsize=50_000)  # a heading is looked for in forty rows of thousands of cells, and in each row three times
def read(text: str) -> Meaning | None:
    """What a heading means; None when no name is recognised.

    The whole heading must be a name, apart from low lines, a unit, a second name of the same thing in brackets
    (`白细胞(WBC)`) or behind it (`白细胞WBC`), a specimen before it, and leading marks.
    """
    for spelling in (text, text.replace("_", "")):
        if meaning := names().get(fold(spelling)):
            return meaning
    whole = unicodedata.normalize("NFKC", units.superscripts(text)).lstrip(LEADING_MARKS).strip()
    behind = BEHIND_BRACKET.match(whole)
    if behind and not _is_unit(behind.group(2)):
        behind = None
    if behind:
        whole = behind.group(1)
    bare, groups = _peel(whole)
    unit = next((group for group in groups if _is_unit(group)), behind and behind.group(2))
    others = [group for group in groups if group != unit]
    candidates = [bare, *others, bare + "".join(reversed(others)), bare.replace("_", "")]
    for candidate in candidates:
        found, stated = _name(candidate)
        if found:
            return Meaning(found.role, found.codes, unit or stated)
    return None


def stated_unit(text: str) -> str | None:
    """The unit that stands in brackets in a heading, or behind its name, whether or not the name is known; as written."""
    bare, groups = _peel(unicodedata.normalize("NFKC", units.superscripts(text)).strip())
    beside = WRITTEN_BESIDE.match(bare)
    return next((group for group in (*groups, *(beside.groups()[1:] if beside else ())) if _is_unit(group)), None)


def _peel(text: str) -> tuple[str, list[str]]:
    """`白细胞(WBC)(10^9/L)` -> `白细胞`, [`10^9/L`, `WBC`]: groups from the end, brackets balanced."""
    groups = []
    while text and text[-1] in BRACKETS:
        opening, closing, depth, at = BRACKETS[text[-1]], text[-1], 0, len(text)
        while at > 0:
            at -= 1
            depth += (text[at] == closing) - (text[at] == opening)
            if depth == 0:
                break
        if depth or at == 0:
            break
        groups.append(text[at + 1 : -1].strip())
        text = text[:at].strip()
    return text, groups


def _is_unit(text: str) -> bool:
    """Whether a text beside a name states its unit; a bare number, the unit 1 of ratios elsewhere, counts columns (收缩压1, 收缩压2)."""
    return units.parse(text) is not None and not text.isdigit()


def _name(text: str) -> tuple[Meaning | None, str | None]:
    """The meaning of a text without brackets, and the unit that stands behind the name."""
    for candidate in (text, _without_specimen(text)):
        meaning = names().get(fold(candidate))
        if meaning:
            return meaning, None
        beside = WRITTEN_BESIDE.match(candidate)
        if beside and _is_unit(beside.group(2)) and (meaning := names().get(fold(beside.group(1))) or _twice_named(beside.group(1))):
            return meaning, beside.group(2)
        mixed = SCRIPTS.match(candidate)
        if mixed and _is_unit(mixed.group(2)) and (meaning := names().get(fold(mixed.group(1)))):
            return meaning, mixed.group(2)
        if meaning := _twice_named(candidate):
            return meaning, None
    return None, None


def _twice_named(text: str) -> Meaning | None:
    """What a name in one script and another behind it mean, if that is the same."""
    mixed = SCRIPTS.match(text) or LATIN_FIRST.match(text)
    first, second = (names().get(fold(one)) for one in mixed.groups()) if mixed else (None, None)
    if first is None or second is None or first.role != second.role:
        return None
    common = tuple(code for code in first.codes if code in second.codes)
    return Meaning(first.role, common) if common or not first.codes else None


def _without_specimen(text: str) -> str:
    for word in dictionary()["specimens"]["words"]:
        if text.casefold().startswith(word) and len(text) > len(word) + 1:
            return text[len(word) :]
    return text


@cache
def specimens_of(section: str) -> frozenset[str]:
    """The specimens that a group heading names: `urine`, `blood`, `stool`, `other`; none where it names no specimen."""
    folded = NO_URINE.sub("", fold(section))
    listed = dictionary()["sections"]
    return frozenset(kind for kind, words in listed.items() if any(word in folded for word in words))


def may_stand_in(section: str, code: str) -> bool:
    """Whether an indicator can be meant under a group heading: a strip test is none of blood, a blood count none of urine."""
    kinds = specimens_of(section) if section else ()
    if len(kinds) != 1:
        return True
    is_of_urine, is_of_stool = code.startswith(("u_", "urine_")), code in STOOL
    (kind,) = kinds
    return {"urine": is_of_urine, "stool": is_of_stool, "blood": not (is_of_urine or is_of_stool), "other": False}[kind]


def is_mark(text: str, kind: str) -> bool:
    """Whether a cell is one of the words that mark a unit row or a range row."""
    return fold(text) in {fold(word) for word in dictionary()["marks"][kind]}


def limited_name(text: str) -> str:
    """Whose limits a heading announces: the item of `谷丙转氨酶参考范围`; empty for any other heading."""
    folded = fold(text)
    marks = (fold(word) for word in dictionary()["marks"]["range_row"])
    return folded.removesuffix(max((mark for mark in marks if folded.endswith(mark)), key=len, default=folded)).strip("-_(:/")


def is_total(text: str) -> bool:
    """Whether a cell says that its row sums up others."""
    return fold(text).rstrip(":") in _totals()


@cache
def _totals() -> frozenset[str]:
    return frozenset(map(fold, dictionary()["marks"]["total"]))


def is_note(text: str) -> bool:
    """Whether a cell begins a total or a note under the table, or counts its pages."""
    folded = fold(text)
    return PAGE.match(folded) is not None or any(folded.startswith(fold(word)) for word in dictionary()["marks"]["note"])
