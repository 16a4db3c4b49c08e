"""Uploads over HTTP: deliver a file, follow it, apply it, undo it. The same services as pages and commands."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from healthmgmt.accounts.models import User
from healthmgmt.core.actors import Actor
from healthmgmt.core.api import PageParameters, Pages
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.exams import access, presenters, quarantine, selectors, services
from healthmgmt.exams.models import Upload, UploadRow

PROBLEM_ROWS = 500


class NewUpload(serializers.Serializer):
    """What a client may say with a file; `unit` where it delivers for several."""

    file = serializers.FileField(allow_empty_file=True)
    unit = serializers.IntegerField(required=False)
    centre = serializers.CharField(max_length=120, required=False, allow_blank=True)
    check_only = serializers.BooleanField(default=False)
    apply = serializers.BooleanField(default=False)


class Undoing(serializers.Serializer):
    """Why an upload is withdrawn; it goes on record."""

    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class UploadLine(serializers.ModelSerializer):
    """An upload in a list."""

    id = serializers.UUIDField(source="uuid")

    class Meta:
        model = Upload
        fields = ["id", "file_name", "state", "reason", "uploaded_at", "received", "accepted", "unchanged", "waiting", "refused"]


class ProblemTold(serializers.Serializer):
    """Why a row waits or is left out; `sheet` where the file has several."""

    row = serializers.IntegerField()
    cell = serializers.CharField(allow_blank=True)
    column = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()
    text = serializers.CharField()
    sheet = serializers.CharField(required=False)


class ReceiptTold(serializers.Serializer):
    """The shape of `receipt`, for the description of the API: received = accepted + unchanged + waiting + refused."""

    id = serializers.UUIDField()
    upload = serializers.UUIDField()
    state = serializers.CharField()
    outcome = serializers.CharField()
    received = serializers.IntegerField()
    accepted = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    waiting = serializers.IntegerField()
    refused = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField())
    problems = ProblemTold(many=True)
    notes = serializers.ListField(child=serializers.CharField())
    problem_rows = serializers.IntegerField()


class UndoneTold(serializers.Serializer):
    """How many exams were withdrawn."""

    id = serializers.UUIDField()
    withdrawn = serializers.IntegerField()


def receipt(user: User, upload: Upload) -> dict[str, Any]:
    """State and problems; of a long list the first rows, and how many more there are. Without headings that are kept from the user."""
    kept = frozenset() if access.hands(user, upload).sees else quarantine.headings(upload.layout)
    rows = selectors.problem_rows(upload)
    total = rows.count()
    found = presenters.receipt(upload, selectors.problems(upload, rows[:PROBLEM_ROWS], kept=kept))
    if total > PROBLEM_ROWS:
        states = (UploadRow.State.WAITING, UploadRow.State.REFUSED)
        further = {group.reason for state in states for group in selectors.causes(upload, state)}
        found["reasons"] = sorted(further.union(found["reasons"]))
    return {"id": str(upload.uuid)} | found | {"problem_rows": total}


@requires(Permission.UPLOAD_CREATE, Permission.UPLOAD_VIEW)
class UploadsView(APIView):
    """The uploads that the caller may see; POST delivers a file."""

    parser_classes = [MultiPartParser]
    pagination_class = Pages

    @extend_schema(operation_id="uploads", parameters=[PageParameters], responses=UploadLine(many=True))
    def get(self, request: Request) -> Response:
        PageParameters.of(request)
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(access.visible_to(request.user).order_by("-id"), request, view=self)
        return paginator.get_paginated_response(UploadLine(page, many=True).data)

    @extend_schema(operation_id="upload_deliver", request=NewUpload, responses={201: ReceiptTold})
    def post(self, request: Request) -> Response:
        if not request.user.can(Permission.UPLOAD_CREATE):
            raise PermissionDenied
        given = NewUpload(data=request.data)
        given.is_valid(raise_exception=True)
        upload = services.receive(
            given.validated_data["file"],
            name=given.validated_data["file"].name,
            unit=access.uploading_unit(request.user, given.validated_data.get("unit")),
            by=Actor.of_request(request),
            user=request.user,
            centre=given.validated_data.get("centre", ""),
            check_only=given.validated_data["check_only"],
            apply_when_read=given.validated_data["apply"],
        )
        return Response(receipt(request.user, upload), status=status.HTTP_201_CREATED)


@requires(Permission.UPLOAD_CREATE, Permission.UPLOAD_VIEW)
class UploadView(APIView):
    """State, receipt and problems of one upload."""

    @extend_schema(operation_id="upload", responses=ReceiptTold)
    def get(self, request: Request, uuid: UUID) -> Response:
        return Response(receipt(request.user, access.get_upload_or_404(request.user, uuid)))


@requires(Permission.UPLOAD_CREATE)
class ApplyView(APIView):
    """Let the good rows in; the bad ones wait."""

    @extend_schema(operation_id="upload_apply", request=None, responses={202: ReceiptTold})
    def post(self, request: Request, uuid: UUID) -> Response:
        upload = access.get_upload_or_404(request.user, uuid, Permission.UPLOAD_CREATE)
        return Response(receipt(request.user, services.request_apply(upload, by=Actor.of_request(request))), status=status.HTTP_202_ACCEPTED)


@requires(Permission.UPLOAD_UNDO)
class UndoView(APIView):
    """Withdraw a whole upload."""

    parser_classes = [JSONParser, FormParser, MultiPartParser]

    @extend_schema(operation_id="upload_undo", request=Undoing, responses=UndoneTold)
    def post(self, request: Request, uuid: UUID) -> Response:
        upload = access.get_upload_or_404(request.user, uuid, Permission.UPLOAD_UNDO)
        given = Undoing(data=request.data)
        given.is_valid(raise_exception=True)
        withdrawn = services.withdraw(upload, by=Actor.of_request(request), reason=given.validated_data["reason"])
        return Response({"id": str(upload.uuid), "withdrawn": withdrawn})
