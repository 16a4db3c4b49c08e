"""Own editions of the rules on pages: copied, changed with a preview, simulated, proposed, approved by two others."""

from datetime import timedelta
from io import BytesIO
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.organization.models import Membership
from healthmgmt.organization.selectors import today
from healthmgmt.risk import approving, drafts, simulating
from healthmgmt.risk.models import Decision, OwnEdition, PackDraft, Simulation
from healthmgmt.work import services as work
from tests import cast as casting
from tests.risk.own import SBP, WHY, approved, draft_of, proposed, second_steward, simulated

RULES, LINES, COPY, PROPOSALS = "/steward/pack/", "/rules/", "/steward/pack/copy/", "/rules/proposals/"
HTMX = {"HTTP_HX_REQUEST": "true"}
SOURCED = {"source_zh": "职业医学委员会 2026-03", "source_en": ""}


def of(draft: PackDraft, rest: str = "") -> str:
    return f"{RULES}drafts/{draft.uuid}/{rest}"


def change_of(draft: PackDraft, kind: str, about: str, way: str = "change") -> str:
    return of(draft, f"{way}/{kind}/{quote(about)}/")


def proposal_of(own: OwnEdition, rest: str = "") -> str:
    return f"{PROPOSALS}{own.uuid}/{rest}"


def text(page) -> str:
    return " ".join(page.content.decode().split())


def in_chinese(browser):
    browser.post("/accounts/language/", {"language": "zh-hans"})
    return browser


@pytest.fixture
def steward(cast, sign_in):
    return sign_in(cast.steward)


# Who may look


@pytest.mark.parametrize("who", ["admin", "leader", "office_a", "liaison_a1", "case_manager", "physician", "exam_centre", "employee"])
def test_drafts_are_the_stewards(cast, sign_in, who):
    draft, browser = draft_of(cast), sign_in(getattr(cast, who))
    limit = change_of(draft, "limit", SBP)
    read = (RULES, COPY, of(draft), limit, of(draft, "simulation/"), of(draft, "simulation/progress/"), of(draft, "simulation/download/"), of(draft, "propose/"))
    written = (COPY, of(draft, "discard/"), limit, change_of(draft, "limit", SBP, "preview"), of(draft, "simulation/"), of(draft, "propose/"))
    assert [browser.get(path).status_code for path in read] + [browser.post(path).status_code for path in written] == [403] * (len(read) + len(written))
    assert PackDraft.objects.count() == 1


def test_steward_or_physician_of_a_unit_reads_nothing(cast, sign_in):
    draft, own = draft_of(cast, "2027"), proposed(cast)
    Membership.objects.filter(role__in=("data_steward", "physician")).update(unit=cast.a)
    browser = sign_in(cast.steward)
    assert [browser.get(path).status_code for path in (RULES, LINES, COPY, of(draft), proposal_of(own))] == [403] * 5
    browser = sign_in(cast.physician)
    assert [browser.get(path).status_code for path in (LINES, PROPOSALS, proposal_of(own))] == [403] * 3
    assert browser.post(proposal_of(own, "approve/"), {"part": "physician"}).status_code == 403


@pytest.mark.parametrize("who", ["admin", "leader", "office_a", "liaison_a1", "case_manager", "exam_centre", "employee"])
def test_proposals_are_the_stewards_and_the_physicians(cast, sign_in, who):
    own, browser = proposed(cast), sign_in(getattr(cast, who))
    assert [browser.get(path).status_code for path in (PROPOSALS, LINES, proposal_of(own), proposal_of(own, "simulation/"))] == [403] * 4
    assert [browser.post(proposal_of(own, way), {"part": "physician", "reason": "No"}).status_code for way in ("approve/", "withdraw/")] == [403] * 2
    assert Decision.objects.count() == 0


def test_physician_has_no_drafts_and_finds_what_waits_in_the_navigation(cast, sign_in):
    browser = sign_in(cast.physician)
    assert "Rules to approve" not in text(browser.get("/care/alerts/"))
    own = proposed(cast)
    assert "Rules to approve" in text(browser.get("/care/alerts/"))
    page = browser.get(PROPOSALS)
    assert "1 proposal to change the rules waits for approval." in text(page)
    assert proposal_of(own) in text(page)
    assert browser.post(proposal_of(own, "approve/"), {"part": "physician"}).status_code == 302
    assert "Rules to approve" not in text(browser.get("/care/alerts/"))


# Overview and copy


