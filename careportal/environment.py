"""What the environment must hold before the portal starts, and the keys that embedded mode makes for itself."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


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


def refuse_weak_settings(*, embedded: bool, given: dict[str, str], smtp_host: str | None) -> None:
    """Stop the start, naming every setting that is missing or weak.

    `given` holds the raw values of the environment ("" where not set). Raises ImproperlyConfigured.
    """
    problems = [*_mail_problems(embedded, given, smtp_host)]
    if not embedded:
        problems += _production_problems(given)
    if problems:
        raise ImproperlyConfigured("The portal does not start:\n" + "\n".join(f"- {line}" for line in problems))


def _mail_problems(embedded: bool, given: dict[str, str], smtp_host: str | None) -> list[str]:
    problems = []
    if smtp_host and not given["BUSINESS_FORUM_INBOX"]:
        problems.append(
            "BUSINESS_FORUM_INBOX is not set: name the inbox that applications go to. The pack's own inbox "
            "belongs to a real council and is never written to by accident."
        )
    if smtp_host and embedded and smtp_host not in LOOPBACK:
        problems.append("EMAIL_URL names another machine, but embedded mode never sends mail out of this one.")
    return problems


def _production_problems(given: dict[str, str]) -> list[str]:
    problems = [
        f"{name} is not set." for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "BASE_URL") if not given[name]
    ]
    if not given["ALLOWED_HOSTS"] or "*" in given["ALLOWED_HOSTS"]:
        problems.append("ALLOWED_HOSTS must name the hosts of this service, and no wildcard.")
    problems += [
        f"{name} must be at least 50 random characters."
        for name in ("SECRET_KEY", "ENCRYPTION_KEY")
        if len(given[name]) < 50 or len(set(given[name])) < 10
    ]
    if given["BASE_URL"] and urlsplit(given["BASE_URL"]).scheme != "https":
        problems.append("BASE_URL must start with https://.")
    if given["EMAIL_URL"] and not given["EMAIL_URL"].startswith("smtp"):
        problems.append("EMAIL_URL must name an SMTP server.")
    if given["DEBUG"].lower() in {"1", "true", "yes", "on"}:
        problems.append("DEBUG is on: it must not be set in production.")
    return problems
