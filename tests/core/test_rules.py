"""Without a session a page leads to the sign-in page, and that one back: to a page, never to a form's own address or elsewhere."""

import pytest
from django.test import Client

LOGIN, PAGE, FORM = "/accounts/login/", "/accounts/password/", "/accounts/password/"
HERE = "http://alpha.localhost"


@pytest.fixture
def browser(org_a) -> Client:
    return Client(headers={"host": "alpha.localhost"})


def test_page_is_kept_with_its_query(browser):
    assert browser.get(PAGE + "?unit=3&page=2")["Location"] == f"{LOGIN}?next={PAGE}%3Funit%3D3%26page%3D2"


@pytest.mark.parametrize(
    ("referer", "kept"), [(f"{HERE}/people/?page=2", "/people/%3Fpage%3D2"), ("", "/"), ("https://example.org/x/", "/x/")]
)
def test_form_leads_back_to_the_page_it_stood_on(browser, referer, kept):
    answer = browser.post(FORM, headers={"referer": referer})
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next={kept}")


@pytest.mark.parametrize("method", ["get", "post"])
def test_fragment_takes_the_whole_page_to_sign_in(browser, method):
    headers = {"hx-request": "true", "hx-current-url": f"{HERE}/people/?page=2"}
    answer = getattr(browser, method)(PAGE, headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"{LOGIN}?next=/people/%3Fpage%3D2")
    assert "Location" not in answer


@pytest.mark.parametrize("referer", ["https://example.org//example.org/x", "https://example.org/\\example.org", "javascript:alert(1)"])
def test_sign_in_page_leads_to_no_other_host(browser, referer):
    page = browser.get(browser.post(FORM, headers={"referer": referer})["Location"])
    assert page.status_code == 200
    assert "example.org" not in str(page.context["next"]) and ":" not in str(page.context["next"])
