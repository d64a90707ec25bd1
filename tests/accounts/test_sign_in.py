"""Signing in by code and by password, and what a stranger can learn from it."""

import re
from contextlib import suppress

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.core import mail
from django.urls import NoReverseMatch, get_resolver, reverse

from careportal.accounts import services
from careportal.accounts.models import AccountEvent
from tests.accounts.journeys import app_code, ask_for_code, give_code, last_code, sign_in, sign_in_by_code

LOGIN = "/account/login/"
PASSWORD = "three random words"
Kind = AccountEvent.Kind


def without_tokens(answer) -> str:
    text = answer.content.decode()
    return re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", text)


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


# --- By code


def test_the_sign_in_page_asks_for_an_address_and_no_password(client, db):
    page = client.get(LOGIN).content.decode()

    assert 'name="login"' in page
    assert 'type="password"' not in page
    assert "?with=password" in page


def test_a_code_by_email_signs_in(client, partner):
    answer = sign_in_by_code(client, partner, next_url="/contact/")

    assert (answer.status_code, answer.url) == (302, "/contact/")
    assert signed_in(client)
    assert partner.events.filter(kind=Kind.SIGNED_IN).exists()


def test_the_code_goes_in_a_plain_mail_under_the_name_of_the_service(client, partner, settings):
    ask_for_code(client, partner.email)

    letter = mail.outbox[0]
    assert letter.to == [partner.email]
    assert letter.subject == f"{settings.COUNCIL.service_name}: Your code to sign in"
    assert not letter.alternatives
    assert "http" not in letter.body


def test_a_wrong_code_is_named_and_the_third_ends_the_try(client, partner):
    """(SE10)"""
    ask_for_code(client, partner.email)
    wrong = "000000" if last_code() != "000000" else "111111"

    assert b"That code is not right" in give_code(client, wrong).content
    give_code(client, wrong)
    assert give_code(client, wrong).url == LOGIN

    give_code(client, last_code())
    assert not signed_in(client)


def test_a_code_works_once(client, partner):
    """(SE9)"""
    sign_in_by_code(client, partner)
    code = last_code()
    client.post("/account/logout/")

    give_code(client, code)

    assert not signed_in(client)


def test_a_new_code_replaces_the_one_before(client, partner):
    """(SE9)"""
    ask_for_code(client, partner.email)
    first = last_code()
    client.post(reverse("account_confirm_login_code"), {"action": "resend"})
    assert last_code() != first

    give_code(client, first)

    assert not signed_in(client)


def test_a_code_works_only_in_the_browser_that_asked(client, partner):
    """(SE9)"""
    ask_for_code(client, partner.email)
    other = type(client)()

    give_code(other, last_code())

    assert not signed_in(other)


def test_a_code_runs_out_after_ten_minutes(client, partner, time_machine_moment):
    """(SE9)"""
    ask_for_code(client, partner.email)
    time_machine_moment.shift(601)

    give_code(client, last_code())

    assert not signed_in(client)


