import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from careportal.accounts import exceptions, services
from careportal.accounts.models import AccountEvent, SecondFactorReset, User
from careportal.accounts.roles import Role
from tests.accounts.journeys import has_factor, sign_in

Kind = AccountEvent.Kind


def kinds(user):
    return list(user.events.order_by("pk").values_list("kind", flat=True))


# --- People


def test_a_new_officer_can_sign_in_by_code_at_once_and_has_no_password(administrator):
    person = services.create_officer(email=" New@Example.org ", name="New", role=Role.OFFICER, by=administrator)

    address = EmailAddress.objects.get(user=person)
    assert (person.email, address.email, address.verified, address.primary) == (
        "new@example.org",
        "new@example.org",
        True,
        True,
    )
    assert not person.has_usable_password()
    event = AccountEvent.objects.get(user=person)
    assert (event.kind, event.by, event.after) == (Kind.CREATED, administrator, Role.OFFICER)


def test_one_address_has_one_account(administrator, officer):
    with pytest.raises(exceptions.AddressTaken):
        services.create_officer(email="OFFICER@example.org", by=administrator)

    assert User.objects.filter(email="officer@example.org").count() == 1


def test_an_address_that_is_none_makes_no_account(db):
    with pytest.raises(ValidationError):
        services.create_officer(email="not an address")

    assert not User.objects.exists()


@pytest.mark.parametrize("role", [Role.NONE, Role.VIEWER, Role.OFFICER, Role.LEAD])
def test_only_administrators_make_accounts(db, role):
    """(AZ14)"""
    somebody = services.create_officer(email="somebody@example.org", role=role)

    with pytest.raises(exceptions.NotAllowed):
        services.create_officer(email="new@example.org", role=Role.ADMINISTRATOR, by=somebody)

    assert not User.objects.filter(email="new@example.org").exists()


def test_a_new_role_is_recorded_with_what_it_was_and_ends_the_sessions(client, administrator, officer):
    """(AD8)"""
    sign_in(client, officer)

    services.change_role(user_id=officer.pk, role=Role.LEAD, by=administrator)

    event = officer.events.get(kind=Kind.ROLE_CHANGED)
    assert (event.by, event.before, event.after) == (administrator, Role.OFFICER, Role.LEAD)
    assert client.get("/admin/").url.startswith("/account/login/")


def test_nobody_changes_their_own_role(administrator, second_administrator):
    """(AZ14)"""
    with pytest.raises(exceptions.OwnAccount):
        services.change_role(user_id=administrator.pk, role=Role.LEAD, by=administrator)

    administrator.refresh_from_db()
    assert administrator.role == Role.ADMINISTRATOR


def test_a_lead_officer_raises_nobody(lead, officer, administrator):
    """(AZ14)"""
    with pytest.raises(exceptions.NotAllowed):
        services.change_role(user_id=officer.pk, role=Role.LEAD, by=lead)


def test_the_only_administrator_stays_one(administrator, lead):
    for order in (
        lambda: services.change_role(user_id=administrator.pk, role=Role.LEAD),
        lambda: services.change_role(user_id=administrator.pk, role=Role.LEAD, by=administrator),
        lambda: services.deactivate(user_id=administrator.pk),
    ):
        with pytest.raises(exceptions.LastAdministrator):
            order()

    assert list(User.objects.administrators()) == [administrator]


def test_an_administrator_who_may_not_sign_in_does_not_count(administrator, second_administrator):
    services.deactivate(user_id=second_administrator.pk, by=administrator)

    with pytest.raises(exceptions.LastAdministrator):
        services.deactivate(user_id=administrator.pk)


def test_a_deactivated_administrator_decides_nothing_any_more(administrator, second_administrator):
    """Two who stop each other at once: the second is refused, so one remains."""
    services.deactivate(user_id=second_administrator.pk, by=administrator)

    with pytest.raises(exceptions.NotAllowed):
        services.deactivate(user_id=administrator.pk, by=second_administrator)


