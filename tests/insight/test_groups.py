"""The enrolled beside the others: together they are everybody who was at risk."""

from datetime import UTC, datetime

from healthmgmt.care.models import Contact
from healthmgmt.insight import selectors
from healthmgmt.insight.models import PublishedRow, UnitFact
from tests.insight import crowds

PARTS = ("improved", "unchanged", "worsened", "no_follow_up")


def test_enrolled_and_others_together_are_the_four_parts(cast):
    crowds.fill(cast)
    for person in cast.a1.people.all():
        Contact.objects.create(person=person, made_at=datetime(2025, 6, 1, tzinfo=UTC), made_by="x", ending="will_come")
    crowds.publish(cast)
    found = {fact.metric: fact.numerator for fact in UnitFact.objects.filter(unit=cast.root, period=cast.period)}
    assert {part: found[f"enrolled_{part}"] + found[f"others_{part}"] for part in PARTS} == {part: found[part] for part in PARTS}
    at_risk = cast.a1.people.filter(assessments__assessed_on__year=2025, assessments__colour__in=["yellow", "orange", "red"]).distinct()
    assert sum(found[f"enrolled_{part}"] for part in PARTS) == at_risk.count() > 0


def test_flows_are_read_from_the_top_row_alone(cast):
    crowds.fill(cast)
    crowds.publish(cast)
    flows = selectors.flows(cast.period)
    assert flows and not [flow for flow in flows if flow.people < 10]
    assert selectors.flows(cast.before) == ()
    assert not PublishedRow.objects.exclude(parent=None).exclude(flows=[]).exists()
