"""Mails as people and machines send them to the inbox. Made up."""

import itertools
from email.message import EmailMessage
from functools import partial

from django.utils import timezone

from enquiries.mail.found import Found
from enquiries.models import IncomingMail
from enquiries.services import arrivals

PHRASE = "care sector support"
OURS = "mx.lbbd.gov.uk"  # what the council's own mail server calls itself
PROVED, FAILED = "dmarc=pass header.from=example.org", "dmarc=fail header.from=example.org"
HEAD, TEXT = 64 * 1024 + 1, 32 * 1024

_numbers = itertools.count(1)


def written(
    subject=PHRASE,
    text="We would like training in dementia care.",
    *,
    sender="Home Manager <manager@example.org>",
    page="",
    files=(),
    **head,
):
    """A mail as a mail program writes it. `page`: the same in HTML; names of other lines with `_` for `-`."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, sender, "businessforum@lbbd.gov.uk"
    mail["Message-ID"] = f"<{next(_numbers)}@mail.example.org>"
    for name, value in head.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    if text is not None:
        mail.set_content(text)
    if page:
        (mail.add_alternative if text is not None else mail.set_content)(page, subtype="html")
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def checked(raw, result=PROVED):
    """As our mail server hands it on: with what it found out about the sender."""
    return f"Authentication-Results: {OURS}; {result}\r\n".encode() + raw if result else raw


def found(raw, *, number=None, folder="INBOX"):
    """The mail as it lies in the inbox."""
    head, sep, text = raw.partition(b"\n\n") if b"\r\n\r\n" not in raw else raw.partition(b"\r\n\r\n")
    return Found(
        folder=folder,
        validity="1",
        number=number or next(_numbers),
        size=len(raw),
        received_at=timezone.now(),
        start=(head + sep)[:HEAD] + text[:TEXT],
        fetch=partial(_pieces, raw),
    )


def take(raw, result=PROVED, **place):
    """The mail comes in, is stored and read. Returns it as it is noted, or nothing."""
    before = set(IncomingMail.objects.values_list("pk", flat=True))
    arrivals._receive_found(found(checked(raw, result), **place))
    return IncomingMail.objects.exclude(pk__in=before).first()


def _pieces(raw, most):
    yield raw[:most]
