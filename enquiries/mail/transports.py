"""Ways out: an SMTP server, or a folder on disk that officers can read in the browser.

A transport hands over everything but the final dot, calls `before_the_dot`, and only then finishes. So whoever
is told "refused" or "postponed" knows that nothing was delivered, and "unanswered" that nobody can know.
"""

import mailbox
import re
import select
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from email.utils import parseaddr
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

from enquiries.mail.alarm import Alarm

CONNECT_SECONDS = 10  # to connect, greet and sign in
MAILS_PER_CONNECTION = 100


class Refused(Exception):
    """The server said no for good. Holds its words."""


class Postponed(Exception):
    """Not now: the server said so, or could not be reached. Nothing was delivered."""


class Away(Postponed):
    """The server could not be used at all. It says nothing about this mail, and the same would hold for any other."""


class Unanswered(Exception):
    """The whole mail was handed over and no answer came: nobody can know whether it was delivered."""


class Transport(Protocol):
    def deliver(self, raw: bytes, recipient: str, *, before_the_dot: Callable[[], None]) -> str:
        """Deliver to one recipient and return the server's words, or raise one of the four above."""

    def close(self) -> None:
        """Nothing more to deliver for now."""


class KeptMail:
    """Embedded mode: mail is kept in a Maildir and never leaves this machine."""

    def deliver(self, raw: bytes, recipient: str, *, before_the_dot: Callable[[], None]) -> str:
        try:
            settings.MAIL_DIR.mkdir(parents=True, exist_ok=True)
            folder = mailbox.Maildir(settings.MAIL_DIR / "sent", create=True)
        except OSError as error:
            raise Postponed(f"The mail folder could not be opened ({type(error).__name__}).") from error
        before_the_dot()
        try:
            folder.add(raw)
        except OSError as error:
            raise Unanswered(f"The mail folder could not be written ({type(error).__name__}).") from error
        return "Kept on this machine."

    def close(self) -> None:
        pass


