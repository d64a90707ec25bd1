"""Delivery receipts: what GOV.UK Notify tells about a mail, once, twice, too early, or falsely."""

import json

import pytest

from enquiries.mail import attempts
from enquiries.models import Enquiry, Event, MailAttempt, OutgoingMail
from tests.enquiries.notify_server import API_KEY, TOKEN
from tests.factories import InterestFactory, MailFactory

pytestmark = pytest.mark.django_db

State, Outcome = OutgoingMail.State, MailAttempt.Outcome
NUMBER = "01234567-89ab-4def-8123-456789abcdef"
LATER = "fedcba98-7654-4210-8fed-cba987654321"
FAILURES = ["permanent-failure", "temporary-failure", "technical-failure"]


@pytest.fixture(autouse=True)
def token(settings):
    settings.NOTIFY_API_KEY, settings.NOTIFY_RECEIPTS_TOKEN = API_KEY, TOKEN


@pytest.fixture
def told(client):
    """Tells the portal as Notify does; the answer's status."""

    def tell(mail, status, *, number=NUMBER, **changed):
        body = {"id": number, "reference": mail and mail.message_id, "status": status, "to": "a.person@example.org"}
        return post(client, json.dumps({**body, "notification_type": "email", **changed})).status_code

    return tell


def post(client, body, authorization=f"Bearer {TOKEN}"):
    headers = {"Authorization": authorization} if authorization else {}
    return client.post("/notify/receipts/", body, content_type="application/json", headers=headers)


def mail_that_is(trait):
    return MailFactory(enquiry=InterestFactory().enquiry, **{trait: True})


def history(mail):
    mail.refresh_from_db()
    return mail.state, sorted(mail.attempts.values_list("outcome", flat=True))


def test_a_delivery_is_noted_once_and_the_mail_stays_sent(told):
    mail = mail_that_is("sent")
    sent_at = mail.sent_at

    assert [told(mail, "delivered"), told(mail, "delivered")] == [200, 200]

    assert history(mail) == (State.SENT, [Outcome.DELIVERED])
    assert mail.sent_at == sent_at
    assert mail.attempts.get().answer == f"Delivered. {NUMBER}"


def test_an_uncertain_mail_that_was_delivered_is_sent(told):
    mail = mail_that_is("uncertain")

    assert [told(mail, "delivered"), told(mail, "delivered")] == [200, 200]

    assert history(mail) == (State.SENT, [Outcome.DELIVERED])
    assert mail.enquiry.events.filter(kind=Event.Kind.MAIL_ARRIVED).count() == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("permanent-failure", "The address does not exist."),
        ("temporary-failure", "The inbox would not take it for three days."),
        ("technical-failure", "GOV.UK Notify could not send it."),
    ],
)
@pytest.mark.parametrize("before", ["sent", "uncertain"])
def test_what_did_not_arrive_fails_in_plain_words_and_shows_at_its_enquiry(told, before, status, words):
    mail = mail_that_is(before)

    assert [told(mail, status), told(mail, status)] == [200, 200]

    assert history(mail) == (State.FAILED, [Outcome.BOUNCED])
    assert mail.last_answer == f"{words} {NUMBER}"
    assert mail.enquiry.events.filter(kind=Event.Kind.MAIL_CAME_BACK).count() == 1
    assert Enquiry.objects.get(pk=mail.enquiry_id).undelivered


@pytest.mark.parametrize("before", ["sent", "uncertain"])
@pytest.mark.parametrize("failure", FAILURES)
def test_in_whatever_order_it_is_told_the_end_is_the_same(told, before, failure):
    one, other = mail_that_is(before), mail_that_is(before)

    for status in ("delivered", failure, "delivered", failure):
        told(one, status)
    for status in (failure, "delivered", failure, "delivered"):
        told(other, status)

    assert history(one) == history(other) == (State.FAILED, [Outcome.BOUNCED, Outcome.DELIVERED])


def test_the_first_copys_failure_told_again_does_not_undo_the_second_copy(told):
    """An officer has sent it again meanwhile, under the same reference."""
    mail = mail_that_is("sent")
    told(mail, "permanent-failure")
    OutgoingMail.objects.update(state=State.SENT, sent_at=mail.sent_at)

    assert told(mail, "permanent-failure") == 200
    assert history(mail)[0] == State.SENT

    assert told(mail, "permanent-failure", number=LATER) == 200
    assert history(mail) == (State.FAILED, [Outcome.BOUNCED, Outcome.BOUNCED])


