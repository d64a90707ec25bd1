"""Invitations: one address, one use, three days."""

import datetime as dt
import threading

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from careportal.accounts import services as accounts
from enquiries.mail.backend import OutboxBackend
from enquiries.models import OutgoingMail
from providers import services
from providers.exceptions import AlreadyMember, InvitationOver, OtherAddress, OwnersOnly, TooManyMails
from providers.models import Invitation, Membership
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


def test_an_invitation_is_one_mail_that_names_nobody_and_nothing_typed(provider, token, settings):
    (letter,) = mail.outbox
    assert letter.to == [NEW]
    assert f"{settings.BASE_URL}/invitations/{token}/" in letter.body
    assert provider.name not in letter.subject + letter.body


def test_the_token_is_stored_only_as_a_hash(token):
    """(AZ15)"""
    invitation = Invitation.objects.get()

    assert len(token) >= 43
    assert token not in str(Invitation.objects.filter(pk=invitation.pk).values().get())


def test_the_mail_is_tried_for_as_long_as_the_invitation_is_good(token):
    OutboxBackend().send_messages(mail.outbox)

    written = OutgoingMail.objects.get()
    assert written.give_up_at - timezone.now() > dt.timedelta(hours=71)


def test_whoever_has_the_address_accepts_it(provider, token, colleague):
    membership = services.accept_invitation(token=token, user=colleague)

    assert (membership.provider, membership.user, membership.role) == (provider, colleague, MEMBER)


def test_it_works_once(token, colleague):
    """(AZ15)"""
    services.accept_invitation(token=token, user=colleague)

    with pytest.raises(InvitationOver):
        services.accept_invitation(token=token, user=colleague)


def test_another_signed_in_person_is_refused(token):
    """(AZ15)"""
    other = MembershipFactory().user

    with pytest.raises(OtherAddress):
        services.accept_invitation(token=token, user=other)

    assert Invitation.objects.open().exists()


def test_an_address_that_is_not_proved_accepts_nothing(token):
    """(AZ15, trap 19)"""
    unproved = UserFactory(email=NEW)
    EmailAddress.objects.create(user=unproved, email=NEW, verified=False, primary=True)

    with pytest.raises(OtherAddress):
        services.accept_invitation(token=token, user=unproved)


def test_after_three_days_it_is_over(token, colleague):
    """(AZ15)"""
    with time_machine.travel(timezone.now() + dt.timedelta(hours=72, seconds=1)), pytest.raises(InvitationOver):
        services.accept_invitation(token=token, user=colleague)


def test_withdrawn_it_is_dead(owner, token, colleague):
    """(AZ15)"""
    services.withdraw_invitation(invitation_id=Invitation.objects.get().pk, by=owner.user)

    with pytest.raises(InvitationOver):
        services.accept_invitation(token=token, user=colleague)


def test_only_an_owner_withdraws(member, stranger, token):
    for somebody in (member, stranger):
        with pytest.raises(OwnersOnly):
            services.withdraw_invitation(invitation_id=Invitation.objects.get().pk, by=somebody.user)


def test_what_was_accepted_cannot_be_withdrawn(owner, token, colleague):
    services.accept_invitation(token=token, user=colleague)

    with pytest.raises(InvitationOver):
        services.withdraw_invitation(invitation_id=Invitation.objects.get().pk, by=owner.user)


def test_a_new_one_ends_the_one_before(provider, owner, token, colleague):
    services.invite(provider_id=provider.pk, email=NEW, role=MEMBER, by=owner.user)

    with pytest.raises(InvitationOver):
        services.accept_invitation(token=token, user=colleague)
    assert Invitation.objects.open().count() == 1


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


def test_a_member_is_not_invited_again(provider, owner, member):
    with pytest.raises(AlreadyMember):
        services.invite(provider_id=provider.pk, email=member.user.email, role=MEMBER, by=owner.user)


def test_an_accepted_one_takes_nothing_from_an_owner(provider, token, colleague):
    Membership.objects.create(provider=provider, user=colleague, role=Membership.Role.OWNER)

    assert services.accept_invitation(token=token, user=colleague).is_owner


def test_one_address_gets_at_most_three_a_day(provider, owner):
    """(trap 20)"""
    for _ in range(3):
        services.invite(provider_id=provider.pk, email=NEW, role=MEMBER, by=owner.user)

    with pytest.raises(TooManyMails):
        services.invite(provider_id=provider.pk, email=NEW, role=MEMBER, by=owner.user)
    assert len(mail.outbox) == 3


def test_one_person_sends_at_most_twenty_an_hour(provider, owner):
    """(trap 20)"""
    for number in range(20):
        services.invite(provider_id=provider.pk, email=f"c-{number}@example.org", role=MEMBER, by=owner.user)

    with pytest.raises(TooManyMails):
        services.invite(provider_id=provider.pk, email=NEW, role=MEMBER, by=owner.user)


def test_an_address_that_was_invited_is_forgotten_a_month_after_the_end(token):
    with time_machine.travel(timezone.now() + dt.timedelta(days=32)):
        services.forget_what_is_over()
        assert Invitation.objects.exists()
    with time_machine.travel(timezone.now() + dt.timedelta(days=33, hours=1)):
        services.forget_what_is_over()

    assert not Invitation.objects.exists()


@pytest.mark.parametrize("wrong", ["", "x", "\x00", "\ud800", "a" * 100_000])
def test_a_token_that_is_none_is_refused(colleague, wrong):
    with pytest.raises(InvitationOver):
        services.accept_invitation(token=wrong, user=colleague)


def test_the_database_keeps_one_pending_invitation_an_address(provider, token):
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(provider=provider, email=NEW, token_hash="0" * 64)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_accept_one_at_once_one_succeeds(mailed_token):
    """(CO9)"""
    owner = MembershipFactory(owner=True)
    colleague = MembershipFactory(user__email=NEW).user
    services.invite(provider_id=owner.provider_id, email=NEW, role=MEMBER, by=owner.user)
    token, start, ends = mailed_token(), threading.Barrier(20), []

    def accept() -> None:
        start.wait()
        try:
            services.accept_invitation(token=token, user=colleague)
            ends.append("joined")
        except InvitationOver:
            ends.append("over")
        finally:
            connection.close()

    threads = [threading.Thread(target=accept) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ends) == ["joined"] + ["over"] * 19
    assert owner.provider.memberships.filter(user=colleague).count() == 1
