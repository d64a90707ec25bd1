"""Somebody whom nobody invited asks to act for a partner, because the colleague who did has left, or nobody thought
of them. The council decides."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from careportal.accounts import access
from programmes import letters
from programmes.exceptions import AlreadyAsked, AlreadyYours, CouncilStaff, RequestOver, TooManyRequests
from programmes.models import Partner, PartnerMembership, PartnerRequest

if TYPE_CHECKING:
    from careportal.accounts.models import User

ABOUT = "programmes.partnerrequest"
PER_DAY, PER_PARTNER_AND_DAY = 3, 10
ADMINISTRATOR, EDITOR = PartnerMembership.Role.ADMINISTRATOR, PartnerMembership.Role.EDITOR


@transaction.atomic
def ask_to_act(*, partner_id: int, wish: str, user: "User") -> PartnerRequest:
    """Write the request down and tell those who can say that it is wrong, and those who decide."""
    partner = Partner.objects.select_for_update(of=("self",)).get(pk=partner_id)
    _refuse_who_needs_none(partner, wish, user)
    PartnerRequest.objects.stale().filter(partner=partner, user=user).delete()
    if partner.requests.undecided().filter(user=user).exists():
        raise AlreadyAsked
    _refuse_too_many(partner, user)
    made = PartnerRequest.objects.create(partner=partner, user=user, wish=wish)
    access.note_changed(user, ABOUT, [made.pk], what="asked", partner=partner.pk, wish=wish)
    for administrator in partner.memberships.administrators().select_related("user"):
        letters.request_asked(administrator.user.email, is_takeover=made.is_takeover).send()
    letters.request_waits(made.pk).send()
    return made


@transaction.atomic
def decide_request(request_id: int, *, by: "User", granted: bool) -> PartnerRequest:
    """The council decides, and all concerned are told."""
    partner_id = PartnerRequest.objects.values_list("partner", flat=True).get(pk=request_id)
    partner = Partner.objects.select_for_update(of=("self",)).get(pk=partner_id)
    request = PartnerRequest.objects.select_for_update(of=("self",)).select_related("user").get(pk=request_id)
    if granted and (not request.user.is_active or request.user.is_staff or partner.agreement_is_over):
        raise RequestOver
    request.decide(by=by, granted=granted)
    request.save(update_fields=["decided_at", "decided_by", "granted"])
    access.note_changed(by, ABOUT, [request.pk], what="granted" if granted else "refused")
    if granted:
        (_hand_over if request.is_takeover else _let_join)(partner, request.user)
    letters.request_decided(request.user.email, granted=granted, is_takeover=request.is_takeover).send()
    return request


def drop_requests_of(user: "User") -> None:
    """Whoever may not sign in any more asks for nothing: there is nobody to decide about."""
    PartnerRequest.objects.undecided().filter(user=user).delete()


def _hand_over(partner: Partner, successor: "User") -> None:
    """The administrators before stay as editors, until the new one removes them; what they had sent out is dead."""
    before = partner.memberships.filter(role=ADMINISTRATOR).exclude(user=successor)
    administrators = list(before.select_related("user"))
    PartnerMembership.objects.update_or_create(partner=partner, user=successor, defaults={"role": ADMINISTRATOR})
    before.update(role=EDITOR)
    partner.invitations.all().withdraw()
    for administrator in administrators:
        letters.handed_over(administrator.user.email).send()


def _let_join(partner: Partner, user: "User") -> None:
    PartnerMembership.objects.get_or_create(partner=partner, user=user, defaults={"role": EDITOR})
    for administrator in partner.memberships.administrators().exclude(user=user).select_related("user"):
        letters.joined(administrator.user.email).send()


def _refuse_who_needs_none(partner: Partner, wish: str, user: "User") -> None:
    if user.is_staff:
        raise CouncilStaff
    mine = partner.memberships.filter(user=user)
    wanted = mine.filter(role=ADMINISTRATOR) if wish == PartnerRequest.Wish.TAKE_OVER else mine
    if wanted.exists():
        raise AlreadyYours


def _refuse_too_many(partner: Partner, user: "User") -> None:
    """Whoever has proved an address can ask: nobody floods the council or a partner with it."""
    lately = PartnerRequest.objects.filter(asked_at__gt=timezone.now() - dt.timedelta(days=1))
    if lately.filter(user=user).count() >= PER_DAY or lately.filter(partner=partner).count() >= PER_PARTNER_AND_DAY:
        raise TooManyRequests
