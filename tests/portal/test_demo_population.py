"""Invented people: who they are, where they work, when they come."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest

from healthmgmt.core import resident_id
from healthmgmt.portal.demo import figures, population
from healthmgmt.portal.demo.population import FEW_PEOPLE, Names, age_on
from healthmgmt.portal.demo.rounds import rounds

TODAY = date(2026, 11, 21)


def make(number: int, seed: int = 5):
    plan = population.organisations()[number]
    held = rounds(TODAY, plan["rounds"])
    sex_age = population.draw_sex_and_age(plan, figures.load().ages, np.random.default_rng(seed))
    rng = np.random.default_rng(seed + 1)
    return plan, held, sex_age, population.people(plan, held, sex_age, Names(rng), rng)


@pytest.fixture(scope="module")
def shipping():
    return make(0)


def test_people_are_unique_in_name_and_number(shipping):
    _, _, _, staff = shipping
    assert len(staff) == 6000
    assert len({person.name for person in staff}) == 6000
    assert len({person.id_no for person in staff}) == 6000
    assert len({person.emp_no for person in staff}) == 6000


def test_people_have_an_identity_number_of_nobody_that_agrees_with_them(shipping):
    for person in shipping[3]:
        assert person.id_no.startswith("760101")
        assert resident_id.valid_resident_id(person.id_no)
        assert resident_id.birth_date(person.id_no) == person.birth
        assert resident_id.sex(person.id_no) == {1: "m", 2: "f"}[person.sex]


def test_people_have_the_sex_and_age_asked_for_in_each_round(shipping):
    _, _, sex_age, staff = shipping
    assert [person.sex for person in staff] == sex_age[:, 0].tolist()
    assert sum(person.sex == 1 for person in staff) == 4200
    for person, asked in zip(staff, sex_age[:, 1].tolist(), strict=True):
        ages = [age_on(person.birth, day) - year for year, day in enumerate(person.examined_on) if day]
        assert set(ages) <= {asked}


def test_people_work_in_the_stated_tree(shipping):
    plan, _, _, staff = shipping
    assert len(plan["company"]) == 10
    assert len({unit for company in plan["company"] for unit in company["units"]}) == 50
    stated = {(one["name"], one["place"], one["centre"], unit) for one in plan["company"] for unit in one["units"]}
    assert {(person.company, person.place, person.centre, person.unit) for person in staff} == stated
    sizes = Counter(person.unit for person in staff)
    assert sizes[plan["few"]] == min(sizes.values()) == FEW_PEOPLE


def test_people_are_examined_in_the_weeks_of_the_round(shipping):
    _, held, _, staff = shipping
    for number, one in enumerate(held):
        days = [person.examined_on[number] for person in staff if person.examined_on[number]]
        assert min(days) >= one.opens_on and max(days) <= one.closes_on
        assert {day.weekday() for day in days} == {0, 1, 2, 3, 4, 5}
        late = sum(day > one.deadline for day in days) / len(days)
        assert 0.015 < late < 0.035
        assert len({day.isocalendar()[:2] for day in days if day <= one.deadline}) >= 10


def test_people_stay_away_in_five_to_eight_of_a_hundred_cases(shipping):
    _, held, _, staff = shipping
    for number, one in enumerate(held):
        due = [
            person
            for person in staff
            if person.hired_on < one.opens_on and (not person.left_on or person.left_on > one.closes_on)
        ]
        missing = sum(person.examined_on[number] is None for person in due) / len(due)
        assert 0.05 < missing < 0.08


def test_people_leave_and_join_between_the_rounds(shipping):
    _, held, _, staff = shipping
    left = [person for person in staff if person.left_on]
    joined = [person for person in staff if person.hired_on > held[0].closes_on]
    assert 130 < len(left) < 230 and 180 < len(joined) < 300
    assert all(held[0].closes_on < person.left_on < held[1].opens_on for person in left)
    assert all(person.examined_on[1] is None for person in left)
    assert all(person.examined_on[0] is None for person in joined)
    assert all(age_on(person.birth, person.hired_on) >= 18 for person in staff)


def test_people_of_the_small_organisation():
    plan, held, _, staff = make(1)
    assert len(staff) == 40 and len(held) == 1
    assert len(plan["company"]) == 2 and len({person.unit for person in staff}) == 3
    assert {person.emp_no for person in staff} == {f"E{number:05d}" for number in range(1, 41)}


def test_people_same_seed_same_people():
    assert make(1, seed=9)[3] == make(1, seed=9)[3]
    assert make(1, seed=9)[3] != make(1, seed=10)[3]


@pytest.mark.parametrize("today", [date(2026, 1, 1) + timedelta(days=days) for days in range(0, 366, 5)])
def test_rounds_are_over_and_inside_one_calendar_year(today):
    earlier, latest = rounds(today, 2)
    assert latest.closes_on < today
    assert latest.opens_on.year == latest.closes_on.year == latest.year == earlier.year + 1
    assert (today - earlier.opens_on).days < 18 * 31


def test_names_repeats_nothing():
    names = Names(np.random.default_rng(1))
    made = [names.name(1 + number % 2) for number in range(3000)]
    assert len(set(made)) == 3000
    assert {len(name) for name in made} == {2, 3}
