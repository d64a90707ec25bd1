"""Who may act for a partner: asked at every click, so that whoever is removed is out at once (AZ11)."""

import logging

from django.core.exceptions import PermissionDenied
from django.http import Http404

from careportal.accounts.models import User
from programmes.exceptions import AdministratorsOnly
from programmes.models import Intake, Partner, PartnerInvitation, PartnerMembership, Programme

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


def administrator_of(user: User, partner_id: int) -> PartnerMembership:
    """This person's membership of a partner whose people they decide about. 403 for its editors; else 404."""
    mine = next((one for one in memberships_of(user) if one.partner_id == partner_id), None)
    if mine is None:
        logger.warning("partner.refused user=%s partner=%s", user.pk, min(partner_id, LARGEST))
        raise Http404
    if not mine.is_administrator:
        raise PermissionDenied
    return mine


def administrator_after_end(user: User, partner_id: int) -> PartnerMembership:
    """This person's membership of a partner whose agreement is over, for as long as its figures are open: 403 for its
    editors, else 404."""
    found = PartnerMembership.objects.of(user).ended().reading().filter(partner=min(partner_id, LARGEST))
    mine = found.select_related("partner").first()
    if mine is None:
        logger.warning("data_return.refused user=%s partner=%s", user.pk, min(partner_id, LARGEST))
        raise Http404
    if not mine.is_administrator:
        raise PermissionDenied
    return mine


def colleague_of(user: User, number: int) -> tuple[PartnerMembership, PartnerMembership]:
    """Somebody who acts for one of this person's partners, and this person's own membership of it; else 404."""
    mine = {one.partner_id: one for one in memberships_of(user)}
    found = PartnerMembership.objects.filter(pk=min(number, LARGEST), partner__in=mine)
    other = found.select_related("user", "partner").first()
    if other is None:
        logger.warning("partner_person.refused user=%s membership=%s", user.pk, number)
        raise Http404
    return other, mine[other.partner_id]


def invitation_of(user: User, number: int) -> PartnerInvitation:
    """An invitation to one of the partners whose people this person decides about; else 404, for editors 403."""
    mine = [one.partner_id for one in memberships_of(user)]
    found = PartnerInvitation.objects.filter(pk=min(number, LARGEST), partner__in=mine).first()
    if found is None:
        logger.warning("partner_invitation.refused user=%s invitation=%s", user.pk, number)
        raise Http404
    administrator_of(user, found.partner_id)
    return found


def may_manage(partner: Partner, by: User) -> bool:
    """Who decides about the people of a partner: its administrators while the agreement runs, and the council."""
    administers = PartnerMembership.objects.of(by).acting().administrators()
    return by.has_perm("programmes.change_partner") or administers.filter(partner=partner).exists()


def refuse_unless_manager(partner: Partner, by: User) -> None:
    if not may_manage(partner, by):
        raise AdministratorsOnly


def intake_of(user: User, programme: Programme, intake_id: int) -> Intake:
    """An intake of a programme that this person may edit; else 404."""
    intake = Intake.objects.filter(programme=programme, pk=min(intake_id, LARGEST)).first()
    if intake is None:
        logger.warning("intake.refused user=%s programme=%s intake=%s", user.pk, programme.pk, intake_id)
        raise Http404
    return intake
