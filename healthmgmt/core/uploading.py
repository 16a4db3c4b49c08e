"""Receiving a file over HTTP without letting it fill the disk."""

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils.translation import gettext as _

from healthmgmt.core.exceptions import Rejected


class BoundedFileUploadHandler(TemporaryFileUploadHandler):
    """Stops a request as soon as its file is larger than an upload may be."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        limit = settings.UPLOAD_LIMITS["file_bytes"]
        if start + len(raw_data) > limit:
            self.file.close()
            raise Rejected(_("The file is larger than %(size)s MiB.") % {"size": limit // 2**20}, field="file")
        return super().receive_data_chunk(raw_data, start)
