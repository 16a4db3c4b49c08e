"""What every answer says to the browser, whatever it is about."""

import pytest

EXPECTED = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/accounts/login/", "/", "/healthz", "/api/v1/uploads/", "/no-such-page", "/accounts/logout/"])
def test_headers_are_strict_on_every_answer(sign_in, path):
    response = sign_in().get(path)
    assert {name: response.headers.get(name) for name in EXPECTED} == EXPECTED
