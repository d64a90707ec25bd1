"""The gates of SECURITY that hold for every page, and for the settings of an installation."""

import json
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import RequestFactory

from careportal.audiences import addresses
from careportal.kit.errors import error_page
from tests import production
from tests.production import ROOT

# Every address that takes a plain GET without naming an object.
PLAIN_PATHS = sorted({address.pattern for address in addresses() if not re.search(r"[<(\\]", address.pattern)})
# They ask for something on their first page: a form brings the cookie that protects it.
PRIVATE = (
    "/admin/",
    "/apply/",
    "/account/",
    "/follow/",
    "/return/",
    "/alerts/",
    "/feedback/",
    "/what-can-my-service-get/",
    "/complete/",
    "/your-information/ask/",
    "/your-information/see/",
)
PAGES_TO_READ = sorted(
    {address.pattern for address in addresses() if address.who_may == "anyone"}.intersection(PLAIN_PATHS)
    - {path for path in PLAIN_PATHS if path.startswith(PRIVATE)}
)
ERRORS = [400, 403, 404, 405, 413, 429, 500, 503]
NOT_FOR_VISITORS = [
    "/.git/config",
    "/.git/HEAD",
    "/.env",
    "/.env.bak",
    "/settings.py",
    "/careportal/settings.py",
    "/manage.py",
    "/portal.sqlite3",
    "/var/barking_and_dagenham/portal.sqlite3",
    "/static/../careportal/settings.py",
    "/static/%2e%2e/careportal/settings.py",
    "/static/portal.css.map",
    "/static/portal.js.map",
    "/static/portal.css~",
    "/backup.zip",
    "/requirements.txt~",
    "/secret.key",
    "/encryption.key",
]


