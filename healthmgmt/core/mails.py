"""Mails of an installation without a mail server."""

import sys

from django.core.mail.backends import console


class EmailBackend(console.EmailBackend):
    """Shows mails on standard error: standard output belongs to what a command prints."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, stream=kwargs.pop("stream", sys.stderr), **kwargs)
