"""Invitations: one address, one use, three days."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from careportal.accounts import services as accounts
from enquiries.mail.backend import OutboxBackend
from enquiries.models import OutgoingMail
from providers import services
from providers.exceptions import InvitationOver, OwnersOnly
from providers.models import Invitation, Membership
from tests.enquiries.crowd import at_once
from tests.factories import MembershipFactory, UserFactory

MEMBER = Membership.Role.MEMBER
NEW = "colleague@example.org"


@pytest.fixture
def colleague(db):
    user = UserFactory(email=NEW)
    EmailAddress.objects.create(user=user, email=NEW, verified=True, primary=True)
    return user


@pytest.fixture
def token(provider, owner, mailed_token):
    services.invite(provider_id=provider.pk, email=NEW.title(), role=MEMBER, by=owner.user)
    return mailed_token()


def test_the_mail_is_tried_for_as_long_as_the_invitation_is_good(token):
    OutboxBackend().send_messages(mail.outbox)

    written = OutgoingMail.objects.get()
    assert written.give_up_at - timezone.now() > dt.timedelta(hours=71)


def test_whoever_has_the_address_accepts_it(provider, token, colleague):
    membership = services.accept_invitation(token=token, user=colleague)

    assert (membership.provider, membership.user, membership.role) == (provider, colleague, MEMBER)


def test_only_an_owner_withdraws(member, stranger, token):
    for somebody in (member, stranger):
        with pytest.raises(OwnersOnly):
            services.withdraw_invitation(invitation_id=Invitation.objects.get().pk, by=somebody.user)


def test_it_dies_with_the_account_of_whoever_sent_it(owner, token, colleague):
    """(AZ12)"""
    administrator = accounts.create_officer(email="administrator@example.org", role="administrator")
    accounts.deactivate(user_id=owner.user_id, by=administrator)

    with pytest.raises(InvitationOver):
        services.accept_invitation(token=token, user=colleague)


def test_it_dies_with_the_account_that_it_was_for(token, colleague):
    """(AZ12)"""
    administrator = accounts.create_officer(email="administrator@example.org", role="administrator")
    accounts.deactivate(user_id=colleague.pk, by=administrator)

    assert not Invitation.objects.open().exists()


def test_an_accepted_one_takes_nothing_from_an_owner(provider, token, colleague):
    Membership.objects.create(provider=provider, user=colleague, role=Membership.Role.OWNER)

    assert services.accept_invitation(token=token, user=colleague).is_owner


def test_the_database_keeps_one_pending_invitation_an_address(provider, token):
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(provider=provider, email=NEW, token_hash="0" * 64)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_accept_one_at_once_one_succeeds(mailed_token):
    """(CO9)"""
    owner = MembershipFactory(owner=True)
    colleague = MembershipFactory(user__email=NEW).user
    services.invite(provider_id=owner.provider_id, email=NEW, role=MEMBER, by=owner.user)
    token = mailed_token()

    ends = at_once(*[lambda: services.accept_invitation(token=token, user=colleague)] * 20)

    assert sum(isinstance(end, InvitationOver) for end in ends) == 19
    assert owner.provider.memberships.filter(user=colleague).count() == 1
