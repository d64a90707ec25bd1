"""What holds for every request and answer, whatever page it is."""

import re

import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from careportal import middleware

OVERRIDES = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]


def answer_of(view, request=None, **environ):
    """What the middleware makes of a view's answer."""
    request = request or RequestFactory().get("/somewhere/", **environ)
    return middleware.request_id(middleware.closed_by_default(view))(request)


def page(request):
    return HttpResponse("a page")


def test_every_answer_carries_a_new_short_id_that_can_be_read_out():
    ids = {answer_of(page).headers["X-Request-ID"] for _ in range(50)}

    assert len(ids) == 50
    assert all(re.fullmatch(r"[2-9B-DF-HJ-NP-TV-Z]{8}", known) for known in ids)


def test_a_visitor_cannot_choose_the_id():
    answer = answer_of(page, HTTP_X_REQUEST_ID="forged")

    assert answer.headers["X-Request-ID"] != "forged"


def test_every_answer_closes_what_a_page_could_ask_of_the_device():
    """(HC4)"""
    policy = answer_of(page).headers["Permissions-Policy"]

    assert {"camera=()", "microphone=()", "geolocation=()", "payment=()"} <= set(policy.split(", "))


@pytest.mark.parametrize("method", ["TRACE", "TRACK"])
def test_methods_that_echo_the_request_are_refused(method):
    """(HC11)"""
    answer = answer_of(page, RequestFactory().generic(method, "/"))

    assert answer.status_code == 405
    assert answer.headers["Allow"]


@pytest.mark.parametrize("header", OVERRIDES)
def test_a_header_cannot_turn_one_method_into_another(header):
    """(AZ17)"""
    answer = answer_of(page, headers={header: "DELETE"})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "environ",
    [
        {"PATH_INFO": "/a\0b/"},
        {"QUERY_STRING": "q=%00"},
        {"QUERY_STRING": "q=%ff"},
        {"QUERY_STRING": "q=%ED%A0%80"},
        {"HTTP_COOKIE": "session=a\0b"},
        {"HTTP_COOKIE": r'session="\000"'},
        {"HTTP_COOKIE": "session=\xff"},
    ],
)
def test_what_no_database_could_keep_is_refused_at_the_door(environ):
    """(FI5)"""
    assert answer_of(page, **environ).status_code == 400


@pytest.mark.parametrize("path", ["/%FF/", "/%ED%A0%80/", "/%00/"])
def test_a_path_that_is_no_text_is_refused_with_a_page(client, path):
    """(FI5, HC10)"""
    answer = client.get(path)

    assert answer.status_code == 400
    assert answer.headers["X-Request-ID"] in answer.text


@pytest.mark.parametrize(
    "environ",
    [
        {"PATH_INFO": "/caf\xc3\xa9/100%/"},
        {"QUERY_STRING": "q=caf%C3%A9+%F0%9F%99%82&empty="},
        {"HTTP_COOKIE": "session=abc; other=x=y"},
    ],
)
def test_ordinary_text_in_any_language_passes(environ):
    assert answer_of(page, **environ).status_code == 200


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
@pytest.mark.parametrize(("length", "status"), [(100, 200), (101, 413), (10**12, 413), ("nonsense", 200)])
def test_a_body_larger_than_we_take_is_refused_unread(length, status):
    """(FI6)"""
    request = RequestFactory().post("/", b"x", content_type="text/plain", CONTENT_LENGTH=length)

    assert answer_of(page, request).status_code == status


def test_a_public_page_may_be_kept():
    assert "Cache-Control" not in answer_of(page).headers


@pytest.mark.parametrize("path", ["/admin/", "/apply/abc/", "/account/login/"])
def test_private_paths_are_never_kept(path):
    """(HC6)"""
    assert answer_of(page, PATH_INFO=path).headers["Cache-Control"] == "no-store"


def test_whoever_has_a_session_gets_answers_that_are_never_kept(settings):
    """(HC6)"""
    answer = answer_of(page, HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}=anything")

    assert answer.headers["Cache-Control"] == "no-store"


def test_errors_are_never_kept():
    """(HC6)"""
    answer = answer_of(lambda request: HttpResponse("no", status=500))

    assert answer.headers["Cache-Control"] == "no-store"


def test_an_answer_with_a_cookie_is_never_kept_even_where_its_view_calls_it_public():
    """(HC7, AP10)"""

    def view(request):
        response = HttpResponse(headers={"Cache-Control": "public, max-age=600"})
        response.set_cookie("csrf", "secret")
        return response

    assert answer_of(view).headers["Cache-Control"] == "no-store"


def test_a_view_may_say_how_long_its_public_answer_keeps():
    answer = answer_of(lambda request: HttpResponse(headers={"Cache-Control": "public, max-age=600"}))

    assert answer.headers["Cache-Control"] == "public, max-age=600"
