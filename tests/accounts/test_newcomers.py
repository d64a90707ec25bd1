"""An address without an account: the code that it gets makes one."""

import threading

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from careportal.accounts import services
from careportal.accounts.models import AccountEvent, User
from tests.accounts.journeys import ask_for_code, give_code, last_code

NEW = "manager@example.org"


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_the_code_makes_the_account_and_signs_in(client, db):
    ask_for_code(client, NEW)
    assert not User.objects.exists()

    give_code(client, last_code())

    user = User.objects.get()
    assert signed_in(client)
    assert (user.email, user.role, user.is_staff, user.has_usable_password()) == (NEW, "", False, False)
    assert EmailAddress.objects.filter(user=user, verified=True, primary=True).exists()
    assert [event.kind for event in AccountEvent.objects.filter(user=user).order_by("pk")] == ["created", "signed in"]


def test_without_the_code_there_is_no_account(client, db):
    ask_for_code(client, NEW)
    for _ in range(3):
        give_code(client, "000000")

    assert not User.objects.exists()
    assert not signed_in(client)


def test_a_known_and_a_new_address_get_the_same_mail(db):
    """(SE8)"""
    services.create_officer(email="known@example.org")
    for address in ("known@example.org", NEW):
        ask_for_code(Client(), address)

    known, new = mail.outbox
    assert known.subject == new.subject
    assert [line for line in known.body.splitlines() if not line.isdigit()] == [
        line for line in new.body.splitlines() if not line.isdigit()
    ]


def test_no_field_that_is_sent_along_gives_a_role(client, db):
    """(AZ13)"""
    more = {"role": "administrator", "is_staff": "on", "is_superuser": "on", "groups": "1", "email_verified": "on"}
    client.post(reverse("account_login"), {"login": NEW, **more})
    client.post(reverse("account_confirm_login_code"), {"code": last_code(), "id": "1", **more})

    user = User.objects.get()
    assert (user.role, user.is_staff, user.is_superuser) == ("", False, False)


def test_a_new_code_can_be_asked_for_and_the_old_one_is_dead(client, db):
    """(SE9)"""
    ask_for_code(client, NEW)
    first = last_code()
    client.post(reverse("account_confirm_login_code"), {"action": "resend"})
    second = last_code()

    give_code(client, first)
    assert not signed_in(client)

    give_code(client, second)
    assert signed_in(client)


def test_the_code_works_in_the_browser_that_asked_and_in_no_other(client, db):
    """(SE9)"""
    ask_for_code(client, NEW)
    other = Client()
    ask_for_code(other, "other@example.org")

    code = next(line for line in mail.outbox[0].body.splitlines() if line.isdigit())
    give_code(other, code)

    assert not User.objects.exists()


def test_capital_letters_make_no_second_account(db):
    for address in (NEW, NEW.title()):
        browser = Client()
        ask_for_code(browser, address)
        give_code(browser, last_code())
        assert signed_in(browser)

    assert User.objects.count() == 1


def test_the_way_back_is_kept(client, db):
    ask_for_code(client, NEW, "/programmes/")
    answer = give_code(client, last_code(), "/programmes/")

    assert answer.url == "/programmes/"


def test_an_account_that_was_closed_meanwhile_stays_closed(client, db):
    """(AZ12)"""
    ask_for_code(client, NEW)
    administrator = services.create_officer(email="administrator@example.org", role="administrator")
    user = services.create_officer(email=NEW)
    services.deactivate(user_id=user.pk, by=administrator)

    give_code(client, next(line for line in mail.outbox[0].body.splitlines() if line.isdigit()))

    assert not signed_in(client)


@pytest.mark.parametrize("typed", ["", "no address", "a\x00@example.org", "a@" + "b" * 300 + ".org", "x" * 100_000])
def test_what_is_no_address_is_named_and_gets_no_code(client, db, typed):
    answer = ask_for_code(client, typed)

    assert answer.status_code == 200
    assert b"govuk-error-summary" in answer.content
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_twenty_who_prove_one_address_at_once_have_one_account():
    """(CO8)"""
    cache.clear()
    made: list[User] = []
    start = threading.Barrier(20)

    def prove() -> None:
        start.wait()
        try:
            made.append(services.join(email=NEW))
        finally:
            connection.close()

    threads = [threading.Thread(target=prove) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 20
    assert User.objects.count() == EmailAddress.objects.count() == 1
