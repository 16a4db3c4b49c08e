"""Receiving a file over HTTP without letting it fill the disk, and without taking half of one for the whole."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils.translation import gettext as _

from healthmgmt.core.exceptions import Rejected

# So much of a file that is too large is read and thrown away, so that the browser gets to see the answer.
READ_ON = 4


class BoundedFileUploadHandler(TemporaryFileUploadHandler):
    """Keeps nothing of a file that is larger than an upload may be, or that breaks off on its way."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.is_too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        arrived, limit = start + len(raw_data), settings.UPLOAD_LIMITS["file_bytes"]
        if arrived > limit and not self.is_too_large:
            self.is_too_large = True
            self.file.close()
        if arrived > limit * READ_ON:
            raise _too_large()
        return None if self.is_too_large else super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        if self.is_too_large:
            raise _too_large()
        return super().file_complete(file_size)

    def upload_interrupted(self) -> None:
        if not self.file.closed:
            self.file.close()
        raise Rejected(_("The file broke off on its way. Nothing was kept; please deliver it again."), field="file")


def _too_large() -> Rejected:
    limit = settings.UPLOAD_LIMITS["file_bytes"] // 2**20
    return Rejected(_("The file is larger than %(size)s MiB.") % {"size": limit}, field="file")
