"""Points of people: entries that are only added. The balance is their sum."""

from django.db.models import Sum

from healthmgmt.core.actors import Actor
from healthmgmt.engagement.models import Act, Participation, PointsEntry
from healthmgmt.engagement.programmes import Programme
from healthmgmt.people.models import Person

Kind = PointsEntry.Kind


def balance(person: Person) -> int:
    """How many points a person has; one query. Below zero where an act was taken back whose points were spent."""
    return PointsEntry.objects.filter(person=person).aggregate(sum=Sum("points"))["sum"] or 0


def earn_act(act: Act, programme: Programme, *, by: Actor) -> None:
    """The points of an act, once."""
    _add(act.participation, Kind.ACT, programme.act_points, f"act:{act.pk}", by)


def return_act(act: Act, *, by: Actor) -> None:
    """The points of an act go again, once, by another entry."""
    _counter(act.participation, f"act:{act.pk}", by)


def earn_finish(participation: Participation, act: Act, programme: Programme, *, by: Actor) -> None:
    """What an activity is worth that was carried through by an act, once."""
    if programme.finish_points:
        _add(participation, Kind.FINISHED, programme.finish_points, f"finished:{participation.pk}:{act.pk}", by)


def return_finish(participation: Participation, *, by: Actor) -> None:
    """The points for carrying an activity through go again."""
    keys = PointsEntry.objects.filter(key__startswith=f"finished:{participation.pk}:", kind=Kind.FINISHED).values_list("key", flat=True)
    for key in keys:
        _counter(participation, key, by)


def _counter(participation: Participation, key: str, by: Actor) -> None:
    entry = PointsEntry.objects.filter(key=key).first()
    if entry:
        _add(participation, Kind.CORRECTION, -entry.points, f"{key}:taken_back", by)


def _add(participation: Participation, kind: str, points: int, key: str, by: Actor) -> None:
    parts = {"person_id": participation.person_id, "activity_id": participation.activity_id, "kind": kind, "points": points, "made_by": by.label}
    PointsEntry.objects.bulk_create([PointsEntry(key=key, **parts)], ignore_conflicts=True)
