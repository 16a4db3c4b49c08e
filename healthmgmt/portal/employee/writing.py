"""Pieces put together as the language of the page wants it."""

from collections.abc import Iterable, Sequence

from healthmgmt.core.templatetags.health import page_language
from healthmgmt.records import catalogue

# Long names of the catalogue that a narrow column does not hold; people know them by these.
SHORT = {"alt": "ALT", "ast": "AST", "ggt": "GGT", "alp": "ALP", "ldh": "LDH", "fpg": "Fasting glucose", "ppg2h": "2-hour glucose"}


def enumerated(parts: Sequence[str]) -> str:
    """`a, b and c`, `甲、乙、丙`."""
    if page_language() == "zh":
        return "、".join(parts)
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def joined(parts: Iterable[str]) -> str:
    """Clauses of one sentence; empty ones are left out."""
    return ("，" if page_language() == "zh" else ", ").join(part for part in parts if part)


def dotted(parts: Iterable[str]) -> str:
    """Facts beside each other in one line."""
    return " · ".join(part for part in parts if part)


def run_on(sentences: Iterable[str]) -> str:
    """Sentences one after the other: Chinese ones without a blank."""
    return ("" if page_language() == "zh" else " ").join(sentence for sentence in sentences if sentence)


def stopped(clauses: str) -> str:
    """Clauses as a sentence: begun large, with a full stop; nothing stays nothing."""
    return first_upper(clauses) + ("。" if page_language() == "zh" else ".") if clauses else ""


def first_upper(text: str) -> str:
    """The beginning of a sentence."""
    return text[:1].upper() + text[1:]


def bare(sentence: str) -> str:
    """Without its full stop."""
    return sentence.rstrip("。.")


def name(code: str) -> str:
    """What an item is called."""
    indicator = catalogue.load()[code]
    return indicator.name_zh if page_language() == "zh" else SHORT.get(code, indicator.name_en)
