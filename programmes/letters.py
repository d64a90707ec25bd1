"""Mails about listings. They name no person and repeat nothing that was typed: who may read it signs in.

They leave through the outbox as mails of the sign-in do.
"""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from careportal.kit.lasting import Lasting
from programmes.models import ListingChange, Programme

GOOD_FOR = dt.timedelta(days=3)


def change_waits(change_id: int) -> Lasting:
    """To the council's inbox: a partner has handed something in."""
    return _to_council("A partner proposes a change to its listing", "change_waits", change_id)


def partner_wrote(change_id: int) -> Lasting:
    return _to_council("A partner has written about its listing", "partner_wrote", change_id)


def decided(change: ListingChange) -> Iterator[Lasting]:
    """To everybody who acts for the partner, whoever of them wrote it."""
    is_returned = change.state == ListingChange.State.RETURNED
    subject = "Please change your listing" if is_returned else "The council has decided about your listing"
    return _to_people(change, subject, "change_decided", is_returned=is_returned)


def written_about(change: ListingChange) -> Iterator[Lasting]:
    return _to_people(change, "The council has written about your listing", "council_wrote")


def published(programme: Programme) -> Iterator[Lasting]:
    """The new programme is public now."""
    address = settings.BASE_URL + programme.get_absolute_url()
    partner = programme.proposed_by
    for to in partner.memberships.to_write_to() if partner else []:
        yield _letter(to, "Your programme is public", "programme_published", address=address)


def _to_council(subject: str, template: str, change_id: int) -> Lasting:
    address = settings.BASE_URL + reverse("admin:programmes_listingchange_change", args=[change_id])
    return _letter(settings.BUSINESS_FORUM_INBOX, subject, template, address=address)


def _to_people(change: ListingChange, subject: str, template: str, **context: object) -> Iterator[Lasting]:
    address = f"{settings.BASE_URL}/partner/listings/{change.programme_id}/"
    for to in change.partner.memberships.to_write_to():
        yield _letter(to, subject, template, address=address, **context)


def _letter(to: str, subject: str, template: str, **context: object) -> Lasting:
    whole = {"council": settings.COUNCIL, "base_url": settings.BASE_URL, **context}
    body = render_to_string(f"programmes/mail/{template}.txt", whole)
    message = Lasting(subject=f"{settings.COUNCIL.service_name}: {subject}", body=body.strip() + "\n", to=[to])
    message.good_until = timezone.now() + GOOD_FOR
    return message
