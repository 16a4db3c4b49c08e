"""Own editions in the database: copied, changed, proposed, approved by two others, and in force from their day."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization.models import Settings
from healthmgmt.organization.selectors import today
from healthmgmt.risk import approving, drafts, editions, packs, services
from healthmgmt.risk.editing import NewColour, NewLimit, NewWindow, Removal, Restoration
from healthmgmt.risk.models import Decision, OwnEdition, PackDraft
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.risk.own import SBP, WHY, approved, draft_of, proposed, second_steward, simulated


def test_copy_takes_a_shipped_pack_under_a_name_of_its_own(cast):
    Settings.objects.update(window_months=20)
    draft = drafts.copy("cn", "2024", edition=" 2026.1 ", title_zh="本单位版", title_en="Own", by=Actor.of(cast.steward))
    pack = drafts.pack_of(draft)
    assert (pack.name, pack.edition, pack.window_months, pack.titles["en"]) == ("cn-own", "2026.1", 20, "Own")
    assert (draft.base_name, draft.base_edition, draft.made_by) == ("cn", "2024", cast.steward)
    assert [one.kind for one in drafts.differences(draft, "zh")] == ["window"]
    assert Event.objects.get(action="pack.copied").detail == {"pack": "cn-own", "edition": "2026.1", "from": "cn 2024"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"edition": ""}, "edition"),
        ({"edition": "2026+1"}, "edition"),
        ({"edition": "2026 / 1"}, "edition"),
        ({"edition": "x" * 13}, "edition"),
        ({"title_zh": " "}, "title_zh"),
        ({"title_en": "x" * 61}, "title_en"),
        ({"title_en": "one\ntwo"}, "title_en"),
        ({"base": ("cn", "1999")}, ""),
        ({"base": ("cn-own", "1999")}, ""),
        ({"base": ("cn+high-altitude", "2024+2024")}, ""),
    ],
)
def test_copy_refuses_what_cannot_be_a_name(cast, given, field):
    base = given.pop("base", ("cn", "2024"))
    named = {"edition": "2026", "title_zh": "本单位版", "title_en": "Own"} | given
    with pytest.raises(Rejected) as caught:
        drafts.copy(*base, **named, by=Actor.of(cast.steward))
    assert (caught.value.field, PackDraft.objects.count()) == (field, 0)


def test_copy_refuses_an_edition_that_is_taken(cast):
    draft_of(cast, "2026")
    proposed(cast, "2027")
    for edition in ("2026", "2027"):
        with pytest.raises(Rejected, match="of that name already"):
            drafts.copy("cn", "2024", edition=edition, title_zh="版", title_en="Own", by=Actor.of(cast.steward))


def test_change_is_whole_or_not_at_all(cast):
    draft = draft_of(cast)
    before = drafts.texts_of(draft)
    with pytest.raises(Rejected, match="say what this rests on"):
        drafts.change(draft, Removal(SBP, type(WHY)()), by=Actor.of(cast.steward))
    draft.refresh_from_db()
    assert drafts.texts_of(draft) == before
    assert draft.fingerprint == before.fingerprint
    assert [event.detail for event in Event.objects.filter(action="pack.changed")] == [{"kind": "NewLimit", "line": SBP}]


def test_change_back_leaves_the_copied_rules(cast):
    draft = draft_of(cast)
    draft = drafts.change(draft, Restoration(SBP), by=Actor.of(cast.steward))
    assert drafts.differences(draft, "en") == []


def test_preview_says_the_line_before_and_after_in_both_languages(cast):
    draft = draft_of(cast)
    found = drafts.preview(draft, NewLimit(SBP, "130", "", WHY))
    assert [[line.sentence for line in found.before[language]] for language in ("zh", "en")] == [["收缩压 ≥ 135 mmHg"], ["systolic blood pressure ≥ 135 mmHg"]]
    assert [line.sentence for line in found.after["zh"]] == ["收缩压 ≥ 130 mmHg"]
    assert (found.after["zh"][0].source, found.fault) == (WHY.zh, "")
    assert len(drafts.preview(draft, NewColour("hypertension", "red", WHY)).after["en"]) == 5
    assert drafts.preview(draft, NewWindow(24)).window == (18, 24)
    refused = drafts.preview(draft, NewLimit(SBP, "much", "", WHY))
    assert (refused.fault, refused.at, refused.after) == ("The limit is a number, such as 135 or 6.1.", "limit", {})
    draft.refresh_from_db()
    assert [one.after.sentence for one in drafts.differences(draft, "zh")] == ["收缩压 ≥ 135 mmHg"]


def test_discard_removes_a_draft(cast):
    draft = draft_of(cast)
    simulated(draft, cast)
    drafts.discard(draft, by=Actor.of(cast.steward))
    assert PackDraft.objects.count() == 0


def propose(draft, cast, **given):
    return approving.propose(draft, **{"effective_from": today(), "why": "Committee", "by": Actor.of(cast.steward)} | given)


def test_propose_needs_a_reason_a_day_to_come_and_a_simulation_of_these_rules(cast):
    draft = draft_of(cast)
    with pytest.raises(Rejected, match="simulate the draft"):
        propose(draft, cast)
    simulated(draft, cast)
    for given, field in (({"why": " "}, "why"), ({"effective_from": today() - timedelta(days=1)}, "effective_from")):
        with pytest.raises(Rejected) as caught:
            propose(draft, cast, **given)
        assert caught.value.field == field
    draft = drafts.change(draft, NewLimit(SBP, "136", "", WHY), by=Actor.of(cast.steward))
    with pytest.raises(Rejected, match="simulate the draft"):
        propose(draft, cast)
    assert OwnEdition.objects.count() == 0


def test_propose_refuses_what_is_in_force_already(cast):
    draft = drafts.copy("cn", "2024", edition="2026", title_zh="版", title_en="Own", by=Actor.of(cast.steward))
    simulated(draft, cast)
    with pytest.raises(Rejected, match="in force say already"):
        propose(draft, cast)


def test_propose_keeps_the_texts_and_the_counts(cast):
    draft = draft_of(cast)
    simulated(draft, cast, {"people": 3})
    day = today() + timedelta(days=30)
    own = propose(draft, cast, effective_from=day)
    pack = drafts.pack_of(own)
    assert (pack.effective_from, pack.lines) == (day, drafts.pack_of(draft).lines)
    assert (own.state, own.why, own.proposed_by) == ("proposed", "Committee", cast.steward)
    against = {"pack": "cn", "edition": "2024", "as_of": today().isoformat()}
    assert own.simulated == {"against": against, "counts": {"people": 3}, "managers": 1, "limit": 180}
    assert PackDraft.objects.count() == 0
    assert list(OwnEdition.objects.waiting()) == [own]


def test_approve_takes_a_steward_and_a_physician_neither_of_whom_proposed(cast):
    own = proposed(cast)
    second = second_steward(cast)
    with pytest.raises(Rejected, match="cannot approve it"):
        approving.approve(own, part="steward", by=Actor.of(cast.steward))
    assert approving.approve(own, part="steward", by=Actor.of(second)).state == "proposed"
    assert services.pack_in_force(today()).name == "cn"
    with pytest.raises(Rejected, match="decided already"):
        approving.approve(own, part="steward", by=Actor.of(casting.user("third", "data_steward", cast.root)))
    assert approving.approve(own, part="physician", by=Actor.of(cast.physician)).state == "approved"
    assert services.pack_in_force(today()).name == "cn-own"
    assert [(one.part, one.decided_by) for one in own.decisions.all()] == [("steward", second), ("physician", cast.physician)]
    assert [event.detail["part"] for event in Event.objects.filter(action="pack.approved")] == ["steward", "physician"]


def test_approve_is_nothing_for_the_proposer_whatever_their_roles(cast):
    own = proposed(cast)
    casting.Membership.objects.create(user=cast.steward, unit=cast.root, role="physician")
    with pytest.raises(Rejected, match="cannot approve it"):
        approving.approve(own, part="physician", by=Actor.of(cast.steward))
    assert approving.parts_open_to(own, cast.steward) == []


def test_approve_twice_by_one_person_is_refused(cast):
    own = proposed(cast)
    both = second_steward(cast)
    casting.Membership.objects.create(user=both, unit=cast.root, role="physician")
    assert approving.parts_open_to(own, both) == ["steward", "physician"]
    approving.approve(own, part="physician", by=Actor.of(both))
    with pytest.raises(Rejected, match="somebody else"):
        approving.approve(own, part="steward", by=Actor.of(both))
    assert approving.parts_open_to(own, both) == []


@pytest.mark.parametrize(
    ("who", "part"),
    [
        *((who, part) for who in ("leader", "admin", "office_a", "liaison_a1", "case_manager", "exam_centre", "employee") for part in ("steward", "physician")),
        ("physician", "steward"),
        ("steward", "physician"),
    ],
)
def test_approve_is_for_the_role_it_asks_for(cast, who, part):
    own = proposed(cast)
    with pytest.raises(PermissionDenied):
        approving.approve(own, part=part, by=Actor.of(getattr(cast, who)))
    with pytest.raises(PermissionDenied):
        approving.approve(own, part=part, by=Actor.system())
    assert Decision.objects.count() == 0


def test_approve_needs_a_physician_of_the_whole_organisation(cast):
    own = proposed(cast)
    of_unit = casting.user("ward", "physician", cast.a)
    assert approving.parts_open_to(own, of_unit) == []
    with pytest.raises(PermissionDenied):
        approving.approve(own, part="physician", by=Actor.of(of_unit))
    with pytest.raises(PermissionDenied):
        approving.withdraw(own, reason="No", by=Actor.of(of_unit))


def test_approve_of_today_assesses_everybody_and_of_a_later_day_does_not(cast):
    approved(cast, "2026")
    key = f"edition:cn-own:2026:{today().isoformat()}"
    assert Job.objects.get(kind="risk.assess").key == key
    later = approved(cast, "2027", limit="136", days=3)
    assert Job.objects.filter(kind="risk.assess").count() == 1
    assert services.pack_in_force(today()).edition == "2026"
    assert services.pack_in_force(later.effective_from).edition == "2027"
    assert services.pack_in_force(later.effective_from - timedelta(days=1)).edition == "2026"
    assert services.pack_in_force(today() - timedelta(days=1)).name == "cn"


def test_approve_after_its_day_is_refused(cast, monkeypatch):
    own, tomorrow = proposed(cast), today() + timedelta(days=1)
    monkeypatch.setattr(approving, "today", lambda: tomorrow)
    with pytest.raises(Rejected, match="has passed"):
        approving.approve(own, part="physician", by=Actor.of(cast.physician))
    assert approving.parts_open_to(own, cast.physician) == []


def test_withdraw_ends_a_proposal_and_its_rules_can_be_copied(cast):
    own = proposed(cast)
    with pytest.raises(Rejected, match="say why"):
        approving.withdraw(own, reason=" ", by=Actor.of(cast.steward))
    own = approving.withdraw(own, reason="One more paper", by=Actor.of(cast.steward))
    assert own.state == "withdrawn"
    for part, user in (("steward", second_steward(cast)), ("physician", cast.physician)):
        with pytest.raises(Rejected, match="decided already"):
            approving.approve(own, part=part, by=Actor.of(user))
    draft = drafts.copy(own.name, own.edition, edition="2026b", title_zh="版", title_en="Own", by=Actor.of(cast.steward))
    assert drafts.pack_of(draft).lines == drafts.pack_of(own).lines
    assert (draft.name, draft.base_name, draft.base_edition) == ("cn-own", "cn-own", "2026")


def test_withdraw_is_possible_until_it_is_in_force(cast):
    with pytest.raises(Rejected, match="in force"):
        approving.withdraw(approved(cast), reason="No", by=Actor.of(cast.steward))
    later = approved(cast, "2027", limit="136", days=3)
    assert approving.withdraw(later, reason="No", by=Actor.of(cast.physician)).state == "withdrawn"
    assert services.pack_in_force(later.effective_from).edition == "2026"


def test_proposed_texts_and_decisions_cannot_be_changed_in_the_database(committed_org):
    cast = casting.make()
    own = approved(cast)
    for act in (
        lambda: OwnEdition.objects.filter(pk=own.pk).update(lines=""),
        lambda: OwnEdition.objects.filter(pk=own.pk).delete(),
        lambda: Decision.objects.update(part="withdrawal"),
        lambda: Decision.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert OwnEdition.objects.get().lines == own.lines
    assert Decision.objects.count() == 2
