from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from careportal.accounts import services
from careportal.accounts.models import User
from careportal.accounts.roles import Role
from tests.accounts.journeys import app_code


def run(*words) -> str:
    printed = StringIO()
    call_command(*words, stdout=printed, stderr=StringIO())
    return printed.getvalue()


def test_the_first_officer_is_an_administrator_who_can_sign_in_and_has_no_password(db, settings):
    """(SE16)"""
    printed = run("create_officer", "First@example.org", "--name", "The first")

    first = User.objects.get()
    assert (first.email, first.name, first.role) == ("first@example.org", "The first", Role.ADMINISTRATOR)
    assert not first.has_usable_password()
    assert EmailAddress.objects.get(user=first).verified
    assert f"{settings.BASE_URL}/account/login/" in printed


def test_another_role_can_be_given(db):
    run("create_officer", "lead@example.org", "--role", "lead")

    assert User.objects.get().role == Role.LEAD


def test_an_address_that_has_an_account_is_refused(officer):
    with pytest.raises(CommandError, match="already an account"):
        run("create_officer", officer.email)


@pytest.mark.parametrize(
    "words", [["not an address"], ["a@example.org", "--role", "emperor"], ["a@example.org", "--role", ""]]
)
def test_what_does_not_fit_is_refused(db, words):
    with pytest.raises(CommandError):
        run("create_officer", *words)

    assert not User.objects.exists()


def test_the_code_of_a_demo_account_is_printed(officer):
    secret = services.give_second_factor(officer)

    printed = run("second_factor_code", officer.email).strip()

    assert printed in {app_code(secret), app_code(secret, periods=-1)}


def test_without_a_factor_there_is_no_code(officer):
    with pytest.raises(CommandError, match="no authenticator app"):
        run("second_factor_code", officer.email)


def test_in_production_no_code_is_ever_printed(officer, settings):
    """(SE16)"""
    services.give_second_factor(officer)
    settings.EMBEDDED = False

    with pytest.raises(CommandError, match="embedded mode only"):
        run("second_factor_code", officer.email)