def test_rules_show_what_is_in_force_drafts_proposals_and_editions(cast, steward):
    draft_of(cast, "2029")
    proposed(cast, "2028", limit="134")
    approving.withdraw(proposed(cast, "2027", limit="133"), reason="No", by=Actor.of(cast.steward))
    approved(cast, "2026", limit="132")
    approved(cast, "2026b", limit="131", days=5)
    page = steward.get(RULES)
    found = page.context["found"]
    assert [(one.name, one.edition) for one in found.in_force] == [("cn-own", "2026")]
    assert [draft.edition for draft, _title in found.drafts] == ["2029"]
    assert [(one.own.edition, one.standing) for one in found.waiting] == [("2028", "waits for approval")]
    days = [f"{day.day} {day:%B} {day.year}" for day in (today() + timedelta(days=5), today())]
    told = [("2026b", f"approved, in force from {days[0]}"), ("2026", f"in force from {days[1]}"), ("2027", "withdrawn")]
    assert [(one.own.edition, one.standing) for one in found.others] == told
    assert f"In force: Own edition 2026, from {days[1]}. 1 proposal waits for approval." in text(page)
    assert ("cn", "2024") in [(one.name, one.edition) for one in found.shipped]


def test_edition_that_another_took_over_from_says_until_when(cast, steward, monkeypatch):
    approved(cast, "2026", limit="132")
    approved(cast, "2027", limit="131", days=3)
    day = today() + timedelta(days=4)
    monkeypatch.setattr("healthmgmt.portal.packs.views.today", lambda: day)
    told = {one.own.edition: one.standing for one in steward.get(RULES).context["found"].others}
    last = today() + timedelta(days=2)
    assert told["2026"].endswith(f"to {last.day} {last:%B} {last.year}")
    assert told["2027"].startswith("in force from ")


def test_copy_becomes_a_draft(cast, steward):
    page = steward.post(f"{COPY}?name=cn&edition=2024", {"edition": "2026.1", "title_zh": "本单位版", "title_en": "Our own"})
    draft = PackDraft.objects.get()
    assert (page.status_code, page["Location"]) == (302, of(draft))
    assert (draft.name, draft.edition, draft.made_by) == ("cn-own", "2026.1", cast.steward)
    assert "“Our own” says 0 things otherwise than “China health examination strata, edition 2024”." in text(steward.get(of(draft)))
    # Sent twice it is one.
    again = steward.post(f"{COPY}?name=cn&edition=2024", {"edition": "2026.1", "title_zh": "本单位版", "title_en": "Our own"})
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["edition"])
    assert PackDraft.objects.count() == 1


@pytest.mark.parametrize(("given", "field"), [({"edition": "2026 / 1"}, "edition"), ({"title_zh": ""}, "title_zh"), ({"title_en": "x" * 61}, "title_en")])
def test_copy_says_faults_beside_their_fields(steward, given, field):
    page = steward.post(f"{COPY}?name=cn&edition=2024", {"edition": "2026", "title_zh": "版", "title_en": "Own"} | given)
    assert (page.status_code, list(page.context["form"].errors), PackDraft.objects.count()) == (422, [field], 0)


@pytest.mark.parametrize("query", ["name=cn&edition=1999", "name=cn-own&edition=2026", "name=../cn&edition=2024"])
def test_what_is_no_edition_is_not_found(steward, query):
    assert [steward.get(f"{path}?{query}").status_code for path in (COPY, LINES)] == [404, 404]


def test_own_edition_is_read_line_by_line(cast, steward):
    proposed(cast)
    page = steward.get(f"{LINES}?name=cn-own&edition=2026")
    assert "<b class=\"b num nowrap\">135 mmHg</b>" in text(page)
    assert "in force from" not in text(page)


# Changing a draft


def test_draft_shows_each_line_and_what_is_otherwise(cast, steward):
    draft = draft_of(cast)
    page = in_chinese(steward).get(of(draft))
    shown = text(page)
    assert "“本单位 2026 版”与“中国健康体检分层规则 2024 版”有 1 处不同。" in shown.replace('<span class="cl">', "").replace("</span>", "")
    assert ("收缩压 ≥ 140 mmHg" in shown, "收缩压 ≥ 135 mmHg" in shown, WHY.zh in shown) == (True, True, True)
    assert sum(group.lines for group in page.context["colours"]) == len(drafts.lines(draft, "zh"))


def test_limit_is_changed_in_its_place(cast, steward):
    draft = draft_of(cast)
    address = change_of(draft, "limit", SBP)
    part = steward.get(address, **HTMX)
    assert ("<html" in text(part), 'value="135"' in text(part)) == (False, True)
    assert "<html" in text(steward.get(address))
    assert steward.post(address, {"limit": "130"} | SOURCED)["Location"] == of(draft)
    assert [one.after.condition for one in drafts.differences(PackDraft.objects.get(), "en")] == ["≥ 130 mmHg"]


