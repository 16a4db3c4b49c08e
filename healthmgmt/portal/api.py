"""People over HTTP: those whom the caller's own pages list, by the roster or on a clinician's list. Nothing about health stands here."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.api import PageParameters, Pages, Parameters
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.people import access, roster
from healthmgmt.people.models import Person
from healthmgmt.portal import selectors


class PeopleParameters(PageParameters):
    """Of which unit."""

    unit = serializers.IntegerField(required=False, help_text="The number of a unit, as in the addresses of pages; with those below it.")


class PersonLine(serializers.Serializer):
    """Somebody who works here; `id` is that of the person's pages, `since` the first day in the unit where that is known."""

    id = serializers.UUIDField(source="uuid")
    emp_no = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    unit = serializers.CharField(source="unit.name")
    unit_id = serializers.IntegerField()
    since = serializers.DateField(allow_null=True)


class EmploymentTold(serializers.Serializer):
    """A stretch of work in one unit; `began` is empty where it was before there were records."""

    unit = serializers.CharField(source="unit_name")
    occupation = serializers.CharField(allow_blank=True)
    began = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)


class PersonTold(serializers.Serializer):
    """A roster entry, without the identity number."""

    id = serializers.UUIDField(source="person.uuid")
    emp_no = serializers.CharField(source="person.emp_no")
    name = serializers.CharField(source="person.name", allow_blank=True)
    unit = serializers.CharField(source="person.unit.name")
    unit_id = serializers.IntegerField(source="person.unit_id")
    left_on = serializers.DateField(source="person.left_on", allow_null=True)
    employments = EmploymentTold(many=True)


@requires(*access.READING)
class PeopleView(GenericAPIView):
    """Those at work whom the caller may list: the roster of their units, a clinician's own list."""

    pagination_class = Pages
    serializer_class = PersonLine

    @extend_schema(operation_id="people", parameters=[PeopleParameters], responses=PersonLine(many=True))
    def get(self, request: Request) -> Response:
        asked = PeopleParameters.of(request)
        unit = access.get_unit_of_people_or_404(request.user, asked["unit"]) if "unit" in asked else None
        page = self.paginate_queryset(selectors.people_known(request.user, unit))
        action = "roster.viewed" if request.user.can(Permission.ROSTER_VIEW) else "record.listed"
        audit.record_people(action, [person.pk for person in page], by=Actor.of_request(request))
        return self.get_paginated_response(PersonLine(page, many=True).data)


@requires(*access.READING)
class PersonView(APIView):
    """One person's roster entry."""

    @extend_schema(operation_id="person", responses=PersonTold)
    def get(self, request: Request, uuid: UUID) -> Response:
        Parameters.of(request)
        person = access.get_known_person_or_404(request.user, uuid)
        audit.record("person.identity_viewed", by=Actor.of_request(request), subject=person, person_id=person.pk)
        return Response(PersonTold({"person": person, "employments": roster.employments(person)}).data)
