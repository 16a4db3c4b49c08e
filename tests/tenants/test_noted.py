"""What is noted down inside an organisation lasts as long as the stay there."""

from healthmgmt.core import organisations
from tenants import current


def test_notes_last_as_long_as_the_stay(org_a, org_b):
    organisations.noted()["reader"] = "a"
    with current.use(org_b):
        assert organisations.noted() == {}
        organisations.noted()["reader"] = "b"
    assert organisations.noted() == {"reader": "a"}
    with current.use(org_a):
        assert organisations.noted() == {}
    with current.use(org_b):
        assert organisations.noted() == {}


def test_notes_outside_of_every_organisation_are_kept_for_nobody(django_db_setup):
    organisations.noted()["reader"] = "nobody"
    assert organisations.noted() == {}


def test_only_reading_reads_once_and_forgets(org_a, org_b):
    asked = []

    def read() -> int:
        asked.append("read")
        return len(asked)

    assert [organisations.once("reader", read) for _ in range(2)] == [1, 2]
    with organisations.only_reading():
        assert [organisations.once("reader", read) for _ in range(2)] == [3, 3]
        with current.use(org_b):
            assert organisations.once("reader", read) == 4
    assert organisations.once("reader", read) == 5