def test_deactivating_ends_the_session_at_the_next_request(client, administrator, officer):
    """(AZ12)"""
    sign_in(client, officer)
    assert client.get("/admin/").status_code == 200

    services.deactivate(user_id=officer.pk, by=administrator)

    assert client.get("/admin/").url.startswith("/account/login/")


def test_a_session_from_before_does_not_come_back_with_the_account(client, administrator, officer):
    """(AZ12)"""
    sign_in(client, officer)
    services.deactivate(user_id=officer.pk, by=administrator)

    services.reactivate(user_id=officer.pk, by=administrator)

    assert client.get("/admin/").url.startswith("/account/login/")
    assert kinds(officer)[-2:] == [Kind.DEACTIVATED, Kind.REACTIVATED]


def test_a_new_address_is_ready_and_the_old_one_is_told(administrator, officer):
    services.change_address(user_id=officer.pk, email="Moved@example.org", by=administrator)

    officer.refresh_from_db()
    assert officer.email == "moved@example.org"
    assert [address.email for address in EmailAddress.objects.filter(user=officer, verified=True)] == [officer.email]
    assert [letter.to for letter in mail.outbox] == [["officer@example.org"]]


def test_an_address_cannot_be_moved_onto_another_account(administrator, officer, lead):
    with pytest.raises(exceptions.AddressTaken):
        services.change_address(user_id=officer.pk, email=lead.email, by=administrator)


def test_editing_changes_and_records_only_what_differs(administrator, officer):
    services.edit_officer(
        user_id=officer.pk, email=officer.email, name="Another name", role=Role.LEAD, may_sign_in=True, by=administrator
    )

    officer.refresh_from_db()
    assert (officer.name, officer.role) == ("Another name", Role.LEAD)
    assert kinds(officer) == [Kind.CREATED, Kind.ROLE_CHANGED, Kind.RENAMED]


def test_an_edit_that_is_refused_in_part_changes_nothing(administrator):
    with pytest.raises(exceptions.LastAdministrator):
        services.edit_officer(
            user_id=administrator.pk,
            email="moved@example.org",
            name="Moved",
            role=Role.LEAD,
            may_sign_in=True,
            by=administrator,
        )

    administrator.refresh_from_db()
    assert administrator.email == "administrator@example.org"


# --- A lost second factor


@pytest.fixture
def locked_out(officer):
    services.give_second_factor(officer)
    return officer


@pytest.fixture
def reset(locked_out, lead):
    return services.request_second_factor_reset(user_id=locked_out.pk, by=lead)


def test_asking_for_a_reset_takes_nothing_away(reset, locked_out):
    assert has_factor(locked_out)
    assert reset.is_open
    assert kinds(locked_out)[-1] == Kind.RESET_REQUESTED


def test_a_second_person_resets_it_and_the_owner_is_told(reset, locked_out, administrator):
    services.confirm_second_factor_reset(reset_id=reset.pk, by=administrator)

    reset.refresh_from_db()
    assert (reset.requested_by.role, reset.confirmed_by, reset.is_open) == (Role.LEAD, administrator, False)
    assert not has_factor(locked_out)
    assert [(letter.to, "second factor" in letter.subject) for letter in mail.outbox] == [([locked_out.email], True)]
    assert kinds(locked_out)[-1] == Kind.RESET_CONFIRMED


def test_a_reset_ends_the_sessions_of_the_owner(client, officer, lead, administrator):
    sign_in(client, officer)
    reset = services.request_second_factor_reset(user_id=officer.pk, by=lead)

    services.confirm_second_factor_reset(reset_id=reset.pk, by=administrator)

    assert client.get("/admin/").url.startswith("/account/login/")


def test_officers_cannot_ask_for_a_reset(locked_out, db):
    """(AZ14)"""
    colleague = services.create_officer(email="colleague@example.org", role=Role.OFFICER)

    with pytest.raises(exceptions.NotAllowed):
        services.request_second_factor_reset(user_id=locked_out.pk, by=colleague)


