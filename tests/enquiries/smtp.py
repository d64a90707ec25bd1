"""An SMTP server for tests that does what it is told: takes mail, refuses it, hangs, mumbles, or hangs up."""

import itertools
import socket
import socketserver
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

Script = Mapping[str, str]


class Taken(NamedTuple):
    """A mail that was accepted: its envelope's recipient, and its bytes."""

    recipient: str
    raw: bytes

    @property
    def message_id(self) -> str:
        start = self.raw.index(b"\r\nMessage-ID:") + 13
        return self.raw[start : self.raw.index(b"\r\n", start)].strip().decode()


class FaultyServer(socketserver.ThreadingTCPServer):
    """`script` says what happens where: {"RCPT": "550 no such mailbox", "dot": "silence"}.

    Places are connect, EHLO, STARTTLS, MAIL, RCPT, DATA, body and dot. An action is a reply, "silence", "drip" (a byte
    now and then, and never a line), "hang up", or at the dot "lose" (hang up without taking the mail).
    `script_for` gives a script of its own to the n-th mail, or to a recipient. `pause` is how long the dot takes.
    `taken` holds every mail that was accepted, the moment before the answer is given; `keep` is told of each.
    With a `certificate` STARTTLS is offered, or demanded from the first byte when `tls_at_once`.
    """

    allow_reuse_address = daemon_threads = True
    request_queue_size = 100

    def __init__(self, certificate: ssl.SSLContext | None = None, *, tls_at_once: bool = False, port: int = 0) -> None:
        self.certificate, self.tls_at_once = certificate, tls_at_once
        self.script: Script = {}
        self.script_for: Callable[[int, str], Script | None] = lambda number, recipient: None
        self.keep: Callable[[Taken], object] = lambda mail: None
        self.taken: list[Taken] = []
        self.pause = 0.0
        self.connections = 0
        self.numbers = itertools.count(1)
        super().__init__(("127.0.0.1", port), Dialogue)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def count(self, beginning: str) -> Counter[str]:
        """How often each Message-ID that begins like this was taken."""
        return Counter(mail.message_id for mail in list(self.taken) if mail.message_id.startswith(beginning))

    @contextmanager
    def serving(self) -> Iterator["FaultyServer"]:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Somebody hung up in the middle: expected here."""


class Dialogue(socketserver.StreamRequestHandler):
    server: FaultyServer

    def handle(self) -> None:
        self.server.connections += 1
        self.own_script: Script | None = None
        self.encrypted = False
        with suppress(OSError, HangUp):
            if self.server.tls_at_once:
                self.encrypt()
            self.talk()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        if self.encrypted:
            self.connection.close()  # the server itself closes only what it accepted

    def talk(self) -> None:
        recipient = ""
        self.say("connect", "220 test ready")
        while line := self.rfile.readline():
            word = line.split(b":")[0].split()[0].upper().decode()
            if word == "MAIL":
                self.own_script = None
            if word == "RCPT":
                recipient = line.decode().split("<")[1].split(">")[0]
                self.own_script = self.server.script_for(next(self.server.numbers), recipient)
            if word == "QUIT":
                return self.say("QUIT", "221 bye")
            if not self.say(word, self.usual(word)):
                continue
            if word == "STARTTLS":
                self.encrypt()
            if word == "DATA":
                self.take(recipient)
        return None

    def usual(self, word: str) -> str:
        offers_tls = self.server.certificate and not self.encrypted
        if word == "STARTTLS":
            return "220 go ahead" if offers_tls else "502 not here"
        if word == "EHLO" and offers_tls:
            return "250-test\r\n250 STARTTLS"
        return {"DATA": "354 go on"}.get(word, "250 fine")

    def encrypt(self) -> None:
        assert self.server.certificate
        self.connection = self.request = self.server.certificate.wrap_socket(self.connection, server_side=True)
        self.encrypted = True
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)

    def take(self, recipient: str) -> None:
        lines: list[bytes] = []
        if self.action("body") == "hang up":
            self.rfile.readline()
            raise HangUp
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        if line == b"":
            return
        time.sleep(self.server.pause)
        if not self.action("dot").startswith(("4", "5", "lose")):
            mail = Taken(recipient, b"".join(lines))
            self.server.taken.append(mail)
            self.server.keep(mail)
        self.say("dot", "250 taken as 12345")

    def action(self, place: str, usual: str = "") -> str:
        return (self.server.script if self.own_script is None else self.own_script).get(place, usual)

    def say(self, place: str, usual: str) -> bool:
        """Answer as the script has it; False when the answer was a no."""
        action = self.action(place, usual)
        if action in {"hang up", "lose"}:
            self.connection.shutdown(socket.SHUT_RDWR)
            raise HangUp
        if action == "silence":
            time.sleep(5)
            raise HangUp
        if action == "drip":
            for _ in range(50):
                self.wfile.write(b"2")
                time.sleep(0.2)
            raise HangUp
        self.wfile.write(action.encode() + b"\r\n")
        return action[0] in "23"


class HangUp(Exception):
    pass


@contextmanager
def running(settings: Any) -> Iterator[FaultyServer]:
    """A server on loopback that the portal's settings point to."""
    settings.MAIL_TRANSPORT = "enquiries.mail.transports.Smtp"
    with FaultyServer().serving() as server:
        settings.MAIL_SERVER = {
            "host": "127.0.0.1",
            "port": server.port,
            "user": "",
            "password": "",
            "starttls": False,
            "tls": False,
        }
        yield server
