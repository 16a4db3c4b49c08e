"""Rewards for points: offered, asked for, decided on, handed over. Points and stock go when one is asked for, so that neither is spent twice."""

from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts import notices
from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.engagement import ledger
from healthmgmt.engagement.models import PointsEntry, Reward, RewardRequest
from healthmgmt.organization.models import Unit
from healthmgmt.people.models import Person

PRICES, STOCKS = range(1, 100_001), range(0, 1_000_001)
State = RewardRequest.State


def offer(unit: Unit, *, name_zh: str, name_en: str, price: int, stock: int, by: Actor) -> Reward:
    """Something that people of a unit and below can have for points. Raises Rejected without names, or for numbers that cannot be."""
    names = _checked(name_zh, name_en, price, stock)
    with transaction.atomic():
        reward = Reward.objects.create(unit=unit, price=price, stock=stock, made_by=by.label, **names)
        audit.record("reward.made", by=by, subject=reward, detail={"unit": unit.pk, "price": price, "stock": stock})
    return reward


def change(reward: Reward, *, name_zh: str, name_en: str, price: int, stock: int, is_offered: bool, by: Actor) -> Reward:
    """Other words, price or stock, or no longer offered; what was asked for keeps its price. Raises as `offer` does."""
    names = _checked(name_zh, name_en, price, stock)
    with transaction.atomic():
        reward = Reward.objects.select_for_update(no_key=True).get(pk=reward.pk)
        before = {"price": reward.price, "stock": reward.stock}
        reward.price, reward.stock, reward.is_offered = price, stock, is_offered
        reward.name_zh, reward.name_en = names["name_zh"], names["name_en"]
        reward.save()
        audit.record("reward.changed", by=by, subject=reward, detail={"from": before, "to": {"price": price, "stock": stock}})
    return reward


def ask(person: Person, reward: Reward, *, token: UUID, by: Actor) -> RewardRequest:
    """Ask for a reward: its price goes from the points, one piece from the stock. The same token is the same request.

    Raises Rejected: not offered, none left, or too few points.
    """
    with transaction.atomic():
        # One after the other for a person, so that no points are spent twice; then for the reward, so that no piece is.
        person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
        if same := RewardRequest.objects.filter(token=token, person=person).first():
            return same
        reward = Reward.objects.select_for_update(no_key=True).get(pk=reward.pk)
        if not reward.is_offered or not reward.stock:
            raise Rejected(_("There is none left at present."))
        if ledger.balance(person) < reward.price:
            raise Rejected(_("You do not have enough points for this yet."))
        reward.stock -= 1
        reward.save(update_fields=["stock"])
        request = RewardRequest.objects.create(person=person, reward=reward, price=reward.price, token=token)
        _enter(request, PointsEntry.Kind.REWARD, -request.price, by)
        audit.record("reward.asked", by=by, subject=request, person_id=person.pk)
    return request


def approve(request: RewardRequest, *, by: Actor) -> RewardRequest:
    """It can be had. Twice is once; raises Rejected once it was decided otherwise."""
    with transaction.atomic():
        request = _locked(request)
        if request.state in (State.APPROVED, State.HANDED_OVER):
            return request
        _decide(request, State.APPROVED, by)
        audit.record("reward.approved", by=by, subject=request, person_id=request.person_id)
        _tell(request)
    return request


def decline(request: RewardRequest, *, by: Actor) -> RewardRequest:
    """It cannot be had this time: points and piece come back. Twice is once; raises Rejected once it was decided otherwise."""
    with transaction.atomic():
        request = _locked(request)
        if request.state != State.DECLINED:
            _give_back(request, State.DECLINED, by)
            audit.record("reward.declined", by=by, subject=request, person_id=request.person_id)
            _tell(request)
    return request


def withdraw(request: RewardRequest, *, by: Actor) -> RewardRequest:
    """The person does not want it any more, as long as it was not decided on: points and piece come back. Twice is once."""
    with transaction.atomic():
        request = _locked(request)
        if request.state != State.WITHDRAWN:
            _give_back(request, State.WITHDRAWN, by)
            audit.record("reward.withdrawn", by=by, subject=request, person_id=request.person_id)
    return request


def hand_over(request: RewardRequest, *, by: Actor) -> RewardRequest:
    """The person has it. Twice is once; raises Rejected before it was approved."""
    with transaction.atomic():
        request = _locked(request)
        if request.state == State.HANDED_OVER:
            return request
        if request.state != State.APPROVED:
            raise Rejected(_("This was not approved."))
        request.state, request.handed_at, request.handed_by = State.HANDED_OVER, timezone.now(), by.label
        request.save(update_fields=["state", "handed_at", "handed_by"])
        audit.record("reward.handed_over", by=by, subject=request, person_id=request.person_id)
    return request


def _give_back(request: RewardRequest, state: str, by: Actor) -> None:
    _decide(request, state, by)
    reward = Reward.objects.select_for_update(no_key=True).get(pk=request.reward_id)
    reward.stock += 1
    reward.save(update_fields=["stock"])
    _enter(request, PointsEntry.Kind.RETURNED, request.price, by)


def _decide(request: RewardRequest, state: str, by: Actor) -> None:
    if request.state != State.ASKED:
        raise Rejected(_("This was decided already."))
    request.state, request.decided_at, request.decided_by = state, timezone.now(), by.label
    request.save(update_fields=["state", "decided_at", "decided_by"])


def _enter(request: RewardRequest, kind: str, points: int, by: Actor) -> None:
    key = f"{kind}:{request.pk}"
    PointsEntry.objects.create(person_id=request.person_id, request=request, kind=kind, points=points, key=key, made_by=by.label)


def _tell(request: RewardRequest) -> None:
    if request.person.user_id:
        notices.tell([request.person.user_id], kind="reward_decided", key=str(request.pk), link=reverse("engagement:rewards"))


def _locked(request: RewardRequest) -> RewardRequest:
    return RewardRequest.objects.select_for_update(of=("self",), no_key=True).select_related("person").get(pk=request.pk)


def _checked(name_zh: str, name_en: str, price: int, stock: int) -> dict[str, str]:
    names = {"name_zh": name_zh.strip(), "name_en": name_en.strip()}
    for field, name in names.items():
        if not name or len(name) > Reward._meta.get_field(field).max_length:
            raise Rejected(_("Please give it a name in both languages, of at most 80 characters."), field=field)
    if price not in PRICES:
        raise Rejected(_("A price is 1 to 100,000 points."), field="price")
    if stock not in STOCKS:
        raise Rejected(_("The stock is 0 to 1,000,000 pieces."), field="stock")
    return names
