"""No log line holds the secret part of an address."""

import logging

import pytest
from django.conf import settings

from healthmgmt.core.logs import WithoutSecrets


def line(message: str, *arguments: object) -> str:
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, message, arguments, None)
    assert WithoutSecrets().filter(record)
    return record.getMessage()


@pytest.mark.parametrize("address", ["/deliver/SECRET/", "/deliver/SECRET", "/accounts/reset/SECRET/", "http://a.example/deliver/SECRET/?x=1"])
def test_secret_part_of_an_address_is_blanked(address):
    assert "SECRET" not in line("%s: %s", "Not Found", address)
    assert "SECRET" not in line(f"Not Found: {address}")


def test_other_lines_stay_as_they_are():
    assert line("Not Found: %s", "/deliver/") == "Not Found: /deliver/"
    assert line("%s %s", "/accounts/reset/asked/", "/uploads/x/") == "/accounts/reset/asked/ /uploads/x/"


def test_every_handler_asks_it():
    assert all("secrets" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
