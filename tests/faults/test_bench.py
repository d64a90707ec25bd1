"""The bench itself: it sees what is lost, doubled or half done, and its lines misbehave as told."""

import smtplib
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import trustme

from tests.enquiries.smtp import FaultyServer
from tests.faults.crowd import Entry
from tests.faults.line import Line
from tests.faults.reckoning import Found, Result, reckon, sentence, table

ROUTING, ACKNOWLEDGEMENT = "<routing-1@example.org>", "<acknowledgement-1@example.org>"


def judged(*, told: str = "ABC", arrived: tuple[str, ...] = (ROUTING, ACKNOWLEDGEMENT), **found) -> Result:
    """The result for one visitor who was told reference ABC; what is given differs from what is well."""
    entry = Entry("key-1", pressed_at=1.0)
    entry.note(200 if told else 503, 0.1, told)
    mails = {"routing": {ROUTING: "sent"}, "acknowledgements": {ACKNOWLEDGEMENT: "sent"}}
    result = Result("F0", title="Nothing")
    reckon(result, [entry], Found(**{"stored": {"key-1": "ABC"}, **mails, "arrived": Counter(arrived), **found}))
    return result


def test_what_is_well_breaks_nothing():
    result = judged()

    assert result.broken == []
    assert (result.submitted, result.stored, result.routed_unique, result.acks_unique) == (1, 1, 1, 1)
    assert "1 submitted = 1 stored = 1 delivered exactly once" in sentence([result])
    assert "| F0 Nothing | 1 | 1 | 1 | 1 | 0 | 0 | 0 | 0 |" in table([result], "a machine")


@pytest.mark.parametrize(
    ("different", "problem"),
    [
        ({"stored": {}}, "lost: 1"),
        ({"arrived": (ACKNOWLEDGEMENT,)}, "lost: 1"),
        ({"arrived": (ROUTING, ROUTING, ACKNOWLEDGEMENT)}, "duplicated: 1"),
        ({"routing": {ROUTING: "uncertain"}}, "left uncertain: 1"),
        ({"stored": {"key-1": "ABC", "key-2": "DEF"}}, "applications are stored that nobody sent"),
        ({"arrived": (ROUTING, ACKNOWLEDGEMENT, "<other>")}, "mails arrived that nobody wrote"),
        ({"told": ""}, "1 submitted, 0 answered with a reference, 1 stored, 1 routed once, 1 acknowledged"),
        ({"differences": ["ABC: no programme is stored"]}, "ABC: no programme is stored"),
        ({"told": "XYZ"}, "lost: 1"),
    ],
)
def test_whatever_is_not_well_is_named(different, problem):
    assert problem in judged(**different).broken


def test_what_a_visitor_typed_must_not_be_in_a_log():
    entry = Entry("key-1")
    result = Result("F0")

    reckon(result, [entry], Found({}, {}, {}, Counter(), logs_that_tell=["web.log"]))

    assert "web.log holds what a visitor typed" in result.broken


# --- Lines -----------------------------------------------------------------------------------------------------------


@contextmanager
def echo() -> Iterator[int]:
    """A server that says back whatever it hears."""

    def serve() -> None:
        while True:
            try:
                caller, _ = door.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(caller,), daemon=True).start()

    def answer(caller: socket.socket) -> None:
        with caller, suppress(ConnectionError):
            while heard := caller.recv(100):
                caller.sendall(heard)

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=serve, daemon=True).start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def line() -> Iterator[Line]:
    with echo() as port, Line(port).laid() as line:
        yield line


def said_through(line: Line, words: bytes = b"hello") -> bytes:
    """What comes back; nothing when the line breaks, TimeoutError when it is silent."""
    with socket.create_connection(("127.0.0.1", line.port), 5) as caller:
        caller.settimeout(0.5)
        try:
            caller.sendall(words)
            return caller.recv(100)
        except ConnectionError:
            return b""


def test_a_line_passes_and_records(line):
    line.record = True

    assert said_through(line) == b"hello"
    assert bytes(line.seen) == b"hellohello"


def test_a_silent_line_accepts_and_says_nothing(line):
    line.silent = True

    with pytest.raises(TimeoutError):
        said_through(line)


@pytest.mark.parametrize("trouble", [{"lose_answers": True}, {"cut_after": 3}])
def test_a_line_that_breaks_gives_no_answer_and_then_works_again(line, trouble):
    before = dict(vars(line))
    vars(line).update(trouble)

    assert said_through(line) == b""

    vars(line).update({name: before[name] for name in trouble})
    assert said_through(line) == b"hello"


def test_a_refusing_line_can_be_opened_again_at_the_same_port(line):
    line.refuse()
    with pytest.raises(ConnectionRefusedError):
        said_through(line)

    line.open()

    assert said_through(line) == b"hello"


# --- The mail server -------------------------------------------------------------------------------------------------


def test_the_mail_server_speaks_tls_and_scripts_single_mails():
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    client = ssl.create_default_context(cadata=authority.cert_pem.bytes().decode())
    with FaultyServer(context).serving() as server, smtplib.SMTP("127.0.0.1", server.port, timeout=5) as caller:
        server.script_for = lambda number, to: {"RCPT": "550 no"} if number == 1 else None
        caller.starttls(context=client)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            caller.sendmail("a@example.org", ["b@example.org"], b"Subject: x\r\nMessage-ID: <1>\r\n\r\nText\r\n")
        caller.sendmail("a@example.org", ["b@example.org"], b"Subject: x\r\nMessage-ID: <1>\r\n\r\nText\r\n")

    assert server.count("<") == {"<1>": 1}


def test_the_mail_server_may_lose_what_it_was_given_or_keep_it_without_a_word():
    with FaultyServer().serving() as server:
        for action, kept in (("lose", 0), ("hang up", 1)):
            server.script = {"dot": action}
            caller = smtplib.SMTP("127.0.0.1", server.port, timeout=5)
            with caller, pytest.raises(smtplib.SMTPServerDisconnected):
                caller.sendmail("a@example.org", ["b@example.org"], b"X: y\r\nMessage-ID: <1>\r\n\r\nText\r\n")
            assert len(server.taken) == kept
