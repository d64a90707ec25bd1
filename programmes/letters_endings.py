"""Letters about the end of a partner's agreement. They name no person and no organisation."""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse

from careportal.accounts.letters import Lasting, lasting
from programmes.models import AgreementEnd, Partner


def ends_soon(end: AgreementEnd) -> Iterator[Lasting]:
    """To the partner, and to the council's inbox."""
    address = settings.BASE_URL + reverse("enquiries:partner")
    subject = "Your agreement with the council ends soon"
    for to in end.partner.write_to(end.partner.memberships.acting().administrators()):
        yield _letter(to, subject, "agreement_ends", ends_on=end.ends_on, address=address)
    yield _to_council(end.partner, "The agreement with a partner ends soon", "agreement_ends_council", end.ends_on)


def data_asked(end: AgreementEnd) -> Iterator[Lasting]:
    """What became of the applicants' data? Each time the same words, so that a reminder says all there is to do."""
    address = settings.BASE_URL + reverse("programmes:data-return", args=[end.partner_id])
    subject = "Tell us what became of the applicants’ details"
    for to in end.partner.write_to(end.partner.memberships.reading().administrators()):
        yield _letter(to, subject, "data_asked", ends_on=end.ends_on, address=address)


def _to_council(partner: Partner, subject: str, template: str, ends_on: dt.date) -> Lasting:
    address = settings.BASE_URL + reverse("admin:programmes_partner_change", args=[partner.pk])
    return _letter(settings.BUSINESS_FORUM_INBOX, subject, template, address=address, ends_on=ends_on)


def _letter(to: str, subject: str, template: str, **context: object) -> Lasting:
    return lasting(to, subject, f"programmes/mail/{template}.txt", **context)