def test_fault_stands_beside_its_field_and_nothing_is_kept(cast, steward):
    draft = draft_of(cast)
    address = change_of(draft, "limit", SBP)
    for given, field in (({"limit": "much"} | SOURCED, "limit"), ({"limit": "130"}, "source_zh")):
        page = steward.post(address, given)
        assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
        assert f'id="{page.context["form"][field].auto_id}_error"' in text(page)
    draft.refresh_from_db()
    assert [one.after.condition for one in drafts.differences(draft, "en")] == ["≥ 135 mmHg"]


def test_preview_says_before_and_after_in_the_pages_language_and_keeps_nothing(cast, steward):
    draft = draft_of(cast)
    address = change_of(draft, "limit", SBP, "preview")
    shown = text(in_chinese(steward).post(address, {"limit": "130"} | SOURCED, **HTMX))
    assert ("<html" in shown, "收缩压 ≥ 135 mmHg" in shown, "收缩压 ≥ 130 mmHg" in shown, "systolic" in shown) == (False, True, True, False)
    # Without a script the same stands on a page.
    assert "收缩压 ≥ 130 mmHg" in text(steward.post(address, {"limit": "130"} | SOURCED))
    draft.refresh_from_db()
    assert [one.after.condition for one in drafts.differences(draft, "en")] == ["≥ 135 mmHg"]
    assert Event.objects.filter(action="pack.changed").count() == 1


def test_preview_asks_for_no_source_before_the_change_is_kept(cast, steward):
    draft = draft_of(cast)
    page = steward.post(change_of(draft, "limit", SBP, "preview"), {"limit": "130"}, **HTMX)
    assert ("systolic blood pressure ≥ 130 mmHg" in text(page), page.context["form"].errors) == (True, {})


def test_preview_puts_a_fault_beside_its_field(cast, steward):
    draft = draft_of(cast)
    page = steward.post(change_of(draft, "limit", SBP, "preview"), {"limit": "much"} | SOURCED, **HTMX)
    place = page.context["form"]["limit"].auto_id
    assert f'<div id="{place}_faults" aria-live="polite" hx-swap-oob="true"><p class="fault" id="{place}_error">' in text(page)
    assert "The limit is a number, such as 135 or 6.1." in text(page)


def test_line_is_taken_away_and_brought_back(cast, steward):
    draft = draft_of(cast)
    removal, restoration = (change_of(draft, kind, SBP) for kind in ("removal", "restoration"))
    assert steward.post(removal, {"limit": "135"}).status_code == 422
    assert steward.post(removal, {"limit": "135"} | SOURCED).status_code == 302
    assert "<s>systolic blood pressure ≥ 140 mmHg</s>" in text(steward.get(of(draft)))
    assert steward.get(change_of(draft, "limit", SBP)).status_code == 404
    assert steward.post(restoration).status_code == 302
    assert drafts.differences(PackDraft.objects.get(), "en") == []


def test_colour_of_a_reason_is_changed_but_not_of_class_a(cast, steward):
    draft = draft_of(cast)
    assert steward.post(change_of(draft, "colour", "hypertension"), {"colour": "yellow"} | SOURCED).status_code == 302
    page = steward.get(of(draft))
    assert [one.kind for one in page.context["differences"]].count("recoloured") == 1
    assert "was Orange" in text(page)
    page = steward.post(change_of(draft, "colour", "critical_glucose"), {"colour": "yellow"} | SOURCED)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["colour"])


def test_condition_is_added(cast, steward):
    draft = draft_of(cast)
    given = {"indicator": "waist", "op": ">=", "limit": "100", "sex": "m", "conventional_unit": "", "conventional_limit": ""} | SOURCED
    looked = steward.post(change_of(draft, "line", "hypertension", "preview"), given, **HTMX)
    assert "≥ 100 cm" in text(looked)
    assert steward.post(change_of(draft, "line", "hypertension"), given).status_code == 302
    assert "added" in [one.kind for one in steward.get(of(draft)).context["differences"]]
    page = steward.post(change_of(draft, "line", "hypertension"), given | {"indicator": ""})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["indicator"])


def test_window_is_changed_within_its_range(cast, steward):
    draft = draft_of(cast)
    address = change_of(draft, "window", "months")
    assert steward.post(address, {"months": "24"}).status_code == 302
    assert drafts.pack_of(PackDraft.objects.get()).window_months == 24
    for given in ("99", "", "many"):
        page = steward.post(address, {"months": given})
        assert (page.status_code, list(page.context["form"].errors)) == (422, ["months"])