def test_nobody_asks_for_their_own_reset(lead):
    services.give_second_factor(lead)

    with pytest.raises(exceptions.OwnAccount):
        services.request_second_factor_reset(user_id=lead.pk, by=lead)


def test_there_must_be_something_to_reset(officer, lead):
    with pytest.raises(exceptions.NothingToReset):
        services.request_second_factor_reset(user_id=officer.pk, by=lead)


def test_one_request_at_a_time(reset, locked_out, administrator):
    with pytest.raises(exceptions.AlreadyRequested):
        services.request_second_factor_reset(user_id=locked_out.pk, by=administrator)


def test_whoever_asked_cannot_confirm(locked_out, administrator):
    reset = services.request_second_factor_reset(user_id=locked_out.pk, by=administrator)

    with pytest.raises(exceptions.SamePerson):
        services.confirm_second_factor_reset(reset_id=reset.pk, by=administrator)

    assert has_factor(locked_out)


def test_a_lead_officer_cannot_confirm(reset, locked_out):
    other_lead = services.create_officer(email="other.lead@example.org", role=Role.LEAD)

    with pytest.raises(exceptions.NotAllowed):
        services.confirm_second_factor_reset(reset_id=reset.pk, by=other_lead)

    assert has_factor(locked_out)


def test_the_owner_cannot_confirm(administrator, lead):
    services.give_second_factor(administrator)
    reset = services.request_second_factor_reset(user_id=administrator.pk, by=lead)

    with pytest.raises(exceptions.OwnAccount):
        services.confirm_second_factor_reset(reset_id=reset.pk, by=administrator)


def test_a_reset_is_confirmed_once(reset, administrator):
    services.confirm_second_factor_reset(reset_id=reset.pk, by=administrator)

    with pytest.raises(exceptions.RequestClosed):
        services.confirm_second_factor_reset(reset_id=reset.pk, by=administrator)


def test_a_request_runs_out_and_can_be_made_again(reset, locked_out, lead, administrator):
    SecondFactorReset.objects.update(requested_at=timezone.now() - dt.timedelta(days=3, minutes=1))

    with pytest.raises(exceptions.RequestClosed):
        services.confirm_second_factor_reset(reset_id=reset.pk, by=administrator)

    assert services.request_second_factor_reset(user_id=locked_out.pk, by=lead).is_open


def test_a_request_can_be_withdrawn(reset, locked_out, administrator):
    services.withdraw_second_factor_reset(reset_id=reset.pk, by=administrator)

    with pytest.raises(exceptions.RequestClosed):
        services.confirm_second_factor_reset(reset_id=reset.pk, by=administrator)
    with pytest.raises(exceptions.RequestClosed):
        services.withdraw_second_factor_reset(reset_id=reset.pk, by=administrator)
    assert has_factor(locked_out)


def test_officers_cannot_withdraw_a_request(reset, locked_out):
    with pytest.raises(exceptions.NotAllowed):
        services.withdraw_second_factor_reset(reset_id=reset.pk, by=locked_out)


# --- What the database keeps by itself


@pytest.mark.parametrize("by", ["the owner", "the same person", "nobody"])
def test_the_database_refuses_a_reset_by_fewer_than_two_others(reset, locked_out, by):
    confirmed_by = {"the owner": locked_out, "the same person": reset.requested_by, "nobody": None}[by]

    with pytest.raises(IntegrityError), transaction.atomic():
        SecondFactorReset.objects.filter(pk=reset.pk).update(confirmed_by=confirmed_by, confirmed_at=timezone.now())


def test_the_database_refuses_a_second_open_request(reset, locked_out, administrator):
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondFactorReset.objects.create(user=locked_out, requested_by=administrator)


def test_the_history_is_only_ever_added_to(officer):
    """(AD8)"""
    event = officer.events.get()

    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()
    with pytest.raises(TypeError):
        AccountEvent.objects.update(kind=Kind.RENAMED)
    with pytest.raises(TypeError):
        officer.events.all().delete()
