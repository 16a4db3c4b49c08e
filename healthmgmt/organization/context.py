"""What every page says of its organisation."""

from django.http import HttpRequest


def organisation(request: HttpRequest) -> dict[str, object]:
    """Its name and time zone; None on the bare domain, before it is established, and for what never came to the middleware."""
    return {"organisation": getattr(request, "frame", None)}