@pytest.mark.parametrize(
    "forged", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_way_back_stays_on_our_host(client, partner, forged):
    """(FI19)"""
    answer = sign_in_by_code(client, partner, next_url=forged)

    assert "evil" not in answer.url
    assert answer.url.startswith("/")


def test_the_session_has_a_new_id_after_signing_in_and_dies_with_signing_out(client, partner):
    """(SE1, SE2)"""
    ask_for_code(client, partner.email)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    give_code(client, last_code())
    after = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/account/logout/")

    thief = type(client)()
    thief.cookies[settings.SESSION_COOKIE_NAME] = after
    assert before != after
    assert thief.get("/account/2fa/").url.startswith(LOGIN)


def test_a_session_ends_after_seven_days_however_busy(client, partner, time_machine_moment):
    """(SE3)"""
    sign_in_by_code(client, partner)
    time_machine_moment.shift(6 * 24 * 3600)
    assert client.get("/account/2fa/").status_code == 200
    time_machine_moment.shift(25 * 3600)

    assert client.get("/account/2fa/").url.startswith(LOGIN)


# --- With a password


@pytest.fixture
def with_password(partner):
    partner.set_password(PASSWORD)
    partner.save()
    return partner


def enter_password(client, email, password):
    return client.post(f"{LOGIN}?with=password", {"login": email, "password": password})


def test_a_password_signs_in_on_its_own_page(client, with_password):
    assert b'type="password"' in client.get(f"{LOGIN}?with=password").content

    enter_password(client, with_password.email, PASSWORD)

    assert signed_in(client)


def test_a_session_begun_with_a_password_ends_after_seven_days_too(client, with_password, time_machine_moment):
    """(SE3)"""
    enter_password(client, with_password.email, PASSWORD)
    time_machine_moment.shift(7 * 24 * 3600 + 60)

    assert client.get("/account/2fa/").url.startswith(LOGIN)


def test_a_password_alone_does_not_let_staff_in(client, officer):
    """(SE13)"""
    officer.set_password(PASSWORD)
    officer.save()
    secret = services.give_second_factor(officer)

    answer = enter_password(client, officer.email, PASSWORD)
    assert answer.url == reverse("mfa_authenticate")
    assert not signed_in(client)

    client.post(answer.url, {"code": app_code(secret)})
    assert signed_in(client)


def test_guessing_a_password_stops_after_five_tries_on_one_account(client, with_password):
    """(SE6)"""
    for _ in range(5):
        enter_password(client, with_password.email, "a wrong guess")

    answer = enter_password(client, with_password.email.upper(), PASSWORD)

    assert b"too many tries" in answer.content
    assert not signed_in(client)


def test_while_a_password_is_guessed_the_owner_still_gets_in_by_code(client, with_password):
    """(SE7)"""
    for _ in range(6):
        enter_password(type(client)(), with_password.email, "a wrong guess")

    sign_in_by_code(client, with_password)

    assert signed_in(client)


def test_an_invented_forwarding_address_gives_no_new_tries(client, with_password):
    """(SE6)"""
    for number in range(11):
        client.post(
            f"{LOGIN}?with=password",
            {"login": f"nobody{number}@example.org", "password": "a guess"},
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
        )

    assert b"too many tries" in enter_password(client, with_password.email, PASSWORD).content


def test_too_many_tries_from_one_place_are_answered_in_our_look(client, db, settings):
    """(FI15)"""
    answers = [ask_for_code(client, f"somebody{number}@example.org") for number in range(31)]

    assert answers[-1].status_code == 429
    assert settings.COUNCIL.contact.telephone in answers[-1].content.decode()


def test_a_forgotten_password_is_replaced_by_code_and_the_owner_told(client, with_password):
    """(SE4)"""
    client.post("/account/password/reset/", {"email": with_password.email})
    client.post("/account/password/reset/confirm/", {"code": last_code()})
    page = client.get("/account/password/reset/complete/")
    assert page.status_code == 200

    client.post(
        "/account/password/reset/complete/", {"password1": "another few words", "password2": "another few words"}
    )

    with_password.refresh_from_db()
    assert with_password.check_password("another few words")
    assert not signed_in(client)
    assert "password has been changed" in mail.outbox[-1].subject
    assert with_password.events.filter(kind=Kind.PASSWORD_CHANGED).exists()


@pytest.mark.parametrize("weak", ["too short", "password1234", "Barking and me 1", "Care Sector Support 1"])
def test_weak_passwords_are_refused(client, partner, weak):
    """(SE5)"""
    sign_in_by_code(client, partner)

    answer = client.post("/account/password/set/", {"password1": weak, "password2": weak})

    partner.refresh_from_db()
    assert answer.status_code == 200
    assert not partner.has_usable_password()


# --- What a stranger learns


@pytest.mark.parametrize("path", [LOGIN, "/account/password/reset/"])
def test_known_and_unknown_addresses_get_the_same_answer_and_both_a_mail(client, partner, path):
    """(SE8)"""
    field = "login" if path == LOGIN else "email"
    known, unknown = type(client)(), type(client)()

    answers = [
        browser.post(path, {field: who}) for browser, who in ((known, partner.email), (unknown, "no@example.org"))
    ]
    pages = [browser.get(answer.url) for browser, answer in zip((known, unknown), answers, strict=True)]

    assert (answers[0].status_code, answers[0].url) == (answers[1].status_code, answers[1].url)
    assert pages[0].status_code == pages[1].status_code == 200
    assert without_tokens(pages[0]).replace(partner.email, "no@example.org") == without_tokens(pages[1])
    assert [letter.to for letter in mail.outbox] == [[partner.email], ["no@example.org"]]


def test_a_wrong_code_says_the_same_for_known_and_unknown(client, partner):
    """(SE8)"""
    pages = []
    for email in (partner.email, "no@example.org"):
        browser = type(client)()
        ask_for_code(browser, email)
        pages.append(without_tokens(give_code(browser, "000000")).replace(email, ""))

    assert pages[0] == pages[1]


def test_a_wrong_password_says_the_same_for_known_unknown_and_closed(client, with_password, administrator):
    """(SE8)"""
    closed = services.create_officer(email="closed@example.org")
    services.deactivate(user_id=closed.pk, by=administrator)

    pages = [
        without_tokens(enter_password(client, email, "a wrong guess")).replace(email, "")
        for email in (with_password.email, "no@example.org", "closed@example.org")
    ]

    assert pages[0] == pages[1] == pages[2]


def test_a_closed_account_gets_the_same_answer_and_no_code(client, administrator, partner):
    """(AZ12)"""
    services.deactivate(user_id=partner.pk, by=administrator)

    answer = ask_for_code(client, partner.email)

    assert answer.url.startswith(reverse("account_confirm_login_code"))
    assert not re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)


