"""Who may act for a partner: asked at every click, so that whoever is removed is out at once (AZ11)."""

import logging

from django.http import Http404

from careportal.accounts.models import User
from programmes.models import PartnerMembership, Programme

logger = logging.getLogger(__name__)

LARGEST = 2**63 - 1


def memberships_of(user: User) -> list[PartnerMembership]:
    """This person's partners under agreement, by name; 404 for everybody else, council staff included."""
    found = PartnerMembership.objects.of(user).acting().select_related("partner").order_by("partner__name")
    if not found:
        logger.warning("partner_pages.refused user=%s", user.pk)
        raise Http404
    return list(found)


def readers_of(user: User) -> list[PartnerMembership]:
    """This person's partners whose own figures they may read, for some time after the agreement too; else 404."""
    found = PartnerMembership.objects.of(user).reading().select_related("partner").order_by("partner__name")
    if not found:
        logger.warning("partner_figures.refused user=%s", user.pk)
        raise Http404
    return list(found)


def listing_of(user: User, programme_id: int) -> tuple[Programme, PartnerMembership]:
    """A programme with the membership that lets this person edit it; else 404, the answer for one that is not there.

    Archived programmes are the council's.
    """
    memberships = {one.partner_id: one for one in memberships_of(user)}
    mine = Programme.objects.exclude(state=Programme.State.ARCHIVED).filter(partners__in=memberships)
    programme = mine.filter(pk=min(programme_id, LARGEST)).distinct().prefetch_related("partners", "intakes").first()
    if programme is None:
        logger.warning("listing.refused user=%s programme=%s", user.pk, programme_id)
        raise Http404
    partner = next(partner for partner in programme.partners.all() if partner.pk in memberships)
    return programme, memberships[partner.pk]
