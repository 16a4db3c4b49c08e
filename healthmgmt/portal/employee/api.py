"""The signed-in person's own record, assessment and plan over HTTP: what their pages say, and nobody else's."""

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from healthmgmt.core.api import Parameters
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.people import own_record
from healthmgmt.people.models import Person
from healthmgmt.portal.employee import own_data, selectors


class OwnValue(serializers.Serializer):
    """A value as it stands on the paper; `number` is the one that is judged, in the same unit. Neither where a clinician goes through it
    with the person; `text` says so."""

    code = serializers.CharField()
    loinc = serializers.CharField(allow_blank=True)
    name = serializers.CharField()
    group = serializers.CharField()
    value = serializers.CharField(allow_blank=True)
    number = serializers.FloatField(allow_null=True)
    qualifier = serializers.CharField(allow_blank=True)
    ucum = serializers.CharField(allow_blank=True)
    unit = serializers.CharField(allow_blank=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    is_out = serializers.BooleanField()
    colour = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    is_disputed = serializers.BooleanField()


class OwnText(serializers.Serializer):
    """What was found, or told by the person, in words."""

    name = serializers.CharField()
    text = serializers.CharField()
    is_refer = serializers.BooleanField()
    is_watch = serializers.BooleanField()
    is_told = serializers.BooleanField()


class OwnExam(serializers.Serializer):
    """An exam that counts, with the exam centre where one is known."""

    taken_on = serializers.DateField()
    centre = serializers.CharField(allow_blank=True)
    values = OwnValue(many=True)
    texts = OwnText(many=True)


class OwnRecord(serializers.Serializer):
    """The exams, the newest first."""

    sentence = serializers.CharField(allow_blank=True)
    disputed = serializers.CharField(allow_blank=True)
    not_measured = serializers.CharField(allow_blank=True)
    exams = OwnExam(many=True)


class OwnReason(serializers.Serializer):
    """Why the colour is what it is."""

    code = serializers.CharField(allow_blank=True)
    colour = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True)


class OwnMissing(serializers.Serializer):
    """What somebody can supply."""

    who = serializers.CharField()
    what = serializers.CharField()


class OwnScore(serializers.Serializer):
    """A published model's output."""

    name = serializers.CharField()
    label = serializers.CharField()
    value = serializers.FloatField()
    unit = serializers.CharField(allow_blank=True)


class OwnExpired(serializers.Serializer):
    """What the colour was, until its values were too old."""

    colour = serializers.CharField()
    newest_on = serializers.DateField()
    since = serializers.DateField()


class OwnAssessment(serializers.Serializer):
    """The present colour: a screening result, no diagnosis."""

    sentence = serializers.CharField()
    colour = serializers.CharField()
    source = serializers.CharField()
    reasons = OwnReason(many=True)
    change = serializers.CharField(allow_blank=True)
    missing = OwnMissing(many=True)
    is_incomplete = serializers.BooleanField()
    screening = serializers.CharField()
    assessed_on = serializers.DateField(allow_null=True)
    pack = serializers.CharField()
    edition = serializers.CharField()
    scores = OwnScore(many=True)
    outside = serializers.ListField(child=serializers.CharField())
    ideal = serializers.CharField(allow_blank=True)
    expired = OwnExpired(allow_null=True)


class OwnStep(serializers.Serializer):
    """A step: `state` is done, past, now, late or later; `on` the day from which it is to be done."""

    state = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    hint = serializers.CharField(allow_blank=True)
    on = serializers.DateField(allow_null=True)


class OwnGoal(serializers.Serializer):
    """Where a goal of the plan stands."""

    title = serializers.CharField()
    state = serializers.CharField()
    word = serializers.CharField()
    text = serializers.CharField()


class OwnPresentPlan(serializers.Serializer):
    """The open plan; `steps` are near, `ahead` later ones."""

    name = serializers.CharField()
    colour = serializers.CharField()
    opened_on = serializers.DateField()
    parts = serializers.ListField(child=serializers.CharField())
    manager = serializers.CharField(allow_blank=True)
    paused = serializers.CharField(allow_blank=True)
    goals = OwnGoal(many=True)
    steps = OwnStep(many=True)
    ahead = OwnStep(many=True)
    ended = OwnStep(many=True)
    hazards = serializers.ListField(child=serializers.CharField())


class OwnEarlierPlan(serializers.Serializer):
    """A plan that has ended."""

    name = serializers.CharField()
    colour = serializers.CharField()
    days = serializers.CharField()
    outcome = serializers.CharField()


class OwnPlan(serializers.Serializer):
    """The plan that is open, if any, and those before it."""

    lead = serializers.CharField(allow_blank=True)
    plan = OwnPresentPlan(allow_null=True)
    earlier = OwnEarlierPlan(many=True)


class Own(serializers.Serializer):
    """All three."""

    record = OwnRecord()
    assessment = OwnAssessment(allow_null=True)
    plan = OwnPlan()


@requires(Permission.OWN_RECORD_VIEW)
class MeView(APIView):
    """Record, assessment and plan of the signed-in person in one answer."""

    @extend_schema(operation_id="me", responses=Own)
    def get(self, request: Request) -> Response:
        person, today = _person(request, "me"), timezone.localdate()
        found = selectors.record_of(person, today=today)
        outlook = found.outlook(person)
        told = {
            "record": own_data.record(person, found, outlook),
            "assessment": own_data.assessment(person, found, outlook, today),
            "plan": own_data.plan(person, today),
        }
        return Response(Own(told).data)


@requires(Permission.OWN_RECORD_VIEW)
class RecordView(APIView):
    """The exams of the signed-in person."""

    @extend_schema(operation_id="me_record", responses=OwnRecord)
    def get(self, request: Request) -> Response:
        person = _person(request, "record")
        found = selectors.record_of(person, today=timezone.localdate())
        return Response(OwnRecord(own_data.record(person, found, found.outlook(person))).data)


@requires(Permission.OWN_RECORD_VIEW)
class AssessmentView(APIView):
    """The colour of the signed-in person; 404 while there is none."""

    @extend_schema(operation_id="me_assessment", responses=OwnAssessment)
    def get(self, request: Request) -> Response:
        person, today = _person(request, "assessment"), timezone.localdate()
        found = selectors.record_of(person, today=today)
        told = own_data.assessment(person, found, found.outlook(person), today)
        if told is None:
            raise Http404(_("There is no result that counts yet."))
        return Response(OwnAssessment(told).data)


@requires(Permission.OWN_RECORD_VIEW)
class PlanView(APIView):
    """The plan of the signed-in person and those before it."""

    @extend_schema(operation_id="me_plan", responses=OwnPlan)
    def get(self, request: Request) -> Response:
        return Response(OwnPlan(own_data.plan(_person(request, "plan"), timezone.localdate())).data)


def _person(request: Request, page: str) -> Person:
    """The signed-in person, whose look is recorded; nobody else can be asked for. Raises Http404 for a user who is no employee here."""
    Parameters.of(request)
    person = selectors.own_person(request.user)
    if person is None:
        raise Http404(_("Your account is not linked to an employee yet. Please ask your administrator to link it."))
    own_record.record_look(request, person, page)
    return person
