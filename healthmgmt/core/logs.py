"""What no log line may hold: the secret part of addresses that are good without a password."""

import logging
import re

# Django's own lines about an answer name the address that was asked for.
SECRET = re.compile(r"(/(?:deliver|accounts/reset)/)(?!(?:asked|choose)/)[^/\s?\"']+")


class WithoutSecrets(logging.Filter):
    """Blanks the secret part of such addresses, in the message and in what is put into it."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if SECRET.search(text):
            record.msg, record.args = SECRET.sub(r"\1…", text), ()
        return True
