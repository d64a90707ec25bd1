"""A stand-in of GOV.UK Notify's HTTP API that does what it is told: takes mails, refuses them, is silent, drips."""

import json
import ssl
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

SERVICE, SECRET = "11111111-2222-4333-8444-555555555555", "66666666-7777-4888-9999-aaaaaaaaaaaa"
API_KEY = f"portal-{SERVICE}-{SECRET}"
TEMPLATE = "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff"
TOKEN = "invented-token-of-receipts"


def refusal(status: int, message: str, kind: str = "BadRequestError") -> tuple[int, str]:
    """A no in the form that Notify gives it."""
    return status, json.dumps({"status_code": status, "errors": [{"error": kind, "message": message}]})


class NotifyServer(ThreadingHTTPServer):
    """`action` says what happens to the next mails: "take"; an answer instead of taking; "silence"; "drip", a byte now
    and then; "hang up" before taking; "lose", that is take it and hang up; or "cut", take it and answer half.
    `taken` holds what was taken, `asked` every request's path. `statuses` holds what became of mails, by reference.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, certificate: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Dialogue)
        if certificate:
            self.socket = certificate.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.scheme = "https" if certificate else "http"
        self.action: str | tuple[int, str] = "take"
        self.taken: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.statuses: dict[str, str] = {}
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.server_address[1]}"

    def records(self, reference: str) -> list[dict[str, str]]:
        held = [mail for mail in self.taken if mail["reference"] == reference]
        return [{"id": mail["id"], "status": self.statuses.get(reference, "sending")} for mail in held]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Somebody hung up in the middle: expected here."""

    @contextmanager
    def serving(self) -> Iterator["NotifyServer"]:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield self
        finally:
            self.over.set()
            self.shutdown()
            self.server_close()


class Dialogue(BaseHTTPRequestHandler):
    server: NotifyServer

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.is_known():
            (reference,) = parse_qs(urlsplit(self.path).query)["reference"]
            self.answer(200, json.dumps({"notifications": self.server.records(reference), "links": {}}))

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        action = self.server.action
        if isinstance(action, tuple):
            self.answer(*action)
        elif action == "silence":
            self.server.over.wait(10)
        elif action == "drip":
            self.drip()
        elif action != "hang up" and self.is_known() and self.is_whole(wanted):
            self.take(wanted, action)

    def is_known(self) -> bool:
        """Whether the request is signed with the secret of the service, as Notify checks it."""
        with suppress(jwt.InvalidTokenError):
            claims = jwt.decode(self.headers["Authorization"].removeprefix("Bearer "), SECRET, algorithms=["HS256"])
            if claims["iss"] == SERVICE:
                return True
        self.answer(*refusal(403, "Invalid token: API key not found", "AuthError"))
        return False

    def is_whole(self, wanted: dict[str, Any]) -> bool:
        if wanted["template_id"] != TEMPLATE:
            self.answer(*refusal(400, "Template not found"))
        elif set(wanted["personalisation"]) != {"subject", "body"}:
            self.answer(*refusal(400, "Missing personalisation: subject, body"))
        else:
            return True
        return False

    def take(self, wanted: dict[str, Any], action: str) -> None:
        mail = {**wanted, "id": str(uuid.uuid4())}
        self.server.taken.append(mail)
        told = json.dumps({"id": mail["id"], "reference": mail["reference"], "content": wanted["personalisation"]})
        if action == "cut":
            self.answer(201, told[:30], length=len(told))
        elif action != "lose":
            self.answer(201, told)

    def answer(self, status: int, text: str, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length or len(text)))
        if 300 <= status < 400:
            self.send_header("Location", f"{self.server.url}/elsewhere")
        self.end_headers()
        self.wfile.write(text.encode())

    def drip(self) -> None:
        with suppress(OSError):
            for letter in "HTTP/1.1 201 CREATED\r\nX-Long: " + "x" * 200:
                self.wfile.write(letter.encode())
                self.wfile.flush()
                time.sleep(0.02)


@contextmanager
def running(settings: Any, certificate: ssl.SSLContext | None = None) -> Iterator[NotifyServer]:
    """A stand-in on loopback that the portal's settings point to."""
    settings.MAIL_TRANSPORT = "enquiries.mail.notify.Notify"
    settings.NOTIFY_API_KEY, settings.NOTIFY_TEMPLATE_ID, settings.NOTIFY_RECEIPTS_TOKEN = API_KEY, TEMPLATE, TOKEN
    with NotifyServer(certificate).serving() as server:
        settings.NOTIFY_BASE_URL = server.url
        yield server
