"""Pages for what goes wrong: right status, plain words, a person to ask, and nothing they depend on."""

import re

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.template.loader import render_to_string

from careportal.kit import errors

PAGES = {
    "400": lambda request: errors.bad_request(request, SuspiciousOperation()),
    "403": lambda request: errors.permission_denied(request, None),
    "403 of a form": lambda request: errors.csrf_failure(request, reason="x"),
    "404": lambda request: errors.not_found(request, None),
    "413": lambda request: errors.bad_request(request, RequestDataTooBig()),
    "413 of fields": lambda request: errors.bad_request(request, TooManyFieldsSent()),
    "429": lambda request: errors.too_many_requests(request, 90),
    "500": errors.server_error,
    "503": errors.unavailable,
}


@pytest.fixture(params=PAGES, ids=str)
def answer(request, rf):
    """Each page in turn. The test has no database, so a page that reads one fails."""
    asked = rf.get("/private/ann@example.org/?name=Ann")
    asked.id = "7f3k22qx"
    return request.param[:3], PAGES[request.param](asked)


def test_each_has_its_status_a_person_to_ask_and_a_reference(answer, settings) -> None:
    """(HC10, AV14)"""
    status, page = answer
    html = page.content.decode()

    assert page.status_code == int(status)
    assert len(re.findall("<h1", html)) == 1
    for words in (settings.COUNCIL.contact.telephone, settings.COUNCIL.contact.email, "7f3k22qx"):
        assert words in html.split("<main")[1].split("</main>")[0]


def test_none_is_kept_or_repeats_the_address(answer) -> None:
    """(HC6, FI11)"""
    _, page = answer

    assert page["Cache-Control"] == "no-store"
    assert "ann@example.org" not in page.content.decode()


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "413", "429", "500", "503"])
def test_each_template_works_with_no_context_at_all(name: str, settings) -> None:
    """Packages render some of them by name."""
    html = render_to_string(f"{name}.html")

    assert settings.COUNCIL.contact.telephone in html
    assert "Give this code" not in html


@pytest.mark.parametrize(
    ("seconds", "header", "words"),
    [
        (0.2, "1", "Wait 1 minute,"),
        (61, "61", "Wait 2 minutes,"),
        (3600, "3600", "Wait 60 minutes,"),
        (3601, "3601", "2 hours"),
    ],
)
def test_the_page_for_too_many_tries_says_how_long_to_wait(rf, seconds: float, header: str, words: str) -> None:
    """(FI15)"""
    page = errors.too_many_requests(rf.get("/"), seconds)

    assert page["Retry-After"] == header
    assert words in page.content.decode()


def test_an_unavailable_service_says_when_to_come_back(rf) -> None:
    """(AV14)"""
    assert int(errors.unavailable(rf.get("/"))["Retry-After"]) > 0


def test_when_even_the_template_fails_there_is_still_a_page(rf, monkeypatch, settings) -> None:
    """(HC10)"""

    def broken(*args: object, **kwargs: object) -> str:
        raise OSError("disk gone")

    monkeypatch.setattr(errors, "render_to_string", broken)

    page = errors.server_error(rf.get("/"))

    assert page.status_code == 500
    assert settings.COUNCIL.contact.telephone in page.content.decode()


def test_a_form_without_its_token_is_answered_by_our_page(rf, settings) -> None:
    """(FI1)"""
    assert settings.CSRF_FAILURE_VIEW == "careportal.kit.errors.csrf_failure"
