"""What must hold between settings before the portal starts. Each function returns problems in plain words, or none."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django.http.request import validate_host

from careportal.environment import NO
from careportal.kit.addresses import is_mailbox
from careportal.kit.packfile import gaps
from careportal.records import sealed
from careportal.records.exceptions import Refused

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
LEASE_MARGIN_SECONDS, LEASE_MARGIN_EMBEDDED_SECONDS = 10, 6  # more than enquiries.mail.attempts.MARK_MARGIN_SECONDS
_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NOTIFY_FORMS = {
    "NOTIFY_API_KEY": (f"(.*-)?{_UUID}-{_UUID}", "a whole key of the Notify account, as it was shown when it was made"),
    "NOTIFY_TEMPLATE_ID": (_UUID, "the ID of the template in the Notify account"),
    "NOTIFY_REPLY_TO_ID": (f"({_UUID})?", "the ID of a reply-to address in the Notify account, or left out"),
    "NOTIFY_RECEIPTS_TOKEN": ("[!-~]{20,}", "at least 20 random characters, and no spaces"),
}


def mail(*, embedded: bool, inbox: str, smtp_host: str | None, by_notify: bool) -> list[str]:
    """`inbox` is what the environment names ("" where it does not): the pack's own is no answer here."""
    problems = []
    if (smtp_host or by_notify) and not inbox:
        problems.append(
            "BUSINESS_FORUM_INBOX is not set: name the inbox that applications go to. The pack's own inbox "
            "belongs to a real council and is never written to by accident."
        )
    if inbox and not is_mailbox(inbox):
        problems.append("BUSINESS_FORUM_INBOX must be one email address.")
    if smtp_host and embedded and smtp_host not in LOOPBACK:
        problems.append("EMAIL_URL names another machine, but embedded mode never sends mail out of this one.")
    return problems


def notify(given: Mapping[str, str], *, embedded: bool, base_url: str) -> list[str]:
    """What sending by GOV.UK Notify needs. `given` holds the raw values of the environment.

    A weak token is refused also where mail does not go that way yet: somebody means to use it.
    """
    names = NOTIFY_FORMS.keys() if "NOTIFY_API_KEY" in given else given.keys() & {"NOTIFY_RECEIPTS_TOKEN"}
    forms = [(name, *NOTIFY_FORMS[name]) for name in names]
    problems = [f"{name} must be {what}." for name, form, what in forms if not re.fullmatch(form, given.get(name, ""))]
    if "NOTIFY_API_KEY" not in given:
        return problems
    if "EMAIL_URL" in given:
        problems.append("EMAIL_URL and NOTIFY_API_KEY are both set, but mail leaves by one way. Remove one of them.")
    address = urlsplit(base_url)
    if embedded and address.hostname not in LOOPBACK:
        problems.append("NOTIFY_BASE_URL must be on this machine: embedded mode never sends mail out of it.")
    elif address.scheme != "https" and address.hostname not in LOOPBACK:
        problems.append("NOTIFY_BASE_URL must start with https://.")
    return problems


def lease(*, embedded: bool, mail_seconds: int, lease_seconds: int) -> list[str]:
    """A claim that ends while its mail is still being sent would let another worker send it again.

    So nothing is handed over with little of the claim left; with too short a one, nothing ever would be.
    """
    margin = LEASE_MARGIN_EMBEDDED_SECONDS if embedded else LEASE_MARGIN_SECONDS
    if lease_seconds >= mail_seconds + margin:
        return []
    return [f"MAIL_LEASE_SECONDS must be at least {margin} more than MAIL_SECONDS."]


def backups(public_keys: list[str]) -> list[str]:
    """Without this, a slip of the pen would be found out at night, by a backup that is not made."""
    try:
        sealed.recipients(public_keys)
    except Refused as refusal:
        return [str(refusal)]
    return []


def production(given: Mapping[str, str], *, hosts: list[str], base_url: str, domains: list[str]) -> list[str]:
    """What only a real installation must have. `given` holds the raw values of the environment."""
    return [
        *_missing(given),
        *_weak(given),
        *_addresses(given, base_url),
        *_hosts(hosts, base_url),
        *_inbox(given, domains),
    ]


def pack(folder: Path) -> list[str]:
    """What the council itself still has to say: people would call, write to or read what is not true."""
    return [f"The council pack is not finished: {gap}" for gap in gaps(folder / "council.yaml")]


def in_clear(given: Mapping[str, str], *, trusted: str) -> list[str]:
    """What would carry people's data or passwords over a network in clear, but for one mail server that is trusted."""
    problems = []
    if _goes_to("smtp", given.get("EMAIL_URL", "")) not in LOOPBACK | {"", trusted}:
        problems.append(
            "EMAIL_URL must start with smtp+tls:// or smtp+ssl://. "
            "Only for trying out: EMAIL_WITHOUT_TLS names the one host that takes mail in clear."
        )
    if _goes_to("imap", given.get("MAILBOX_URL", "")) not in LOOPBACK | {""}:
        problems.append("MAILBOX_URL must start with imap+ssl:// or imap+tls://.")
    redis = urlsplit(given.get("REDIS_URL", ""))
    if redis.hostname and redis.hostname not in LOOPBACK and not redis.password:
        problems.append("REDIS_URL must have a password: redis://:password@host:6379/0.")
    return problems


def _goes_to(scheme: str, url: str) -> str:
    """The host that this URL speaks to in clear; empty where it does not."""
    parts = urlsplit(url)
    return (parts.hostname or "") if parts.scheme == scheme else ""


def _missing(given: Mapping[str, str]) -> list[str]:
    names = ["DATABASE_URL", "REDIS_URL", "BASE_URL", "ALLOWED_HOSTS"]
    if "NOTIFY_API_KEY" not in given:
        names.append("EMAIL_URL")
    return [f"{name} is not set." for name in names if name not in given]


def _weak(given: Mapping[str, str]) -> list[str]:
    problems = [
        f"{name} must be at least 50 random characters."
        for name in ("SECRET_KEY", "ENCRYPTION_KEY")
        if len(given.get(name, "")) < 50 or len(set(given[name])) < 10
    ]
    if given.get("DEBUG", "off").lower() not in NO:
        problems.append("DEBUG is on: it must not be set in production.")
    return problems


def _addresses(given: Mapping[str, str], base_url: str) -> list[str]:
    if "BASE_URL" in given and urlsplit(base_url).scheme != "https":
        return ["BASE_URL must start with https:// in production."]
    return []


def _hosts(hosts: list[str], base_url: str) -> list[str]:
    if any("*" in host for host in hosts):
        return ["ALLOWED_HOSTS must name the hosts of this service, and no wildcard."]
    if base_url.startswith("https") and not validate_host(urlsplit(base_url).hostname or "", hosts):
        return ["ALLOWED_HOSTS must contain the host of BASE_URL."]
    return []


def _inbox(given: Mapping[str, str], domains: list[str]) -> list[str]:
    inbox = given.get("BUSINESS_FORUM_INBOX", "").lower()
    if inbox and inbox.rpartition("@")[2] not in domains:
        return ["BUSINESS_FORUM_INBOX must be in one of INBOX_DOMAINS, otherwise applications would leave the council."]
    return []
