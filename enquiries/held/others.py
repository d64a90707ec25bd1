"""What is held about whoever reads an address, beside applications and accounts."""

from collections.abc import Iterator

from django.utils import timezone

from enquiries.held.parts import MOST, Item, Part, Row, part, rows
from enquiries.mail import addresses
from enquiries.models import Alert, Draft, IncomingMail, OutgoingMail, RightsRequest
from enquiries.models.draft import DraftQuerySet
from programmes.models import ListingReport


def saved_drafts(address: str) -> DraftQuerySet:
    """Applications that were saved under this address and are not sent."""
    found = Draft.objects.filter(return_email__iexact=address, expires_at__gt=timezone.now())
    return found.with_sent_as().filter(sent_as=None)  # type: ignore[misc]  # annotated


def drafts(address: str) -> Part:
    found = saved_drafts(address).order_by("-started_at")
    return part("drafts", "Applications you saved and have not sent", map(_draft, found[:MOST]), found.count())


def _draft(draft: Draft) -> Item:
    facts = rows(("Begun", draft.started_at), ("Kept until", draft.expires_at), ("Saved under", draft.return_email))
    return Item(f"Begun on {timezone.localdate(draft.started_at):%-d %B %Y}", [*facts, *_answers(draft)], str(draft.pk))


def _answers(draft: Draft) -> Iterator[Row]:
    for page in draft.answers:
        yield from (Row(question, answer) for question, answer in draft.said(page) if answer)
        for name, typed in (draft.unfinished(page) or {}).items():
            yield from rows((f"Typed, not finished ({name})", typed))


def mails(address: str) -> Part:
    """Those to this very address. An index knows the key, of each kind."""
    to_key = OutgoingMail.objects.filter(kind__in=OutgoingMail.Kind.values, recipient_key=addresses.key(address))
    found = to_key.filter(recipient__iexact=address).select_related("enquiry").defer("raw", "text").order_by("-pk")
    return part("mails", "Emails we wrote to you", map(_mail, found[:MOST]), found.count())


def _mail(mail: OutgoingMail) -> Item:
    facts = rows(
        ("Kind", mail.get_kind_display()),
        ("Written", mail.created_at),
        ("State", mail.get_state_display()),
        ("Sent", mail.sent_at),
        ("About", mail.enquiry.reference if mail.enquiry else ""),
    )
    return Item(mail.subject, facts)


def mail_that_came(address: str) -> Part:
    found = IncomingMail.objects.filter(sender__iexact=address).order_by("-received_at", "-pk")
    return part(
        "incoming", "Emails you wrote to us that this service read", map(_incoming, found[:MOST]), found.count()
    )


def _incoming(mail: IncomingMail) -> Item:
    facts = rows(("Received", mail.received_at), ("What became of it", mail.get_state_display()), ("Text", mail.text))
    return Item(mail.subject or "Without a subject", facts)


def alerts(address: str) -> Part:
    found = Alert.objects.of(address).select_related("programme").order_by("-asked_at")
    return part("alerts", "Emails about new programmes", map(_alert, found[:MOST]), found.count())


def _alert(alert: Alert) -> Item:
    about = alert.programme.title if alert.programme else "Everything new"
    facts = rows(("Asked for", alert.asked_at), ("Confirmed", alert.confirmed_at), ("You agreed to", alert.agreed_to))
    return Item(about, facts)


def requests(address: str) -> Part:
    found = RightsRequest.objects.of(address)
    return part("requests", "What you asked about your information", map(_request, found[:MOST]), found.count())


def _request(one: RightsRequest) -> Item:
    facts = rows(
        *(("Reference", one.reference), ("Name", one.name), ("In your words", one.text)),
        *(("Received", one.received_on), ("Due", "" if one.is_over else one.due_on)),
        *(("State", one.get_state_display()), ("Outcome", one.get_outcome_display()), ("Our answer", one.answer)),
    )
    return Item(one.get_kind_display(), facts)


def reports(address: str) -> Part:
    found = ListingReport.objects.filter(email__iexact=address).select_related("programme")
    return part("reports", "What you told us about a page", map(_report, found[:MOST]), found.count())


def _report(report: ListingReport) -> Item:
    facts = rows(("What was wrong", report.get_kind_display()), ("In your words", report.text), ("On", report.made_at))
    return Item(report.programme.title, facts)
