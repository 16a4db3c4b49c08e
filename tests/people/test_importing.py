"""A roster against the database: updates and never deletes, keeps history, refuses row by row, all or nothing."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from healthmgmt.audit.models import Event
from healthmgmt.core.dates import local_day
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import services as organization
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import names_from_root, place_of, unit_by_path
from healthmgmt.people import services
from healthmgmt.people.identity import id_hash
from healthmgmt.people.importing import BEFORE_RECORDS
from healthmgmt.people.models import Employment, Exposure, Person, RosterRow
from tests.people.rosters import BY, HEADINGS, csv_bytes, id_number, reasons, take_in, xlsx_bytes

BIRTH = date(1980, 5, 17)


@pytest.fixture
def today() -> date:
    return local_day(timezone.now(), "Asia/Shanghai")


def row(emp_no: str, name: str = "张伟", *, number: str = "", unit: str = "A", dept: str = "A1", left: str = "") -> list[str]:
    return [emp_no, name, number, "", "", unit, dept, left]


def counts(receipt) -> tuple[int, ...]:
    return (receipt.received, receipt.created, receipt.updated, receipt.unchanged, receipt.left, receipt.refused)


def stretches(emp_no: str) -> list[tuple]:
    found = Employment.objects.filter(person__emp_no=emp_no).order_by("started_on", "id")
    return [(one.unit.name, one.occupation, one.started_on, one.ended_on) for one in found]


def test_new_people_and_units(cast):
    number = id_number(BIRTH)
    receipt = take_in([row("N1", number=number), row("N2", unit="船厂", dept="一班/甲组"), row("N3", unit="船厂", dept="")])
    assert (counts(receipt), receipt.units_created, receipt.problems) == ((3, 3, 0, 0, 0, 0), 3, [])
    person = Person.objects.get(emp_no="N1")
    assert (person.name, person.sex, person.birth, person.unit, person.id_no) == ("张伟", "m", BIRTH, cast.a1, number)
    assert person.id_hash == id_hash(number)
    units = {names_from_root(unit): (unit.level, unit.tier) for unit in Unit.objects.filter(people__emp_no__in=["N2", "N3"])}
    assert units == {"船厂/一班/甲组": (3, "grassroots"), "船厂": (1, "secondary")}
    assert stretches("N1") == [("A1", "", BEFORE_RECORDS, None)]
    assert RosterRow.objects.count() == 0


def test_names_are_spelled_when_they_come_and_when_they_change(cast):
    take_in([row("N1", "林知远"), row("N2", "单雄"), row("N3", "Anna")])
    assert dict(Person.objects.filter(emp_no__startswith="N").values_list("emp_no", "pinyin")) == {
        "N1": "|linzhiyuan|lzy|zhiyuan|zy", "N2": "|shanxiong|sx|xiong|x", "N3": "",
    }  # fmt: skip
    take_in([row("N1", "林知行"), row("N2", "", unit="B", dept="B1")])
    assert list(Person.objects.filter(emp_no__in=["N1", "N2"]).order_by("emp_no").values_list("name", "pinyin")) == [
        ("林知行", "|linzhixing|lzx|zhixing|zx"), ("单雄", "|shanxiong|sx|xiong|x"),
    ]  # fmt: skip
    assert list(Person.objects.matching("Lin Zhi").values_list("emp_no", flat=True)) == ["N1"]


def test_names_that_were_there_before_are_spelled_by_the_migration(cast):
    spell = import_module("healthmgmt.people.migrations.0004_names_are_spelled").spell
    Person.objects.filter(pk=cast.anna.pk).update(name="曾国藩")
    for _twice in range(2):
        spell(apps, connection.schema_editor())
        assert list(Person.objects.exclude(pinyin="").values_list("name", "pinyin")) == [("曾国藩", "|zengguofan|zgf|guofan|gf")]


def test_P07_identity_numbers_are_not_stored_in_clear(cast):
    number = id_number(BIRTH)
    take_in([row("N1", number=number)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_no FROM people_person WHERE emp_no = 'N1'")
        stored = bytes(cursor.fetchone()[0])
    assert number.encode() not in stored
    assert number not in str(list(Event.objects.values()))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_text_files_in_chinese(cast, encoding):
    data = csv_bytes([["N1", "张敏波", "A", "A1"]], ["工号", "姓名", "单位", "部门"], encoding)
    assert services.import_roster(data, by=BY).created == 1
    assert Person.objects.get(emp_no="N1").name == "张敏波"


def test_workbook_with_a_title_and_typed_dates(cast):
    data = xlsx_bytes([[10023, "张敏波", "A", date(2019, 3, 1)]], ["工号", "姓名", "单位", "入职日期"], above=2)
    assert services.import_roster(data, by=BY).created == 1
    assert stretches("10023") == [("A", "", date(2019, 3, 1), None)]


def test_again_changes_nothing(cast):
    rows = [row("N1", number=id_number(BIRTH)), row("N2", unit="船厂", dept="一班")]
    take_in(rows)
    before = (list(Person.objects.values()), list(Employment.objects.values()))
    events = Event.objects.count()
    receipt = take_in(rows)
    assert (counts(receipt), receipt.units_created) == ((2, 0, 0, 2, 0, 0), 0)
    assert (list(Person.objects.values()), list(Employment.objects.values())) == before
    assert list(Event.objects.order_by("id").values_list("action", flat=True))[events:] == ["roster.imported"]


def test_who_is_not_in_the_file_stays(cast):
    take_in([row("N1")])
    assert Person.objects.employed().count() == 5


def test_blank_cells_keep_what_is_stored(cast):
    take_in([["N1", "张伟", id_number(BIRTH), "", "", "A", "A1", ""]])
    receipt = take_in([["N1", "", "", "", "", "", "", ""]])
    assert counts(receipt) == (1, 0, 0, 1, 0, 0)
    person = Person.objects.get(emp_no="N1")
    assert (person.name, person.id_no, person.unit) == ("张伟", id_number(BIRTH), cast.a1)


def test_changes_are_recorded_by_field_and_person(cast):
    take_in([row("N1")])
    receipt = take_in([["N1", "张卫", id_number(BIRTH), "", "", "B", "B1", ""]])
    person = Person.objects.get(emp_no="N1")
    event = Event.objects.get(action="person.updated")
    assert (counts(receipt), event.person_id) == ((1, 0, 1, 0, 0, 0), person.pk)
    assert set(event.detail["changed"]) == {"name", "id_no", "sex", "birth", "unit", "employment"}


def test_move_keeps_the_history(cast, today):
    receipt = take_in([row("E1001", "", unit="B", dept="B1")])
    assert counts(receipt) == (1, 0, 1, 0, 0, 0)
    assert stretches("E1001") == [("A1", "", date(2015, 1, 1), today - timedelta(days=1)), ("B1", "", today, None)]
    assert Person.objects.get(emp_no="E1001").unit == cast.b1
    take_in([row("E1001", "", unit="A", dept="A2")])
    assert stretches("E1001")[1:] == [("A2", "", today, None)]


def test_occupation_is_filled_in_and_then_changes(cast, today):
    headings = ["emp_no", "occupation"]
    assert counts(take_in([["E1001", "焊工"]], headings)) == (1, 0, 1, 0, 0, 0)
    assert stretches("E1001") == [("A1", "焊工", date(2015, 1, 1), None)]
    take_in([["E1001", "司机"]], headings)
    assert stretches("E1001") == [("A1", "焊工", date(2015, 1, 1), today - timedelta(days=1)), ("A1", "司机", today, None)]
    assert counts(take_in([["E1001", "司机"]], headings)) == (1, 0, 0, 1, 0, 0)


def test_leaving_ends_the_employment(cast):
    receipt = take_in([row("E1001", "", left="2026-03-31")])
    assert counts(receipt) == (1, 0, 0, 0, 1, 0)
    assert stretches("E1001") == [("A1", "", date(2015, 1, 1), date(2026, 3, 31))]
    assert Event.objects.filter(action="person.left", person_id=cast.anna.pk).count() == 1
    assert counts(take_in([row("E1001", "", left="2026-03-31")])) == (1, 0, 0, 1, 0, 0)
    assert counts(take_in([row("E1001", "", left="2026-02-28")])) == (1, 0, 1, 0, 0, 0)
    assert stretches("E1001")[0][3] == date(2026, 2, 28)


def test_leaving_takes_roles_but_not_the_own_record(cast):
    organization.grant(cast.employee, unit=cast.a1, role="liaison", by=BY)
    take_in([row("E1001", "", left="2026-03-31")])
    assert list(cast.employee.memberships.values_list("role", flat=True)) == ["employee"]


def test_rehire_begins_a_new_stretch(cast, today):
    take_in([row("E1001", "", left="2026-03-31")])
    receipt = take_in([row("E1001", "", unit="B", dept="B1")])
    assert counts(receipt) == (1, 0, 1, 0, 0, 0)
    assert stretches("E1001") == [("A1", "", date(2015, 1, 1), date(2026, 3, 31)), ("B1", "", today, None)]
    assert Person.objects.get(emp_no="E1001").left_on is None


def test_rehire_with_a_date(cast):
    headings = [*HEADINGS, "hired_on"]
    take_in([row("E1001", "", left="2026-01-31")])
    take_in([[*row("E1001", ""), "2026-03-01"]], headings)
    assert stretches("E1001") == [("A1", "", date(2015, 1, 1), date(2026, 1, 31)), ("A1", "", date(2026, 3, 1), None)]


def test_leaving_that_was_a_mistake_is_taken_back(cast):
    headings = [*HEADINGS, "hired_on"]
    take_in([row("E1001", "", left="2026-01-31")])
    take_in([[*row("E1001", ""), "2015-01-01"]], headings)
    assert stretches("E1001") == [("A1", "", date(2015, 1, 1), None)]


def test_rehire_under_another_number_is_the_same_person(cast):
    number = id_number(BIRTH)
    take_in([row("N1", number=number)])
    person = Person.objects.get(emp_no="N1")
    services.add_user(email="n1@example.org", role="employee", unit=cast.a1, emp_no="N1", by=BY)
    take_in([row("N1", left="2026-01-31")])
    receipt = take_in([row("N900", number=number)])
    person.refresh_from_db()
    assert (counts(receipt), person.emp_no, person.left_on, person.user.employee_no) == ((1, 0, 1, 0, 0, 0), "N900", None, "N900")
    assert len(stretches("N900")) == 2


def test_file_without_leaving_dates_brings_nobody_back(cast):
    take_in([row("E1001", "", left="2026-03-31")])
    assert counts(take_in([["E1001", "Name E1001"]], ["emp_no", "name"])) == (1, 0, 0, 1, 0, 0)
    assert Person.objects.get(emp_no="E1001").left_on == date(2026, 3, 31)


def test_hire_date_that_becomes_known(cast):
    take_in([row("N1")])
    take_in([["N1", "2019-03-01"]], ["emp_no", "hired_on"])
    assert stretches("N1") == [("A1", "", date(2019, 3, 1), None)]


def test_file_without_units_moves_nobody_and_puts_new_people_at_the_root(cast):
    receipt = take_in([["E1001", "Name E1001"], ["N1", "张"]], ["emp_no", "name"])
    assert counts(receipt) == (2, 1, 0, 1, 0, 0)
    assert (Person.objects.get(emp_no="E1001").unit, Person.objects.get(emp_no="N1").unit) == (cast.a1, cast.root)
    refused = take_in([["N2", "李"]], ["emp_no", "name"], user=cast.liaison_a1)
    assert reasons(refused) == [(1, "", "missing")]


def test_exposures_over_time(cast, today):
    headings = ["emp_no", "exposure"]
    take_in([["E1001", "噪声;高温"]], headings)
    Exposure.objects.update(since=date(2020, 1, 1))
    assert counts(take_in([["E1001", "噪声;粉尘"]], headings)) == (1, 0, 1, 0, 0, 0)
    assert counts(take_in([["E1001", ""]], headings)) == (1, 0, 0, 1, 0, 0)
    found = Exposure.objects.filter(person=cast.anna).values_list("kind", "since", "until")
    yesterday = today - timedelta(days=1)
    assert sorted(found) == [("dust", today, None), ("heat", date(2020, 1, 1), yesterday), ("noise", date(2020, 1, 1), None)]
    take_in([["E1001", "无"]], headings)
    assert Exposure.objects.filter(until=None).count() == 0


def test_rotation_is_planned_kept_and_moved(cast, today):
    headings, soon, later = ["emp_no", "exposure", "轮换日期"], today + timedelta(days=90), today + timedelta(days=120)
    assert counts(take_in([["E1001", "高原;噪声", soon.isoformat()]], headings)) == (1, 0, 1, 0, 0, 0)
    found = Exposure.objects.filter(person=cast.anna)
    assert dict(found.values_list("kind", "rotates_on")) == {"high_altitude": soon, "noise": None}
    assert counts(take_in([["E1001", "", ""]], headings)) == (1, 0, 0, 1, 0, 0)
    assert counts(take_in([["E1001", later.isoformat()]], ["emp_no", "rotation date"])) == (1, 0, 1, 0, 0, 0)
    assert found.get(kind="high_altitude").rotates_on == later
    take_in([["E1001", "噪声", ""]], headings)
    take_in([["E1001", "高原", ""]], headings)
    assert found.get(kind="high_altitude", until=None).rotates_on is None


def test_rotation_needs_a_hazard_to_rotate_from(cast, today):
    soon = (today + timedelta(days=90)).isoformat()
    receipt = take_in([["E1001", "噪声", soon], ["E1002", "", soon], ["E1003", "高原", "2099-01-01"]], ["emp_no", "exposure", "rotation date"])
    assert reasons(receipt) == [(1, "C2", "no-rotation"), (2, "C3", "no-rotation"), (3, "C4", "date")]
    assert not Exposure.objects.exists()


def test_places_of_units(cast):
    headings = ["emp_no", "name", "unit", "place"]
    take_in([["N1", "张", "船厂", "大连市"], ["N2", "李", "A/A1", "北京"]], headings)
    assert (place_of(unit_by_path("船厂")).name, Unit.objects.get(name="A1").place) == ("大连", "")


def test_refusals_name_row_cell_and_reason(cast):
    taken = id_number(date(1970, 1, 2))
    take_in([row("N0", "李雷", number=taken)])
    receipt = take_in(
        [
            row("N1"),
            row("N1"),
            row("N2", "一"),
            row("N2", "二"),
            row("N3", number="760101198005170000"),
            row("N4", number=taken),
            row("N5", number=id_number(BIRTH, 31)),
            row("N6", number=id_number(BIRTH, 31)),
            row("N7", ""),
            row("N8", unit="", dept=""),
            row("N0", "韩梅梅", number=id_number(BIRTH, 41)),
            row("", "无号"),
            row("N9", left="2026-02-30"),
        ]
    )
    assert reasons(receipt) == [
        (2, "A3", "duplicate"),
        (3, "A4", "conflict"),
        (4, "A5", "conflict"),
        (5, "C6", "id-number"),
        (6, "C7", "duplicate-id"),
        (7, "C8", "duplicate-id"),
        (8, "C9", "duplicate-id"),
        (9, "B10", "missing"),
        (10, "F11", "missing"),
        (11, "A12", "other-person"),
        (12, "A13", "missing"),
        (13, "H14", "date"),
    ]
    assert (counts(receipt), Person.objects.filter(emp_no__startswith="N").count()) == ((13, 1, 0, 0, 0, 12), 2)


def test_leaving_before_the_work_began_is_refused(cast):
    assert reasons(take_in([row("E1001", "", left="2014-12-31")])) == [(1, "H2", "order")]


def test_refused_rows_make_no_units(cast):
    receipt = take_in([row("N1", number="1", unit="新单位", dept="")])
    assert (receipt.units_created, Unit.objects.filter(name="新单位").exists()) == (0, False)


def test_two_places_for_one_unit_are_refused(cast):
    headings = ["emp_no", "name", "unit", "place"]
    receipt = take_in([["N1", "张", "船厂", "大连"], ["N2", "李", "船厂", "上海"]], headings)
    assert (reasons(receipt), receipt.created) == ([(2, "D3", "other-place")], 1)


@pytest.mark.parametrize(
    "data",
    [b"", b"name,sex\nx,m", b"emp_no,name", b"PK\x03\x04x", b"emp_no,emp_no\n1,2", b'emp_no\n"1'],
    ids=["empty", "no emp_no", "no rows", "corrupt", "twice", "quotes"],
)
def test_files_that_cannot_be_used_change_nothing(cast, data):
    events = Event.objects.count()
    with pytest.raises(Rejected):
        services.import_roster(data, by=BY)
    assert (Person.objects.count(), Event.objects.count(), RosterRow.objects.count()) == (4, events, 0)


def test_P22_import_that_cannot_be_recorded_changes_nothing(cast, monkeypatch):
    from healthmgmt.audit.services import AuditUnavailable

    def broken(*args, **kwargs):
        raise DatabaseError("no table")

    monkeypatch.setattr(Event, "save", broken)
    with pytest.raises(AuditUnavailable):
        take_in([row("N1")])
    assert (Person.objects.count(), RosterRow.objects.count()) == (4, 0)


def test_P05_a_liaison_changes_the_own_unit_only(cast):
    receipt = take_in(
        [row("N1"), row("N2", unit="B", dept="B1"), row("E3001", "X"), row("N3", dept="A9"), row("E1001", "", unit="B", dept="B1")],
        user=cast.liaison_a1,
    )
    assert [(number, reason) for number, _cell, reason in reasons(receipt)] == [
        (2, "scope"),
        (3, "scope"),
        (4, "unknown-unit"),
        (5, "scope"),
    ]
    assert (counts(receipt), Person.objects.get(emp_no="N1").unit) == ((5, 1, 0, 0, 0, 4), cast.a1)


def test_P05_a_liaison_cannot_place_units(cast):
    headings = ["emp_no", "name", "unit", "dept", "place"]
    receipt = take_in([["N1", "张", "A", "A1", "大连"]], headings, user=cast.liaison_a1)
    assert reasons(receipt) == [(1, "E2", "scope")]


@pytest.mark.parametrize("role", ["leader", "office_a", "employee", "exam_centre", "case_manager", "steward"])
def test_P05_other_roles_cannot_import(cast, role):
    with pytest.raises(Rejected):
        take_in([row("N1")], user=getattr(cast, role))
    assert Person.objects.count() == 4


def test_an_administrator_may_make_units(cast):
    assert take_in([row("N1", unit="新", dept="")], user=cast.admin).units_created == 1


def test_organisations_do_not_meet(cast, org_b):
    from tenants import current

    take_in([row("N1")])
    with current.use(org_b):
        assert Person.objects.count() == 0


def test_number_of_statements_does_not_grow_with_the_rows(cast, django_assert_max_num_queries):
    take_in([row("N0")])
    with django_assert_max_num_queries(60):
        take_in([row(f"M{number}", number=id_number(BIRTH, number)) for number in range(100, 600)])


def test_the_roster_of_the_bad_files(cast, shared):
    data = (shared / "data" / "badfiles" / "roster.csv").read_bytes()
    assert counts(services.import_roster(data, by=BY)) == (60, 60, 0, 0, 0, 0)
    assert counts(services.import_roster(data, by=BY)) == (60, 0, 0, 60, 0, 0)


def test_import_roster_command(cast, tmp_path):
    import io
    import json

    path = tmp_path / "roster.csv"
    path.write_bytes(csv_bytes([row("N1"), row("N2", number="1")]))
    out = io.StringIO()
    call_command("import_roster", str(path), org="alpha", json=True, stdout=out)
    told = json.loads(out.getvalue())
    assert {name: told[name] for name in ("received", "created", "refused", "units_created")} == {
        "received": 2,
        "created": 1,
        "refused": 1,
        "units_created": 0,
    }
    assert {key: told["problems"][0][key] for key in ("row", "cell", "column", "reason")} == {
        "row": 2,
        "cell": "C3",
        "column": "id_no",
        "reason": "id-number",
    }
    out = io.StringIO()
    call_command("import_roster", str(path), org="alpha", stdout=out)
    assert out.getvalue().startswith("received 2 = created 0 + updated 0 + unchanged 1 + left 0 + refused 1;")
