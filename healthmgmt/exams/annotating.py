"""Free text of ECG, ultrasound and imaging -> findings with a level. Pure; a dictionary, not a diagnosis."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache

from healthmgmt.exams.cells import DATA
from healthmgmt.records import coding

CLAUSE = re.compile(r"[,。;!?\n]|(?<=[^0-9])\.(?=\s|$)| but ")
# In findings the denying words stand close before what they deny: "胆囊息肉 ... 肝未见囊肿" is two statements.
# A Chinese list that is denied has no blanks in it.
DENIAL = re.compile(
    r"((未见|未探及|未发现|未及|未示|无(?!回声|痛)|没有|(?<![不能])(?:排除|除外))[^\s,。;]{0,24}|(\bno\b|\bnot\b|\bwithout\b|negative for)[^,。;]{0,24})$"
)


@dataclass(frozen=True, slots=True)
class Annotation:
    """`level`: `watch` or `refer`; `text` is the clause that it was found in."""

    code: str
    level: str
    indicator: str
    text: str


@cache
def _dictionary() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    data = tomllib.loads((DATA / "findings.toml").read_text(encoding="utf-8"))
    return tuple(
        (entry["code"], entry["level"], re.compile("|".join(entry["patterns"]))) for entry in data["finding"]
    )  # fmt: skip


@cache
def _normal() -> re.Pattern[str]:
    data = tomllib.loads((DATA / "findings.toml").read_text(encoding="utf-8"))
    return re.compile("|".join(data["normal"]))


def annotate(indicator: str, text: str) -> list[Annotation]:
    """The findings of one cell, each code once; [] for normal, denied and unknown wording."""
    if coding.is_not_measured(text, "text"):
        return []
    folded = unicodedata.normalize("NFKC", text).casefold()
    found: dict[str, Annotation] = {}
    for clause in filter(None, (part.strip() for part in CLAUSE.split(folded))):
        for code, level in _in_clause(clause):
            found.setdefault(code, Annotation(code, level, indicator, clause))
    return list(found.values())


def _in_clause(clause: str) -> list[tuple[str, str]]:
    """Codes and levels in one clause; a stretch of text that one pattern took is not read by a later one."""
    clause = _normal().sub(" ", clause)
    found = []
    for code, level, pattern in _dictionary():
        match = pattern.search(clause)
        if match and not DENIAL.search(clause[: match.start()]):
            found.append((code, level))
            clause = clause[: match.start()] + " " * len(match.group()) + clause[match.end() :]
    return found


def level(annotations: list[Annotation]) -> str | None:
    """The highest level of several findings; None without any."""
    levels = {annotation.level for annotation in annotations}
    return "refer" if "refer" in levels else "watch" if levels else None
