"""An organisation with an owner and a member, and somebody of another one."""

import re

import pytest
from django.core import mail
from django.test import Client

from providers.models import Membership
from tests.factories import MembershipFactory, ProviderFactory


@pytest.fixture
def provider(db):
    return ProviderFactory(name="Example care home")


@pytest.fixture
def owner(provider) -> Membership:
    return MembershipFactory(provider=provider, owner=True)


@pytest.fixture
def member(provider) -> Membership:
    return MembershipFactory(provider=provider)


@pytest.fixture
def stranger(db) -> Membership:
    """The owner of another organisation."""
    return MembershipFactory(owner=True)


@pytest.fixture
def browser():
    """A signed-in browser of somebody."""

    def signed_in(membership: Membership) -> Client:
        client = Client()
        client.force_login(membership.user)
        return client

    return signed_in


@pytest.fixture
def mailed_token():
    """The token of the newest invitation in the post."""

    def find() -> str:
        return re.findall(r"/invitations/([\w-]+)/", mail.outbox[-1].body)[-1]

    return find


@pytest.fixture
def mailed_code():
    def find() -> str:
        return re.findall(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[-1]

    return find
