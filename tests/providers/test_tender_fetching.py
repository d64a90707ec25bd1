"""Fetching notices from their publishers: page by page, from nobody else, and within bounds."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import CommandError, call_command

from providers.exceptions import FileRefused
from providers.models import Tender
from providers.tenders import fetch, files
from tests.providers.ocds import package, release

BOUNDS = fetch.Bounds


class Publisher(BaseHTTPRequestHandler):
    """Answers with what its server was given for a path: a status, headers and content."""

    def do_GET(self) -> None:
        status, headers, content = self.server.answers.get(self.path, (404, {}, b""))
        self.server.asked.append(self.path)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Quietly."""


@contextmanager
def publisher(answers):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    server.answers, server.asked = answers, []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def hosts(settings):
    settings.TENDER_HOSTS = ["127.0.0.1", "www.example.org"]


def ids(content):
    return [one["id"] for one in json.loads(content)["releases"]]


def page(*numbers, following=""):
    more = {"links": {"next": following}} if following else {}
    return 200, {}, package(*[release(id=str(number)) for number in numbers], **more)


def test_every_page_is_fetched():
    answers = {"/": page(1, 2, following="/second?cursor=a"), "/second?cursor=a": page(3)}

    with publisher(answers) as (_, url):
        assert ids(fetch.fetched(f"{url}/")) == ["1", "2", "3"]


def test_the_command_takes_an_address(db):
    with publisher({"/": page(1)}) as (_, url):
        call_command("import_tenders", f"{url}/", "--apply")

    assert Tender.objects.count() == 1


def test_redirects_are_followed_to_publishers_only():
    answers = {"/": (302, {"Location": "/there"}, b""), "/there": page(1)}
    away = {"/": (302, {"Location": "https://evil.example.org/"}, b"")}

    with publisher(answers) as (_, url):
        assert ids(fetch.fetched(f"{url}/")) == ["1"]
    with publisher(away) as (_, url), pytest.raises(FileRefused, match="Only these publishers"):
        fetch.fetched(f"{url}/")


def test_pages_lead_to_publishers_only():
    answers = {"/": page(1, following="http://www.example.org/")}

    with publisher(answers) as (_, url), pytest.raises(FileRefused, match="must begin with https"):
        fetch.fetched(f"{url}/")


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({}, "answers “404"),
        ({"/": (500, {}, b"")}, "answers “500"),
        ({"/": (200, {}, b"<html>")}, "no JSON"),
        ({"/": (302, {"Location": "/"}, b"")}, "leads on more than"),
        ({"/": page(1, following="/")}, "go in a circle"),
        ({"/": (200, {"Content-Encoding": "gzip"}, b"no gzip")}, "cannot be read: DecodeError"),
    ],
)
def test_what_is_no_package_is_refused(answers, reason):
    with publisher(answers) as (_, url), pytest.raises(FileRefused, match=reason):
        fetch.fetched(f"{url}/")


def test_there_is_an_end_to_pages(monkeypatch):
    monkeypatch.setattr(fetch, "PAGES", 2)
    answers = {"/": page(1, following="/2"), "/2": page(2, following="/3"), "/3": page(3)}

    with publisher(answers) as (server, url), pytest.raises(FileRefused, match="more than 2 pages"):
        fetch.fetched(f"{url}/")
    assert server.asked == ["/", "/2"]


def test_there_is_an_end_to_bytes(monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 100)
    monkeypatch.setattr(fetch, "Bounds", lambda: BOUNDS(bytes_left=100))

    with publisher({"/": page(1)}) as (_, url), pytest.raises(FileRefused, match="more than 0 MB"):
        fetch.fetched(f"{url}/")


def test_there_is_an_end_to_time(monkeypatch):
    monkeypatch.setattr(fetch, "Bounds", lambda: BOUNDS(ends=0.0))

    with publisher({"/": page(1)}) as (_, url), pytest.raises(FileRefused, match="took longer than"):
        fetch.fetched(f"{url}/")


def test_nobody_there_is_refused():
    with publisher({}) as (_, url):
        pass

    with pytest.raises(FileRefused, match="cannot be read: ConnectionError"):
        fetch.fetched(f"{url}/")


@pytest.mark.parametrize(
    "url",
    [
        *("http://www.example.org/", "https://elsewhere.example.org/", "https://www.example.org.evil.example/"),
        *("https://user@www.example.org/", "https://www.example.org:8443/", "https://[::1", "https://"),
        *("https://www.example.org:port/", "https://169.254.169.254/"),
    ],
)
def test_strange_addresses_are_refused_before_anything_is_asked(url):
    with pytest.raises(CommandError, match=r"Refused\. Nothing was changed\."):
        call_command("import_tenders", url)
