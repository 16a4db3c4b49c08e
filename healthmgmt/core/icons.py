"""Tabler's outline icons as inline SVG, read from the installed npm package."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings

# The transparent square that every icon begins with, and everything around the drawing itself.
DRAWING = re.compile(r"<svg[^>]*>\s*(?:<path stroke=\"none\"[^>]*/>)?(.*)</svg>", re.DOTALL)
NAME = re.compile(r"[a-z0-9-]+")


class UnknownIcon(LookupError):
    """There is no icon of this name."""


@cache
def drawing(name: str) -> str:
    """The inner SVG of an icon. Raises UnknownIcon."""
    path = Path(settings.ICONS_ROOT) / f"{name}.svg"
    if not NAME.fullmatch(name) or not path.is_file():
        raise UnknownIcon(f"There is no icon {name!r} in {settings.ICONS_ROOT}; were the npm packages installed (make)?")
    return re.sub(r"\s*\n\s*", "", DRAWING.search(path.read_text(encoding="utf-8")).group(1))