@pytest.mark.parametrize(("kind", "about"), [("magic", SBP), ("limit", "hypertension|sbp|>=|m"), ("colour", "no_reason"), ("line", "no_reason"), ("window", "years")])
def test_what_a_draft_has_not_cannot_be_changed(cast, steward, kind, about):
    draft = draft_of(cast)
    assert [steward.get(change_of(draft, kind, about)).status_code, steward.post(change_of(draft, kind, about)).status_code] == [404, 404]
    assert steward.post(change_of(draft, kind, about, "preview")).status_code == 404


def test_every_line_of_every_pack_has_its_form(cast, steward):
    for name, edition in (("cn", "2024"), ("high-altitude", "2024")):
        draft = drafts.copy(name, edition, edition="2026", title_zh="版", title_en="Own", by=Actor.of(cast.steward))
        assert steward.get(of(draft)).status_code == 200
        assert {steward.get(change_of(draft, "limit", line.key), **HTMX).status_code for line in drafts.lines(draft, "en")} == {200}


def test_draft_is_discarded_by_posting(cast, steward):
    draft = draft_of(cast)
    assert steward.get(of(draft, "discard/")).status_code == 405
    assert steward.post(of(draft, "discard/")).status_code == 302
    assert PackDraft.objects.count() == 0
    assert steward.get(of(draft)).status_code == 404


# Simulating


def test_simulation_is_started_watched_and_read(cast, steward):
    draft = draft_of(cast)
    address = of(draft, "simulation/")
    assert "Try the draft on your own last exams." in text(steward.get(address))
    assert steward.post(address).status_code == 302
    # Twice asked, once made.
    assert steward.post(address).status_code == 302
    assert Simulation.objects.count() == 1
    assert "The draft is being tried on the last exams." in text(steward.get(address))
    assert 'hx-trigger="every 2s"' in text(steward.get(of(draft, "simulation/progress/"), **HTMX))
    assert steward.get(of(draft, "simulation/download/")).status_code == 404
    work.drain()
    done = text(steward.get(of(draft, "simulation/progress/"), **HTMX))
    assert (f'hx-get="{address}" hx-trigger="load"' in done, "every" in done) == (True, False)
    page = steward.get(address)
    assert page.context["simulation"].state == "fresh"
    assert of(draft, "propose/") in text(page)


def test_simulation_of_a_draft_that_was_changed_says_nothing_of_it(cast, steward):
    draft = draft_of(cast)
    simulated(draft, cast)
    steward.post(change_of(draft, "limit", SBP), {"limit": "130"} | SOURCED)
    page = steward.get(of(draft, "simulation/"))
    assert page.context["simulation"].state == "changed"
    assert ("The draft was changed since it was simulated" in text(page), of(draft, "propose/") in text(page)) == (True, False)
    assert steward.get(of(draft, "simulation/download/")).status_code == 404
    page = steward.post(of(draft, "propose/"), {"effective_from": today().isoformat(), "why": "Committee"})
    assert (page.status_code, OwnEdition.objects.count()) == (422, 0)
    assert "Please simulate the draft as it is now before you propose it." in text(page)


def test_old_simulation_is_shown_as_old(cast, steward):
    draft = draft_of(cast)
    one = simulated(draft, cast, {"moves": {}, "causes": {}, "units": {}})
    Simulation.objects.filter(pk=one.pk).update(as_of=today() - timedelta(days=simulating.FRESH_DAYS))
    page = steward.get(of(draft, "simulation/"))
    assert page.context["simulation"].state == "old"
    assert ("This simulation is out of date" in text(page), of(draft, "propose/") in text(page), "Simulate again" in text(page)) == (True, False, True)


def test_result_can_be_taken_along(cast, steward):
    draft = draft_of(cast)
    simulated(draft, cast, {"moves": {"yellow>orange": 40}, "causes": {}, "units": {}})
    answer = steward.get(of(draft, "simulation/download/"))
    assert answer["Content-Disposition"] == f'attachment; filename="simulation-{today():%Y-%m-%d}.xlsx"'
    sheet = load_workbook(BytesIO(answer.content)).active
    assert [cell.value for cell in next(sheet.rows)] == ["Part", "What", "Now", "Draft", "Difference", "Rests on"]


# Proposing and approving


@pytest.fixture
def ready(cast) -> PackDraft:
    draft = draft_of(cast)
    simulated(draft, cast, {"moves": {}, "causes": {}, "units": {}})
    return draft


