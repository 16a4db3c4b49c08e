"""The one error that a user is meant to read."""

from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler


class Rejected(Exception):
    """What was asked cannot be done; the message is a sentence that the user can act on.

    `field` names the input at fault where there is one.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


def api_exception_handler(error: Exception, context: dict) -> Response | None:
    """DRF's handler, with rejections as 422 and their sentence under `detail`."""
    if isinstance(error, Rejected):
        return Response({"detail": str(error.message), "field": error.field}, status=status.HTTP_422_UNPROCESSABLE_ENTITY)
    return exception_handler(error, context)
