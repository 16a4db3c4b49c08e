"""Consent per purpose: asked, given, taken back, asked again for a new wording."""

import pytest

from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.people import purposes, selectors, services
from healthmgmt.people.models import Consent

PURPOSES = sorted(purposes.load())
FILE = """
[[purpose]]
slug = "calls"
is_in_use = true
title_zh = "电话"
title_en = "Calls"
governs_zh = "名单"
governs_en = "The list"
[[purpose.text]]
version = "1"
zh = "同意"
en = "I agree"
"""


def give(person, purpose="care_contact", version="1"):
    return services.give_consent(person, purpose=purpose, version=version, by=Actor.of(person.user))


def withdraw(person, purpose="care_contact"):
    return services.withdraw_consent(person, purpose=purpose, by=Actor.of(person.user))


def decline(person, purpose="care_contact", version="1"):
    return services.decline_consent(person, purpose=purpose, version=version, by=Actor.of(person.user))


def state_of(person, purpose="care_contact"):
    return {one.purpose.slug: one.state for one in selectors.consents_of(person)}[purpose]


def actions(person):
    return list(Event.objects.filter(person_id=person.pk, action__startswith="consent.").order_by("id").values_list("action", flat=True))


@pytest.mark.parametrize("purpose", PURPOSES)
def test_P23_consent_goes_through_its_states(cast, purpose):
    seen = [(state_of(cast.anna, purpose), selectors.has_consent(cast.anna, purpose))]
    for act in (give, withdraw, give):
        act(cast.anna, purpose)
        seen.append((state_of(cast.anna, purpose), selectors.has_consent(cast.anna, purpose)))
    assert seen == [("not_asked", False), ("given", True), ("withdrawn", False), ("given", True)]
    assert actions(cast.anna) == ["consent.given", "consent.withdrawn", "consent.given"]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_P23_no_is_kept_with_its_wording_and_is_no_consent(cast, purpose):
    first = decline(cast.anna, purpose)
    assert decline(cast.anna, purpose) == first
    assert (state_of(cast.anna, purpose), selectors.has_consent(cast.anna, purpose)) == ("declined", False)
    assert selectors.agreeing([cast.anna.pk], purpose) == set()
    assert (first.text_version, first.given_at, actions(cast.anna)) == ("1", first.withdrawn_at, ["consent.declined"])
    give(cast.anna, purpose)
    assert (state_of(cast.anna, purpose), selectors.agreeing([cast.anna.pk], purpose)) == ("given", {cast.anna.pk})
    decline(cast.anna, purpose)
    assert (state_of(cast.anna, purpose), actions(cast.anna)[1:]) == ("withdrawn", ["consent.given", "consent.withdrawn"])


def test_P23_no_to_a_new_wording_ends_the_consent_to_the_one_before(cast, monkeypatch):
    give(cast.anna)
    newer = purposes.parse(FILE.replace("calls", "care_contact") + '[[purpose.text]]\nversion = "2"\nzh = "新的"\nen = "New"\n')
    monkeypatch.setattr(purposes, "load", lambda: newer)
    with pytest.raises(Rejected, match="wording has changed"):
        decline(cast.anna, version="1")
    decline(cast.anna, version="2")
    assert (state_of(cast.anna), Consent.objects.filter(withdrawn_at=None).count()) == ("declined", 0)


def test_consent_is_of_one_purpose_and_one_person(cast):
    give(cast.anna, "research_deidentified")
    assert [purpose for purpose in PURPOSES if selectors.has_consent(cast.anna, purpose)] == ["research_deidentified"]
    assert not selectors.has_consent(cast.ben, "research_deidentified")


def test_consent_given_or_withdrawn_twice_is_once(cast):
    assert give(cast.anna) == give(cast.anna)
    assert withdraw(cast.anna) is not None
    assert withdraw(cast.anna) is None
    assert (Consent.objects.count(), actions(cast.anna)) == (1, ["consent.given", "consent.withdrawn"])


def test_consent_keeps_the_wording_and_is_asked_again_for_a_new_one(cast, monkeypatch):
    give(cast.anna)
    newer = purposes.parse(FILE.replace("calls", "care_contact") + '[[purpose.text]]\nversion = "2"\nzh = "新的"\nen = "New"\n')
    monkeypatch.setattr(purposes, "load", lambda: newer)
    assert (state_of(cast.anna), selectors.has_consent(cast.anna, "care_contact")) == ("outdated", False)
    with pytest.raises(Rejected):
        give(cast.anna, version="1")
    give(cast.anna, version="2")
    answers = [(one.text_version, one.withdrawn_at is None) for one in Consent.objects.order_by("id")]
    assert (state_of(cast.anna), answers) == ("given", [("1", False), ("2", True)])


def test_consent_to_an_unknown_purpose_is_rejected(cast):
    for act in (give, withdraw, decline):
        with pytest.raises(Rejected):
            act(cast.anna, "marketing")
    with pytest.raises(KeyError):
        selectors.has_consent(cast.anna, "marketing")


def test_consents_are_read_in_one_query(cast, django_assert_num_queries):
    give(cast.anna)
    with django_assert_num_queries(1):
        assert len(selectors.consents_of(cast.anna)) == len(PURPOSES)


def test_purposes_file_is_refused_with_a_purpose_twice_or_no_wording():
    assert purposes.parse(FILE)["calls"].text.words == {"zh": "同意", "en": "I agree"}
    for text in (FILE + FILE, FILE.partition("[[purpose.text]]")[0] + "text = []\n", FILE + '[[purpose.text]]\nversion = "1"\nzh = "x"\nen = "x"\n'):
        with pytest.raises(ValueError):
            purposes.parse(text)
    with pytest.raises(KeyError):
        purposes.parse(FILE.replace('title_en = "Calls"\n', ""))
