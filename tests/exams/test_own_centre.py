"""An exam centre's account delivers as its own centre, and comes near no other's: by every door, whatever it sends."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from healthmgmt.accounts.models import User
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import access, disputing, layouts, links, services
from healthmgmt.exams.answering import Answer
from healthmgmt.exams.models import ExamLayout, Upload
from healthmgmt.organization.models import Membership
from healthmgmt.partners.models import ExamCentre
from healthmgmt.work import services as work
from tests import cast as casting
from tests.exams.road import BY, text, upload
from tests.exams.test_typing_in import given

PAGE, API, DAY, OTHER = "/uploads/", "/api/v1/uploads/", "2026-03-02", "Harbour"
HEADINGS = ["工号", "姓名", "体检日期", "收缩压(mmHg)", "舒张压(mmHg)", "胆固醇结果"]


def content(cast) -> bytes:
    return text([[cast.anna.emp_no, cast.anna.name, DAY, 120, 80, 5.1]], headings=HEADINGS)


def a_file(cast) -> SimpleUploadedFile:
    return SimpleUploadedFile("march.csv", content(cast))


def received(cast, user: User | None, centre: str = "") -> Upload:
    unit = cast.root if user == cast.exam_centre else cast.a1
    one = services.receive(io.BytesIO(content(cast)), name="march.csv", unit=unit, by=BY, user=user, centre=centre)
    work.drain()
    one.refresh_from_db()
    return one


@pytest.mark.parametrize("url", [PAGE, API])
def test_delivers_as_its_own_centre_without_naming_it(cast, sign_in, url):
    assert sign_in(cast.exam_centre).post(url, {"file": a_file(cast)}).status_code in (201, 302)
    assert Upload.objects.get().centre.name == casting.CENTRE


@pytest.mark.parametrize("url", [PAGE, API])
def test_forged_centre_is_refused_and_leaves_nothing(cast, sign_in, url):
    answer = sign_in(cast.exam_centre).post(url, {"file": a_file(cast), "centre": OTHER})
    assert (answer.status_code, "only" in answer.content.decode()) == (422, True)
    assert (Upload.objects.count(), ExamCentre.objects.filter(name=OTHER).count()) == (0, 0)


def test_forged_centre_of_a_typed_exam_is_refused(cast, sign_in):
    browser = sign_in(cast.exam_centre)
    answer = browser.post(f"{PAGE}typed/", given(cast.anna) | {"centre": OTHER})
    assert (answer.status_code, "only" in answer.content.decode(), Upload.objects.count()) == (422, True, 0)
    assert browser.post(f"{PAGE}typed/", given(cast.anna)).status_code == 302
    assert Upload.objects.get().centre.name == casting.CENTRE


def test_choice_of_a_centre_is_not_offered(cast, sign_in):
    for path, other in ((PAGE, cast.liaison_a1), (f"{PAGE}typed/", cast.physician)):
        own, others = (sign_in(user).get(path).content.decode() for user in (cast.exam_centre, other))
        assert ('name="centre"' in own, casting.CENTRE in own, 'name="centre"' in others) == (False, True, True)


def test_account_of_no_centre_delivers_and_sees_nothing(cast, sign_in):
    own = received(cast, cast.exam_centre)
    Membership.objects.filter(user=cast.exam_centre).update(centre="")
    browser = sign_in(cast.exam_centre)
    for url in (PAGE, API):
        answer = browser.post(url, {"file": a_file(cast), "centre": casting.CENTRE})
        assert (answer.status_code, "Nobody has said yet" in answer.content.decode()) == (422, True)
    assert browser.get(f"{PAGE}{own.uuid}/").status_code == 404


@pytest.mark.parametrize("path", ["", "columns/", "problems/", "changes/", "bad-rows/"])
def test_what_it_delivered_as_another_centre_is_out_of_its_reach(cast, sign_in, path):
    Membership.objects.filter(user=cast.exam_centre).update(centre=OTHER)
    foreign = received(cast, User.objects.get(pk=cast.exam_centre.pk))
    Membership.objects.filter(user=cast.exam_centre).update(centre=casting.CENTRE)
    own = received(cast, User.objects.get(pk=cast.exam_centre.pk))
    browser = sign_in(cast.exam_centre)
    answer = browser.get(f"{PAGE}{own.uuid}/{path}")
    b"".join(answer)
    assert answer.status_code == 200
    assert browser.get(f"{PAGE}{foreign.uuid}/{path}").status_code == 404
    assert access.hands(User.objects.get(pk=cast.exam_centre.pk), foreign) == (False, False, False)


def test_answers_about_columns_reach_its_own_centre_only(cast, sign_in):
    other = received(cast, cast.liaison_a1, OTHER)
    layouts.agree(other, [Answer(5, "indicator", "tc")], seen="0-0", by=BY, user=cast.liaison_a1)
    own = received(cast, cast.exam_centre)
    browser = sign_in(cast.exam_centre)
    assert browser.get(f"{PAGE}{other.uuid}/columns/").status_code == 404
    for path in ("columns/", "columns/answer/", "columns/back/", "columns/again/"):
        assert browser.post(f"{PAGE}{other.uuid}/{path}", {"seen": "1-0", "version": "0"}).status_code == 404
    said = {"seen": "0-0", "item-5": "tc", "unit-5": ""}
    assert browser.post(f"{PAGE}{own.uuid}/columns/", said).status_code == 302
    assert dict(ExamLayout.objects.values_list("centre__name", "version")) == {OTHER: 1, casting.CENTRE: 1}


def test_whoever_types_exams_in_explains_no_centre_s_columns(cast, sign_in):
    browser = sign_in(cast.physician)
    assert browser.post(f"{PAGE}typed/", given(cast.anna) | {"centre": OTHER}).status_code == 302
    work.drain()
    assert browser.get(f"{PAGE}{Upload.objects.get().uuid}/columns/").status_code == 403


def test_link_for_another_centre_is_not_made_by_its_account(cast):
    Membership.objects.create(user=cast.exam_centre, unit=cast.a1, role="liaison")
    user = User.objects.get(pk=cast.exam_centre.pk)
    with pytest.raises(Rejected, match="only"):
        links.make(unit=cast.a1, centre=OTHER, by=Actor.of(user), user=user)
    assert links.make(unit=cast.a1, centre=casting.CENTRE, by=Actor.of(user), user=user)[0].centre.name == casting.CENTRE


def test_file_that_is_read_again_stays_of_its_centre(cast):
    done = received(cast, cast.exam_centre)
    services.request_apply(done, by=BY)
    work.drain()
    Membership.objects.filter(user=cast.exam_centre).update(centre=OTHER)
    done.refresh_from_db()
    layouts.agree(done, [Answer(5, "indicator", "tc")], seen="0-0", by=BY, user=None)
    assert layouts.rereading.read_again(done, by=BY).centre.name == casting.CENTRE


def test_reads_what_it_answered_itself_and_never_what_a_clinician_told_the_person(cast, sign_in):
    upload(text([[cast.anna.emp_no, cast.anna.name, DAY, 120, 80, 5.0, 5.2]]), unit=cast.root, user=cast.exam_centre)
    exam = cast.anna.exams.get()
    for code, user, answer in (("sbp", cast.physician, "Between us two"), ("dbp", cast.exam_centre, "Measured twice")):
        one = disputing.open_dispute(cast.anna, exam=exam, code=code, claim="not_mine", note="", by=BY)
        disputing.settle(one, outcome="kept", answer=answer, by=Actor.of(user), user=user)
    page = sign_in(cast.exam_centre).get(f"{PAGE}disputes/").content.decode()
    assert ("Measured twice" in page, "Between us two" in page) == (True, False)
