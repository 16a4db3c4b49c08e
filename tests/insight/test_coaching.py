"""Words from the board to those who look after a unit: once, editable, on record, and to nobody else."""

from uuid import uuid4

import pytest

from healthmgmt.accounts.models import Notice
from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.insight import coaching
from healthmgmt.insight.models import CoachNote
from healthmgmt.organization.models import Membership
from tests.insight import crowds


@pytest.fixture
def crowd(cast):
    crowds.fill(cast)
    crowds.publish(cast)
    Membership.objects.create(user=cast.liaison_a1, unit=cast.a2, role="liaison")
    return cast


def given(unit, text: str = "Shall we look at it together?") -> dict:
    return {"unit": unit.pk, "text": text, "token": uuid4()}


def test_board_sends_its_words_as_the_office_changed_them(crowd, sign_in):
    office = sign_in(crowd.office_a)
    page = office.get("/board/").content.decode()
    assert '<textarea id="coach-text" name="text"' in page and "19 people still have no examination." in page
    assert f'name="unit" value="{crowd.a2.pk}"' in page
    assert office.post("/board/say/", given(crowd.a2)).status_code == 302
    assert list(Notice.objects.values_list("kind", "user")) == [("coach_said", crowd.liaison_a1.pk)]
    liaison = sign_in(crowd.liaison_a1)
    assert "Shall we look at it together?" in liaison.get("/board/words/").content.decode()
    assert not Notice.objects.filter(read_at=None).exists()
    assert "Shall we" in office.get("/board/words/").content.decode()
    assert "Shall we" not in sign_in(crowd.liaison_b1).get("/board/words/").content.decode()
    event = Event.objects.get(action="coach.said")
    assert event.detail == {"unit": crowd.a2.pk, "readers": 1}


def test_sent_twice_from_one_form_is_told_once(crowd, sign_in):
    office, form = sign_in(crowd.office_a), given(crowd.a2)
    assert [office.post("/board/say/", form).status_code for _ in range(2)] == [302, 302]
    assert (CoachNote.objects.count(), Notice.objects.count(), Event.objects.filter(action="coach.said").count()) == (1, 1, 1)


def test_nearest_above_is_told_where_the_unit_has_nobody_but_never_the_sender(crowd):
    assert coaching.readers(crowd.a3, sender=crowd.leader) == [crowd.office_a.pk]
    assert coaching.readers(crowd.a3, sender=crowd.office_a) == []
    with pytest.raises(Rejected, match="Nobody looks after"):
        coaching.say(crowd.a3, text="x", token=uuid4(), sender=crowd.office_a, now=None, by=Actor.of(crowd.office_a))


def test_words_go_within_the_own_board_alone(crowd, sign_in):
    office = sign_in(crowd.office_a)
    assert office.post("/board/say/", given(crowd.b1)).status_code == 404
    assert office.post("/board/say/", given(crowd.root)).status_code == 404
    assert sign_in(crowd.liaison_a1).post("/board/say/", given(crowd.a1)).status_code == 403
    assert sign_in(crowd.leader).post("/board/say/", given(crowd.a1)).status_code == 403
    assert office.post("/board/say/", {"unit": crowd.a2.pk, "text": "x"}).status_code == 404
    assert not CoachNote.objects.exists()


def test_without_words_nothing_is_sent(crowd, sign_in):
    office = sign_in(crowd.office_a)
    assert "Please write a sentence." in office.post("/board/say/", given(crowd.a2, " "), follow=True).content.decode()
    assert not CoachNote.objects.exists()
