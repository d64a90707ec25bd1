"""Who may act for a partner: asked at every click, so that whoever is removed is out at once (AZ11)."""

import logging

from django.http import Http404

from careportal.accounts.models import User
from programmes.models import Intake, PartnerMembership, Programme

logger = logging.getLogger(__name__)

LARGEST = 2**63 - 1


def memberships_of(user: User) -> list[PartnerMembership]:
    """This person's partners under agreement, by name; 404 for everybody else, council staff included."""
    found = PartnerMembership.objects.of(user).acting().select_related("partner").order_by("partner__name")
    if not found:
        logger.warning("partner_pages.refused user=%s", user.pk)
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


def intake_of(user: User, programme: Programme, intake_id: int) -> Intake:
    """An intake of a programme that this person may edit; else 404."""
    intake = Intake.objects.filter(programme=programme, pk=min(intake_id, LARGEST)).first()
    if intake is None:
        logger.warning("intake.refused user=%s programme=%s intake=%s", user.pk, programme.pk, intake_id)
        raise Http404
    return intake


def readers_of(user: User) -> list[PartnerMembership]:
    """The partners whose figures this person may read, by name: for some time after the agreement too; else 404."""
    found = PartnerMembership.objects.of(user).reading().select_related("partner").order_by("partner__name")
    if not found:
        logger.warning("partner_figures.refused user=%s", user.pk)
        raise Http404
    return list(found)
