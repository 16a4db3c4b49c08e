"""Scorecards in words: for JSON in both languages, for people in theirs."""

from typing import Any

from django.utils.translation import gettext as _

from healthmgmt.insight import metrics
from healthmgmt.insight.selectors import Scorecard, ScoreRow


def as_json(card: Scorecard) -> dict[str, Any]:
    """Everything about a scorecard: numbers, definitions, and why a number is hidden."""
    registry = metrics.load()
    return {
        "unit": card.unit.name,
        "period": {
            "name": card.period.name,
            "starts_on": card.period.starts_on.isoformat(),
            "ends_on": card.period.ends_on.isoformat(),
            "deadline_on": card.period.deadline_on.isoformat(),
            "state": card.period.state,
        },
        "published_at": card.published_at.isoformat(),
        "smallest_group": card.smallest_group,
        "metrics": {
            one.slug: {"version": one.version, "direction": one.direction, "sensitivity": one.sensitivity} | dict(one.words)
            for one in registry.metrics
        },
        "reference_day": dict(registry.reference_day),
        "hidden": {
            code: {language: registry.reason(code, language, card.smallest_group) for language in metrics.LANGUAGES}
            for code in registry.hidden_words
        },
        "row": _row(card.row),
        "children": [_row(child) for child in card.children],
    } | ({"flows": [[one.source, one.target, one.people] for one in card.flows]} if card.flows else {})


def _row(row: ScoreRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "people": row.people,
        "cells": {
            one.metric: {"numerator": one.numerator, "denominator": one.denominator, "percent": one.percent, "hidden": one.hidden}
            for one in row.figures
        },
    }


def as_text(card: Scorecard, language: str) -> list[str]:
    """Lines for a terminal: definitions, then the unit and the rows below it. `language` is zh or en."""
    registry = metrics.load()
    lines = [_("%(unit)s, period %(period)s") % {"unit": card.unit.name, "period": card.period.name}, ""]
    for metric in registry.metrics:
        words = metric.words[language]
        lines.append(f"{words['name']}: {words['numerator']} / {words['denominator']}")
    for row in (card.row, *card.children):
        lines += ["", f"{row.name} ({'-' if row.people is None else row.people})"]
        for figure in row.figures:
            name = registry.metric(figure.metric).words[language]["name"]
            if figure.hidden:
                lines.append(f"  {name}: {registry.reason(figure.hidden, language, card.smallest_group)}")
            else:
                lines.append(f"  {name}: {figure.numerator} / {figure.denominator} = {figure.percent} %")
    return lines
