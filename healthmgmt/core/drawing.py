"""Small charts and marks as SVG text. Pure: percent coordinates and classes only, so that the strict content policy holds.

Colours come from the stylesheet. `base.html` holds the two patterns, `hatch` and `dots`, which keep parts apart without
colour.
"""

from collections.abc import Sequence
from functools import lru_cache
from html import escape

# Fewer corners, less urgent: readable without colour. (outline, glyph)
SHAPES = {
    "red": ('<path class="f" d="M7.6 1h8.8L23 7.6v8.8L16.4 23H7.6L1 16.4V7.6z"/>', '<path class="g" d="M12 6.5v7M12 17.4v.1"/>'),
    "orange": ('<path class="f" d="M12 .8 23.2 12 12 23.2.8 12z"/>', '<path class="g" d="M12 7.6v8.8M7.6 12h8.8"/>'),
    "yellow": ('<path class="f" d="M12 1.6 23.4 22H.6z"/>', '<path class="g" d="M12 18.6V10.4M8.7 13.4 12 10l3.3 3.4"/>'),
    "blue": ('<rect class="f" x="2" y="2" width="20" height="20" rx="4"/>', '<path class="g" d="M12 11v6M12 7.1v.1"/>'),
    "green": ('<circle class="f" cx="12" cy="12" r="11"/>', '<path class="g" d="m7.2 12.4 3.3 3.3 6.3-7"/>'),
    "grey": (
        '<circle class="f" cx="12" cy="12" r="10.4"/>',
        '<path class="g" d="M9.4 9.3c.3-3 5.6-2.7 5.2.5-.3 2-2.6 2-2.6 4M12 17.3v.1"/>',
    ),
}
COLOURS = tuple(SHAPES)
# The fills of bars: done, the same, stuck, the rest, outside.
FILLS = ("w1", "w2", "w3", "w4", "w5")
PATTERNS = {"w3": "dots", "w5": "hatch"}
# A part that is there stays visible, in percent of the bar; the number beside it is exact.
LEAST_WIDTH = 0.7
SPARK_WIDTH, SPARK_HEIGHT = 96, 36


@lru_cache(500)
def mark(colour: str, *, label: str = "", extra: str = "") -> str:
    """The shape of a risk colour; without a label it is decoration beside words. Raises KeyError for no colour."""
    outline, glyph = SHAPES[colour]
    role = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return f'<svg class="mk mk-{colour} {escape(extra)}" viewBox="0 0 24 24" {role}>{outline}{glyph}</svg>'


def range_bar(
    value: float,
    axis: tuple[float, float],
    *,
    low: float | None = None,
    high: float | None = None,
    previous: float | None = None,
    colour: str = "",
) -> str:
    """Where a value stands on an axis: the range of reference, the value before (hollow), the value (a diamond when coloured)."""
    start, end = axis
    span = (end - start) or 1.0

    def at(number: float) -> float:
        return max(1.5, min(98.5, 100 * (number - start) / span))

    left, right = at(low) if low is not None else 0.0, at(high) if high is not None else 100.0
    parts = [
        '<svg class="rb" aria-hidden="true"><rect class="tr" x="0" y="12" width="100%" height="6" rx="3"/>',
        f'<rect class="zn" x="{left:.1f}%" y="12" width="{max(0.0, right - left):.1f}%" height="6" rx="3"/>',
    ]
    for limit in (low, high):
        if limit is not None:
            place = f"{at(limit):.1f}%"
            parts.append(f'<line class="tk" x1="{place}" x2="{place}" y1="8" y2="22"/>')
            parts.append(f'<text x="{place}" y="36" text-anchor="middle">{limit:g}</text>')
    if previous is not None:
        parts.append(f'<circle class="pv" cx="{at(previous):.1f}%" cy="15" r="5"/>')
    if colour:
        parts.append(f'<svg x="{at(value):.1f}%" y="15" overflow="visible"><path class="nw {colour}" d="M0-10 10 0 0 10-10 0z"/></svg>')
    else:
        parts.append(f'<circle class="nw" cx="{at(value):.1f}%" cy="15" r="8"/>')
    return "".join(parts) + "</svg>"


def spark(values: Sequence[float], *, limit: float | None = None) -> str:
    """A trend of two or more values, oldest first, with a dotted limit; empty for fewer."""
    if len(values) < 2:
        return ""
    reach = [*values, *([limit] if limit is not None else [])]
    lowest, span = min(reach), (max(reach) - min(reach)) or 1.0

    def y(value: float) -> float:
        return SPARK_HEIGHT - 6 - (SPARK_HEIGHT - 12) * (value - lowest) / span

    def x(place: int) -> float:
        return 4 + place * (SPARK_WIDTH - 10) / (len(values) - 1)

    points = [(x(place), y(value)) for place, value in enumerate(values)]
    line = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
    dotted = f'<line class="lim" x1="0" x2="{SPARK_WIDTH}" y1="{y(limit):.1f}" y2="{y(limit):.1f}"/>' if limit is not None else ""
    dots = "".join(f'<circle class="p0" cx="{a:.1f}" cy="{b:.1f}" r="2"/>' for a, b in points[:-1])
    last = f'<circle class="pt" cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="4"/>'
    return (
        f'<svg class="sp" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" aria-hidden="true">{dotted}'
        f'<polyline class="ln" points="{line}"/>{dots}{last}</svg>'
    )


def stacked_bar(parts: Sequence[tuple[int, str]], *, extra: str = "") -> str:
    """Counts as parts of one bar, in order; each part is (count, fill), where a fill is w1 to w5 or `f-` and a risk colour.

    Nothing to show is an empty bar.
    """
    total = sum(count for count, _ in parts)
    found = [(count, fill) for count, fill in parts if count]
    widths = [max(LEAST_WIDTH, 100 * count / total) for count, _ in found]
    if widths:
        widths[widths.index(max(widths))] -= sum(widths) - 100
    pieces, left = [f'<svg class="sb {escape(extra)}" aria-hidden="true"><rect class="w4" width="100%" height="100%"/>'], 0.0
    for place, ((_, fill), width) in enumerate(zip(found, widths, strict=True)):
        for drawn in (f'class="{fill}"', f'fill="url(#{PATTERNS[fill]})"' if fill in PATTERNS else ""):
            pieces.append(f'<rect {drawn} x="{left:.2f}%" width="{width:.2f}%" height="100%"/>' if drawn else "")
        left += width
        if place < len(found) - 1:
            pieces.append(f'<rect class="gap" x="{left:.2f}%" width="2" height="100%"/>')
    return "".join(pieces) + "</svg>"


def key(fill: str) -> str:
    """The little square that says what a fill of a bar means."""
    pattern = f'<rect fill="url(#{PATTERNS[fill]})" width="14" height="14"/>' if fill in PATTERNS else ""
    return f'<svg aria-hidden="true"><rect class="{fill}" width="14" height="14"/>{pattern}</svg>'
