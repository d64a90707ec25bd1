"""What holds of every invitation, to act for a partner or for an organisation: one address, one use, three days."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

import programmes.exceptions
import programmes.services
import providers.exceptions
import providers.services
from programmes.models import PartnerInvitation
from providers.models import Invitation
from tests.factories import MembershipFactory, PartnerMembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

NEW = "colleague@example.org"


@dataclass
class House:
    """Where somebody is invited to, and the membership of whoever may invite."""

    name: str
    inviter: Any
    role: str
    services: Any
    refusals: Any
    invitations: Any
    page: str

    def invite(self, email=NEW):
        whose = {f"{self.name}_id": getattr(self.inviter, f"{self.name}_id")}
        self.services.invite(**whose, email=email, role=self.role, by=self.inviter.user)

    def withdraw(self):
        self.services.withdraw_invitation(invitation_id=self.invitations.get().pk, by=self.inviter.user)

    def accept(self, token, user):
        return self.services.accept_invitation(token=token, user=user)


def partner():
    refusals, inviter = programmes.exceptions, PartnerMembershipFactory(administrator=True)
    return House(
        "partner", inviter, "editor", programmes.services, refusals, PartnerInvitation.objects, "/partner/invitations/"
    )


def provider():
    refusals, inviter = providers.exceptions, MembershipFactory(owner=True)
    return House("provider", inviter, "member", providers.services, refusals, Invitation.objects, "/invitations/")


@pytest.fixture(params=[partner, provider])
def house(request, db):
    return request.param()


@pytest.fixture
def token(house):
    house.invite(NEW.title())
    return mail.outbox[-1].body.partition(house.page)[2].partition("/")[0]


@pytest.fixture
def colleague(db):
    user = UserFactory(email=NEW)
    EmailAddress.objects.create(user=user, email=NEW, verified=True, primary=True)
    return user


def test_it_is_one_mail_that_names_nobody_and_nothing_typed(house, token, settings):
    (letter,) = mail.outbox
    assert letter.to == [NEW]
    assert f"{settings.BASE_URL}{house.page}{token}/" in letter.body
    assert str(getattr(house.inviter, house.name)) not in letter.subject + letter.body


def test_the_token_is_stored_only_as_a_hash(house, token):
    """(AZ15)"""
    assert len(token) >= 43
    assert token not in str(house.invitations.values().get())


def test_it_works_once(house, token, colleague):
    """(AZ15)"""
    house.accept(token, colleague)

    with pytest.raises(house.refusals.InvitationOver):
        house.accept(token, colleague)


def test_another_signed_in_person_is_refused(house, token):
    """(AZ15)"""
    with pytest.raises(house.refusals.OtherAddress):
        house.accept(token, UserFactory())

    assert house.invitations.open().exists()


def test_an_address_that_is_not_proved_accepts_nothing(house, token):
    """(AZ15, trap 19)"""
    unproved = UserFactory(email=NEW)
    EmailAddress.objects.create(user=unproved, email=NEW, verified=False, primary=True)

    with pytest.raises(house.refusals.OtherAddress):
        house.accept(token, unproved)


def test_after_three_days_it_is_over(house, token, colleague):
    """(AZ15)"""
    later = time_machine.travel(timezone.now() + dt.timedelta(hours=72, seconds=1))
    with later, pytest.raises(house.refusals.InvitationOver):
        house.accept(token, colleague)


def test_withdrawn_it_is_dead(house, token, colleague):
    """(AZ15)"""
    house.withdraw()

    with pytest.raises(house.refusals.InvitationOver):
        house.accept(token, colleague)


def test_what_was_accepted_cannot_be_withdrawn(house, token, colleague):
    house.accept(token, colleague)

    with pytest.raises(house.refusals.InvitationOver):
        house.withdraw()


def test_a_new_one_ends_the_one_before(house, token, colleague):
    house.invite()

    with pytest.raises(house.refusals.InvitationOver):
        house.accept(token, colleague)
    assert house.invitations.open().count() == 1


def test_whoever_belongs_to_it_is_not_invited_again(house, token, colleague):
    house.accept(token, colleague)

    with pytest.raises(house.refusals.AlreadyMember):
        house.invite()


def test_one_address_gets_at_most_three_a_day(house):
    """(trap 20)"""
    for _ in range(3):
        house.invite()

    with pytest.raises(house.refusals.TooManyMails):
        house.invite()
    assert len(mail.outbox) == 3


def test_one_person_sends_at_most_twenty_an_hour(house):
    """(trap 20)"""
    for number in range(20):
        house.invite(f"{number}@example.org")

    with pytest.raises(house.refusals.TooManyMails):
        house.invite()


def test_its_address_is_forgotten_a_month_after_its_end(house, token):
    with time_machine.travel(timezone.now() + dt.timedelta(days=32)):
        house.services.forget_what_is_over()
        assert house.invitations.exists()
    with time_machine.travel(timezone.now() + dt.timedelta(days=33, hours=1)):
        house.services.forget_what_is_over()

    assert not house.invitations.exists()


@pytest.mark.parametrize("wrong", ["", "x", "\x00", "\ud800", "a" * 100_000])
def test_a_token_that_is_none_is_refused(house, colleague, wrong):
    with pytest.raises(house.refusals.InvitationOver):
        house.accept(wrong, colleague)
