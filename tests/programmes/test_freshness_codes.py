"""Who gets from the letter “Still correct?” to its page: by a code, for as long as it is theirs (J-R2)."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from programmes.models import Ask, AskCode, PartnerMembership
from programmes.services import forget_what_is_over, freshness
from tests.programmes.asking import DAY, KEEPER, asked, opened
from tests.programmes.partners import code_in, letters_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("through_the_outbox")]


def test_a_code_is_good_once_and_in_the_browser_that_asked_for_it(client):
    page = asked("One")
    client.post(page)
    code = code_in(letters_to(KEEPER)[-1])

    assert Client().post("/partner/still-correct/code/", {"code": code}).status_code == 404
    assert client.post("/partner/still-correct/code/", {"code": code}).status_code == 302
    assert client.post("/partner/still-correct/code/", {"code": code}).status_code == 404
    assert code not in str(AskCode.objects.values())


def test_the_third_wrong_code_ends_it(client):
    client.post(asked("One"))
    right = code_in(letters_to(KEEPER)[-1])
    wrong = f"{(int(right) + 1) % 10**6:06}"

    pages = [client.post("/partner/still-correct/code/", {"code": wrong}).content.decode() for _ in range(3)]

    assert "That code is not right" in pages[0]
    assert "does not work any more" in pages[2]
    assert client.post("/partner/still-correct/code/", {"code": right}).status_code == 200
    assert client.get(f"/partner/still-correct/{Ask.objects.get().pk}/").status_code == 404


def test_a_code_is_over_after_ten_minutes_and_with_the_next_one(client):
    page = asked("One")
    client.post(page)
    old = code_in(letters_to(KEEPER)[-1])
    client.post(page)
    new = code_in(letters_to(KEEPER)[-1])
    if old != new:
        assert client.post("/partner/still-correct/code/", {"code": old}).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        assert "does not work any more" in client.post("/partner/still-correct/code/", {"code": new}).content.decode()


def test_a_mailbox_gets_few_codes_an_hour(client):
    page = asked("One")

    statuses = [client.post(page).status_code for _ in range(4)]

    assert statuses == [302, 302, 302, 429]


def test_a_forged_address_or_number_is_not_there(client):
    page = asked("One")
    token = page.rstrip("/").rsplit("/", 1)[1]
    number = Ask.objects.get().pk
    for path in (
        f"/partner/still-correct/{number}/{token[:-1]}x/",
        f"/partner/still-correct/{number + 1}/{token}/",
        f"/partner/still-correct/{10**30}/{token}/",
        f"/partner/still-correct/{number}/",
        f"/partner/still-correct/{10**30}/",
    ):
        assert client.get(path).status_code == 404, path
        assert client.post(path, {"answer": "correct"}).status_code == 404, path


def test_whoever_was_removed_from_the_partner_is_out_at_the_next_click(client):
    """AZ11."""
    page = opened(client, asked("One"))
    assert client.get(page).status_code == 200

    PartnerMembership.objects.all().delete()

    assert client.get(page).status_code == 404


@pytest.mark.parametrize("over", ["agreement", "account", "letter"])
def test_a_letter_opens_nothing_when_its_time_or_its_reader_is_gone(client, over):
    page = asked("One")
    ask = Ask.objects.select_related("partner", "membership__user").get()
    if over == "agreement":
        ask.partner.agreement_ends_on = timezone.localdate() - DAY
        ask.partner.save()
    elif over == "account":
        ask.membership.user.is_active = False
        ask.membership.user.save()
    else:
        Ask.objects.update(asked_on=timezone.localdate() - dt.timedelta(days=91))

    assert client.get(page).status_code == 404


def test_codes_and_old_questions_are_forgotten():
    asked("One")
    freshness.send_code(ask_id=Ask.objects.get().pk)
    with time_machine.travel(timezone.now() + dt.timedelta(days=92)):
        forget_what_is_over()

    assert not AskCode.objects.exists()
    assert not Ask.objects.exists()
