"""Disputed values as pages show them: to whom they belong, to clinicians, and to the exam centre that delivered them."""

from typing import NamedTuple

from healthmgmt.exams.columns import item_name
from healthmgmt.exams.models import Dispute
from healthmgmt.exams.presenters import UNITS
from healthmgmt.records import catalogue

# Told in a conversation with a clinician, never as a number on a page.
PRIVATE_CATEGORY = "mental"


class Disputed(NamedTuple):
    dispute: Dispute
    name: str
    value: str


def shown(dispute: Dispute) -> Disputed:
    """`dispute` comes with its exam. The value as the exam said it, in the unit of the paper."""
    item = catalogue.load()[dispute.code]
    number, unit = dispute.exam.reported.get(dispute.code) or (dispute.exam.results[dispute.code], item.unit)
    value = "" if item.category == PRIVATE_CATEGORY else f"{dispute.exam.qualifiers.get(dispute.code, '')}{number:g} {UNITS.get(unit, unit)}".strip()
    return Disputed(dispute, item_name(dispute.code), value)
