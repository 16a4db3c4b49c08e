"""Contacts, and alerts as physicians and case managers settle them."""

import uuid
from datetime import timedelta

import pytest
from django.db.utils import IntegrityError

from healthmgmt.audit.models import Event
from healthmgmt.care import services
from healthmgmt.care.models import Alert, Contact, Step
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization.selectors import today as local_today
from tests.care.making import assessment

BY = Actor(label="system:test")


def planned(person, colour: str, *codes: str, today=None):
    made = assessment(person, colour, *codes)
    services.plan_assessed(made.pk, made.pk, today=today or local_today(), by=BY)
    services.open_alerts(made.pk, made.pk, by=BY)
    return made


def days_until(contact: Contact) -> int:
    return (contact.next_on - local_today()).days


@pytest.mark.parametrize(("colour", "codes", "days"), [("red", ["known_ascvd"], 7), ("orange", ["hypertension"], 14), ("red", ["critical_bp"], 1)])
def test_contact_sets_the_next_date_by_itself(cast, colour, codes, days) -> None:
    planned(cast.anna, colour, *codes)
    contact = services.log_contact(cast.anna, ending="will_come", note=" next week ", by=Actor.of(cast.case_manager))
    assert (days_until(contact), contact.note, contact.made_by) == (days, "next week", f"user:{cast.case_manager.pk}")
    assert (contact.plan, contact.alert) == (cast.anna.plans.get(), Alert.objects.first())
    assert list(Event.objects.filter(action="contact.logged").values_list("person_id", "detail")) == [(cast.anna.pk, {})]


def test_contact_with_somebody_without_any_result_counts_as_grey(cast) -> None:
    assert days_until(services.log_contact(cast.anna, ending="not_reached", by=BY)) == 7


def test_contact_takes_another_day_where_one_is_given(cast) -> None:
    planned(cast.anna, "orange", "hypertension")
    contact = services.log_contact(cast.anna, ending="will_come", next_on=local_today() + timedelta(3), by=BY)
    assert days_until(contact) == 3


@pytest.mark.parametrize(("codes", "days"), [(["hypertension"], -1), (["hypertension"], 367), (["critical_bp"], 4)])
def test_contact_refuses_a_day_that_cannot_be(cast, codes, days) -> None:
    planned(cast.anna, "red", *codes)
    with pytest.raises(Rejected) as error:
        services.log_contact(cast.anna, ending="will_come", next_on=local_today() + timedelta(days), by=BY)
    assert (error.value.field, Contact.objects.count()) == ("next_on", 0)


def test_contact_refuses_an_ending_that_is_none(cast) -> None:
    with pytest.raises(Rejected) as error:
        services.log_contact(cast.anna, ending="gone", by=BY)
    assert error.value.field == "ending"


def test_contact_sent_twice_is_one(cast) -> None:
    planned(cast.anna, "red", "critical_bp")
    token = uuid.uuid4()
    first = services.log_contact(cast.anna, ending="will_come", token=token, by=BY)
    before = list(Step.objects.order_by("pk").values())
    assert services.log_contact(cast.anna, ending="referred", token=token, by=BY) == first
    assert Contact.objects.get().ending == "will_come"
    assert (list(Step.objects.order_by("pk").values()), Event.objects.filter(action="contact.logged").count()) == (before, 1)


def test_contact_finishes_the_due_step_when_the_person_was_reached(cast) -> None:
    planned(cast.anna, "red", "critical_bp")
    services.log_contact(cast.anna, ending="not_reached", by=BY)
    assert Step.objects.filter(state="done").count() == 0
    services.log_contact(cast.anna, ending="will_be_seen_today", by=BY)
    assert list(Step.objects.filter(state="done").values_list("kind", flat=True)) == ["call"]
    # The next one is due tomorrow: a second call today is not that.
    services.log_contact(cast.anna, ending="will_be_seen_today", by=BY)
    assert Step.objects.filter(state="done").count() == 1


def test_first_contact_is_finished_before_its_day(cast) -> None:
    planned(cast.anna, "red", "known_ascvd")
    services.log_contact(cast.anna, ending="in_treatment", by=BY)
    assert list(Step.objects.filter(state="done").values_list("kind", flat=True)) == ["first_contact"]


def test_contact_leaves_steps_of_others_alone(cast) -> None:
    planned(cast.anna, "orange", "hypertension", today=local_today() - timedelta(30))
    services.log_contact(cast.anna, ending="will_come", by=BY)
    assert Step.objects.filter(state="done").count() == 0


def test_database_refuses_a_confirmation_of_nobody(cast) -> None:
    planned(cast.anna, "red", "critical_bp")
    with pytest.raises(IntegrityError, match="alert_confirmed_at_with_by"):
        Alert.objects.update(confirmed_at="2026-06-10T00:00Z")


def test_database_refuses_a_contact_without_who_made_it(cast) -> None:
    with pytest.raises(IntegrityError, match="contact_made_by_somebody"):
        Contact.objects.create(person=cast.anna, made_at="2026-06-10T00:00Z", made_by="", ending="will_come")


# Alerts --------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def alert(cast) -> Alert:
    planned(cast.anna, "red", "critical_bp")
    return Alert.objects.get()


def test_confirm_twice_is_once_and_leaves_it_open(cast, alert) -> None:
    first = services.confirm_alert(alert, by=Actor.of(cast.physician))
    again = services.confirm_alert(alert, by=BY)
    assert (again.confirmed_by, again.confirmed_at, again.closed_at) == (f"user:{cast.physician.pk}", first.confirmed_at, None)
    assert list(Event.objects.filter(action="alert.confirmed").values_list("person_id", flat=True)) == [cast.anna.pk]


def test_confirm_refuses_a_closed_alert(cast, alert) -> None:
    services.clear_alert(alert, outcome="artefact", by=BY)
    with pytest.raises(Rejected):
        services.confirm_alert(alert, by=BY)


def test_clear_closes_with_a_reason_and_only_with_one_of_its_own(cast, alert) -> None:
    for outcome in ("", "confirmed"):
        with pytest.raises(Rejected) as error:
            services.clear_alert(alert, outcome=outcome, by=BY)
        assert error.value.field == "outcome"
    cleared = services.clear_alert(alert, outcome="repeat_normal", by=Actor.of(cast.physician))
    assert (cleared.outcome, cleared.closed_by) == ("repeat_normal", f"user:{cast.physician.pk}")
    assert list(Event.objects.filter(action__in=["alert.cleared", "alert.closed"]).values_list("action", "person_id")) == [("alert.cleared", cast.anna.pk)]
    with pytest.raises(Rejected):
        services.clear_alert(alert, outcome="repeat_normal", by=BY)


def test_close_after_contact_needs_somebody_to_have_spoken_to_the_person(cast, alert) -> None:
    services.log_contact(cast.anna, ending="not_reached", by=BY)
    with pytest.raises(Rejected, match="Speak to the person first"):
        services.close_after_contact(alert, outcome="confirmed", by=BY)
    services.log_contact(cast.anna, ending="in_treatment", by=BY)
    for outcome in ("", "artefact"):
        with pytest.raises(Rejected):
            services.close_after_contact(alert, outcome=outcome, by=BY)
    assert services.close_after_contact(alert, outcome="confirmed", by=BY).outcome == "confirmed"


def test_close_after_contact_does_not_count_a_contact_from_before(cast, alert) -> None:
    services.log_contact(cast.anna, ending="in_treatment", by=BY)
    Contact.objects.update(made_at=alert.opened_at - timedelta(minutes=1))
    with pytest.raises(Rejected):
        services.close_after_contact(alert, outcome="confirmed", by=BY)
