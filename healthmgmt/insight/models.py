"""What people and units count as in a period, exactly, and what of it is published."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN, QUASI_IDENTIFIER
from healthmgmt.insight.card_models import Card, CardStep, Target
from healthmgmt.insight.coach_models import CoachNote
from healthmgmt.insight.light_models import Light, LightStep, Look
from healthmgmt.organization.models import Period, Unit
from healthmgmt.people.models import Person

# Models of a module of their own.
__all__ = ["Card", "CardStep", "CoachNote", "Light", "LightStep", "Look", "PersonFact", "PublishedRow", "Target", "UnitFact"]


class PersonFact(models.Model):
    """What one person counts as in a period: what the facts of units are sums of, so that a new examination is counted by itself, and a
    recount of a closed period can say whom it counts otherwise, and why. Never shown to anybody. Written by sql/count_people.sql alone.

    `unit` is where they are due, None for who was due in the period before alone. Words are blank and numbers 0 where nothing counts:
    `alerts` is how fast the slowest of them was closed, `bp`, `glucose`, `lipids` how far they came on the way from having it to the
    target, `stage` how far in general activities.
    """

    pk = models.CompositePrimaryKey("period_id", "person_id")
    period = models.ForeignKey(Period, on_delete=models.CASCADE, related_name="+", db_index=False)
    # By the million, about people whom the same statement has just found in the roster (see risk.Assessment).
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False)
    is_covered = models.BooleanField()
    is_on_time = models.BooleanField()
    items = models.PositiveSmallIntegerField()
    colour = models.CharField(max_length=6, blank=True)
    colour_before = models.CharField(max_length=6, blank=True)
    change = models.CharField(max_length=12, blank=True)
    is_enrolled = models.BooleanField()
    alerts = models.CharField(max_length=4, blank=True)
    follow_up = models.CharField(max_length=7, blank=True)
    bp = models.PositiveSmallIntegerField()
    glucose = models.PositiveSmallIntegerField()
    lipids = models.PositiveSmallIntegerField()
    stage = models.PositiveSmallIntegerField()
    exposures = ArrayField(models.TextField(), default=list)
    exposures_done = ArrayField(models.TextField(), default=list)

    CLASSIFICATION = {
        "period": PLAIN,
        "person": IDENTIFIER,
        "unit": QUASI_IDENTIFIER,
        "is_covered": CLINICAL,
        "is_on_time": CLINICAL,
        "items": CLINICAL,
        "colour": CLINICAL,
        "colour_before": CLINICAL,
        "change": CLINICAL,
        "is_enrolled": CLINICAL,
        "alerts": CLINICAL,
        "follow_up": CLINICAL,
        "bp": CLINICAL,
        "glucose": CLINICAL,
        "lipids": CLINICAL,
        "stage": CLINICAL,
        "exposures": QUASI_IDENTIFIER,
        "exposures_done": CLINICAL,
    }

    class Meta:
        ordering = ["period", "person"]


class UnitFact(models.Model):
    """A metric of a unit's whole subtree in a period, exactly as counted. Never shown: pages read `PublishedRow`. Of the metrics that are
    told of the whole organisation only, the root alone has facts.

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
    directly in them. `cells` is {metric: {"numerator", "denominator", "hidden"}}; a hidden cell has no numerator. `flows`, of the top row
    alone, are [colour before, colour now, people] (see flowing.py).
    """

    period = models.ForeignKey(Period, on_delete=models.CASCADE, related_name="published_rows")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="children")
    units = ArrayField(models.BigIntegerField(), default=list)
    own_units = ArrayField(models.BigIntegerField(), default=list)
    people = models.BigIntegerField(null=True)
    cells = models.JSONField(default=dict)
    flows = models.JSONField(default=list, db_default=Value([], models.JSONField()))
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
        "flows": PLAIN,
        "smallest_group": PLAIN,
        "published_at": PLAIN,
    }

    class Meta:
        ordering = ["period", "id"]