def test_proposal_says_from_when_and_why(steward, ready):
    address = of(ready, "propose/")
    for given, field in (({"why": ""}, "why"), ({"effective_from": (today() - timedelta(days=1)).isoformat()}, "effective_from"), ({"effective_from": "soon"}, "effective_from")):
        page = steward.post(address, {"effective_from": today().isoformat(), "why": "Committee"} | given)
        assert (page.status_code, list(page.context["form"].errors), OwnEdition.objects.count()) == (422, [field], 0)
    page = steward.post(address, {"effective_from": today().isoformat(), "why": "Committee"})
    own = OwnEdition.objects.get()
    assert (page.status_code, page["Location"]) == (302, proposal_of(own))
    # The draft is gone: what is sent twice finds nothing.
    assert steward.post(address, {"effective_from": today().isoformat(), "why": "Committee"}).status_code == 404
    assert OwnEdition.objects.count() == 1


def test_proposer_cannot_approve_and_the_page_offers_nothing(cast, steward, ready):
    own = approving.propose(ready, effective_from=today(), why="Committee", by=Actor.of(cast.steward))
    page = steward.get(proposal_of(own))
    assert ("You proposed it, so others have to approve it." in text(page), 'name="part"' in text(page)) == (True, False)
    answer = steward.post(proposal_of(own, "approve/"), {"part": "steward"}, follow=True)
    assert "Whoever proposed an edition cannot approve it." in text(answer)
    assert Decision.objects.count() == 0


def test_second_steward_and_physician_approve_and_it_is_in_force(cast, sign_in, ready):
    own = approving.propose(ready, effective_from=today(), why="Committee", by=Actor.of(cast.steward))
    second = sign_in(second_steward(cast))
    assert 'name="part" value="steward"' in text(second.get(proposal_of(own)))
    assert second.post(proposal_of(own, "approve/"), {"part": "physician"}).status_code == 403
    answer = second.post(proposal_of(own, "approve/"), {"part": "steward"}, follow=True)
    assert "Approved. It waits for the other approval." in text(answer)
    # Once is enough.
    assert "decided already" in text(second.post(proposal_of(own, "approve/"), {"part": "steward"}, follow=True))
    physician = sign_in(cast.physician)
    answer = physician.post(proposal_of(own, "approve/"), {"part": "physician"}, follow=True)
    assert "It is in force, and everybody is assessed by it now." in text(answer)
    assert "in force from" in text(answer)
    assert [one.part for one in own.decisions.all()] == ["steward", "physician"]
    assert "In force: Own edition 2026" in text(sign_in(cast.steward).get(RULES))


@pytest.mark.parametrize("part", ["", "withdrawal", "everything"])
def test_approval_is_one_of_two_parts(cast, sign_in, ready, part):
    own = approving.propose(ready, effective_from=today(), why="Committee", by=Actor.of(cast.steward))
    assert sign_in(second_steward(cast)).post(proposal_of(own, "approve/"), {"part": part}).status_code == 404
    assert Decision.objects.count() == 0


def test_withdrawal_says_why(cast, sign_in, ready):
    own = approving.propose(ready, effective_from=today(), why="Committee", by=Actor.of(cast.steward))
    physician = sign_in(cast.physician)
    page = physician.post(proposal_of(own, "withdraw/"), {"reason": " "})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["reason"])
    assert physician.post(proposal_of(own, "withdraw/"), {"reason": "One more paper"}).status_code == 302
    page = physician.get(proposal_of(own))
    assert ("One more paper" in text(page), "withdraw/" in text(page), "withdrawn" in text(page)) == (True, False, True)


def test_proposal_whose_day_has_passed_says_so(cast, sign_in, ready, monkeypatch):
    own = approving.propose(ready, effective_from=today(), why="Committee", by=Actor.of(cast.steward))
    day = today() + timedelta(days=1)
    for place in ("healthmgmt.portal.packs.proposals.today", "healthmgmt.risk.approving.today"):
        monkeypatch.setattr(place, lambda: day)
    page = sign_in(cast.physician).get(proposal_of(own))
    assert ("Its day has passed." in text(page), 'name="part"' in text(page)) == (True, False)


def test_lists_ask_the_database_the_same_whatever_their_length(cast, sign_in):
    browser, asked = sign_in(cast.physician), []
    for edition in ("2026", "2027", "2028"):
        proposed(cast, edition, limit=f"13{edition[-1]}")
        with CaptureQueriesContext(connection) as found:
            browser.get(PROPOSALS)
        asked.append(len(found))
    assert asked[0] == asked[2]
