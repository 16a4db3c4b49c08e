"""Shapes of what is said of scorecards; what is right is decided by the services."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from healthmgmt.insight import weighing


class NoteForm(forms.Form):
    note = forms.CharField(label=_("In a sentence"), max_length=500, required=False)


class CoachForm(forms.Form):
    """`token` is of the form: sent twice, it is told once."""

    text = forms.CharField(label=_("Your words"), max_length=600, required=False, widget=forms.Textarea)
    token = forms.UUIDField(widget=forms.HiddenInput)


class TargetsForm(forms.Form):
    """Weight and target of every metric that may carry one; `present` are those set already."""

    def __init__(self, present: Mapping[str, tuple[int, int]], *given: Any) -> None:
        super().__init__(*given)
        for one in weighing.defaults():
            weight, target = present.get(one.metric, (one.weight, one.target) if not present else (0, one.target))
            self.fields[f"weight_{one.metric}"] = forms.IntegerField(label=_("Weight in the score"), initial=weight, min_value=0, max_value=weighing.WHOLE)
            self.fields[f"target_{one.metric}"] = forms.IntegerField(label=_("Target in percent"), initial=target, min_value=1, max_value=weighing.WHOLE)

    def given(self) -> dict[str, tuple[int, int]]:
        """(weight, target) by metric."""
        said = self.cleaned_data
        return {one.metric: (said[f"weight_{one.metric}"], said[f"target_{one.metric}"]) for one in weighing.defaults()}

    def lines(self, name_of: Callable[[str], str]) -> list[tuple[str, Any, Any]]:
        """For the page: a metric's name with its two fields."""
        return [(name_of(one.metric), self[f"weight_{one.metric}"], self[f"target_{one.metric}"]) for one in weighing.defaults()]
