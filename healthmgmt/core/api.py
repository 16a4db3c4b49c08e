"""What all API views share."""

from typing import Any, Self

from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from healthmgmt.core.exceptions import Rejected


class Pages(LimitOffsetPagination):
    """A list in pages of a bounded size."""

    max_limit = 500


class Parameters(serializers.Serializer):
    """What may stand behind an address; any other name is refused, so that nobody takes for narrowed what is not."""

    @classmethod
    def of(cls, request: Request) -> dict[str, Any]:
        """What was asked for. Raises ValidationError."""
        # A plain mapping, in which what is named and left empty is a fault.
        given: Self = cls(data=request.query_params.dict())
        given.is_valid(raise_exception=True)
        return given.validated_data

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # The framework's own name for the form of an answer, of which there is one.
        form = api_settings.URL_FORMAT_OVERRIDE
        if unknown := sorted(set(self.initial_data) - {*self.fields, form}):
            known = _("There is no such parameter. There are: %(names)s.") % {"names": ", ".join(self.fields)}
            raise serializers.ValidationError({name: [known] for name in unknown})
        return attrs


class PageParameters(Parameters):
    """Of a list: which part of it."""

    limit = serializers.IntegerField(required=False, min_value=1, help_text="How many at most; never more than 500.")
    offset = serializers.IntegerField(required=False, min_value=0, help_text="How many to pass over.")


def api_exception_handler(error: Exception, context: dict) -> Response | None:
    """DRF's handler, with rejections as 422 and their sentence under `detail`."""
    if isinstance(error, Rejected):
        return Response({"detail": str(error.message), "field": error.field}, status=status.HTTP_422_UNPROCESSABLE_ENTITY)
    return exception_handler(error, context)