class _Connection(smtplib.SMTP):
    """SMTP that pauses before the final dot, and that gives no mail more than its time, however slow the server."""

    def __init__(self, *, seconds: float, tls: ssl.SSLContext | None, **kwargs: object) -> None:
        self.deadline = time.monotonic() + seconds
        self.wrap = tls
        self.alarm: Alarm | None = None
        super().__init__(**kwargs)  # type: ignore[arg-type]

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), self.time_left(), self.source_address)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else the dot waits 40 ms for an ACK
        self.alarm = Alarm(plain, self.time_left())
        try:
            return self.wrap.wrap_socket(plain, server_hostname=host) if self.wrap else plain
        except BaseException:
            self._stop_alarm()
            raise

    def begin(self, seconds: float) -> None:
        """Time for one more mail."""
        self._stop_alarm()
        self.deadline = time.monotonic() + seconds
        self.sock.settimeout(seconds)  # type: ignore[union-attr]
        self.alarm = Alarm(self.sock, seconds)  # type: ignore[arg-type]

    def _stop_alarm(self) -> None:
        if self.alarm:
            self.alarm.stop()

    def close(self) -> None:
        self._stop_alarm()
        super().close()

    def time_left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the server took too long")
        return left

    def send_body(self, raw: bytes) -> None:
        """The mail without its final dot."""
        stuffed = re.sub(rb"(?m)^\.", b"..", raw)
        self.sock.settimeout(self.time_left())  # type: ignore[union-attr]
        self.sock.sendall(stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n")  # type: ignore[union-attr]

    def has_spoken(self) -> bool:
        """Whether the server has hung up or complained unasked: then nothing more can be delivered."""
        return self.sock is None or bool(select.select([self.sock], [], [], 0)[0])


class _No(Exception):
    """The server's own no. Not a reply that could not be read: that says nothing about the mail."""

    def __init__(self, code: int, text: bytes) -> None:
        self.code = code
        super().__init__(_words(code, text))


class Smtp:
    """An SMTP server. Where STARTTLS or TLS is asked for, nothing leaves without it.

    The connection is kept for the next mail while all goes well. After anything else it is dropped.
    """

    def __init__(self) -> None:
        self.server: _Connection | None = None
        self.delivered = 0

    def deliver(self, raw: bytes, recipient: str, *, before_the_dot: Callable[[], None]) -> str:
        server = self._ready()
        try:
            self._announce(server, recipient)
            self._hand_over(server, raw)
            before_the_dot()
            answer = self._finish(server)
        except BaseException:
            self._drop()
            raise
        self.delivered += 1
        return answer

    def close(self) -> None:
        """Say goodbye, if there is somebody to say it to."""
        if self.server and not self.server.has_spoken():
            with suppress(OSError, smtplib.SMTPException):
                self.server.begin(1)
                self.server.quit()
        self._drop()

    def _drop(self) -> None:
        if self.server:
            self.server.close()
        self.server, self.delivered = None, 0

    def _ready(self) -> _Connection:
        """The kept connection if it is still good, else a new one. Making it is part of the mail's time."""
        ends_at = time.monotonic() + settings.MAIL_SECONDS
        if self.server is None or self.delivered >= MAILS_PER_CONNECTION or self.server.has_spoken():
            self.close()
            try:
                self.server = self._connect()
            except (OSError, ValueError, smtplib.SMTPException, _No) as error:
                raise Away(_about(error)) from error  # whatever it is, it is not about this mail
        self.server.begin(ends_at - time.monotonic())
        return self.server

    def _connect(self) -> _Connection:
        """A connection that is ready for a mail: greeted, encrypted where that is asked for, signed in."""
        conf = settings.MAIL_SERVER
        tls = ssl.create_default_context(cafile=conf.get("ca_file"))  # type: ignore[arg-type]
        server = _Connection(
            host=conf["host"],
            port=conf["port"],
            seconds=min(settings.MAIL_SECONDS, CONNECT_SECONDS),
            tls=tls if conf["tls"] else None,
            local_hostname=urlsplit(settings.BASE_URL).hostname,  # else the library asks the name service
        )
        try:
            self._must(server.ehlo(), 2)
            if conf["starttls"]:
                server.starttls(context=tls)
                self._must(server.ehlo(), 2)
            if conf["user"]:
                server.login(str(conf["user"]), str(conf["password"]))
        except BaseException:
            server.close()
            raise
        return server

    def _announce(self, server: _Connection, recipient: str) -> None:
        """Name sender and recipient; afterwards the server waits for the mail itself."""
        self._introduce(server)
        try:
            self._must(server.rcpt(recipient), 2)
            self._must(server.docmd("DATA"), 3)
        except (OSError, smtplib.SMTPException, _No) as error:
            raise _verdict(error) from error

    def _introduce(self, server: _Connection) -> None:
        """Name the sender. A final no to it is about us, and must not fail every mail of the day for good."""
        try:
            self._must(server.mail(parseaddr(settings.DEFAULT_FROM_EMAIL)[1]), 2)
        except _No as error:
            raise (Away if error.code >= 500 else Postponed)(_about(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Postponed(_about(error)) from error

    def _hand_over(self, server: _Connection, raw: bytes) -> None:
        try:
            server.send_body(raw)
            if server.has_spoken():
                raise _No(*server.getreply())
        except (OSError, smtplib.SMTPException, _No) as error:
            raise _verdict(error) from error

    def _finish(self, server: _Connection) -> str:
        """The dot, and the answer to it: a clear no is a no, but silence is not."""
        try:
            server.sock.sendall(b".\r\n")  # type: ignore[union-attr]
            reply = server.getreply()
            server.time_left()  # a reply that was cut off is no reply
        except (OSError, smtplib.SMTPException) as error:
            raise Unanswered(f"No answer to the whole mail ({type(error).__name__}).") from error
        if reply[0] // 100 == 2:
            return _words(*reply)
        if reply[0] // 100 in {4, 5}:
            raise _verdict(_No(*reply))
        raise Unanswered(f"The answer to the whole mail was neither yes nor no: {_words(*reply)}")

    @staticmethod
    def _must(reply: tuple[int, bytes], first_digit: int) -> None:
        if reply[0] // 100 != first_digit:
            raise _No(*reply)


def _verdict(error: Exception) -> Exception:
    """Only a clear 5xx is final. All else may pass."""
    final = isinstance(error, _No) and 500 <= error.code < 600
    return (Refused if final else Postponed)(_about(error))


def _about(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    return str(error) if isinstance(error, _No) else f"The mail server could not be used ({type(error).__name__})."


def _words(code: int, text: bytes | str) -> str:
    said = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(said.split())}"[:500]
