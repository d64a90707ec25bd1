"""A partner with somebody who keeps its listings, and what its mailbox holds."""

import re

from enquiries.models import OutgoingMail
from programmes.models import Partner, PartnerMembership
from tests.factories import PartnerFactory, ProgrammeFactory, UserFactory


def partner_with(*titles: str, address: str = "keeper@example.org", **fields: object) -> Partner:
    """A partner, its administrator, and a published programme for each title, due for a check today."""
    partner = PartnerFactory(**fields)
    user = UserFactory(email=address)
    PartnerMembership.objects.create(partner=partner, user=user, role=PartnerMembership.Role.ADMINISTRATOR)
    for title in titles:
        ProgrammeFactory(title=title).partners.add(partner)
    return partner


def letters_to(address: str) -> list[str]:
    return list(OutgoingMail.objects.filter(recipient=address).order_by("pk").values_list("text", flat=True))


def page_of(text: str) -> str:
    """The path of the page on which the letter is answered."""
    found = re.search(r"https?://[^/\s]+(/partner/\S+)", text)
    assert found, text
    return found[1]


def code_in(text: str) -> str:
    found = re.search(r"^[0-9]{6}$", text, re.MULTILINE)
    assert found, text
    return found[0]
