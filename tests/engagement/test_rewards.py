"""Rewards: points and stock are spent once, whoever asks at the same time, and come back when it is not to be."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from healthmgmt.accounts.models import Notice
from healthmgmt.core.exceptions import Rejected
from healthmgmt.engagement import ledger, rewards
from healthmgmt.engagement.models import Activity, PointsEntry, Reward, RewardRequest
from healthmgmt.organization.models import Settings
from healthmgmt.people.models import Person
from tests import cast as casting
from tests.engagement.making import BY

ROOT = Path(__file__).resolve().parents[2]


def give(person: Person, points: int) -> None:
    """Points as if from an activity."""
    day = date(2026, 1, 1)
    activity = Activity.objects.create(kind="steps", edition=1, sensitivity="coverage", unit=person.unit, starts_on=day, ends_on=day, made_by="x")
    PointsEntry.objects.create(person=person, activity=activity, kind="act", points=points, key=f"given:{uuid4()}"[:80], made_by="x")


def offer(unit, price: int = 100, stock: int = 3) -> Reward:
    return rewards.offer(unit, name_zh="水杯", name_en="A bottle", price=price, stock=stock, by=BY)


def ask(person: Person, reward: Reward, token=None) -> RewardRequest:
    return rewards.ask(person, reward, token=token or uuid4(), by=BY)


def stock(reward: Reward) -> int:
    return Reward.objects.get(pk=reward.pk).stock


def test_asking_takes_the_points_and_a_piece_once(cast):
    give(cast.anna, 150)
    reward, token = offer(cast.root), uuid4()
    assert ask(cast.anna, reward, token) == ask(cast.anna, reward, token)
    assert (ledger.balance(cast.anna), stock(reward), RewardRequest.objects.count()) == (50, 2, 1)


def test_too_few_points_or_pieces_are_refused_and_nothing_changes(cast):
    give(cast.anna, 99)
    reward, empty = offer(cast.root), offer(cast.root, price=10, stock=0)
    for wanted in (reward, empty):
        with pytest.raises(Rejected):
            ask(cast.anna, wanted)
    assert (ledger.balance(cast.anna), stock(reward), stock(empty), RewardRequest.objects.count()) == (99, 3, 0, 0)


@pytest.mark.parametrize("settle", [rewards.decline, rewards.withdraw])
def test_what_is_not_to_be_gives_points_and_piece_back_once(cast, settle):
    give(cast.anna, 100)
    reward = offer(cast.root)
    request = ask(cast.anna, reward)
    for _twice in range(2):
        settle(request, by=BY)
    assert (ledger.balance(cast.anna), stock(reward)) == (100, 3)
    assert list(PointsEntry.objects.filter(request=request).order_by("pk").values_list("kind", "points")) == [("reward", -100), ("returned", 100)]
    with pytest.raises(Rejected, match="decided already"):
        rewards.approve(request, by=BY)


def test_approved_is_handed_over_and_declined_no_more(cast):
    give(cast.anna, 100)
    request = ask(cast.anna, offer(cast.root))
    with pytest.raises(Rejected, match="not approved"):
        rewards.hand_over(request, by=BY)
    rewards.approve(request, by=BY)
    with pytest.raises(Rejected, match="decided already"):
        rewards.decline(request, by=BY)
    done = rewards.hand_over(request, by=BY)
    assert (done.state, ledger.balance(cast.anna), Notice.objects.get(kind="reward_decided").user) == ("handed_over", 0, cast.employee)


def test_what_was_asked_for_keeps_its_price(cast):
    give(cast.anna, 100)
    reward = offer(cast.root)
    request = ask(cast.anna, reward)
    rewards.change(reward, name_zh="水杯", name_en="A bottle", price=500, stock=9, is_offered=False, by=BY)
    rewards.decline(request, by=BY)
    assert (ledger.balance(cast.anna), stock(reward)) == (100, 10)


@pytest.mark.parametrize("wrong", [{"price": 0}, {"stock": -1}, {"name_en": " "}, {"name_zh": "水" * 81}])
def test_a_reward_that_cannot_be_is_refused(cast, wrong):
    with pytest.raises(Rejected):
        rewards.offer(cast.root, **{"name_zh": "水杯", "name_en": "A bottle", "price": 1, "stock": 1, **wrong}, by=BY)


# Who asks for what, each in a process of its own that has connected already when all of them begin.
ASKING = """
import os, sys, uuid
import django
django.setup()
from healthmgmt.core import organisations
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.engagement import rewards
from healthmgmt.engagement.models import Reward
from healthmgmt.people.models import Person
schema, *wishes = sys.argv[1:]
ready, go = os.pipe(), os.pipe()
children = []
for wish in wishes:
    child = os.fork()
    if child == 0:
        os.close(go[1])
        person, reward = wish.split(":")
        code = 2
        try:
            with organisations.entered(schema):
                asking = {"person": Person.objects.get(pk=person), "reward": Reward.objects.get(pk=reward)}
                os.write(ready[1], b".")
                os.read(go[0], 1)
                rewards.ask(**asking, token=uuid.uuid4(), by=Actor(label="system:test"))
            code = 0
        except Rejected:
            code = 1
        finally:
            os._exit(code)
    children.append(child)
for _wish in wishes:
    os.read(ready[0], 1)
os.close(go[1])
print(*sorted(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""


def asking_at_once(schema: str, wishes: list[tuple[Person, Reward]]) -> list[str]:
    """Sorted: "0" for each wish that was granted, "1" for each that was refused."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "healthmgmt.settings", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", ASKING, schema, *(f"{person.pk}:{reward.pk}" for person, reward in wishes)]
    found = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert found.returncode == 0, found.stderr
    return found.stdout.split()


def test_P11_points_are_not_spent_twice_by_six_who_ask_at_once(committed_org):
    Settings.objects.get_or_create(pk=1)
    root = casting.unit("Root")
    person = casting.person("E1", root)
    give(person, 250)
    # Of different rewards: no lock of theirs keeps one from the other.
    answers = asking_at_once(committed_org, [(person, offer(root, price=100, stock=9)) for _number in range(6)])
    assert (answers, ledger.balance(person)) == (["0", "0", "1", "1", "1", "1"], 50)


def test_P11_pieces_are_not_given_twice_by_six_who_ask_at_once(committed_org):
    Settings.objects.get_or_create(pk=1)
    root = casting.unit("Root")
    people = [casting.person(f"E{number}", root) for number in range(6)]
    reward = offer(root, price=100, stock=2)
    for person in people:
        give(person, 150)
    answers = asking_at_once(committed_org, [(person, reward) for person in people])
    assert (answers, stock(reward)) == (["0", "0", "1", "1", "1", "1"], 0)
    assert sorted(ledger.balance(person) for person in people) == [50, 50, 150, 150, 150, 150]
