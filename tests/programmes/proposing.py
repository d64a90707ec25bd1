"""A partner that proposes something for its programme, and hands it in."""

from typing import Any

from programmes import services
from programmes.models import ListingChange, Partner, PartnerMembership, Programme
from tests.factories import PartnerFactory, PartnerMembershipFactory, ProgrammeFactory


def a_partner(**how: Any) -> PartnerMembership:
    """Somebody of a partner that runs one programme."""
    member = PartnerMembershipFactory(partner=PartnerFactory(**how))
    ProgrammeFactory(summary="Old summary.", who_for="Managers.").partners.add(member.partner)
    return member


def save(member: PartnerMembership, programme: Programme | None = None, **values: Any) -> ListingChange:
    programme = programme or programme_of(member.partner)
    change = services.propose(programme_id=programme.pk, partner_id=member.partner_id, by=member.user, values=values)
    assert change is not None
    return change


def hand_in(member: PartnerMembership, programme: Programme | None = None, **values: Any) -> ListingChange:
    change = save(member, programme, **values)
    return services.submit(change_id=change.pk, by=member.user, revision=change.revision)


def programme_of(partner: Partner) -> Programme:
    return partner.programmes.get()


def review(change: ListingChange, officer: Any, *, revision: int | None = None, **decisions: Any) -> ListingChange:
    """With what the page would send: all that is not named waits on."""
    decided = {"approved": set(), "returned": {}, **decisions}
    read = change.revision if revision is None else revision
    return services.review(change_id=change.pk, officer=officer, revision=read, **decided)
