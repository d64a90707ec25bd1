"""The way out by GOV.UK Notify: its official client, on connections that keep to the promises of the outbox.

The council's account has one template: its subject is ((subject)), its body ((body)). Every mail goes out by it, with
its Message-ID as the reference: by that an uncertain mail is looked up again, and receipts say what they are about.
"""

import email
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from email.policy import default
from functools import cache
from http.client import HTTPConnection, HTTPException
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from enquiries.mail.alarm import Alarm
from enquiries.mail.statuses import DID_NOT_ARRIVE
from enquiries.mail.transports import CONNECT_SECONDS, Away, Postponed, Refused, Unanswered

if TYPE_CHECKING:
    from enquiries.mail.found import Found
    from enquiries.mail.inbox import Inbox

LOOK_SECONDS = 10
LONGEST_ANSWER = 1_000_000
# A no that is about the template or the reply address of our settings, not about the mail.
ABOUT_SETTINGS = ("Template ", "template_id ", "Missing personalisation", "email_reply_to_id ")

UNSEEN = "\u200b"
_BLOCK = re.compile(r"^(?=[ \t\xa0]*(?:[#^*•\-_=+>`~|:\[<]|\d+\.)|[ \t\xa0]{4}|\t)", re.MULTILINE)
_INLINE = re.compile(r"(?<=\])(?=\()|(?<=\\)")


class Notify:
    """Hands mails to GOV.UK Notify. One connection a mail: one that was kept could break off when it is used."""

    def deliver(self, raw: bytes, recipient: str, *, before_the_dot: Callable[[], None]) -> str:
        mail = email.message_from_bytes(raw, _class=EmailMessage, policy=default)
        client = _client(settings.MAIL_SECONDS, before_the_dot)
        try:
            taken = client.send_email_notification(
                recipient,
                settings.NOTIFY_TEMPLATE_ID,
                personalisation={"subject": str(mail["Subject"]), "body": plain(mail.get_content())},
                reference=str(mail["Message-ID"]),
                email_reply_to_id=settings.NOTIFY_REPLY_TO_ID or None,
                one_click_unsubscribe_url=str(mail["List-Unsubscribe"] or "").strip("<>") or None,
            )
        except APIError as error:
            raise _verdict(error) from None  # the error's own text may quote an address
        if not isinstance(taken, dict) or "id" not in taken:
            raise Unanswered("GOV.UK Notify answered, but not whether it took the mail.")
        return f"Taken by GOV.UK Notify as {taken['id']}"[:500]

    def close(self) -> None:
        pass


class Taken:
    """What GOV.UK Notify has taken, whoever it was for. An inbox that is read as well tells the rest."""

    def __init__(self, inbox: "Inbox | None" = None) -> None:
        self.inbox = inbox

    def holds(self, message_id: str) -> bool:
        """Whether Notify has it and has not given up on it. It keeps its records for about a week."""
        found = _client(LOOK_SECONDS).get_all_notifications(reference=message_id)["notifications"]
        here = any(one["status"] not in DID_NOT_ARRIVE for one in found)
        return here or bool(self.inbox and self.inbox.holds(message_id))

    def fresh(self) -> "Iterator[Found]":
        return self.inbox.fresh() if self.inbox else iter(())

    def close(self) -> None:
        if self.inbox:
            self.inbox.close()


def plain(text: str) -> str:
    """The text so that Notify shows it as it is written: an unseen space breaks whatever it would take for markup.

    That keeps "12.03.2026" from becoming item 1 of a list, and nobody can hide an address behind a link's text.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _INLINE.sub(UNSEEN, _BLOCK.sub(UNSEEN, lines))


def _client(seconds: float, before_sending: Callable[[], None] = lambda: None) -> NotificationsAPIClient:
    client = NotificationsAPIClient(settings.NOTIFY_API_KEY, base_url=settings.NOTIFY_BASE_URL)
    client.request_session.trust_env = False  # neither proxies nor passwords from elsewhere
    for scheme in ("https://", "http://"):
        client.request_session.mount(scheme, _Line(seconds, before_sending))
    return client


def _verdict(error: APIError) -> Exception:
    """Only Notify's own no about the mail is final. Whoever says 3xx or 4xx has not taken it; else nobody knows."""
    status, said = error.status_code, _said(error)
    words = f"{status} {' '.join(' '.join(said).split()) or 'without a word from GOV.UK Notify'}"[:500]
    if status == 400 and said:
        return (Away if said[0].startswith(ABOUT_SETTINGS) else Refused)(words)
    if status in {401, 403, 404} and said:
        return Away(words)
    return (Postponed if 300 <= status < 500 else Unanswered)(words)


def _said(error: APIError) -> list[str]:
    """What Notify says is wrong; nothing when it is not Notify that speaks."""
    try:
        return [str(one["message"]) for one in error.message]  # type: ignore[index]
    except (KeyError, TypeError):
        return []


class _Line(BaseAdapter):
    """Carries one request over a connection of its own, which is cut when its time is over.

    Until `before_sending` has returned nothing has left, and what fails is Away. Afterwards it is Unanswered.
    """

    def __init__(self, seconds: float, before_sending: Callable[[], None]) -> None:
        super().__init__()
        self.seconds, self.before_sending = seconds, before_sending

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        with ExitStack() as closing:
            line = self._open(urlsplit(str(request.url)), closing)
            self.before_sending()
            try:
                return _exchange(line, request)
            except (OSError, HTTPException, ValueError) as error:
                raise Unanswered(f"No answer from GOV.UK Notify ({type(error).__name__}).") from error

    def close(self) -> None:
        pass

    def _open(self, url: SplitResult, closing: ExitStack) -> HTTPConnection:
        """A connection that is ready for the request: encrypted where the address asks for it, and timed."""
        ends_at = time.monotonic() + self.seconds
        try:
            port = url.port or (443 if url.scheme == "https" else 80)
            reached = socket.create_connection((str(url.hostname), port), min(self.seconds, CONNECT_SECONDS))
            closing.callback(reached.close)
            closing.callback(Alarm(reached, ends_at - time.monotonic()).stop)
            line = HTTPConnection(str(url.hostname), port)
            line.sock = _tls().wrap_socket(reached, server_hostname=url.hostname) if url.scheme == "https" else reached
        except (OSError, ValueError) as error:
            raise Away(f"GOV.UK Notify could not be reached ({type(error).__name__}).") from error
        closing.callback(line.close)
        line.sock.settimeout(self.seconds)
        return line


def _exchange(line: HTTPConnection, request: PreparedRequest) -> Response:
    """Send the request and read the whole answer. It is followed nowhere else."""
    own = {"Host": urlsplit(str(request.url)).netloc, "Accept-Encoding": "identity", "Connection": "close"}
    line.request(str(request.method), request.path_url, request.body, {**request.headers, **own})
    reply = line.getresponse()
    answer = Response()
    answer.status_code, answer.raw = reply.status, BytesIO(reply.read(LONGEST_ANSWER))
    return answer


@cache
def _tls() -> ssl.SSLContext:
    """The authorities of this system, read once."""
    return ssl.create_default_context()
