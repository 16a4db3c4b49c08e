import pytest

from healthmgmt.environment import EnvironmentFault, Mail, database, local_keys, mail, read


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
        ({"HEALTHMGMT_MAIL_FROM": "nobody"}, "HEALTHMGMT_MAIL_FROM"),
        ({"HEALTHMGMT_MAIL_FROM": "Health <a@b.example"}, "HEALTHMGMT_MAIL_FROM"),
        ({"HEALTHMGMT_MAIL_FROM": "a@b.example\nBcc: c@d.example"}, "HEALTHMGMT_MAIL_FROM"),
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


@pytest.mark.parametrize(
    ("environ", "sender"),
    [
        ({}, "noreply@localhost"),
        ({"HEALTHMGMT_DOMAIN": "health.example"}, "noreply@health.example"),
        ({"HEALTHMGMT_MAIL_FROM": "健康管理 <health@example.org>"}, "健康管理 <health@example.org>"),
    ],
)
def test_read_takes_the_sender_of_mails_or_makes_one_of_the_domain(environ, sender):
    assert read(environ).mail_from == sender


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("console://", Mail("console")),
        ("locmem://", Mail("locmem")),
        ("smtp://mail.example", Mail("smtp", "mail.example", 25)),
        ("smtp+tls://u%40x:p%2Fw@mail.example", Mail("smtp", "mail.example", 587, "u@x", "p/w", starts_tls=True)),
        ("smtps://u:p@mail.example:2465", Mail("smtp", "mail.example", 2465, "u", "p", is_tls=True)),
    ],
)
def test_mail_takes_an_address_apart(url, expected):
    assert mail(url, "HEALTHMGMT_EMAIL_URL") == expected


@pytest.mark.parametrize(
    "url",
    [
        "", "console", "console://x", "smtp://", "smtp+ssl://mail.example", "smtp://user@mail.example", "smtp://:p@mail.example",
        "smtp://mail.example:x", "smtp://mail.example:0", "smtp://mail.example:70000", "smtp://mail.example/box", "smtp://mail.example?tls=1",
    ],
)  # fmt: skip
def test_mail_refuses_what_is_no_mail_server(url):
    with pytest.raises(EnvironmentFault, match="HEALTHMGMT_EMAIL_URL"):
        mail(url, "HEALTHMGMT_EMAIL_URL")


def test_local_keys_are_made_once_and_kept_private(tmp_path):
    first = local_keys(tmp_path / "data")
    assert local_keys(tmp_path / "data") == first
    assert (tmp_path / "data" / "keys.json").stat().st_mode & 0o777 == 0o600
