"""An SMTP server for tests that does what it is told: takes mail, refuses it, hangs, or hangs up."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


class FaultyServer(socketserver.ThreadingTCPServer):
    """`script` says what happens where: {"RCPT": "550 no such mailbox", "dot": "silence"}.

    Places are connect, EHLO, MAIL, RCPT, DATA, body and dot. An action is a reply, "silence", "drip" (a byte now and
    then, and never a line), or "hang up".
    `taken` holds every mail that was accepted, as (recipient, bytes), the moment before the answer is given.
    """

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.script: dict[str, str] = {}
        self.taken: list[tuple[str, bytes]] = []
        self.connections = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Dialogue(socketserver.StreamRequestHandler):
    server: FaultyServer

    def handle(self) -> None:
        self.server.connections += 1
        with suppress(ConnectionError, BrokenPipeError, HangUp):
            self.talk()

    def talk(self) -> None:
        recipient = ""
        self.say("connect", "220 test ready")
        while line := self.rfile.readline():
            word = line.split(b":")[0].split()[0].upper().decode()
            if word == "RCPT":
                recipient = line.decode().split("<")[1].split(">")[0]
            if word == "QUIT":
                return self.say("QUIT", "221 bye")
            if not self.say(word, {"DATA": "354 go on"}.get(word, "250 fine")):
                continue
            if word == "DATA":
                self.take(recipient)
        return None

    def take(self, recipient: str) -> None:
        lines: list[bytes] = []
        if self.server.script.get("body") == "hang up":
            self.rfile.readline()
            raise HangUp
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        if line == b"":
            return
        if not self.server.script.get("dot", "").startswith(("4", "5")):
            self.server.taken.append((recipient, b"".join(lines)))
        self.say("dot", "250 taken as 12345")

    def say(self, place: str, usual: str) -> bool:
        """Answer as the script has it; False when the answer was a no."""
        action = self.server.script.get(place, usual)
        if action == "hang up":
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
    server = FaultyServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    settings.MAIL_TRANSPORT = "enquiries.mail.transports.Smtp"
    settings.MAIL_SERVER = {
        "host": "127.0.0.1",
        "port": server.port,
        "user": "",
        "password": "",
        "starttls": False,
        "tls": False,
    }
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
