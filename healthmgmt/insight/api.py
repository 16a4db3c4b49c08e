"""The published numbers of a unit over HTTP: what the command `scorecard` prints, by the same presenter."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from healthmgmt.core.api import Parameters
from healthmgmt.core.rules import requires
from healthmgmt.insight import access, presenters, selectors


class ScorecardParameters(Parameters):
    """Which scorecard of the unit."""

    period = serializers.CharField(required=False, max_length=100, help_text="The name of a period, else the newest.")


class PeriodTold(serializers.Serializer):
    """The period that the numbers are of."""

    name = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    deadline_on = serializers.DateField()
    state = serializers.CharField()


class CellTold(serializers.Serializer):
    """One number; where it is hidden, `hidden` says why."""

    numerator = serializers.IntegerField(allow_null=True)
    denominator = serializers.IntegerField(allow_null=True)
    percent = serializers.FloatField(allow_null=True)
    hidden = serializers.CharField(allow_blank=True)


class RowTold(serializers.Serializer):
    """A unit, or several that are shown together; cells by metric."""

    name = serializers.CharField()
    people = serializers.IntegerField(allow_null=True)
    cells = serializers.DictField(child=CellTold())


class MetricTold(serializers.Serializer):
    """What a metric is; its words stand beside that by language."""

    version = serializers.IntegerField()
    direction = serializers.CharField()
    sensitivity = serializers.CharField()
    zh = serializers.DictField(child=serializers.CharField())
    en = serializers.DictField(child=serializers.CharField())


class ScorecardTold(serializers.Serializer):
    """The shape of `presenters.as_json`, for the description of the API; the presenter alone makes the answer."""

    unit = serializers.CharField()
    period = PeriodTold()
    published_at = serializers.DateTimeField()
    smallest_group = serializers.IntegerField()
    metrics = serializers.DictField(child=MetricTold())
    reference_day = serializers.DictField(child=serializers.CharField())
    hidden = serializers.DictField(child=serializers.DictField(child=serializers.CharField()))
    row = RowTold()
    children = RowTold(many=True)
    flows = serializers.ListField(child=serializers.ListField(), required=False)


@requires(*access.NUMBERS)
class ScorecardView(APIView):
    """A unit and those below it, as published; small groups are hidden."""

    @extend_schema(operation_id="unit_scorecard", parameters=[ScorecardParameters], responses=ScorecardTold)
    def get(self, request: Request, pk: int) -> Response:
        unit = access.get_unit_or_404(request.user, pk)
        period = selectors.scorecard_period(ScorecardParameters.of(request).get("period", ""))
        card = selectors.scorecard(request.user, unit, period)
        return Response(presenters.as_json(card))
