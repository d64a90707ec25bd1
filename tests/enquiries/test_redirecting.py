"""An officer sends a mail that did not arrive to another address."""

import datetime as dt

import pytest
from django.utils import timezone

from enquiries import queries, services
from enquiries.exceptions import AddressRefused, TransitionNotAllowed
from enquiries.mail import post
from enquiries.models import Event, OutgoingMail
from tests.factories import InterestFactory, MailFactory

pytestmark = pytest.mark.django_db

State = OutgoingMail.State


@pytest.fixture
def failed(db):
    interest = InterestFactory(inbox="gone@lbbd.gov.uk")
    mail = MailFactory(
        failed=True, enquiry=interest.enquiry, recipient="gone@lbbd.gov.uk", recipient_key="gone@lbbd.gov.uk"
    )
    MailFactory(sent=True, acknowledgement=True, enquiry=interest.enquiry)
    return mail


def test_the_letter_goes_to_the_other_address_with_everything_that_it_brought(failed, officer, mail_server):
    services.redirect_mail(mail_id=failed.pk, address="businessforum@lbbd.gov.uk", officer=officer)
    post.send_due()

    (taken,) = mail_server.taken
    assert taken.recipient == "businessforum@lbbd.gov.uk"
    assert failed.enquiry.interests.get().programme_title in taken.raw.decode()
    assert OutgoingMail.objects.get(pk=failed.pk).state == State.CANCELLED


def test_the_enquiry_is_delivered_again_and_the_books_balance(failed, officer, mail_server):
    """DI9."""
    services.redirect_mail(mail_id=failed.pk, address="businessforum@lbbd.gov.uk", officer=officer)
    post.send_due()

    failed.enquiry.refresh_from_db()
    assert not failed.enquiry.undelivered
    assert queries.balance().differences == []


def test_the_history_says_who_and_holds_no_address(failed, officer):
    services.redirect_mail(mail_id=failed.pk, address="businessforum@lbbd.gov.uk", officer=officer)

    event = failed.enquiry.events.get(kind=Event.Kind.MAIL_REDIRECTED)
    assert event.by == officer
    assert "@" not in str(event.detail)


def test_it_can_be_sent_to_the_same_address_more_than_once(failed, officer):
    for _ in range(2):
        mail = OutgoingMail.objects.exclude(state__in=[State.CANCELLED, State.SENT]).get()
        services.redirect_mail(mail_id=mail.pk, address="businessforum@lbbd.gov.uk", officer=officer)

    numbers = OutgoingMail.objects.filter(recipient="businessforum@lbbd.gov.uk").values_list("number", flat=True)
    assert sorted(numbers) == [1, 2]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@c",
        "=?x?q?x?=@lbbd.gov.uk",
        "a@l\u00e4bd.gov.uk",
        "someone@example.org",
        "x@lbbd.gov.uk.example.org",
    ],
)
def test_an_application_stays_within_the_council(failed, officer, address):
    """MO3."""
    with pytest.raises(AddressRefused, match="Enter"):
        services.redirect_mail(mail_id=failed.pk, address=address, officer=officer)

    failed.refresh_from_db()
    assert failed.state == State.FAILED
    assert OutgoingMail.objects.count() == 2


def test_a_mail_that_arrived_is_not_sent_elsewhere(officer):
    mail = MailFactory(sent=True)

    with pytest.raises(TransitionNotAllowed):
        services.redirect_mail(mail_id=mail.pk, address="businessforum@lbbd.gov.uk", officer=officer)


def test_a_lost_application_is_not_hidden_by_having_been_sent_elsewhere(failed, officer):
    """DI9: a planted difference."""
    services.redirect_mail(mail_id=failed.pk, address="businessforum@lbbd.gov.uk", officer=officer)
    other = OutgoingMail.objects.get(recipient="businessforum@lbbd.gov.uk")

    services.cancel_mail(mail_id=other.pk, officer=officer)

    assert queries.balance().differences


def test_a_mail_that_came_back_is_told_as_new(failed, officer):
    OutgoingMail.objects.filter(pk=failed.pk).update(
        state=State.SENT, sent_at=timezone.now(), next_attempt_at=timezone.now() - dt.timedelta(days=1)
    )

    services.receive_bounce(mail_id=failed.pk, words="5.1.1 no such user")

    failed.refresh_from_db()
    assert timezone.now() - failed.next_attempt_at < dt.timedelta(minutes=1)
