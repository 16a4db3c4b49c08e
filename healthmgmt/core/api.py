"""What all API views share."""

from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from healthmgmt.core.exceptions import Rejected


def api_exception_handler(error: Exception, context: dict) -> Response | None:
    """DRF's handler, with rejections as 422 and their sentence under `detail`."""
    if isinstance(error, Rejected):
        return Response({"detail": str(error.message), "field": error.field}, status=status.HTTP_422_UNPROCESSABLE_ENTITY)
    return exception_handler(error, context)
