"""Numbers per unit: the counted facts, and what of them is published."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from healthmgmt.core.classification import CLINICAL, PLAIN
from healthmgmt.insight.card_models import Card, CardStep, Target
from healthmgmt.insight.coach_models import CoachNote
from healthmgmt.insight.light_models import Light, LightStep, Look
from healthmgmt.organization.models import Period, Unit

# Models of a module of their own.
__all__ = ["Card", "CardStep", "CoachNote", "Light", "LightStep", "Look", "PublishedRow", "Target", "UnitFact"]


class UnitFact(models.Model):
    """A metric of a unit's whole subtree in a period, exactly as counted. Never shown: pages read `PublishedRow`.

    `definition` is the version of the metric in data/metrics.toml by which it was counted, `computed_at` when it became so.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="facts")
    period = models.ForeignKey(Period, on_delete=models.CASCADE, related_name="facts")
    metric = models.CharField(max_length=40)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    definition = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()

    CLASSIFICATION = {
        "unit": PLAIN,
        "period": PLAIN,
        "metric": PLAIN,
        "numerator": CLINICAL,
        "denominator": CLINICAL,
        "definition": PLAIN,
        "computed_at": PLAIN,
    }

    class Meta:
        ordering = ["period", "unit", "metric"]
        constraints = [
            models.UniqueConstraint(fields=["period", "unit", "metric"], name="fact_once"),
            models.CheckConstraint(condition=Q(numerator__gte=0, denominator__gte=models.F("numerator")), name="fact_is_a_part"),
        ]


class PublishedRow(models.Model):
    """What may be shown of a unit in a period - or of several small siblings together, so that nobody can be made out.

    `unit` heads the row; `units` are those it counts whole, `own_units` those of which it counts the people who sit
    directly in them. `cells` is {metric: {"numerator", "denominator", "hidden"}}; a hidden cell has no numerator. `whole` is what is
    told of the whole organisation alone, as wholes.py has it; other rows have none.
    """

    period = models.ForeignKey(Period, on_delete=models.CASCADE, related_name="published_rows")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="children")
    units = ArrayField(models.BigIntegerField(), default=list)
    own_units = ArrayField(models.BigIntegerField(), default=list)
    people = models.BigIntegerField(null=True)
    cells = models.JSONField(default=dict)
    whole = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    smallest_group = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField()

    CLASSIFICATION = {
        "period": PLAIN,
        "unit": PLAIN,
        "parent": PLAIN,
        "units": PLAIN,
        "own_units": PLAIN,
        "people": PLAIN,
        "cells": PLAIN,
        "whole": PLAIN,
        "smallest_group": PLAIN,
        "published_at": PLAIN,
    }

    class Meta:
        ordering = ["period", "id"]
