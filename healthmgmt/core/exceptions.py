"""The one error that a user is meant to read."""


class Rejected(Exception):
    """What was asked cannot be done; the message is a sentence that the user can act on.

    `field` names the input at fault where there is one.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