@pytest.mark.parametrize("status", ["delivered", *FAILURES])
def test_what_is_told_while_the_mail_is_still_being_sent_is_asked_for_again(told, status):
    mail = MailFactory(enquiry=InterestFactory().enquiry)
    claimed = attempts.claim(mail.pk)

    assert told(mail, status) == 503
    assert history(mail) == (State.SENDING, [Outcome.RUNNING])

    attempts.settle(claimed, State.SENT, Outcome.SENT, "taken")
    assert told(mail, status) == 200
    assert len(history(mail)[1]) == 2


@pytest.mark.parametrize("trait", ["failed", "cancelled"])
def test_a_failure_changes_nothing_that_was_settled_otherwise(told, trait):
    mail = MailFactory(state=trait)

    assert told(mail, "permanent-failure") == 200

    assert history(mail) == (State(trait), [])


@pytest.mark.parametrize("status", ["delivered", *FAILURES])
def test_sign_in_codes_are_left_alone(told, status):
    mail = MailFactory(sign_in=True, sent=True)

    assert told(mail, status) == 200

    assert history(mail) == (State.SENT, [])


@pytest.mark.parametrize("status", ["sending", "created", "", "DELIVERED", "pending-virus-check"])
def test_what_is_not_final_changes_nothing(told, status):
    mail = mail_that_is("sent")

    assert told(mail, status) == 200

    assert history(mail) == (State.SENT, [])


@pytest.mark.parametrize("reference", [None, "", "<nobody@example.org>", "a\0b", "<\0@a>", "\ud800", "<é@a>", 7, ["a"]])
def test_a_reference_that_is_not_ours_is_taken_and_forgotten(told, reference):
    mail = mail_that_is("sent")

    assert told(mail, "delivered", reference=reference) == 200

    assert history(mail) == (State.SENT, [])


@pytest.mark.parametrize("number", [None, "", "1", "x" * 36])
def test_a_receipt_without_a_number_of_notify_changes_nothing(told, number):
    mail = mail_that_is("sent")

    assert told(mail, "delivered", number=number) == 200

    assert history(mail) == (State.SENT, [])


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", TOKEN, "Bearer é", "Basic x"]
)
def test_who_does_not_know_the_token_is_refused_without_a_word(client, authorization):
    mail = mail_that_is("sent")

    answer = post(
        client, json.dumps({"id": NUMBER, "reference": mail.message_id, "status": "delivered"}), authorization
    )

    assert (answer.status_code, answer.content) == (403, b"")
    assert history(mail) == (State.SENT, [])


def test_where_mail_does_not_go_by_notify_there_is_nobody_to_tell(client, settings):
    settings.NOTIFY_API_KEY = ""

    assert post(client, "{}").status_code == 404


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer "])
def test_without_a_token_set_nobody_is_heard(client, settings, authorization):
    settings.NOTIFY_RECEIPTS_TOKEN = ""

    assert post(client, "{}", authorization).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        "{}",
        '{"id": "1", "status": "delivered"}',
        "[" * 60_000,
        b"\xff\xfe",
        b'{"\x00": 1}',
    ],
)
def test_what_is_no_receipt_is_refused(client, body):
    assert post(client, body).status_code == 400


def test_a_receipt_that_is_too_long_is_refused(client):
    mail = mail_that_is("sent")
    receipt = {"id": NUMBER, "reference": mail.message_id, "status": "delivered", "to": "x" * 65 * 1024}

    assert post(client, json.dumps(receipt)).status_code == 400
    assert history(mail) == (State.SENT, [])


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_only_post_is_answered(client, method):
    answer = getattr(client, method)("/notify/receipts/", headers={"Authorization": f"Bearer {TOKEN}"})

    assert answer.status_code == 405


def test_notify_needs_no_cookie_and_gets_none(told, client):
    """A browser's protection against forged requests is not asked for: the token proves who it is."""
    client.handler.enforce_csrf_checks = True

    assert told(mail_that_is("sent"), "delivered") == 200
    assert not client.cookies


def test_no_address_gets_into_the_log(told, caplog):
    caplog.set_level("DEBUG", logger="enquiries")
    caplog.set_level("DEBUG", logger="django.request")

    told(mail_that_is("sent"), "permanent-failure")
    told(None, "delivered")

    assert "a.person" not in caplog.text
