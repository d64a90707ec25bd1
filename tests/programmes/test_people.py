"""Who acts for a partner: roles, leaving, the last administrator; and what the agreement's end means."""

import logging

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.http import Http404

from careportal.accounts import services as accounts
from careportal.accounts.models import AuditEntry
from programmes import services
from programmes.exceptions import AdministratorsOnly, LastAdministrator
from programmes.models import ListingChange, Partner, PartnerInvitation, PartnerMembership, ProposedField
from programmes.permissions import memberships_of, readers_of
from tests.factories import PartnerFactory, PartnerMembershipFactory, ProgrammeFactory, UserFactory, in_days

EDITOR, ADMINISTRATOR = PartnerMembership.Role.EDITOR, PartnerMembership.Role.ADMINISTRATOR


@pytest.fixture
def second(partner):
    return PartnerMembershipFactory(partner=partner, administrator=True)


def invite(by):
    return services.invite(partner_id=by.partner_id, email="new@example.org", role=EDITOR, by=by.user)


def test_an_administrator_makes_an_editor_administrator_who_is_told(administrator, editor):
    services.change_role(membership_id=editor.pk, role=ADMINISTRATOR, by=administrator.user)

    editor.refresh_from_db()
    assert editor.is_administrator
    assert [letter.to for letter in mail.outbox] == [[editor.user.email]]


def test_whoever_is_administrator_no_more_has_invited_nobody(administrator, second):
    """AZ12."""
    invite(second)
    services.change_role(membership_id=second.pk, role=EDITOR, by=administrator.user)

    assert not PartnerInvitation.objects.open().exists()


def test_whoever_is_removed_is_out_and_told_and_their_invitations_die(administrator, second):
    """AZ11, AZ12."""
    invite(second)
    services.remove_person(membership_id=second.pk, by=administrator.user)

    with pytest.raises(Http404):
        memberships_of(second.user)
    assert not PartnerInvitation.objects.open().exists()
    assert mail.outbox[-1].to == [second.user.email]


def test_what_an_editor_wrote_stays_with_the_partner_when_they_leave(partner, administrator, editor):
    """PA14."""
    programme = ProgrammeFactory()
    programme.partners.add(partner)
    change = services.propose(
        programme_id=programme.pk, partner_id=partner.pk, by=editor.user, values={"description": "New words."}
    )
    services.remove_person(membership_id=editor.pk, by=editor.user)

    assert list(ListingChange.objects.of(partner).open()) == [change]
    assert ProposedField.objects.get(change=change).after == "New words."
    assert change.revisions.get().by == editor.user


def test_an_editor_may_leave_and_decides_about_nobody_else(administrator, editor, partner):
    colleague = PartnerMembershipFactory(partner=partner)
    for act in (
        lambda: services.remove_person(membership_id=colleague.pk, by=editor.user),
        lambda: services.change_role(membership_id=editor.pk, role=ADMINISTRATOR, by=editor.user),
    ):
        with pytest.raises(AdministratorsOnly):
            act()

    services.remove_person(membership_id=editor.pk, by=editor.user)
    assert not PartnerMembership.objects.filter(pk=editor.pk).exists()


def test_an_administrator_of_another_partner_changes_nothing(editor, stranger):
    """AZ4."""
    with pytest.raises(AdministratorsOnly):
        services.remove_person(membership_id=editor.pk, by=stranger.user)
    with pytest.raises(AdministratorsOnly):
        services.change_role(membership_id=editor.pk, role=ADMINISTRATOR, by=stranger.user)


def test_the_last_administrator_stays_one_whoever_asks(administrator, editor):
    for by in (administrator.user, UserFactory(lead=True)):
        with pytest.raises(LastAdministrator):
            services.remove_person(membership_id=administrator.pk, by=by)
        with pytest.raises(LastAdministrator):
            services.change_role(membership_id=administrator.pk, role=EDITOR, by=by)


def test_an_administrator_who_may_not_sign_in_does_not_count(administrator, second):
    accounts.deactivate(user_id=second.user_id, by=UserFactory(administrator=True))

    with pytest.raises(LastAdministrator):
        services.remove_person(membership_id=administrator.pk, by=administrator.user)
    services.remove_person(membership_id=second.pk, by=administrator.user)


def test_two_administrators_may_go_one_after_the_other_but_not_both(administrator, second):
    services.change_role(membership_id=second.pk, role=EDITOR, by=administrator.user)

    with pytest.raises(LastAdministrator):
        services.change_role(membership_id=administrator.pk, role=EDITOR, by=administrator.user)


def test_each_change_is_written_down(administrator, editor):
    """AZ20."""
    services.change_role(membership_id=editor.pk, role=ADMINISTRATOR, by=administrator.user)
    services.remove_person(membership_id=editor.pk, by=administrator.user)

    written = AuditEntry.objects.filter(about="programmes.partner", by=administrator.user).order_by("pk")
    assert [entry.detail["what"] for entry in written] == ["role", "removed"]
    assert {entry.detail["person"] for entry in written} == {editor.user_id}


def test_the_database_knows_the_roles(editor):
    with pytest.raises(IntegrityError), transaction.atomic():
        PartnerMembership.objects.filter(pk=editor.pk).update(role="owner")


# --- The agreement's end


@pytest.mark.parametrize(("days", "acts", "reads"), [(0, True, True), (-1, False, True), (-180, False, True)])
def test_on_its_last_day_they_act_and_for_half_a_year_after_it_they_read(editor, days, acts, reads):
    Partner.objects.update(agreement_ends_on=in_days(days))

    assert may(memberships_of, editor) == acts
    assert may(readers_of, editor) == reads


def test_then_they_read_nothing_more_and_each_refusal_is_logged(editor, caplog):
    """AZ20."""
    Partner.objects.update(agreement_ends_on=in_days(-181))

    with caplog.at_level(logging.WARNING):
        assert not may(readers_of, editor)
    assert f"partner_figures.refused user={editor.user_id}" in caplog.text


def test_figures_are_read_by_nobody_else(officer, db):
    for user in (officer, UserFactory()):
        with pytest.raises(Http404):
            readers_of(user)


def test_partners_whose_agreement_ends_within_sixty_days_are_known(db):
    days = {name: PartnerFactory(agreement_ends_on=in_days(days)) for name, days in
            {"over": -1, "today": 0, "last": 60, "later": 61}.items()}  # fmt: skip
    PartnerFactory(agreement_ends_on=None)

    assert set(Partner.objects.agreement_ending()) == {days["today"], days["last"]}
    assert set(Partner.objects.agreement_over()) == {days["over"]}
    assert [days[name].agreement_is_ending for name in days] == [False, True, True, False]


def may(who_may, membership) -> bool:
    try:
        return bool(who_may(membership.user))
    except Http404:
        return False
