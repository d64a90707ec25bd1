"""Reads the environment by type, and keeps the keys that embedded mode makes for itself."""

import os
import secrets
import ssl
from collections.abc import Collection, Mapping
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from careportal.kit.addresses import is_sender, names_a_host

SQLITE = "django.db.backends.sqlite3"
SMTP = {"smtp", "smtp+tls", "smtp+ssl"}
IMAP = {"imap", "imap+tls", "imap+ssl"}
POSTGRES = {"postgres", "postgresql", "pgsql", "psql"}
YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
Number = TypeVar("Number", int, float)


class Environment:
    """Variables, read by type. A variable left empty is not set.

    What does not fit is noted and its default stands in, so that `refuse` can name everything at once. Notes never
    quote a value: it may hold a password.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.given = {name: value for name, value in variables.items() if value}
        self.problems: list[str] = []

    def note(self, name: str, what_to_do: str) -> None:
        problem = f"{name} {what_to_do}."
        if problem not in self.problems:
            self.problems.append(problem)

    def refuse(self) -> None:
        """Raise ImproperlyConfigured with every problem noted, if there is one."""
        if self.problems:
            lines = "\n".join(f"- {problem}" for problem in self.problems)
            raise ImproperlyConfigured(f"The portal does not start. Change these settings:\n{lines}")

    def text(self, name: str, default: str = "") -> str:
        return self.given.get(name, default)

    def one_of(self, name: str, default: str, choices: Collection[str]) -> str:
        """One of these words, which are in capitals; small letters do too."""
        value = self.text(name, default).upper()
        if value in choices:
            return value
        self.note(name, f"must be one of {', '.join(choices)}")
        return default

    def names(self, name: str, default: list[str]) -> list[str]:
        """A list with commas between; at least one, when anything is given."""
        if name not in self.given:
            return default
        found = [part.strip() for part in self.given[name].split(",") if part.strip()]
        if not found:
            self.note(name, "must name at least one; put commas between several")
        return found

    def networks(self, name: str) -> list[IPv4Network | IPv6Network]:
        """Networks with commas between, such as 192.0.2.0/24; none when nothing is given."""
        try:
            return [ip_network(part) for part in self.names(name, [])]
        except ValueError:
            self.note(name, "must be networks such as 192.0.2.0/24 or 2001:db8::/32, with commas between several")
            return []

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name, "on" if default else "off").lower()
        if value not in YES | NO:
            self.note(name, "must be on or off")
        return value in YES

    def whole(self, name: str, default: int, *, least: int, most: int) -> int:
        return self._within(name, default, least, most, kind=int, what="a whole number")

    def number(self, name: str, default: float, *, least: float, most: float) -> float:
        return self._within(name, default, least, most, kind=float, what="a number")

    def _within(
        self, name: str, default: Number, least: Number, most: Number, *, kind: type[Number], what: str
    ) -> Number:
        with suppress(ValueError):
            value = kind(self.given.get(name, default))
            if least <= value <= most:
                return value
        self.note(name, f"must be {what} from {least} to {most}")
        return default

    def url(self, name: str, default: str, *, schemes: Collection[str], like: str) -> str:
        """The URL of a machine, or the default."""
        value = self.text(name, default)
        if name in self.given and not names_a_host(value, schemes):
            self.note(name, f"must be a URL with a host, such as {like}")
            return default
        return value

    def sender(self, name: str, default: str) -> str:
        value = self.text(name, default)
        if not is_sender(value):
            self.note(name, "must be one email address, with or without a name, on one line")
        return value

    def mail_server(self, name: str) -> dict[str, Any]:
        """The parts of an SMTP server's URL, or nothing when none is given."""
        like = "smtp+tls://user:password@mail.example.org:587; write special characters of a password as %23 and so on"
        value = self.url(name, "", schemes=SMTP, like=like)
        return environ.Env.email_url_config(value) if value else {}

    def mailbox(self, name: str) -> dict[str, Any]:
        """The parts of an IMAP mailbox's URL, or nothing when none is given. Its path names the folder."""
        like = "imap+ssl://user:password@imap.example.org:993/INBOX; write special characters as %40 and so on"
        value = self.url(name, "", schemes=IMAP, like=like)
        if not value:
            return {}
        parts = urlsplit(value)
        return {
            "security": parts.scheme.partition("+")[2],
            "host": parts.hostname,
            "port": parts.port or (993 if parts.scheme == "imap+ssl" else 143),
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "folder": unquote(parts.path.strip("/")) or "INBOX",
        }

    def database(self, name: str, *, otherwise: Path) -> dict[str, Any]:
        """PostgreSQL or a file of SQLite by URL; the file `otherwise` when none is given."""
        url = self.text(name)
        with suppress(ValueError):
            if not url:
                return {"ENGINE": SQLITE, "NAME": str(otherwise)}  # not by a URL: a folder may have # or ? in its name
            if (url.partition("://")[0] in POSTGRES or url.startswith("sqlite:///")) and _has_name(url):
                return environ.Env.db_url_config(url)
        self.note(name, "must be postgres://user:password@host/name, or sqlite:////folder/file.sqlite3")
        return {"ENGINE": SQLITE, "NAME": str(otherwise)}

    def certificates(self, name: str) -> str | None:
        """The path of a file of certificates, or none when none is given."""
        path = self.text(name)
        try:
            if path:
                ssl.create_default_context(cafile=path)
        except OSError:  # ssl.SSLError is one too: there are no certificates in it
            self.note(name, "must be a file of certificates (PEM) that the portal may read")
        return path or None

    def folder(self, name: str, default: Path) -> Path:
        """A folder's full path: programs that are started from here may work in another folder."""
        try:
            return Path(self.text(name, str(default))).resolve()
        except (OSError, RuntimeError, ValueError):  # a link to itself; a name that no folder can have
            self.note(name, "must be a folder")
            return default

    def secret(self, name: str, path: Path, *, make: bool) -> str:
        """What is given, or where that may be (`make`) what this file keeps."""
        if name in self.given or not make:
            return self.text(name)
        try:
            return kept_secret(path)
        except OSError:
            self.note("DATA_DIR", "must be a folder that the portal's own account may write to")
            return ""


def kept_secret(path: Path) -> str:
    """The secret kept in this file; made on the first call, readable by the owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # the owner's alone: it holds people's data
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    if not path.exists():
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64))
        with suppress(FileExistsError):
            os.link(fresh, path)  # the first process wins; the others read what it wrote
        fresh.unlink()
    return path.read_text().strip()


def _has_name(url: str) -> bool:
    """Whether a database is named: SQLite without a file would be in memory, and each process have its own."""
    return environ.Env.db_url_config(url)["NAME"] not in {"", ":memory:"}
