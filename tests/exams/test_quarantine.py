"""Infections, mental health and pregnancy: kept from every employer role, wherever exams are shown or taken along."""

import io
import json

import openpyxl
import pytest
from django.core.management import call_command

from healthmgmt.core.actors import Actor
from healthmgmt.core.permissions import ROLES
from healthmgmt.exams import access, columns, quarantine, services
from healthmgmt.work import services as work
from tenants import current
from tests.exams.road import text

DAY = "2026-03-02"
HEAD = ["工号", "姓名", "体检日期", "收缩压(mmHg)", "乙肝表面抗原", "PHQ-9总分", "是否怀孕", "HIV抗体"]
KEPT = HEAD[4:]
EMPLOYER = ("liaison_a1", "office_a")


def delivered(user, unit, *rows):
    one = services.receive(io.BytesIO(text(list(rows), headings=HEAD)), name="x.csv", unit=unit, by=Actor.of(user), user=user)
    work.drain()
    one.refresh_from_db()
    return one


def lines(cast):
    """An infection and a questionnaire that cannot be read, and a person whom nobody knows."""
    return [
        [cast.anna.emp_no, cast.anna.name, DAY, 120, "9.9.9", 99, "否", "阴性"], ["X9", "Somebody", DAY, 120, "阴性", 3, "是", "阳性"],
    ]  # fmt: skip


@pytest.fixture
def waiting(cast):
    return delivered(cast.liaison_a1, cast.a1, *lines(cast))


def test_categories_flags_and_unknown_columns_are_kept():
    assert {"hbsag", "hcvab", "phq9_total", "gad7_total", "condition:pregnant"} <= quarantine.codes()
    assert all(quarantine.is_kept({"code": None, "heading": heading}) for heading in ("HIV抗体", "梅毒(TPPA)", "血β-HCG", "孕周", "Anti-HCV", "抑郁自评"))
    assert not any(quarantine.is_kept({"code": "tc", "heading": heading}) for heading in ("总胆固醇", "RPRX", "childhood"))


@pytest.mark.parametrize("who", EMPLOYER)
@pytest.mark.parametrize("path", ["", "problems/", "counts/", "progress/"])
def test_no_page_of_an_upload_names_them_to_an_employer(cast, sign_in, waiting, who, path):
    answer = sign_in(getattr(cast, who)).get(f"/uploads/{waiting.uuid}/{path}")
    assert answer.status_code == 200
    assert not any(heading in answer.content.decode() for heading in KEPT)


@pytest.mark.parametrize("who", EMPLOYER)
def test_no_receipt_of_the_api_names_them_to_an_employer(cast, sign_in, waiting, who):
    answer = sign_in(getattr(cast, who)).get(f"/api/v1/uploads/{waiting.uuid}/").content.decode()
    assert "A result that is not shown here" in answer
    assert not any(heading in json.loads(json.dumps(answer)) or json.dumps(heading)[1:-1] in answer for heading in KEPT)


def test_row_s_page_and_receipt_do_not_name_them(cast, sign_in, org_a, waiting):
    browser = sign_in(cast.liaison_a1)
    row = browser.get(f"/uploads/{waiting.uuid}/rows/1/").content.decode()
    browser.post(f"/uploads/{waiting.uuid}/apply/")
    with current.use(org_a):
        work.drain()
    receipt = browser.get(f"/uploads/{waiting.uuid}/").content.decode()
    assert not any(heading in row + receipt for heading in KEPT)


def test_group_is_reached_and_left_out_under_its_veil(cast, sign_in, org_a, waiting):
    browser = sign_in(cast.liaison_a1)
    named = quarantine.veiled(waiting.uuid, HEAD[5])
    shown = browser.get(f"/uploads/{waiting.uuid}/problems/?reason=range&column={named}").content.decode()
    assert cast.anna.name in shown and not any(heading in shown for heading in KEPT) and "F2" not in shown
    browser.post(f"/uploads/{waiting.uuid}/leave/", {"what": "values", "reason": "range", "column": named})
    with current.use(org_a):
        assert [one["column"] for one in waiting.rows.get(number=1).left_out] == [HEAD[5]]


def test_liaison_takes_rows_along_without_them(cast, sign_in, waiting):
    answer = sign_in(cast.liaison_a1).get(f"/uploads/{waiting.uuid}/bad-rows/")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    said = [str(cell.value) for line in book.active for cell in line]
    assert not any(heading in cell for cell in said for heading in KEPT) and "阳性" not in said and HEAD[3] in said


def test_exam_centre_sees_its_own(cast, sign_in, org_a):
    with current.use(org_a):
        own = delivered(cast.exam_centre, cast.root, *lines(cast))
    shown = sign_in(cast.exam_centre).get(f"/uploads/{own.uuid}/").content.decode()
    assert HEAD[5] in shown and ">99<" in shown


def test_columns_are_shown_by_their_letter_alone(cast, waiting):
    shown = columns.shown(waiting.layout, quarantine.headings(waiting.layout))
    assert [column.letter for column in shown if column.meaning == "Not shown to the employer"] == list("EFGH")


def test_no_role_of_the_employer_holds_what_opens_records_or_cells(cast, waiting):
    """Who sees people and is no clinician: neither records nor cells of an upload."""
    for role in ("group_leader", "health_office", "liaison", "org_admin", "data_steward"):
        assert not {"record.view", "own_record.view", "upload.own"} & set(ROLES[role].permissions), role
    for who in ("leader", "admin", "steward", "office_a", "liaison_a1"):
        assert not access.hands(getattr(cast, who), waiting).sees, who


@pytest.mark.parametrize(("who", "kept"), [("liaison_a1", True), ("office_a", True), ("leader", True), ("admin", True), ("steward", True), ("physician", False)])
def test_export_leaves_them_out_for_an_employer(cast, org_a, who, kept, capsys):
    delivered_ = [[cast.anna.emp_no, cast.anna.name, DAY, 120, "阳性", 3, "是", "阴性"]]
    services.receive(
        io.BytesIO(text(delivered_, headings=HEAD)), name="y.csv", unit=cast.a1, by=Actor.of(cast.liaison_a1), user=cast.liaison_a1, apply_when_read=True
    )
    work.drain()
    out = io.StringIO()
    call_command("export_exams", org="alpha", by=getattr(cast, who).email, stdout=out)
    line = json.loads(out.getvalue())
    told = {"phq9_total", "hbsag", "condition:pregnant", "HIV抗体"} & {*line["values"], *line["texts"], *line["other"]}
    assert (bool(told), line["values"]["sbp"]) == (not kept, 120)
