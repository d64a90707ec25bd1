"""Looking at links: nothing inside the network is ever reached, and what is dead or led elsewhere is told."""

import inspect
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
import trustme
from django.utils import timezone

from careportal.kit.markdown import pages_linked as links_in
from enquiries.services import listings
from programmes.links import fetch, guard
from programmes.links.fetch import Web, look_at
from programmes.models import LinkCheck, Partner, Programme
from programmes.services import links
from programmes.speeds import LINKS, SPEEDS, Speed
from tests.factories import PartnerFactory, ProgrammeFactory, in_days

REFUSED, OK, BROKEN, ELSEWHERE = "refused", "ok", "broken", "elsewhere"
PUBLIC = "93.184.215.14"


class Site(BaseHTTPRequestHandler):
    """A website that does as its path says, and remembers what it was asked."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, dict[str, str]]] = []
    leads_to: dict[str, str] = {}

    def do_GET(self):
        type(self).asked.append((self.path, dict(self.headers)))
        if self.path in self.leads_to:
            self.send_response(302)
            self.send_header("Location", self.leads_to[self.path])
        elif self.path == "/drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            self.drip()
            return
        elif self.path == "/endless-head":
            self.pour(b"X-More: yes\r\n" * 1000)
            return
        else:
            self.send_response(int(self.path.strip("/").split("-")[0] or 200))
            self.send_header("Set-Cookie", "known=1")
        self.send_header("Content-Length", "10000000")
        self.end_headers()
        if self.path == "/200-large":
            self.pour(b"x" * 100_000)
        self.close_connection = True

    def drip(self):
        for _ in range(100):
            time.sleep(0.1)
            try:
                self.wfile.write(b"X")
            except OSError:
                return

    def pour(self, much):
        try:
            for _ in range(1000):
                self.wfile.write(much)
        except OSError:
            pass
        self.close_connection = True

    def log_message(self, *args):
        pass


@pytest.fixture
def site():
    """The site, at a port of this machine."""
    Site.asked, Site.leads_to = [], {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def web(site):
    """An internet in which every name of example.org is the site, and the site may be reached."""
    names = {"www.example.org", "example.org", "elsewhere.example.net", "dead.example.org"}

    def resolve(host, port):
        if host not in names or host.startswith("dead"):
            raise socket.gaierror
        return ["127.0.0.1"]

    def is_allowed(address):
        return address == ipaddress.ip_address("127.0.0.1")

    return Web(resolve=resolve, is_allowed=is_allowed, ports=frozenset({80, 443, site.server_port}), seconds=2)


def at(site, path, host="www.example.org"):
    return f"http://{host}:{site.server_port}{path}"


def nobody(*args, **kwargs):
    raise AssertionError("It was not to be asked.")


# --- Refused before anybody is asked


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "gopher://example.org/", "ftp://example.org/", "javascript:alert(1)", "//example.org"),
        *("http://127.0.0.1/", "http://10.0.0.1/", "http://169.254.169.254/latest/", "http://93.184.215.14/"),
        *("http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/"),
        *("http://127.0.0.1./", "http://0/", "http://example.1/", "http://example.0x7f/"),
        *("http://１２７.0.0.1/", "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/"),
        *("http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[fe80::1%25eth0]/", "http://[2002:7f00:1::]/"),
        *("http://localhost/", "http://metadata/", "http:///", "http://", "http://.example.org/"),
        *("http://example.org:22/", "https://example.org:8080/", "http://example.org:0/", "http://example.org:99999/"),
        *("http://user:word@example.org/", "http://example.org@127.0.0.1/", "http://example.org\\@127.0.0.1/"),
        *("http://exa mple.org/", "http://example.org/\r\nX: y", "http://example.org/\x00", "http://example.org\t/"),
        f"http://example.org/{'x' * 2000}",
    ],
)
def test_what_is_no_page_of_the_public_web_is_refused_and_no_name_is_even_resolved(url):
    """PA10."""
    assert look_at(url, Web(resolve=nobody)).state == REFUSED


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
        *("169.254.169.254", "168.63.129.16", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
        *("192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:93.184.215.14", "fe80::1", "fe80::1%eth0", "fec0::1"),
        *("fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "3fff::1", "100::1"),
        *("2002:7f00:1::", "2002:5db8:d70e::", "2001:0:7f00:1::", "64:ff9b::7f00:1", "64:ff9b:1::1", "5f00::1"),
    ],
)
def test_a_name_that_leads_to_an_inner_or_special_address_is_refused_and_not_connected_to(address, monkeypatch):
    """PA10: loopback, private, link-local, metadata, multicast, reserved, and IPv4 dressed up as IPv6."""
    monkeypatch.setattr(socket, "create_connection", nobody)

    for scheme in ("http", "https"):
        found = look_at(f"{scheme}://www.example.org/", Web(resolve=lambda host, port: [address]))
        assert (found.state, found.words) == (REFUSED, "the address leads into a private network")


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_addresses_of_the_public_internet_are_let_through(address):
    assert guard.is_public(ipaddress.ip_address(address))


def test_one_inner_address_among_public_ones_refuses_all(monkeypatch):
    """PA10."""
    monkeypatch.setattr(socket, "create_connection", nobody)

    assert look_at("http://www.example.org/", Web(resolve=lambda *_: [PUBLIC, "10.0.0.1"])).state == REFUSED


def test_the_name_is_resolved_once_and_the_address_that_was_checked_is_the_one_connected_to(monkeypatch):
    """PA10: a name that answers differently the second time (rebinding)."""
    answers, connected = iter([[PUBLIC], ["127.0.0.1"]]), []

    def connect(address, timeout):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    look_at("http://www.example.org/", Web(resolve=lambda *_: next(answers)))

    assert connected == [(PUBLIC, 80)]


def test_no_proxy_of_the_environment_comes_between(site, web, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")

    assert look_at(at(site, "/200"), web).state == OK


def test_no_setting_lets_the_checker_inside():
    """What production uses stands in the code: only a caller can bring another internet."""
    web = Web()

    assert (web.resolve, web.is_allowed, web.ports) == (fetch.resolve, guard.is_public, frozenset({80, 443}))
    source = "".join(inspect.getsource(module) for module in (fetch, guard, links))
    assert not [word for word in ("os.environ", "getenv", "django.conf") if word in source]


# --- Redirects


@pytest.mark.parametrize(
    "to",
    [
        *(
            "http://127.0.0.1/",
            "http://169.254.169.254/latest/meta-data/",
            "file:///etc/passwd",
            "gopher://example.org/",
        ),
        *(
            "http://[::1]/",
            "http://2130706433/",
            "https://www.example.org:22/",
            "//127.0.0.1/",
            "http://u:p@example.org/",
        ),
    ],
)
def test_each_redirect_is_checked_as_the_first_address_was(site, web, to):
    """PA10."""
    Site.leads_to = {"/away": to}

    assert look_at(at(site, "/away"), web).state == REFUSED
    assert len(Site.asked) == 1


def test_a_redirect_to_a_name_that_leads_inside_is_refused(site, web):
    """PA10."""
    Site.leads_to = {"/away": "http://inner.example.org/"}

    def both(host, port):
        return ["10.0.0.1"] if host == "inner.example.org" else web.resolve(host, port)

    mixed = Web(resolve=both, is_allowed=web.is_allowed, ports=web.ports)
    assert look_at(at(site, "/away"), mixed).state == REFUSED


@pytest.mark.parametrize(("times", "state"), [(1, OK), (3, OK), (4, BROKEN)])
def test_three_redirects_are_followed_and_no_more(site, web, times, state):
    """PA10."""
    Site.leads_to = {f"/{n}": f"/{n + 1}" for n in range(times)} | {f"/{times - 1}": "/200"}

    assert look_at(at(site, "/0"), web).state == state
    assert len(Site.asked) <= 4


def test_a_loop_ends(site, web):
    Site.leads_to = {"/round": "/round"}

    assert look_at(at(site, "/round"), web).state == BROKEN


def test_a_link_that_leads_to_another_domain_is_reported(site, web):
    """PA12."""
    Site.leads_to = {"/moved": at(site, "/200", "elsewhere.example.net"), "/www": at(site, "/200", "example.org")}

    found = look_at(at(site, "/moved"), web)

    assert (found.state, found.words) == (ELSEWHERE, "it leads on to elsewhere.example.net")
    assert look_at(at(site, "/www"), web).state == OK


def test_changing_a_link_always_needs_a_review():
    """PA12: also where it stands in a text."""
    assert {"link"} == LINKS
    for name in ("link", "description", "summary", "who_for"):
        assert SPEEDS[name] != Speed.LIVE


# --- What is sent, and how much is read


def test_neither_cookies_nor_credentials_are_sent(site, web):
    """PA10."""
    Site.leads_to = {"/away": "/200-again"}
    look_at(at(site, "/200"), web)
    look_at(at(site, "/away"), web)

    for _, headers in Site.asked:
        assert set(headers) == {"Host", "User-Agent", "Accept", "Connection"}


@pytest.mark.parametrize(("path", "state"), [("/200-large", OK), ("/endless-head", BROKEN)])
def test_of_however_large_an_answer_little_is_read(site, web, path, state, monkeypatch):
    """PA10: 1 MB at most."""
    read, recv = [], socket.socket.recv

    class Counting:
        def __init__(self, plain):
            self.plain = plain

        def __getattr__(self, name):
            return getattr(self.plain, name)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.plain.close()

        def recv(self, size):
            got = recv(self.plain, size)
            read.append(len(got))
            return got

    real = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: Counting(real(*a, **k)))

    assert look_at(at(site, path), web).state == state
    assert sum(read) < 1_000_000


@pytest.mark.parametrize("how", ["drip", "silence", "slow name"])
def test_whatever_takes_too_long_is_given_up(site, web, how):
    """PA10: five seconds in all; here one."""
    quick = Web(web.resolve, web.is_allowed, web.ports, seconds=1)
    began = time.monotonic()
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        if how == "silence":
            quick = Web(web.resolve, web.is_allowed, frozenset({silent.getsockname()[1]}), seconds=1)
        elif how == "slow name":
            quick = Web(lambda *_: time.sleep(3) or [], web.is_allowed, web.ports, seconds=1)
        port = silent.getsockname()[1] if how == "silence" else site.server_port
        found = look_at(f"http://www.example.org:{port}/drip", quick)

    assert (found.state, found.words) == (BROKEN, "no answer in time")
    assert time.monotonic() - began < 2.5


def test_five_seconds_are_the_time_for_one_link():
    """PA10."""
    assert Web().seconds == 5
    assert fetch.REDIRECTS == 3
    assert fetch.HEAD_BYTES <= 1_000_000


@pytest.mark.parametrize(
    ("path", "state"), [("/200", OK), ("/404", BROKEN), ("/410", BROKEN), ("/500", BROKEN), ("/403", OK), ("/429", OK)]
)
def test_a_page_that_is_gone_is_told_from_one_that_lets_no_program_in(site, web, path, state):
    assert look_at(at(site, path), web).state == state


def test_a_name_that_nobody_has_is_broken(site, web):
    assert look_at(at(site, "/", "dead.example.org"), web).words == "there is no website of this name"


def test_a_certificate_must_be_for_the_name_in_the_link(site, web):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("www.example.org").configure_cert(context)
    site.socket = context.wrap_socket(site.socket, server_side=True)
    known = ssl.create_default_context()
    authority.configure_trust(known)
    safe = Web(web.resolve, web.is_allowed, web.ports, tls=lambda: known, seconds=2)

    assert look_at(f"https://www.example.org:{site.server_port}/200", safe).state == OK
    assert look_at(f"https://elsewhere.example.net:{site.server_port}/200", safe).state == BROKEN
    assert look_at(f"https://www.example.org:{site.server_port}/200", web).state == BROKEN


@pytest.mark.parametrize("answer", [b"", b"\r\n\r\n", b"HTTP/9 200\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 70_000])
def test_an_answer_that_is_no_answer_is_broken(web, answer):
    def serve(listening):
        with listening.accept()[0] as connection:
            connection.recv(1000)
            connection.sendall(answer)

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        threading.Thread(target=serve, args=[listening], daemon=True).start()
        port = listening.getsockname()[1]
        assert (
            look_at(f"http://example.org:{port}/", Web(web.resolve, web.is_allowed, frozenset({port}))).state == BROKEN
        )


# --- The rounds


@pytest.fixture
def programme(db):
    partner = PartnerFactory(website="https://www.example.org/", description="[us](https://www.example.org/us)")
    programme = ProgrammeFactory(
        link="https://www.example.org/more",
        description="See [this](https://www.example.org/this) and [that](javascript:alert(1)).",
        funding_name="Fund",
        funding_link="https://www.example.org/fund",
    )
    programme.partners.add(partner)
    return programme


@pytest.fixture
def answers(monkeypatch):
    """What the websites say, by address; all is well with those not named."""
    said, looked_at = {}, []

    def look(url, web=None):
        looked_at.append(url)
        return fetch.Found(*said.get(url, (OK, "")))

    monkeypatch.setattr(links, "look_at", look)
    said["looked at"] = looked_at
    return said


def test_every_link_of_a_listing_is_looked_at_once_a_week(programme, answers):
    ProgrammeFactory(link="https://www.example.org/draft", draft=True)
    assert (links.check_some(), links.check_some()) == (5, 0)

    with time_machine.travel(timezone.now() + (in_days(8) - in_days(0))):
        assert links.check_some() == 5
    assert {url.rsplit("/", 1)[1] for url in answers["looked at"]} == {"", "us", "more", "this", "fund"}


def test_what_is_broken_is_looked_at_every_day_and_its_since_stays(programme, answers):
    answers[programme.link] = (BROKEN, "the website answers “404 Not Found”")
    links.check_some()
    first = LinkCheck.objects.in_trouble().get()

    with time_machine.travel(timezone.now() + (in_days(1) - in_days(0))):
        assert links.check_some() == 1
    again = LinkCheck.objects.in_trouble().get()

    assert again.since == first.since
    assert again.checked_at > first.checked_at


def test_a_link_that_stands_nowhere_any_more_is_forgotten(programme, answers):
    links.check_some()
    Programme.objects.update(link="")
    Partner.objects.update(website="https://www.example.org/more")
    links.check_some()

    (place,) = LinkCheck.objects.get(url="https://www.example.org/more").places.all()
    assert (place.owner, place.field) == (Partner.objects.get(), "website")
    assert not LinkCheck.objects.filter(url="https://www.example.org/").exists()


def test_a_round_ends_in_time_for_the_last_link_of_it(programme, answers, monkeypatch):
    monkeypatch.setattr(links, "ROUND_SECONDS", fetch.SECONDS - 1)

    assert links.check_some() == 0


def test_links_are_looked_at_only_where_that_is_switched_on(programme, answers, settings):
    settings.LINK_CHECKS = False
    assert listings.look_after_links() == 0
    settings.LINK_CHECKS = True
    assert listings.look_after_links() == 5


def test_officers_see_what_was_found(programme, answers, officer, browser_of):
    answers[programme.link] = (ELSEWHERE, "it leads on to elsewhere.example.net")
    links.check_some()

    page = browser_of(officer).get("/admin/programmes/linkcheck/", {"state": "elsewhere"}).content.decode()

    assert "elsewhere.example.net" in page
    assert str(programme) in page
    assert "www.example.org/us" not in page


def test_links_of_a_text_are_those_that_its_page_shows():
    text = "[a](https://a.example.org/x) <https://b.example.org/> [c](/inside) [d](mailto:a@example.org) [a](https://a.example.org/x)"

    assert links_in(text) == ["https://a.example.org/x", "https://b.example.org/"]
