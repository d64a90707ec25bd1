"""The second factor of staff: asked of everybody, on every way in, kept sealed, used once."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core import mail
from django.core.cache import cache

from careportal.accounts import encryption, services
from careportal.accounts.models import AccountEvent
from careportal.accounts.roles import Role
from tests.accounts.journeys import app_code, give_code, has_factor, last_code, sign_in, sign_in_by_code

Kind = AccountEvent.Kind
SET_UP = "/account/2fa/"
ACTIVATE = "/account/2fa/totp/activate/"


def secret_shown(page) -> str:
    return page.context["form"].secret


# --- Asked of everybody


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/account/email/", "/account/sessions/", "/"])
def test_staff_without_a_second_factor_are_led_to_set_one_up(client, officer, path):
    """(AD2)"""
    sign_in_by_code(client, officer)

    answer = client.get(path)

    assert (answer.status_code, answer.url) == (302, SET_UP)


@pytest.mark.parametrize("how", ["code", "password", "passkey or any other way"])
def test_no_way_in_leads_round_the_second_factor(client, officer, how):
    """(AD2, SE13)"""
    if how == "code":
        sign_in_by_code(client, officer)
    elif how == "password":
        officer.set_password("three random words")
        officer.save()
        client.post("/account/login/?with=password", {"login": officer.email, "password": "three random words"})
    else:
        client.force_login(officer)

    for path in ("/admin/", "/admin/accounts/accountevent/", "/admin/jsi18n/", "/admin/logout/"):
        assert client.get(path).url == SET_UP
        assert client.post(path).url == SET_UP


def test_what_the_set_up_needs_stays_open(client, officer):
    sign_in_by_code(client, officer)

    for path in (SET_UP, ACTIVATE, "/account/2fa/webauthn/add/", "/account/logout/", "/theme.css"):
        assert client.get(path).status_code == 200, path


def test_people_who_are_no_staff_need_no_second_factor(client, partner):
    sign_in_by_code(client, partner)

    assert client.get("/account/email/").status_code == 200


def test_a_signed_out_visitor_costs_no_question_about_factors(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/theme.css")


def test_recovery_codes_alone_are_no_second_factor(client, officer):
    """(AD2)"""
    RecoveryCodes.activate(officer)

    client.force_login(officer)

    assert client.get("/admin/").url == SET_UP


# --- The first time


@pytest.fixture
def new_officer(transactional_db):
    """What follows a set-up happens once it is committed, so these tests commit. Limits are not rolled back either."""
    cache.clear()
    return services.create_officer(email="new@example.org", role=Role.OFFICER)


def test_a_new_officer_goes_from_the_code_to_the_workspace_without_a_detour(client, new_officer):
    sign_in_by_code(client, new_officer)
    assert b"Set up your second factor" in client.get(SET_UP).content
    secret = secret_shown(client.get(ACTIVATE))

    answer = client.post(ACTIVATE, {"code": app_code(secret)})
    assert answer.url == "/account/2fa/recovery-codes/"

    page = client.get(answer.url)
    codes = RecoveryCodes(Authenticator.objects.get(user=new_officer, type="recovery_codes")).generate_codes()
    assert all(code in page.content.decode() for code in codes)
    assert client.get("/admin/").status_code == 200
    assert [letter.subject.endswith("authenticator app has been added") for letter in mail.outbox] == [False, True]


def test_recovery_codes_are_shown_once(client, new_officer):
    sign_in_by_code(client, new_officer)
    client.post(ACTIVATE, {"code": app_code(secret_shown(client.get(ACTIVATE)))})
    first = client.get("/account/2fa/recovery-codes/").content.decode()
    code = RecoveryCodes(Authenticator.objects.get(user=new_officer, type="recovery_codes")).generate_codes()[0]

    again = client.get("/account/2fa/recovery-codes/").content.decode()

    assert code in first
    assert code not in again
    assert client.get("/account/2fa/recovery-codes/download/").status_code == 403


def test_setting_up_a_factor_ends_sessions_that_began_without_it_and_renews_this_one(client, new_officer):
    """(SE1, SE4, SE13)"""
    other = type(client)()
    sign_in_by_code(other, new_officer)
    sign_in_by_code(client, new_officer)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value

    client.post(ACTIVATE, {"code": app_code(secret_shown(client.get(ACTIVATE)))})

    assert other.get("/admin/").url.startswith("/account/login/")
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert client.get("/admin/").status_code == 200


def test_a_wrong_code_sets_up_nothing(client, officer):
    sign_in_by_code(client, officer)
    client.get(ACTIVATE)

    answer = client.post(ACTIVATE, {"code": "12"})

    assert b"That code is not right" in answer.content
    assert not has_factor(officer)


# --- Each time


@pytest.fixture
def at_the_second_step(client, officer):
    secret = services.give_second_factor(officer)
    assert sign_in_by_code(client, officer).url == "/account/2fa/authenticate/"
    return secret


def finish(client, code):
    return client.post("/account/2fa/authenticate/", {"code": code})


def test_staff_land_in_the_workspace(client, at_the_second_step):
    assert finish(client, app_code(at_the_second_step)).url == "/admin/"


def test_before_the_second_step_nobody_is_signed_in(client, at_the_second_step):
    """(SE13)"""
    assert client.get("/admin/").url.startswith("/account/login/")


@pytest.mark.parametrize("notation", ["{}", " {} ", "{0:.3} {0}", "full width"])
def test_a_code_from_the_app_works_once_in_whatever_notation(client, officer, at_the_second_step, notation):
    """(SE12)"""
    code = app_code(at_the_second_step)
    assert finish(client, code).status_code == 302
    other = type(client)()
    sign_in_by_code(other, officer)
    again = code.translate({ord(str(d)): 0xFF10 + d for d in range(10)}) if notation == "full width" else (
        f"{code[:3]} {code[3:]}" if "3" in notation else notation.format(code)
    )  # fmt: skip

    answer = finish(other, again)

    assert answer.status_code == 200
    assert "_auth_user_id" not in other.session


def test_guessing_the_second_factor_stops_after_five_tries(client, officer, at_the_second_step):
    """(SE6)"""
    wrong = app_code(at_the_second_step, periods=-100)
    for _ in range(5):
        finish(client, wrong)

    answer = finish(client, app_code(at_the_second_step))

    assert b"too many tries" in answer.content
    assert officer.events.filter(kind=Kind.FACTOR_REFUSED).count() == 5


def test_a_recovery_code_lets_in_once(client, officer, at_the_second_step):
    """(SE12)"""
    code = RecoveryCodes.activate(officer).generate_codes()[0]
    assert finish(client, code).status_code == 302
    client.post("/account/logout/")
    sign_in_by_code(client, officer)

    assert finish(client, code).status_code == 200


def test_the_half_finished_sign_in_of_one_person_does_not_help_another(client, partner, officer, at_the_second_step):
    """(SE13)"""
    client.post("/account/logout/")
    sign_in_by_code(client, partner)

    assert client.get("/admin/").status_code == 403


def test_a_new_password_does_not_take_the_second_factor_away(client, officer):
    """(SE13)"""
    services.give_second_factor(officer)
    client.post("/account/password/reset/", {"email": officer.email})
    client.post("/account/password/reset/confirm/", {"code": last_code()})
    words = "another few words"
    client.post("/account/password/reset/complete/", {"password1": words, "password2": words})

    answer = client.post("/account/login/?with=password", {"login": officer.email, "password": words})

    assert answer.url == "/account/2fa/authenticate/"


# --- Changing and keeping it


def test_a_change_of_factors_asks_for_proof_again(client, officer):
    """(SE14)"""
    secret = sign_in(client, officer)

    for path in (
        "/account/2fa/totp/deactivate/",
        "/account/2fa/recovery-codes/generate/",
        "/account/2fa/webauthn/add/",
    ):
        answer = client.post(path)
        assert answer.url.startswith("/account/2fa/reauthenticate/"), path

    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/account/2fa/reauthenticate/", {"code": app_code(secret)})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before


def test_staff_cannot_remove_their_only_factor(client, officer):
    """(AD2)"""
    secret = sign_in(client, officer)
    client.post("/account/2fa/reauthenticate/", {"code": app_code(secret)})

    answer = client.post("/account/2fa/totp/deactivate/")

    assert b"always need a second factor" in answer.content
    assert has_factor(officer)


def test_others_may_remove_theirs_and_are_told(client, partner):
    secret = sign_in(client, partner)
    client.post("/account/2fa/reauthenticate/", {"code": app_code(secret)})

    client.post("/account/2fa/totp/deactivate/")

    assert not has_factor(partner)
    assert "authenticator app has been removed" in mail.outbox[-1].subject
    assert partner.events.filter(kind=Kind.FACTOR_REMOVED).exists()


def test_secrets_are_sealed_in_the_database(officer):
    secret = services.give_second_factor(officer)
    seeds = [RecoveryCodes.activate(officer).instance.data["seed"]]
    stored = [Authenticator.objects.get(user=officer, type="totp").data["secret"], *seeds]

    assert secret not in str(stored)
    assert encryption.decrypt(stored[0]) == secret
    assert all(len(sealed) > 100 for sealed in stored)


def test_another_key_opens_nothing(officer, settings):
    services.give_second_factor(officer)
    sealed = Authenticator.objects.get(user=officer).data["secret"]
    settings.ENCRYPTION_KEY = "another key, as long as may be"

    with pytest.raises(InvalidToken):
        encryption.decrypt(sealed)


def test_the_sealed_text_differs_each_time():
    assert encryption.encrypt("the same") != encryption.encrypt("the same")


def test_a_given_factor_takes_the_place_of_the_one_before(client, officer):
    old = services.give_second_factor(officer)

    new = services.give_second_factor(officer)

    sign_in_by_code(client, officer)
    assert finish(client, app_code(old)).status_code == 200
    assert finish(client, app_code(new)).status_code == 302


def test_a_wrong_code_by_email_never_reaches_the_second_step(client, officer):
    services.give_second_factor(officer)
    client.post("/account/login/", {"login": officer.email})

    give_code(client, "000000" if last_code() != "000000" else "111111")

    assert client.get("/account/2fa/authenticate/").status_code == 302
