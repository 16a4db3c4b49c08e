from datetime import date

import pytest
from django.db import DatabaseError, connection

from healthmgmt.core import sql
from healthmgmt.people.models import Consent, Exposure, Person
from tests import cast as casting
from tests.exams.road import ground

COLUMNS = ["person_id", "kind", "since"]


@pytest.fixture
def person(org_a) -> Person:
    return casting.person("P1", ground())


@pytest.mark.parametrize("kind", ["\\.", "\\N", 'a"b', "a,b", "a\nb", "汉字", "'; DROP TABLE people_person; --"])
def test_copy_in_stores_any_text_as_it_is(person, kind):
    rows = [[str(person.pk), kind, "2020-01-01"], [str(person.pk), "last", "2020-01-01"]]
    assert sql.copy_in("people_exposure", COLUMNS, rows) == 2
    assert list(Exposure.objects.order_by("id").values_list("kind", flat=True)) == [kind, "last"]


def test_copy_in_of_many_blocks_stores_every_row(person):
    rows = ([str(person.pk), f"kind {number}", "2020-01-01"] for number in range(3 * sql._CsvStream.BLOCK_ROWS + 1))
    assert sql.copy_in("people_exposure", COLUMNS, rows) == Exposure.objects.count() == 1501


def test_copy_in_null_and_empty_are_two_things(person):
    sql.copy_in("people_consent", ["person_id", "purpose", "text_version", "given_at", "withdrawn_at"], [[str(person.pk), "", "", "2020-01-01", None]])
    stored = Consent.objects.get()
    assert (stored.purpose, stored.withdrawn_at) == ("", None)


def test_copy_in_nul_character_is_an_error_and_stores_nothing(person):
    with pytest.raises(DatabaseError, match="NUL"):
        sql.copy_in("people_exposure", COLUMNS, [[str(person.pk), "a\0b", "2020-01-01"]])
    assert Exposure.objects.count() == 0


def test_copy_in_bad_row_stores_nothing(person):
    with pytest.raises(DatabaseError):
        sql.copy_in("people_exposure", COLUMNS, [[str(person.pk), "a", "2020-01-01"], [str(person.pk), "b", "no day"]])
    assert Exposure.objects.count() == 0


def test_copy_lines_are_made_while_they_are_stored(person):
    lines = (f"{person.pk}\tkind {number}\t2020-01-01".encode() for number in range(3 * sql._LineStream.BLOCK_ROWS + 1))
    assert sql.copy_lines("people_exposure", COLUMNS, lines) == Exposure.objects.count() == 1501


def test_copy_lines_that_end_the_data_are_an_error_and_store_nothing(person):
    with pytest.raises(sql.CopyMismatch):
        sql.copy_lines("people_exposure", COLUMNS, [f"{person.pk}\ta\t2020-01-01".encode(), b"\\.", f"{person.pk}\tb\t2020-01-01".encode()])
    assert Exposure.objects.count() == 0


def test_copy_lines_of_nobody_store_nothing(person):
    assert sql.copy_lines("people_exposure", COLUMNS, []) == 0


def test_copy_out_hands_over_every_line_in_batches(person, monkeypatch):
    monkeypatch.setattr(sql._Lines, "AT_ONCE", 2)
    for day in range(1, 6):
        Exposure.objects.create(person=person, kind="noise", since=date(2020, 1, day), until=date(2021, 1, day))
    batches = []
    asked = {"after": 0, "last": person.pk, "kind": "noise", "as_of": date(2020, 6, 1)}
    sql.copy_out("risk/load_exposures", asked, batches.append)
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert batches[2] == [f"{person.pk}\t2020-01-05\n".encode()]


def test_copy_out_whose_taker_fails_leaves_the_connection_usable(person):
    Exposure.objects.create(person=person, kind="noise", since=date(2020, 1, 1))

    def refuse(lines):
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        sql.copy_out("risk/load_exposures", {"after": 0, "last": person.pk, "kind": "noise", "as_of": date(2020, 6, 1)}, refuse)
    assert Exposure.objects.count() == 1


@pytest.mark.parametrize("name", ["people_person; --", 'a"b', "t_x.people_person", "People"])
def test_copy_in_takes_plain_names_only(org_a, name):
    with pytest.raises(ValueError, match="plain"):
        sql.copy_in(name, COLUMNS, [])


@pytest.mark.parametrize("name", ["../settings", "exams/../x", "select 1", "exams/Apply"])
def test_statement_is_named_and_never_given(name):
    with pytest.raises(ValueError, match="statement"):
        sql.statement(name)


def test_dicts_decode_json(person):
    assert connection.vendor == "postgresql"
    assert sql.dicts("exams/export_exams", {"upload": None}) == []


def test_text_array_is_one_literal_of_any_texts(org_a):
    texts = ["E1", "", "NULL", "{a,b}", 'say "yes"', "back\\slash", "two\nlines", "张"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [sql.text_array(texts)])
        assert cursor.fetchone()[0] == texts
