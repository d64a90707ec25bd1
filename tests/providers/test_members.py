"""Who acts for a provider: roles, removal, and the owner that always remains."""

import threading

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from careportal.accounts.models import AuditEntry
from providers import services
from providers.exceptions import LastOwner, OwnersOnly
from providers.models import Invitation, Membership
from tests.factories import MembershipFactory, UserFactory

OWNER, MEMBER = Membership.Role.OWNER, Membership.Role.MEMBER


def test_an_owner_makes_another_owner_and_it_is_recorded_by_numbers(owner, member):
    services.change_role(membership_id=member.pk, role=OWNER, by=owner.user)

    member.refresh_from_db()
    entry = AuditEntry.objects.get(about="providers.provider")
    assert member.is_owner
    assert entry.by == owner.user
    assert entry.detail == {"person": member.user_id, "what": "role", "before": "member", "after": "owner"}


def test_a_member_manages_nobody(provider, owner, member):
    with pytest.raises(OwnersOnly):
        services.change_role(membership_id=member.pk, role=OWNER, by=member.user)
    with pytest.raises(OwnersOnly):
        services.remove_member(membership_id=owner.pk, by=member.user)
    with pytest.raises(OwnersOnly):
        services.invite(provider_id=provider.pk, email="new@example.org", role=MEMBER, by=member.user)

    assert provider.memberships.filter(role=OWNER).get() == owner


def test_an_owner_of_another_organisation_manages_nobody_here(member, stranger):
    with pytest.raises(OwnersOnly):
        services.remove_member(membership_id=member.pk, by=stranger.user)


def test_the_last_owner_neither_leaves_nor_becomes_a_member(owner, member):
    with pytest.raises(LastOwner):
        services.change_role(membership_id=owner.pk, role=MEMBER, by=owner.user)
    with pytest.raises(LastOwner):
        services.remove_member(membership_id=owner.pk, by=owner.user)

    owner.refresh_from_db()
    assert owner.is_owner


def test_an_owner_who_may_not_sign_in_does_not_count(provider, owner):
    MembershipFactory(provider=provider, owner=True, user=UserFactory(is_active=False))

    with pytest.raises(LastOwner):
        services.remove_member(membership_id=owner.pk, by=owner.user)


def test_with_another_owner_an_owner_may_leave(provider, owner, member):
    services.change_role(membership_id=member.pk, role=OWNER, by=owner.user)

    services.remove_member(membership_id=owner.pk, by=owner.user)

    assert [one.user for one in provider.memberships.all()] == [member.user]


def test_a_member_may_leave_by_themselves_and_gets_no_letter_about_it(owner, member):
    services.remove_member(membership_id=member.pk, by=member.user)

    assert mail.outbox == []


def test_whoever_is_removed_is_told_without_any_name(provider, owner, member):
    services.remove_member(membership_id=member.pk, by=owner.user)

    (letter,) = mail.outbox
    assert letter.to == [member.user.email]
    assert provider.name not in letter.body + letter.subject
    assert owner.user.email not in letter.body


def test_what_a_removed_owner_sent_out_is_dead(provider, owner):
    """(AZ12)"""
    other = MembershipFactory(provider=provider, owner=True)
    services.invite(provider_id=provider.pk, email="friend@example.org", role=OWNER, by=other.user)

    services.remove_member(membership_id=other.pk, by=owner.user)

    assert not Invitation.objects.open().exists()


def test_two_organisations_of_one_name_are_two(owner, provider):
    again = services.make_organisation(
        owner=UserFactory(), name=provider.name, type=provider.type, postcode=provider.postcode
    )

    assert again != provider
    assert not again.memberships.filter(user=owner.user).exists()


def test_the_database_knows_the_roles(owner):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=owner.pk).update(role="king")


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_once_leave_one():
    first = MembershipFactory(owner=True)
    second = MembershipFactory(owner=True, provider=first.provider)
    start = threading.Barrier(2)

    def remove(other: Membership, by: Membership) -> None:
        start.wait()
        try:
            services.remove_member(membership_id=other.pk, by=by.user)
        except (LastOwner, OwnersOnly, Membership.DoesNotExist):
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert first.provider.memberships.owners().count() == 1
