"""Sessions of people who sign in: planted ones, old ones, and those on other devices."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client
from django.urls import reverse

from careportal.accounts import services
from careportal.accounts.models import User
from tests.accounts.journeys import ask_for_code, give_code, last_code, sign_in_by_code

MINE = "/my-organisation/"


def is_signed_in(client: Client) -> bool:
    return client.get(MINE).status_code == 200


# --- Planted cookies


def test_a_session_that_somebody_planted_before_the_sign_in_is_dead_after_it(client, partner):
    """(SE17)"""
    planter = Client()
    planter.post("/account/login/", {"login": "planter@example.org"})
    planted = planter.cookies[settings.SESSION_COOKIE_NAME].value
    client.cookies[settings.SESSION_COOKIE_NAME] = planted

    sign_in_by_code(client, partner)

    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted
    assert is_signed_in(client)
    assert not is_signed_in(planter)


@pytest.mark.parametrize("invented", ["x", "a" * 32, '"; drop', "0" * 5000])
def test_an_invented_session_id_is_not_taken_over(client, partner, invented):
    """(SE17)"""
    client.cookies[settings.SESSION_COOKIE_NAME] = invented
    ask_for_code(client, partner.email)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != invented

    give_code(client, last_code())
    assert is_signed_in(client)


def test_where_cookies_are_for_this_host_alone_one_of_the_parent_domain_means_nothing(client, partner, settings):
    """(SE17)"""
    sign_in_by_code(client, partner)
    name = settings.SESSION_COOKIE_NAME
    settings.SESSION_COOKIE_NAME = f"__Host-{name}"
    sibling = Client()
    sibling.cookies[name] = client.cookies[name].value

    assert not is_signed_in(sibling)


# --- Other devices


def test_people_see_where_they_are_signed_in_and_end_it(client, partner):
    """(SE18)"""
    other = Client(headers={"user-agent": "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Safari/604.1"})
    for browser in (other, client):
        sign_in_by_code(browser, partner)
    sessions = reverse("usersessions_list")
    assert "Safari on an iPad" in client.get(sessions).content.decode()

    client.post(sessions)

    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_nobody_sees_or_ends_the_sessions_of_others(client, partner, officer):
    """(SE18, AZ4)"""
    other = Client(headers={"user-agent": "The other device"})
    sign_in_by_code(other, services.join(email="other@example.org"))
    sign_in_by_code(client, partner)
    foreign = UserSession.objects.exclude(user=partner).get()

    shown = client.get(reverse("usersessions_list")).content.decode()
    client.post(reverse("usersessions_list"), {"id": foreign.pk, "user": foreign.user_id})

    assert "The other device" not in shown
    assert is_signed_in(other)


# --- Fresh proof


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("account_email", {"email": "thief@example.org", "action_add": ""}),
        ("account_set_password", {"password1": "three random words", "password2": "three random words"}),
        ("mfa_activate_totp", {"code": "123456"}),
        ("mfa_add_webauthn", {"name": "Key", "credential": "{}"}),
    ],
)
def test_an_old_session_changes_nothing_about_the_sign_in(
    client, time_machine_moment, partner, page, typed, mailoutbox
):
    """(SE14)"""
    sign_in_by_code(client, partner)
    mailoutbox.clear()
    time_machine_moment.shift(dt.timedelta(minutes=16))

    answer = client.post(reverse(page), typed)

    partner.refresh_from_db()
    assert "Sign in again to change this" in answer.content.decode()
    assert (partner.email, partner.has_usable_password()) == ("partner@example.org", False)
    assert mailoutbox == []


def test_who_has_a_password_gives_that_and_goes_on(client, time_machine_moment, partner):
    """(SE14)"""
    partner.set_password("three random words")
    partner.save()
    sign_in_by_code(client, partner)
    time_machine_moment.shift(dt.timedelta(minutes=16))

    asked = client.post(reverse("account_email"), {"email": "moved@example.org", "action_add": ""})

    assert asked.url.startswith(reverse("account_reauthenticate"))


def test_after_a_new_sign_in_the_change_is_made(client, time_machine_moment, partner, mailoutbox):
    """(SE14)"""
    sign_in_by_code(client, partner)
    time_machine_moment.shift(dt.timedelta(minutes=16))
    client.post(reverse("account_logout"))
    sign_in_by_code(client, partner)

    client.post(reverse("account_email"), {"email": "moved@example.org", "action_add": ""})

    assert mailoutbox[-1].to == ["moved@example.org"]


# --- A change of address against somebody who makes an account with that address


def test_of_a_change_of_address_and_a_new_account_with_it_one_wins(client, partner):
    """(SE15)"""
    sign_in_by_code(client, partner)
    client.post(reverse("account_email"), {"email": "wanted@example.org", "action_add": ""})
    code = last_code()
    newcomer = Client()
    sign_in_by_code(newcomer, User(email="wanted@example.org"))

    answer = client.post(reverse("account_email_verification_sent"), {"code": code})

    partner.refresh_from_db()
    assert answer.status_code < 500
    assert partner.email == "partner@example.org"
    assert EmailAddress.objects.filter(email="wanted@example.org").count() == 1


def test_a_change_of_address_that_was_first_leaves_no_second_account(client, partner):
    """(SE15)"""
    newcomer = Client()
    ask_for_code(newcomer, "wanted@example.org")
    code = last_code()
    sign_in_by_code(client, partner)
    client.post(reverse("account_email"), {"email": "wanted@example.org", "action_add": ""})
    client.post(reverse("account_email_verification_sent"), {"code": last_code()})

    give_code(newcomer, code)

    assert User.objects.filter(email="wanted@example.org").get() == partner
    assert User.objects.count() == 1
