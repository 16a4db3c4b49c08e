"""Words in examination files -> numbers: strip results, smoking, and the histories people tell.

Pure. The words stand in `data/answers.toml`. What is not recognised is None (or an absent flag), never a
guess: a person without an answer is unknown, not healthy.
"""

import re
import tomllib
import unicodedata
from functools import cache

from healthmgmt.records import catalogue

HABIT_CODES = {"never": 0.0, "former": 1.0, "current": 2.0}
# `阴性(0.05)`, `1+(0.3)`, `-        0umol/L`: a grade and, behind it, the quantity it was read from
GRADE_WITH_QUANTITY = re.compile(r"([^\s(0-9.]+|[1-4]\+|\+[1-4])(?:\s*\([^()]*[0-9][^()]*\)|\s+[<>]?[0-9.]+\s*[a-zA-Z/%]*)$")
HISTORIES = ("past_history", "medication", "family_history")
HABITS = ("smoking", "alcohol")


def fold(text: str) -> str:
    """The form in which words are compared: half-width, lower case, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@cache
def words() -> dict:
    """The dictionary of answers as read from its file."""
    return tomllib.loads((catalogue.DATA / "answers.toml").read_text(encoding="utf-8"))


@cache
def _lookup(section: str) -> dict[str, str]:
    """Folded word -> key, for the sections that map whole answers."""
    return {
        fold(word): key
        for key, listed in words()[section].items()
        if not key.endswith("_parts")
        for word in listed
    }  # fmt: skip


@cache
def _not_measured() -> frozenset[str]:
    return frozenset(fold(word) for word in words()["not_measured"])


def is_not_measured(text: str, value_type: str) -> bool:
    """Whether a cell says that there is no result.

    A lone `-` is "negative" for ordinal items and "no result" for all others; an answer of "none" to a
    question about history (`code`, `text`) is an answer.
    """
    word = fold(text)
    if not word:
        return True
    if word == "-":
        return value_type != "ord"
    if value_type in ("code", "text") and word in ("none", "nil"):
        return False
    return word in _not_measured()


def ordinal(text: str) -> float | None:
    """`-` 0, `±` 0.5, `+` 1 ... `++++` 4, in any of the ways reports write them; else None."""
    table = _lookup("ordinals")
    word = table.get(fold(text))
    if word is None:
        graded = GRADE_WITH_QUANTITY.match(unicodedata.normalize("NFKC", text).strip())
        word = table.get(fold(graded.group(1))) if graded else None
    return None if word is None else float(word)


def sex(text: str) -> str | None:
    """`m`, `f` or None."""
    return _lookup("sexes").get(fold(text))


def yes_no(text: str) -> bool | None:
    """True, False, or None when the answer is something else."""
    answer = _lookup("yes_no").get(fold(text))
    return None if answer is None else answer == "yes"


def habit(code: str, text: str) -> float | None:
    """Smoking or alcohol: never 0, former 1, current 2; None when the answer is not understood."""
    word = fold(text)
    whole = _lookup(code).get(word)
    if whole:
        return HABIT_CODES[whole]
    for answer in ("former", "never", "current"):
        if any(fold(part) in word for part in words()[code][f"{answer}_parts"]):
            return HABIT_CODES[answer]
    return None


def flags(code: str, text: str) -> dict[str, float]:
    """The flags that an answer about past history, medication or family history sets.

    Shape: {"condition:diabetes": 1.0, "condition:hypertension": 0.0, ...}. "No" sets every flag of the
    question to 0, a bare "yes" sets none (it does not say what), other text sets 1 for what it names and
    does not deny, 0 for the rest. An empty or "not asked" cell gives {}.
    """
    if is_not_measured(text, "code"):
        return {}
    answer = yes_no(text)
    if answer is True:
        return {}
    clauses = [] if answer is False else _clauses(text)
    found = {}
    for flag, listed in words()[code].items():
        verdicts = {_verdict(clause, carried, listed) for clause, carried in clauses}
        if "yes" in verdicts:
            found[flag] = 1.0
        elif "open" not in verdicts:
            found[flag] = 0.0
    if code == "medication":
        found |= {words()["treats"][flag]: 1.0 for flag, value in found.items() if value}
    return found


def single_flag(flag: str, text: str) -> dict[str, float]:
    """The answer to a question about one flag (`是否服用降压药`: 是). Not understood: {}."""
    if is_not_measured(text, "code"):
        return {}
    answer = yes_no(text)
    if answer is None:
        return {}
    treated = words()["treats"].get(flag)
    also = {treated: 1.0} if treated and answer else {}
    return {flag: float(answer)} | also


def _clauses(text: str) -> list[tuple[str, str]]:
    """The clauses of an answer, each with what an earlier denial means for it: `no`, `open` or nothing.

    `否认高血压,糖尿病史` denies both; after `无高血压,糖尿病` the second stays open, because it may be either.
    A clause with a word that asserts (`有`, `患`, a number of years) stands for itself.
    """
    negation = words()["negation"]
    pattern = "|".join(re.escape(mark) for mark in negation["clause"])
    folded = unicodedata.normalize("NFKC", text).casefold()
    clauses, carried = [], ""
    for clause in filter(None, (part.strip() for part in re.split(pattern, folded))):
        if any(word in clause for word in negation["carrying"]):
            carried = "no"
        elif _denies(clause):
            carried = "no" if folded.endswith(tuple(negation["closing"])) else "open"
        elif any(word in clause for word in negation["asserting"]) or re.search("[0-9]", clause):
            carried = ""
        clauses.append((clause, carried))
    return clauses


def _verdict(clause: str, carried: str, listed: list[str]) -> str:
    """What a clause says about a condition: `yes`, `no`, `open`, or nothing."""
    for word in listed:
        at = clause.find(word)
        if at >= 0:
            is_denied = denied(clause[:at], clause[at + len(word) :])
            return "no" if is_denied else carried or "yes"
    return ""


def denied(before: str, after: str) -> bool:
    """Whether the words around a finding, inside its clause, deny it (`否认...`, `no ...`, `...史:无`)."""
    return _denies(before) or after.strip().endswith(tuple(words()["negation"]["after"]))


def _denies(text: str) -> bool:
    return any(
        re.search(rf"\b{re.escape(word)}\b", text) if word.isascii() else word in text
        for word in words()["negation"]["before"]
    )
