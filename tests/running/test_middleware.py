"""What holds for every request and answer, whatever page it is."""

import re
from wsgiref.util import setup_testing_defaults

import pytest
from django.db import DatabaseError, DataError, InterfaceError, OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path

from careportal import middleware
from careportal.kit import errors
from careportal.wsgi import application

OVERRIDES = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]


BREAKDOWNS = {"gone": OperationalError, "closed": InterfaceError, "wrong": DataError, "ours": ValueError}


def broken(request, kind):
    raise BREAKDOWNS[kind]("the database said: Example Applicant")


urlpatterns = [path("broken/<slug:kind>/", broken), path("", include("careportal.urls"))]
handler404, handler500 = errors.not_found, errors.server_error


@pytest.fixture
def visitor():
    """Gets the pages for what goes wrong, where a test's browser would get the exception."""
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


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


# --- Charsets ------------------------------------------------------------------------------------------------------

STRANGE_CHARSETS = ["rot13", "base64", "zip", "hex", "punycode", "undefined", "idna", "utf-16", "nonsense", '"ROT13"']


def status_over_wsgi(method, path, kind):
    """As a web server asks: a test's browser makes its requests in another way."""
    environ, seen = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "q=a", "CONTENT_TYPE": kind}, []
    setup_testing_defaults(environ)
    answer = application(environ, lambda status, headers: seen.append(status))
    answer.close()
    return int(seen[0].split()[0])


@pytest.mark.django_db  # an answer that is closed closes connections too
@pytest.mark.parametrize(
    "charset", [*(f"charset={name}" for name in STRANGE_CHARSETS), "charset*=zip''%41", "x*=nonsense''a"]
)
@pytest.mark.parametrize("path", ["/programmes/", "/apply/", "/admin/login/", "/account/login/"])
def test_a_request_in_a_charset_of_its_own_is_refused(charset, path):
    """(FI5, HC10)"""
    read = status_over_wsgi("GET", path, f"text/plain; {charset}")
    sent = status_over_wsgi("POST", path, f"multipart/form-data; boundary=x; {charset}")

    assert (read, sent) == (400, 400)


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8", '"utf-8"', "us-ascii"])
def test_a_request_in_our_charset_passes(charset):
    assert answer_of(page, CONTENT_TYPE=f"text/plain; charset={charset}").status_code == 200


# --- A database that does not answer -------------------------------------------------------------------------------


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("kind", ["gone", "closed"])
def test_while_the_database_is_away_pages_say_when_to_come_back(visitor, caplog, kind):
    """(AV14)"""
    answer = visitor.get(f"/broken/{kind}/")

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert answer["X-Request-ID"] in answer.text
    ours = [entry.getMessage() for entry in caplog.records if entry.name == "careportal.middleware"]
    assert ours == [f"[{answer['X-Request-ID']}] The database did not answer: {BREAKDOWNS[kind].__name__}"]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("kind", ["wrong", "ours"])
def test_other_errors_stay_errors(visitor, kind):
    assert visitor.get(f"/broken/{kind}/").status_code == 500


def test_a_database_that_fails_before_the_view_is_the_same_to_whoever_is_signed_in(visitor, settings, monkeypatch):
    """The session is read by the second factor's check, outside of any view (AV14)."""

    def gone(*args):
        raise OperationalError

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", gone)
    visitor.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32

    assert visitor.get("/contact/").status_code == 503


@pytest.mark.urls(__name__)
@pytest.mark.django_db(transaction=True)
def test_the_next_request_begins_with_a_new_connection(visitor):
    connection.ensure_connection()
    before = connection.connection

    visitor.get("/broken/gone/")

    assert connection.connection is not before


@pytest.mark.django_db
def test_the_log_gets_the_databases_own_code_and_nothing_it_said():
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 'Example Applicant' FROM nowhere")

    assert middleware._code_of(refused.value) in {"SQLITE_ERROR", "42P01"}


# --- Applications that cannot be found -----------------------------------------------------------------------------

LOST = "/apply/6f1c1d9e-0b5a-4f0c-9d8e-3f2a1b0c9d8e/check/"


@pytest.mark.django_db
def test_an_application_that_cannot_be_found_explains_itself_and_offers_a_new_one(visitor, settings):
    """(HC10)"""
    settings.DRAFT_DAYS = 9

    answer = visitor.get(LOST)

    assert answer.status_code == 404
    for words in ("another browser", "9 days", 'href="/apply/"', "start a new application"):
        assert words in answer.text
    assert settings.COUNCIL.contact.telephone in answer.text
    assert answer["X-Request-ID"] in answer.text
    assert answer["Cache-Control"] == "no-store"


def test_other_pages_that_are_not_there_say_nothing_of_applications(visitor):
    assert "start a new application" not in visitor.get("/nowhere/").text


def test_a_form_sent_without_any_session_offers_a_new_application(visitor, settings):
    """(FI1)"""
    answer = visitor.post(LOST)

    assert answer.status_code == 403
    for words in ("another browser", f"{settings.DRAFT_DAYS} days", "start a new application", "accepts cookies"):
        assert words in answer.text
    assert "Go back to the page" not in answer.text


@pytest.mark.parametrize("path", [LOST, "/account/login/"])
def test_a_form_without_its_token_is_tried_again_where_that_can_help(visitor, settings, path):
    """(FI1)"""
    if path == LOST:
        visitor.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32

    assert "Go back to the page" in visitor.post(path).text
