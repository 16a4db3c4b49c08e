"""Assessments and plans over HTTP, for case managers and physicians: of their own list, or of one person whose record they may open."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from healthmgmt.audit import services as audit
from healthmgmt.care import access, selectors, telling
from healthmgmt.care.models import Plan
from healthmgmt.care.views import CARE
from healthmgmt.core.actors import Actor
from healthmgmt.core.api import PageParameters, Pages
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.people.models import Person
from healthmgmt.risk.models import Assessment


class CareParameters(PageParameters):
    """Of whom, and of which colour."""

    person = serializers.UUIDField(required=False, help_text="Somebody whose record the caller may open, also by exception; else the caller's list.")
    colour = serializers.ChoiceField(Assessment.Colour.values, required=False, help_text="The colour that counts; grey once it has expired.")


class PersonInCare(serializers.Serializer):
    """Whom it is about; `id` is that of the person's page."""

    id = serializers.UUIDField(source="uuid")
    emp_no = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField(source="unit.name")


class ReasonInCare(serializers.Serializer):
    """Why somebody has a colour, with values, and the source of the line."""

    code = serializers.CharField()
    colour = serializers.CharField()
    text = serializers.CharField()
    advice = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)


class ScoreInCare(serializers.Serializer):
    """A published model's output."""

    name = serializers.CharField()
    label = serializers.CharField()
    value = serializers.FloatField()
    unit = serializers.CharField(allow_blank=True)


class MissingInCare(serializers.Serializer):
    """What a colour or a score lacks, and who can supply it."""

    name = serializers.CharField()
    label = serializers.CharField()
    who = serializers.CharField()


class ExpiredInCare(serializers.Serializer):
    """What a colour was, until its values were too old."""

    colour = serializers.CharField()
    newest_on = serializers.DateField()
    since = serializers.DateField()


class AssessmentInCare(serializers.Serializer):
    """A person's present assessment: a screening result, no diagnosis."""

    person = PersonInCare()
    colour = serializers.CharField()
    reasons = ReasonInCare(many=True)
    scores = ScoreInCare(many=True)
    missing = MissingInCare(many=True)
    is_incomplete = serializers.BooleanField()
    assessed_on = serializers.DateField()
    pack = serializers.CharField()
    edition = serializers.CharField()
    title = serializers.CharField()
    screening = serializers.CharField()
    expired = ExpiredInCare(allow_null=True)


class CallsInCare(serializers.Serializer):
    """What the person answered about being called."""

    state = serializers.CharField()
    text = serializers.CharField()


class StepInCare(serializers.Serializer):
    """A step that is planned or to be done, from the day `on`."""

    title = serializers.CharField()
    kind = serializers.CharField()
    doer = serializers.CharField()
    state = serializers.CharField()
    on = serializers.DateField()
    lapses_on = serializers.DateField(allow_null=True)
    is_late = serializers.BooleanField()


class PlanInCare(serializers.Serializer):
    """A person's open plan with its next steps."""

    id = serializers.UUIDField()
    person = PersonInCare()
    name = serializers.CharField()
    template = serializers.CharField()
    version = serializers.IntegerField()
    colour = serializers.CharField()
    opened_on = serializers.DateField()
    parts = serializers.ListField(child=serializers.CharField())
    paused = serializers.CharField(allow_blank=True)
    calls = CallsInCare()
    steps = StepInCare(many=True)


@requires(Permission.RECORD_VIEW)
class AssessmentsView(GenericAPIView):
    """The present assessments of a case manager's list, for a physician of everybody whose record is theirs to open."""

    pagination_class = Pages
    serializer_class = AssessmentInCare

    @extend_schema(operation_id="assessments", parameters=[CareParameters], responses=AssessmentInCare(many=True))
    def get(self, request: Request) -> Response:
        asked, today = CareParameters.of(request), timezone.localdate()
        found = selectors.assessments(_people(request, asked), colour=asked.get("colour", ""), today=today)
        page = self.paginate_queryset(found)
        _record(request, page, asked)
        return self.get_paginated_response(AssessmentInCare([telling.assessment(one, today) for one in page], many=True).data)


@requires(Permission.RECORD_VIEW)
class PlansView(GenericAPIView):
    """The open plans of the same people, with their next steps."""

    pagination_class = Pages
    serializer_class = PlanInCare

    @extend_schema(operation_id="plans", parameters=[CareParameters], responses=PlanInCare(many=True))
    def get(self, request: Request) -> Response:
        asked = CareParameters.of(request)
        page = self.paginate_queryset(selectors.plans(_people(request, asked), colour=asked.get("colour", "")))
        _record(request, page, asked)
        return self.get_paginated_response(PlanInCare(telling.plans(page, timezone.localdate()), many=True).data)


def _people(request: Request, asked: dict[str, Any]) -> QuerySet[Person]:
    """Whom the caller's own list is about; the one asked for as their page is opened, which is recorded whatever there is to tell."""
    if "person" not in asked:
        return access.on_list(request.user).employed()
    found = access.get_person_or_404(request.user, asked["person"])
    audit.record("record.viewed", by=Actor.of_request(request), subject=found, person_id=found.pk, reason=CARE)
    return Person.objects.filter(pk=found.pk)


def _record(request: Request, page: Sequence[Assessment] | Sequence[Plan], asked: dict[str, Any]) -> None:
    """One event for each person of a page of the list."""
    if "person" not in asked:
        audit.record_people("record.listed", [one.person_id for one in page], by=Actor.of_request(request))
