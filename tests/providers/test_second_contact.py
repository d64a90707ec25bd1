"""The second contact: proved by a code, of use when mail comes back and when the owner is gone."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from providers import services
from providers.exceptions import MailboxOfMember, OwnersOnly, TooManyMails, WrongCode
from providers.models import MailboxCode, Provider

SITE = "site@example.org"


@pytest.fixture
def code(provider, owner, mailed_code) -> str:
    services.begin_second_contact(provider_id=provider.pk, email=SITE.title(), by=owner.user)
    return mailed_code()


def prove(membership, code: str) -> None:
    services.prove_second_contact(provider_id=membership.provider_id, code=code, by=membership.user)


def test_it_counts_once_its_code_is_given(provider, owner, code):
    provider.refresh_from_db()
    assert provider.second_email == ""

    prove(owner, f" {code[:3]} {code[3:]} ")

    provider.refresh_from_db()
    assert (provider.second_email, mail.outbox[0].to) == (SITE, [SITE])
    assert provider.second_proved_at


def test_the_mail_names_nobody_and_the_code_is_stored_as_a_hash(provider, owner, code):
    assert provider.name not in mail.outbox[0].body + mail.outbox[0].subject
    assert owner.user.email not in mail.outbox[0].body
    assert code not in str(MailboxCode.objects.values("code_hash", "email").get())


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_three_wrong_tries_end_it(owner, code):
    """(SE10)"""
    for _ in range(3):
        with pytest.raises(WrongCode):
            prove(owner, wrong(code))

    with pytest.raises(WrongCode):
        prove(owner, code)
    assert not Provider.objects.exclude(second_email="").exists()


def test_it_works_once_and_for_ten_minutes(owner, code):
    """(SE9)"""
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=10, seconds=1)), pytest.raises(WrongCode):
        prove(owner, code)

    prove(owner, code)
    with pytest.raises(WrongCode):
        prove(owner, code)


def test_a_new_code_kills_the_one_before(provider, owner, code, mailed_code):
    """(SE9)"""
    services.begin_second_contact(provider_id=provider.pk, email="other@example.org", by=owner.user)

    if code != mailed_code():
        with pytest.raises(WrongCode):
            prove(owner, code)
    prove(owner, mailed_code())


def test_the_code_is_good_for_who_asked_and_for_their_organisation(provider, owner, member, stranger, code):
    """(AZ4)"""
    with pytest.raises(OwnersOnly):
        prove(member, code)
    with pytest.raises(WrongCode):
        prove(stranger, code)
    with pytest.raises(OwnersOnly):
        services.prove_second_contact(provider_id=stranger.provider_id, code=code, by=owner.user)

    assert not Provider.objects.exclude(second_email="").exists()


def test_only_an_owner_names_or_removes_it(provider, member):
    with pytest.raises(OwnersOnly):
        services.begin_second_contact(provider_id=provider.pk, email=SITE, by=member.user)
    with pytest.raises(OwnersOnly):
        services.remove_second_contact(provider_id=provider.pk, by=member.user)


def test_the_address_of_a_member_is_no_second_contact(browser, provider, owner, member):
    """It would be gone with the member."""
    for address in (owner.user.email, member.user.email.upper()):
        with pytest.raises(MailboxOfMember):
            services.begin_second_contact(provider_id=provider.pk, email=address, by=owner.user)

    page = browser(owner).post(reverse("providers:second-contact", args=[provider.pk]), {"email": owner.user.email})
    assert "Give a mailbox that stays when people leave" in page.content.decode()
    assert owner.user.email in page.content.decode()
    assert mail.outbox == []


def test_one_mailbox_gets_three_codes_an_hour(provider, owner):
    """(trap 20)"""
    for _ in range(3):
        services.begin_second_contact(provider_id=provider.pk, email=SITE, by=owner.user)

    with pytest.raises(TooManyMails):
        services.begin_second_contact(provider_id=provider.pk, email=SITE, by=owner.user)
    assert len(mail.outbox) == 3


def test_codes_are_forgotten_after_a_day(code):
    services.forget_what_is_over()
    assert MailboxCode.objects.exists()

    with time_machine.travel(timezone.now() + dt.timedelta(days=1, seconds=1)):
        services.forget_what_is_over()
    assert not MailboxCode.objects.exists()


def test_it_can_be_removed(provider, owner, code):
    prove(owner, code)
    services.remove_second_contact(provider_id=provider.pk, by=owner.user)

    provider.refresh_from_db()
    assert (provider.second_email, provider.second_proved_at) == ("", None)


def test_the_database_refuses_one_that_is_not_proved(provider):
    with pytest.raises(IntegrityError), transaction.atomic():
        Provider.objects.filter(pk=provider.pk).update(second_email=SITE)


def test_the_pages_lead_from_the_address_to_the_code_and_back(browser, provider, owner, mailed_code):
    client = browser(owner)
    asked = client.post(reverse("providers:second-contact", args=[provider.pk]), {"email": SITE})
    assert SITE in client.get(asked.url).content.decode()

    refused = client.post(asked.url, {"code": wrong(mailed_code())})
    assert "That code is not right" in refused.content.decode()
    given = client.post(asked.url, {"code": mailed_code()})

    assert given.url == reverse("enquiries:my-organisation-of", args=[provider.pk])
    assert SITE in client.get(given.url).content.decode()


@pytest.mark.parametrize("typed", ["", "\x00", "9" * 100_000, "１２３４５６"])
def test_odd_codes_are_answered_and_prove_nothing(browser, provider, owner, code, typed):
    answer = browser(owner).post(reverse("providers:second-contact-code", args=[provider.pk]), {"code": typed})

    assert answer.status_code == 200
    assert b"govuk-error-summary" in answer.content
    assert not Provider.objects.exclude(second_email="").exists()


def test_a_member_who_is_no_owner_does_not_get_to_it(browser, provider, owner, member):
    client = browser(member)

    assert client.get(reverse("providers:second-contact", args=[provider.pk])).status_code == 403
    assert client.post(reverse("providers:remove-second-contact", args=[provider.pk])).status_code == 403
