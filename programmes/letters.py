"""Mails about listings, and about who acts for a partner. They name no organisation and no person: what people typed
stays out, and who may read it signs in."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse

from careportal.accounts.letters import Lasting, lasting
from programmes.models import ListingChange, Programme


def invitation(to: str, token: str) -> Lasting:
    address = settings.BASE_URL + reverse("programmes:invitation", args=[token])
    return _letter(to, "You are invited to keep the listings of a partner", "invitation", address=address)


def made_administrator(to: str) -> Lasting:
    return _letter(to, "You are now an administrator of a partner", "made_administrator")


def removed(to: str) -> Lasting:
    return _letter(to, "You no longer act for a partner", "removed")


def request_asked(to: str, *, is_takeover: bool) -> Lasting:
    """Tells those who could say that it is wrong."""
    return _letter(to, "Somebody asks to act for your organisation", "request_asked", is_takeover=is_takeover)


def request_waits(request_id: int) -> Lasting:
    """Tells the council's team that somebody waits for a decision; the rest stands on the page."""
    address = settings.BASE_URL + reverse("admin:programmes_partnerrequest_change", args=[request_id])
    return _letter(
        settings.BUSINESS_FORUM_INBOX, "Somebody asks to act for a partner", "request_waits", address=address
    )


def request_decided(to: str, *, granted: bool, is_takeover: bool) -> Lasting:
    subject = "Your request to act for a partner"
    return _letter(to, subject, "request_decided", granted=granted, is_takeover=is_takeover)


def handed_over(to: str) -> Lasting:
    return _letter(to, "Your organisation has a new administrator", "handed_over")


def joined(to: str) -> Lasting:
    return _letter(to, "Somebody new acts for your organisation", "joined")


def change_waits(change_id: int) -> Lasting:
    """To the council's inbox: a partner has handed something in."""
    return _to_council("A partner proposes a change to its listing", "change_waits", change_id)


def partner_wrote(change_id: int) -> Lasting:
    return _to_council("A partner has written about its listing", "partner_wrote", change_id)


def decided(change: ListingChange) -> Iterator[Lasting]:
    """To the partner's own address, or to everybody who acts for it: whoever of them wrote it."""
    is_returned = change.state == ListingChange.State.RETURNED
    subject = "Please change your listing" if is_returned else "The council has decided about your listing"
    return _to_people(change, subject, "change_decided", is_returned=is_returned)


def written_about(change: ListingChange) -> Iterator[Lasting]:
    return _to_people(change, "The council has written about your listing", "council_wrote")


def published(programme: Programme) -> Iterator[Lasting]:
    """The new programme is public now."""
    address = settings.BASE_URL + programme.get_absolute_url()
    partner = programme.proposed_by
    for to in partner.mailboxes if partner else []:
        yield _letter(to, "Your programme is public", "programme_published", address=address)


def _to_council(subject: str, template: str, change_id: int) -> Lasting:
    address = settings.BASE_URL + reverse("admin:programmes_listingchange_change", args=[change_id])
    return _letter(settings.BUSINESS_FORUM_INBOX, subject, template, address=address)


def _to_people(change: ListingChange, subject: str, template: str, **context: object) -> Iterator[Lasting]:
    address = f"{settings.BASE_URL}/partner/listings/{change.programme_id}/"
    for to in change.partner.mailboxes:
        yield _letter(to, subject, template, address=address, **context)


def _letter(to: str, subject: str, template: str, **context: object) -> Lasting:
    return lasting(to, subject, f"programmes/mail/{template}.txt", **context)