def test_a_code_asked_for_before_the_account_was_closed_is_dead(client, administrator, partner):
    """(AZ12)"""
    ask_for_code(client, partner.email)
    code = last_code()
    services.deactivate(user_id=partner.pk, by=administrator)

    give_code(client, code)

    assert not signed_in(client)


def test_the_page_to_make_an_account_leads_to_the_sign_in_and_makes_none_itself(client, db, django_user_model):
    """(AZ13)"""
    data = {"email": "new@example.org", "role": "administrator", "is_staff": "on", "password1": PASSWORD}

    answer = client.post("/account/signup/", data)

    assert answer.status_code == 200
    assert reverse("account_login") in answer.content.decode()
    assert not django_user_model.objects.exists()


def test_the_mail_to_an_unknown_address_holds_only_our_own_link(client, db, settings):
    """(FI18)"""
    settings.ALLOWED_HOSTS = ["*"]

    client.post("/account/password/reset/", {"email": "no@example.org"}, headers={"Host": "evil.example"})

    assert settings.BASE_URL in mail.outbox[0].body
    assert "evil" not in mail.outbox[0].body


# --- The pages


def account_pages() -> list[str]:
    """Every page of the sign-in that takes no arguments."""
    found = []
    for name in get_resolver().reverse_dict:
        if isinstance(name, str) and name.startswith(("account_", "mfa_", "usersessions_")):
            with suppress(NoReverseMatch):
                found.append(reverse(name) and name)
    return sorted(set(found) - {"mfa_download_recovery_codes"})


def test_signed_out_every_page_about_an_account_leads_to_the_sign_in(client, db):
    """(AZ1)"""
    for name in ("account_email", "account_change_password", "account_set_password", "mfa_index", "mfa_activate_totp",
                 "mfa_view_recovery_codes", "mfa_add_webauthn", "mfa_list_webauthn", "usersessions_list"):  # fmt: skip
        assert client.get(reverse(name)).url.startswith(LOGIN), name


@pytest.mark.parametrize("name", account_pages())
def test_every_page_is_in_our_look_and_words(client, officer, settings, name):
    sign_in(client, officer)
    RecoveryCodes.activate(officer)
    ours = str(settings.BASE_DIR / "templates")

    answer = client.get(reverse(name), follow=True)

    used = [template.origin.name for template in answer.templates if template.origin]
    assert answer.status_code == 200
    assert [path for path in used if "/allauth/" in path and not path.startswith(ours)] == []


def test_the_address_is_changed_by_a_code_to_the_new_one_and_the_old_one_is_told(client, partner):
    """(SE15)"""
    sign_in_by_code(client, partner)
    client.post("/account/email/", {"email": "moved@example.org", "action_add": ""})
    assert mail.outbox[-1].to == ["moved@example.org"]
    partner.refresh_from_db()
    assert partner.email == "partner@example.org"

    client.post("/account/confirm-email/", {"code": last_code()})

    partner.refresh_from_db()
    assert partner.email == "moved@example.org"
    assert mail.outbox[-1].to == ["partner@example.org"]