@pytest.fixture(scope="session")
def production_settings():
    """Settings as production has them, by name."""
    names = [
        *("ALLOWED_HOSTS", "CSRF_COOKIE_HTTPONLY", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SAMESITE", "CSRF_COOKIE_SECURE"),
        *(
            "DEBUG",
            "INSTALLED_APPS",
            "SECURE_HSTS_INCLUDE_SUBDOMAINS",
            "SECURE_HSTS_SECONDS",
            "SESSION_COOKIE_HTTPONLY",
        ),
        *("SESSION_COOKIE_NAME", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_DOMAIN"),
    ]
    code = (
        f"import json; from django.conf import settings as s; print(json.dumps({{n: getattr(s, n) for n in {names}}}))"
    )
    done = production.manage("shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_closed(response):
    """The headers that every answer carries. (HC1, HC4)"""
    directives = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    for name in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert directives[name] == "'none'", name
    for name in ("script-src", "style-src", "form-action", "connect-src", "font-src"):
        assert directives[name] == "'self'", name
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


# --- Headers -------------------------------------------------------------------------------------------------------


def test_there_are_pages_to_look_at():
    assert len(PLAIN_PATHS) > 15


@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.parametrize("path", PLAIN_PATHS)
def test_every_page_has_closed_headers_and_private_ones_are_never_kept(client, path):
    """(HC1, HC4, HC6)"""
    response = client.get(path)

    assert response.status_code < 500 or path == "/health/ready"
    assert_closed(response)
    assert "camera=()" in response["Permissions-Policy"]
    if path.startswith(PRIVATE):
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/no-such-page/", 404), ("GET", "/%FF", 400), ("TRACE", "/", 405), ("GET", "/account/x.css", 404)],
)
def test_refusals_have_closed_headers_and_are_never_kept(client, method, path, status):
    """Made-up paths below a private one are nobody's page. No database is asked. (HC1, HC6, HC7, HC10)"""
    response = client.generic(method, path)

    assert response.status_code == status
    assert_closed(response)
    assert "no-store" in response["Cache-Control"]


@pytest.mark.any_database
@pytest.mark.django_db  # closing an answer looks after the connection too
def test_files_have_closed_headers_too(client):
    """(HC1)"""
    response = client.get("/static/admin/css/base.css")

    response.close()
    assert response.status_code == 200
    assert_closed(response)


# --- Cookies -------------------------------------------------------------------------------------------------------


def test_cookies_are_bound_to_this_host_and_to_https(production_settings):
    """(HC5)"""
    assert production_settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert production_settings["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert production_settings["SESSION_COOKIE_DOMAIN"] is None
    assert production_settings["SESSION_COOKIE_SECURE"]
    assert production_settings["CSRF_COOKIE_SECURE"]
    assert production_settings["SESSION_COOKIE_HTTPONLY"]
    assert production_settings["SESSION_COOKIE_SAMESITE"] in {"Lax", "Strict"}
    assert production_settings["CSRF_COOKIE_SAMESITE"] in {"Lax", "Strict"}


@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES_TO_READ)
def test_a_visitor_who_only_reads_gets_no_cookie(client, path):
    """(HC5, AP10)"""
    assert not client.get(path).cookies


def test_transport_security_lasts_a_year_and_covers_subdomains(production_settings):
    """(HC3)"""
    assert production_settings["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert production_settings["SECURE_HSTS_INCLUDE_SUBDOMAINS"]


# --- Third parties -------------------------------------------------------------------------------------------------

LOADED_FROM_ELSEWHERE = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|object|use|image)\b[^>]*?(?:src|href|data|srcset)\s*=\s*["']?(?:https?:)?//
    | <link\b[^>]*?href\s*=\s*["']?(?:https?:)?//
    | <form\b[^>]*?action\s*=\s*["']?(?:https?:)?//
    | url\(\s*["']?(?:https?:)?//
    | @import\s+(?:url\()?["']?(?:https?:)?//
    | (?:fetch|import|sendBeacon|EventSource|WebSocket)\s*\(?\s*["'](?:https?|wss?):""",
    re.VERBOSE | re.IGNORECASE,
)


def own_sources():
    for folder, endings in (
        ("templates", "html txt"),
        ("static/src", "scss css js svg"),
        ("static/built", "css js svg"),
    ):
        for ending in endings.split():
            yield from (ROOT / folder).rglob(f"*.{ending}")


def test_no_template_style_or_script_loads_anything_from_elsewhere():
    """(HC9)"""
    sources = list(own_sources())
    found = [
        f"{path.relative_to(ROOT)}: {hit[0]}"
        for path in sources
        for hit in LOADED_FROM_ELSEWHERE.finditer(path.read_text())
    ]

    assert len(sources) > 20
    assert found == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ('<script src="https://cdn.example.org/x.js">', True),
        ("<link rel=stylesheet href=//cdn.example.org/x.css>", True),
        ("background: url(https://example.org/x.png)", True),
        ('@import "https://example.org/x.css"', True),
        ('fetch("https://example.org/count")', True),
        ('<a href="https://example.org/">', False),
        ('<script src="/static/portal.js">', False),
    ],
)
def test_the_search_for_third_parties_finds_them(text, is_found):
    assert bool(LOADED_FROM_ELSEWHERE.search(text)) is is_found


# --- Errors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ERRORS)
def test_an_error_page_is_plain_has_a_reference_and_needs_no_database(status):
    """The database is closed to this test, and asking it would fail. (HC10)"""
    request = RequestFactory().get("/")
    request.id = "ABCD2345"

    response = error_page(request, status)

    assert response.status_code == status
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert settings.COUNCIL.contact.email in response.text
    assert "Traceback" not in response.text
    if status != 405:  # no person sees that one; the reference is in its header
        assert "ABCD2345" in response.text


@pytest.mark.any_database
@pytest.mark.parametrize("path", NOT_FOR_VISITORS)
def test_what_is_not_for_visitors_is_not_found(client, path):
    """(HC13)"""
    assert client.get(path).status_code == 404


def test_no_built_file_tells_its_source():
    """(HC13)"""
    names = {name for finder in finders.get_finders() for name, _ in finder.list([])}

    assert not {name for name in names if name.startswith("portal") and name.endswith(".map")}


# --- Production ----------------------------------------------------------------------------------------------------


def test_the_deploy_check_has_nothing_to_say():
    """(HC14)"""
    done = production.manage("check", "--deploy", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_production_has_no_tool_of_developers(production_settings):
    """(AD14)"""
    tools = ("debug_toolbar", "django_extensions", "silk", "admindocs", "rest_framework", "flower", "browser_reload")

    assert production_settings["DEBUG"] is False
    assert [app for app in production_settings["INSTALLED_APPS"] if any(tool in app for tool in tools)] == []


@pytest.mark.any_database
@pytest.mark.parametrize(
    "path", ["/__debug__/", "/silk/", "/flower/", "/admin/doc/", "/api/docs/", "/static/", "/media/", "/server-status"]
)
@pytest.mark.django_db
def test_the_usual_addresses_of_such_tools_show_nothing(client, path):
    """To a stranger the officers' site answers with its sign-in page only. (AD14)"""
    assert client.get(path).status_code in ({302, 404} if path.startswith("/admin/") else {404})


@pytest.mark.parametrize(
    ("name", "weak"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("ENCRYPTION_KEY", ""),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "*"),
        ("BASE_URL", ""),
        ("BASE_URL", "http://portal.example.org"),
        ("DATABASE_URL", ""),
        ("REDIS_URL", ""),
        ("EMAIL_URL", ""),
        ("EMAIL_URL", "consolemail://"),
        ("BUSINESS_FORUM_INBOX", ""),
        ("BUSINESS_FORUM_INBOX", "nonsense"),
        ("BUSINESS_FORUM_INBOX", "a@evil.example"),
        ("BUSINESS_FORUM_INBOX", "a@example.org,b@example.org"),
        ("DEBUG", "on"),
        ("DEBUG", "t"),
        ("BASE_URL", "https://"),
        ("ALLOWED_HOSTS", ","),
        ("ALLOWED_HOSTS", "elsewhere.example.org"),
        ("MAIL_LEASE_SECONDS", "34"),
        ("REDIS_URL", "x"),
        ("EMAIL_URL", "smtp://"),
        ("EMAIL_URL", "smtp:mail.example.org"),
        ("EMAIL_URL", "smtp+tls://"),
        ("EMAIL_URL", "smtp://:25"),
    ],
)
def test_a_missing_or_weak_setting_stops_the_start_and_is_named(name, weak):
    """(UP8)"""
    done = production.manage("check", **{name: weak})

    assert done.returncode != 0
    assert any(line.startswith(f"- {name} ") for line in done.stderr.splitlines())
    assert "Traceback" not in done.stderr


def test_a_fresh_database_is_made_by_one_command_and_a_second_finds_nothing_to_do(tmp_path):
    """(UP1)"""
    environment = {"PATH": "/usr/bin:/bin", "DATA_DIR": str(tmp_path)}

    def manage(*command):
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        ).stdout

    assert "No changes detected" in manage("makemigrations", "--check", "--dry-run")
    assert "Applying" in manage("migrate")
    assert "No migrations to apply" in manage("migrate")
