"""The account of whoever reads an address, and the organisations that it belongs to."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from careportal.accounts.models import AccountEvent, User
from careportal.kit.devices import device_in_words
from enquiries.held.parts import MOST, Item, Part, Row, part, rows
from programmes.models import PartnerInvitation, PartnerMembership, PartnerRequest
from providers.models import Handover, Invitation, Membership, Provider

MOST_EVENTS = 50


def account(address: str) -> Part:
    user = User.objects.filter(email=address).first()
    return part("account", "Your account", _account(user) if user else [])


def _account(user: User) -> Iterator[Item]:
    factors = [str(one.get_type_display()) for one in Authenticator.objects.filter(user=user)]
    yield Item(
        "How you sign in",
        rows(
            *(("Email address", user.email), ("Name", user.name), ("Made", user.joined_at)),
            *(("Role", user.get_role_display() if user.role else ""), ("Password", _yes(user.has_usable_password()))),
            ("Second factors", ", ".join(factors)),
        ),
    )
    sessions = UserSession.objects.filter(user=user).order_by("-last_seen_at")[:MOST]
    yield from (_session(one) for one in sessions)
    events = AccountEvent.objects.filter(user=user)[:MOST_EVENTS]
    done = [Row(one.get_kind_display(), one.at) for one in events]
    if done:
        yield Item(f"What was done with it, the last {len(done)}", done)


def _yes(is_so: bool) -> str:
    return "Yes" if is_so else "No: by code"


def _session(session: UserSession) -> Item:
    facts = rows(("Signed in", session.created_at), ("Last seen", session.last_seen_at), ("Network", session.ip))
    return Item(f"Signed in on {device_in_words(session.user_agent)}", facts)


def organisations(address: str) -> Part:
    """Those that the person acts for, was invited to, asks to take over, or is the second contact of."""
    items = [*_memberships(address), *_invitations(address), *_handovers(address), *_second_contacts(address)]
    return part("organisations", "Organisations", items, len(items))


def _memberships(address: str) -> Iterator[Item]:
    for one in Membership.objects.filter(user__email=address).select_related("provider"):
        facts = (("Role", one.get_role_display()), ("Name", one.contact_name), ("Telephone", one.telephone))
        yield Item(one.provider.name, rows(*facts))
    for other in PartnerMembership.objects.filter(user__email=address).select_related("partner"):
        yield Item(other.partner.name, rows(("Role", other.get_role_display())))
    for asked in PartnerRequest.objects.filter(user__email=address).select_related("partner"):
        yield Item(asked.partner.name, rows(("You asked to act for it", asked.asked_at)))


def _invitations(address: str) -> Iterator[Item]:
    for one in Invitation.objects.filter(email=address).select_related("provider"):
        yield Item(one.provider.name, rows(("You were invited", one.made_at), ("Accepted", one.accepted_at)))
    for other in PartnerInvitation.objects.filter(email=address).select_related("partner"):
        yield Item(other.partner.name, rows(("You were invited", other.made_at), ("Accepted", other.accepted_at)))


def _handovers(address: str) -> Iterator[Item]:
    for one in Handover.objects.filter(user__email=address).select_related("provider"):
        facts = (("You asked to take it over", one.asked_at), ("Decided", one.decided_at))
        yield Item(one.provider.name, rows(*facts))


def _second_contacts(address: str) -> Iterator[Item]:
    for one in Provider.objects.filter(second_email__iexact=address):
        yield Item(one.name, rows(("This address is its second contact since", one.second_proved_at)))
