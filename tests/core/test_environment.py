import pytest

from healthmgmt.environment import EnvironmentFault, database, local_keys, read


def test_read_takes_defaults_from_nothing():
    environment = read({})
    assert (environment.process, environment.debug, environment.domain) == ("command", False, "localhost")


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"HEALTHMGMT_DEBGU": "1"}, "HEALTHMGMT_DEBGU"),
        ({"HEALTHMGMT_DEBUG": "yes"}, "HEALTHMGMT_DEBUG"),
        ({"HEALTHMGMT_PROCESS": "wbe"}, "HEALTHMGMT_PROCESS"),
        ({"HEALTHMGMT_PROCESS": "web", "DATABASE_OWNER_URL": "postgresql://a:b@h/d"}, "DATABASE_OWNER_URL"),
        ({"HEALTHMGMT_PROCESS": "worker", "DATABASE_OWNER_URL": "postgresql://a:b@h/d"}, "DATABASE_OWNER_URL"),
    ],
)
def test_read_stops_at_what_it_cannot_use_and_names_it(environ, named):
    with pytest.raises(EnvironmentFault, match=named):
        read(environ)


def test_database_takes_an_address_apart():
    assert database("postgresql://u%40x:p%2Fw@db.example:6543/health", "DATABASE_URL") == {
        "NAME": "health", "USER": "u@x", "PASSWORD": "p/w", "HOST": "db.example", "PORT": "6543",
    }  # fmt: skip


@pytest.mark.parametrize("url", ["", "mysql://h/d", "postgresql://h", "health"])
def test_database_refuses_what_is_no_address(url):
    with pytest.raises(EnvironmentFault, match="DATABASE_URL"):
        database(url, "DATABASE_URL")


def test_local_keys_are_made_once_and_kept_private(tmp_path):
    first = local_keys(tmp_path / "data")
    assert local_keys(tmp_path / "data") == first
    assert (tmp_path / "data" / "keys.json").stat().st_mode & 0o777 == 0o600
