"""A partner with an administrator and an editor, and somebody of another one."""

import re

import pytest
from django.core import mail
from django.test import Client

from careportal.accounts.services import give_second_factor
from programmes import services
from programmes.models import PartnerMembership
from tests.factories import IntakeFactory, PartnerFactory, PartnerMembershipFactory
from tests.programmes.people import a_partner


@pytest.fixture
def partner(db):
    return PartnerFactory(name="Example partner", website="https://www.partner.example/about")


@pytest.fixture
def administrator(partner) -> PartnerMembership:
    return PartnerMembershipFactory(partner=partner, administrator=True)


@pytest.fixture
def editor(partner) -> PartnerMembership:
    return PartnerMembershipFactory(partner=partner)


@pytest.fixture
def stranger(db) -> PartnerMembership:
    """The administrator of another partner."""
    return PartnerMembershipFactory(administrator=True)


@pytest.fixture
def browser():
    """A signed-in browser of somebody; of an administrator who has set up a second factor."""

    def signed_in(membership: PartnerMembership) -> Client:
        if membership.is_administrator:
            give_second_factor(membership.user)
        client = Client()
        client.force_login(membership.user)
        return client

    return signed_in


@pytest.fixture
def mailed_token():
    """The token of the newest invitation in the post."""

    def find() -> str:
        return re.findall(r"/partner/invitations/([\w-]+)/", mail.outbox[-1].body)[-1]

    return find


@pytest.fixture
def through_the_outbox(settings):
    settings.EMAIL_BACKEND = "enquiries.mail.backend.OutboxBackend"
    settings.CONFIRM_DAYS = 10


@pytest.fixture
def ours(db):
    """A partner with an editor and a listing."""
    return a_partner()


@pytest.fixture
def theirs(db):
    """Another partner, with a proposal, a message, and a new programme with an intake."""
    partner, editor, programme = a_partner()
    change = services.propose(programme_id=programme.pk, partner_id=partner.pk, by=editor, values={"summary": "Hush."})
    services.discuss(change_id=change.pk, by=editor, text="Between us.", is_from_council=False)
    draft = services.start_programme(partner_id=partner.pk, by=editor, title="Their secret")
    IntakeFactory(programme=draft)
    return partner, editor, programme, draft
