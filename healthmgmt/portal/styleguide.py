"""Every component with examples, for who builds pages; served while DEBUG is on."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from healthmgmt.core.drawing import COLOURS

TOKENS = ("paper", "card", "sunk", "line", "ink3", "ink2", "ink", "action", "plum")


class ExampleForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("A label above"), help_text=gettext_lazy("What may stand here."))


def examples() -> dict[str, Any]:
    """What the style guide shows; invented."""
    return {
        "colours": COLOURS,
        "tokens": TOKENS,
        "form": ExampleForm({"text": ""}),
        "reasons": [{"colour": "blue", "title": _("Fasting glucose 6.3"), "text": _("At or above 6.1, not in the diabetes range")}],
        "value": {
            "name": _("Systolic pressure"), "value": "148", "unit": "mmHg", "range": _("below 140"), "axis": (90, 190), "number": 148,
            "high": 140, "previous": 137, "colour": "orange", "series": [128, 131, 134, 137, 148], "limit": 140,
            "say": _("11 higher than last year, past the line of 140."),
        },  # fmt: skip
        "tile": {
            "question": _("Covered?"), "figure": "93%", "counts": "41,386 / 44,520", "note": _("2 points above last year"),
            "definition": {"id": "definition-example", "name": _("Coverage"), "rows": [(_("Numerator"), "41,386"), (_("Denominator"), "44,520")]},
        },  # fmt: skip
        "steps": [
            {"state": "done", "title": _("First call"), "text": ""},
            {"state": "now", "title": _("A doctor checks the pressure"), "text": ""},
            {"state": "late", "title": _("6 days late"), "text": _("The reason, and what comes next")},
            {"state": "", "title": _("Later"), "text": ""},
        ],
        "entries": [
            {"at": datetime(2026, 6, 16, 9, tzinfo=ZoneInfo("Asia/Shanghai")), "who": _("A nurse"), "role": _("Case manager"), "what": _("Looked at the record")}
        ],
        "total": 3482,
        "total_label": _("received"),
        "parts": [
            {"count": 3271, "fill": "w1", "label": _("taken in")},
            {"count": 164, "fill": "w2", "label": _("unchanged")},
            {"count": 43, "fill": "w3", "label": _("waiting")},
            {"count": 4, "fill": "w5", "label": _("left out")},
        ],
        "bar": [(3271, "w1"), (164, "w2"), (43, "w3"), (4, "w5")],
        "page": Paginator(range(120), 50).page(2),
    }  # fmt: skip
