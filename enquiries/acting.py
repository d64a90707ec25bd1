"""Who acts for a partner: its people, signed in, or a browser that has lately proved that it reads its mailbox.

Whoever is neither finds nothing: the answer for what does not exist.
"""

import logging
import time
from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.urls import reverse

from careportal.accounts.requests import SignedInRequest
from careportal.kit import digests
from enquiries.following import IDLE_SECONDS, NOTED_EVERY_SECONDS, renew_session
from enquiries.models import Interest
from enquiries.services import Acting
from enquiries.services.partners import CODE
from programmes.models import Partner
from programmes.permissions import memberships_of

logger = logging.getLogger(__name__)

PROVED = "partner by code"  # in the session: the partner, when its proof was last used, and a sum over its address
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Way:
    """How somebody acts: for which partners, and where their pages begin."""

    acting: Acting
    partners: list[Partner]
    base: str

    @property
    def is_by_code(self) -> bool:
        return self.acting.by is None


def as_member(request: SignedInRequest) -> Way:
    partners = [membership.partner for membership in memberships_of(request.user)]
    acting = Acting(frozenset(partner.pk for partner in partners), request.user)
    return Way(acting, partners, reverse("enquiries:partner-referrals"))


def as_mailbox(request: HttpRequest) -> Way:
    """The proof lasts while it is used, for the address that the council keeps, while the agreement runs."""
    proof = request.session.get(PROVED) or {}
    now = time.time()
    partner = Partner.objects.filter(pk=proof.get("partner", 0)).exclude(email="").first()
    in_time = 0 <= now - proof.get("at", 0) <= IDLE_SECONDS
    if partner is None or not in_time or not partner.is_acting or proof.get("address") != _sum(partner):
        logger.warning("partner_by_code.refused partner=%s", proof.get("partner"))
        raise Http404
    if now - proof["at"] > NOTED_EVERY_SECONDS:
        _note(request, partner)
    return Way(Acting(frozenset({partner.pk}), via=CODE), [partner], reverse("enquiries:partner-code-referrals"))


def note_proof(request: HttpRequest, partner: Partner) -> None:
    renew_session(request)
    _note(request, partner)


def forget_proof(request: HttpRequest) -> None:
    request.session.pop(PROVED, None)


def referral_of(way: Way, number: int) -> Interest:
    """One referral of theirs; else 404, and a line in the log."""
    found = Interest.objects.seen_by(way.acting.partners).select_related(
        "enquiry", "referred_to", "programme", "offered_intake"
    )
    interest = found.filter(pk=min(number, LARGEST)).first()
    if interest is None:
        by = way.acting.by
        logger.warning("referral.refused user=%s interest=%s", by.pk if by else "by code", number)
        raise Http404
    return interest


def _note(request: HttpRequest, partner: Partner) -> None:
    request.session[PROVED] = {"partner": partner.pk, "at": time.time(), "address": _sum(partner)}


def _sum(partner: Partner) -> str:
    return digests.digest("partner by code", [partner.pk, partner.email])
