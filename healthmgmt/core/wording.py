"""Numbers and days as people read them, in Chinese and English, and Chinese sentences that break after a stop. Pure."""

import re
from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
WEEKDAYS = {
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
CLAUSE = re.compile(r"[^。，；？！：]+[。，；？！：]*|[。，；？！：]+")


def day_text(day: date, language: str, *, this_year: int | None = None, weekday: bool = False) -> str:
    """`6 月 18 日`, `18 June`; with the year unless it is `this_year`, with the day of the week when asked."""
    has_year = day.year != this_year
    if language == "zh":
        year = f"{day.year} 年 " if has_year else ""
        return f"{year}{day.month} 月 {day.day} 日" + (f" {WEEKDAYS['zh'][day.weekday()]}" if weekday else "")
    name = f"{WEEKDAYS['en'][day.weekday()]} " if weekday else ""
    return f"{name}{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if has_year else "")


def percent_text(part: float, whole: float) -> str:
    """`93%`; a share that is not nothing and not everything is never rounded to 0 % or 100 %; a dash for no whole."""
    if not whole:
        return "–"
    share = 100 * part / whole
    shown = round(share)
    if (shown == 0 and part) or (shown == 100 and part != whole):
        return f"{min(99.9, max(0.1, share)):.1f}%"
    return f"{shown}%"


def clauses(sentence: str) -> list[str]:
    """A Chinese sentence in pieces between which a line may break."""
    return CLAUSE.findall(sentence)


def paragraph(sentences: list[str], language: str) -> str:
    """Whole sentences after one another; blank ones are left out, and Chinese has no space between."""
    return ("" if language == "zh" else " ").join(sentence for sentence in sentences if sentence)
