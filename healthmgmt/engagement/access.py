"""Loading an activity, a participation or a request is authorising it. Whatever is out of reach is not there: 404."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.core.permissions import Permission
from healthmgmt.engagement.models import Act, Activity, Participation, Reward, RewardRequest
from healthmgmt.organization.selectors import at_or_below
from healthmgmt.people.models import Person


def own_person(user: User) -> Person | None:
    """Who of the employees a user is."""
    return Person.objects.visible_to(user, Permission.OWN_RECORD_VIEW).select_related("unit").first()


def own_participations(person: Person) -> QuerySet[Participation]:
    """What a person is invited to, what was offered last first."""
    found = Participation.objects.select_related("activity__unit", "person").exclude(activity__state=Activity.State.DRAFT)
    return found.filter(person=person).order_by("-activity__starts_on", "-pk")


def own_participation_or_404(person: Person, uuid: UUID) -> Participation:
    """A person's own part in an activity."""
    return _or_404(own_participations(person).filter(activity__uuid=uuid))


def own_act_or_404(participation: Participation, pk: int) -> Act:
    """An act of this participation that counts."""
    return _or_404(Act.objects.counting().select_related("participation").filter(participation=participation, pk=pk))


def campaigns_of(user: User) -> QuerySet[Activity]:
    """The activities of the units whose activities a user prepares and ends."""
    within = at_or_below(user.unit_paths(Permission.CAMPAIGNS_MANAGE), "unit__path")
    return Activity.objects.select_related("unit", "published").filter(within)


def campaign_or_404(user: User, uuid: UUID) -> Activity:
    return _or_404(campaigns_of(user).filter(uuid=uuid))


def named_activities(user: User) -> QuerySet[Activity]:
    """The activities of which a user may know who is invited and who took part: never one with health content."""
    paths = user.unit_paths(Permission.WORK_STATE_VIEW)
    above = {int(pk) for path in paths for pk in path.split(".") if pk}
    within = at_or_below(paths, "unit__path") | Q(unit__in=above)
    general = Activity.objects.filter(sensitivity=Activity.Sensitivity.COVERAGE).exclude(state=Activity.State.DRAFT)
    return general.select_related("unit").filter(within)


def named_activity_or_404(user: User, uuid: UUID) -> Activity:
    return _or_404(named_activities(user).filter(uuid=uuid))


def rewards_for(person: Person) -> QuerySet[Reward]:
    """What people of a person's unit can have."""
    above = [int(pk) for pk in person.unit.path.split(".") if pk]
    return Reward.objects.filter(is_offered=True, unit__in=above)


def reward_for_or_404(person: Person, uuid: UUID) -> Reward:
    return _or_404(rewards_for(person).filter(uuid=uuid))


def own_request_or_404(person: Person, uuid: UUID) -> RewardRequest:
    return _or_404(RewardRequest.objects.filter(person=person, uuid=uuid))


def managed_rewards(user: User) -> QuerySet[Reward]:
    """The rewards of the units where a user looks after them."""
    return Reward.objects.select_related("unit").filter(at_or_below(user.unit_paths(Permission.REWARDS_MANAGE), "unit__path"))


def managed_reward_or_404(user: User, uuid: UUID) -> Reward:
    return _or_404(managed_rewards(user).filter(uuid=uuid))


def managed_requests(user: User) -> QuerySet[RewardRequest]:
    """What was asked for of those rewards, by people whom the user knows of."""
    people = Person.objects.visible_to(user, Permission.REWARDS_MANAGE)
    return RewardRequest.objects.select_related("reward", "person__unit").filter(reward__in=managed_rewards(user), person__in=people)


def managed_request_or_404(user: User, uuid: UUID) -> RewardRequest:
    return _or_404(managed_requests(user).filter(uuid=uuid))


def _or_404(found: QuerySet):
    one = found.first()
    if one is None:
        raise Http404(_("There is no such page."))
    return one
