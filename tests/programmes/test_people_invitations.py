"""Invitations to act for a partner: one address, one use, three days."""

import datetime as dt

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from careportal.accounts import services as accounts
from careportal.accounts.models import AuditEntry
from careportal.accounts.roles import Role
from programmes import services
from programmes.exceptions import (
    AdministratorsOnly,
    AgreementOver,
    CouncilStaff,
    InvitationOver,
)
from programmes.models import Partner, PartnerInvitation, PartnerMembership
from tests.enquiries.crowd import at_once
from tests.factories import PartnerFactory, UserFactory, in_days

EDITOR, ADMINISTRATOR = PartnerMembership.Role.EDITOR, PartnerMembership.Role.ADMINISTRATOR
NEW = "colleague@example.org"


@pytest.fixture
def lead(db):
    return UserFactory(lead=True)


@pytest.fixture
def colleague(db):
    user = UserFactory(email=NEW)
    EmailAddress.objects.create(user=user, email=NEW, verified=True, primary=True)
    return user


@pytest.fixture
def token(partner, administrator, mailed_token):
    services.invite(partner_id=partner.pk, email=NEW.title(), role=EDITOR, by=administrator.user)
    return mailed_token()


def test_whoever_has_the_address_accepts_it_in_the_role_that_was_given(partner, token, colleague):
    membership = services.accept_invitation(token=token, user=colleague)

    assert (membership.partner, membership.user, membership.role) == (partner, colleague, EDITOR)


def test_renewed_the_new_one_works_and_the_one_before_is_dead(administrator, token, colleague, mailed_token):
    """AZ15."""
    before = PartnerInvitation.objects.get()
    with time_machine.travel(timezone.now() + dt.timedelta(hours=80)):
        services.renew_invitation(invitation_id=before.pk, by=administrator.user)

        with pytest.raises(InvitationOver):
            services.accept_invitation(token=token, user=colleague)
        assert services.accept_invitation(token=mailed_token(), user=colleague).role == before.role


def test_what_was_accepted_is_neither_renewed_nor_withdrawn(administrator, token, colleague):
    services.accept_invitation(token=token, user=colleague)
    number = PartnerInvitation.objects.get().pk

    for step in (services.renew_invitation, services.withdraw_invitation):
        with pytest.raises(InvitationOver):
            step(invitation_id=number, by=administrator.user)


def test_the_council_invites_the_first_administrator(partner, lead, colleague, mailed_token):
    services.invite(partner_id=partner.pk, email=NEW, role=ADMINISTRATOR, by=lead)

    assert services.accept_invitation(token=mailed_token(), user=colleague).is_administrator


def test_nobody_else_invites(partner, editor, stranger, officer):
    """AZ4: not its editors, not administrators of another partner, not an officer who may not decide about partners."""
    for somebody in (editor.user, stranger.user, officer):
        with pytest.raises(AdministratorsOnly):
            services.invite(partner_id=partner.pk, email=NEW, role=EDITOR, by=somebody)

    assert mail.outbox == []


def test_nobody_else_withdraws_or_renews(editor, stranger, officer, token):
    """AZ4."""
    number = PartnerInvitation.objects.get().pk
    for somebody in (editor.user, stranger.user, officer):
        for step in (services.renew_invitation, services.withdraw_invitation):
            with pytest.raises(AdministratorsOnly):
                step(invitation_id=number, by=somebody)

    assert PartnerInvitation.objects.open().count() == 1


def test_an_administrator_whose_agreement_is_over_invites_nobody(partner, administrator):
    Partner.objects.update(agreement_ends_on=in_days(-1))

    with pytest.raises(AdministratorsOnly):
        services.invite(partner_id=partner.pk, email=NEW, role=EDITOR, by=administrator.user)


def test_the_council_is_told_to_set_a_date_before_it_invites_again(partner, lead):
    Partner.objects.update(agreement_ends_on=in_days(-1))

    with pytest.raises(AgreementOver):
        services.invite(partner_id=partner.pk, email=NEW, role=EDITOR, by=lead)


def test_after_the_agreement_nobody_accepts(token, colleague):
    Partner.objects.update(agreement_ends_on=in_days(-1))

    with pytest.raises(InvitationOver):
        services.accept_invitation(token=token, user=colleague)


def test_council_staff_act_for_no_partner(token):
    """PA4: nobody could approve their own edit."""
    staff = UserFactory(email=NEW, officer=True)
    EmailAddress.objects.create(user=staff, email=NEW, verified=True, primary=True)

    with pytest.raises(CouncilStaff):
        services.accept_invitation(token=token, user=staff)


def test_it_dies_with_the_account_of_whoever_sent_it_and_of_whoever_it_was_for(administrator, token, colleague):
    """AZ12."""
    council = UserFactory(administrator=True)
    for user in (administrator.user, colleague):
        PartnerInvitation.objects.update(withdrawn_at=None)
        accounts.deactivate(user_id=user.pk, by=council)

        assert not PartnerInvitation.objects.open().exists()


def test_it_dies_when_the_council_officer_who_sent_it_may_not_decide_any_more(partner, lead):
    """AZ12."""
    services.invite(partner_id=partner.pk, email=NEW, role=ADMINISTRATOR, by=lead)
    accounts.change_role(user_id=lead.pk, role=Role.OFFICER, by=UserFactory(administrator=True))

    assert not PartnerInvitation.objects.open().exists()


def test_a_change_of_role_that_leaves_the_right_leaves_the_invitation(partner, lead):
    services.invite(partner_id=partner.pk, email=NEW, role=ADMINISTRATOR, by=lead)
    accounts.change_role(user_id=lead.pk, role=Role.ADMINISTRATOR, by=UserFactory(administrator=True))

    assert PartnerInvitation.objects.open().exists()


def test_each_step_is_written_down_without_an_address(administrator, token, colleague):
    """AZ20."""
    services.accept_invitation(token=token, user=colleague)

    written = AuditEntry.objects.filter(about="programmes.partnerinvitation").order_by("pk")
    assert [entry.detail["what"] for entry in written] == ["made", "accepted"]
    assert NEW not in str(list(written.values()))


def test_the_database_refuses_an_invitation_that_cannot_be(partner):
    row = {"partner": partner, "email": NEW, "token_hash": "0" * 64}
    PartnerInvitation.objects.create(**row)
    wrong = (
        {"token_hash": "1" * 64},
        {"partner": PartnerFactory(), "email": NEW.title(), "token_hash": "2" * 64},
        {"partner": PartnerFactory(), "role": "owner", "token_hash": "3" * 64},
        {
            "partner": PartnerFactory(),
            "token_hash": "4" * 64,
            "accepted_at": timezone.now(),
            "withdrawn_at": timezone.now(),
        },
    )
    for other in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            PartnerInvitation.objects.create(**{**row, **other})


@pytest.mark.django_db(transaction=True)
def test_accepted_twice_at_once_it_makes_one_membership(partner, token, colleague):
    """CO9."""
    ends = at_once(*[lambda: services.accept_invitation(token=token, user=colleague)] * 2)

    assert {type(end) for end in ends} == {PartnerMembership, InvitationOver}
    assert PartnerMembership.objects.filter(user=colleague).count() == 1
