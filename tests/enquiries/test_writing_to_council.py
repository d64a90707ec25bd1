"""A provider writes to the council from the page of its application."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from enquiries import services
from enquiries.exceptions import TooMany, TransitionNotAllowed
from enquiries.models import Enquiry, Event, Message, OutgoingMail
from tests.applying import errors
from tests.enquiries.crowd import at_once
from tests.enquiries.follower import following
from tests.enquiries.letters import read
from tests.factories import EnquiryFactory, InterestFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enquiry():
    return InterestFactory(enquiry__in_triage=True).enquiry


@pytest.fixture
def browser(enquiry):
    return following(enquiry)


def page(enquiry, name="write/"):
    return f"/follow/{enquiry.reference}/{name}"


def news():
    return list(OutgoingMail.objects.filter(kind="news").order_by("pk"))


def test_a_message_is_kept_and_waits_for_an_officer(enquiry):
    services.write_to_council(enquiry_id=enquiry.pk, text="We have moved.")

    enquiry.refresh_from_db()
    message = Message.objects.get()
    assert (message.kind, message.text, message.by, message.mail) == ("incoming", "We have moved.", None, None)
    assert enquiry.answered_at
    assert Event.objects.get(kind="heard").detail == {"by": "provider", "message": message.pk}


def test_no_cookie_is_left_but_the_two_that_our_page_names(browser, enquiry, settings):
    """What a page says after a step is kept elsewhere."""
    named = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}

    answer = browser.post(page(enquiry), {"text": "Hello."})

    assert set(answer.cookies) <= named
    cookies_page = Client().get("/cookies/").content.decode()
    assert all(f">{name}</th>" in cookies_page for name in named)
    assert "We have your message." in browser.get(answer["Location"]).content.decode()


def test_the_inbox_gets_a_mail_that_holds_nothing_of_the_message(enquiry):
    """No routing mail is added: there is still exactly one of those for each inbox (MO1)."""
    services.write_to_council(enquiry_id=enquiry.pk, text="canary-text")

    (mail,) = news()
    shown = read(mail)
    assert mail.recipient == enquiry.interests.get().inbox
    assert mail.subject == f"care sector support: a message from the provider ({enquiry.reference})"
    assert shown["Reply-To"] == enquiry.contact_email
    text = shown.get_content()
    assert enquiry.get_absolute_url() in text
    for personal in ("canary-text", enquiry.organisation, enquiry.contact_name):
        assert personal not in text
    assert not OutgoingMail.objects.filter(kind="routing").exists()


def test_each_inbox_gets_one(enquiry):
    InterestFactory(enquiry=enquiry, inbox="training@lbbd.gov.uk")
    InterestFactory(enquiry=enquiry, inbox="training@lbbd.gov.uk")

    services.write_to_council(enquiry_id=enquiry.pk, text="One.")
    services.write_to_council(enquiry_id=enquiry.pk, text="Two.")

    assert sorted(mail.recipient for mail in news()) == 2 * ["businessforum@lbbd.gov.uk"] + 2 * ["training@lbbd.gov.uk"]


def test_what_waited_for_the_provider_waits_no_longer():
    waiting = InterestFactory(enquiry__waiting=True).enquiry

    services.write_to_council(enquiry_id=waiting.pk, text="Here I am.")

    waiting.refresh_from_db()
    assert (waiting.state, waiting.paused_on) == ("in_triage", None)
    assert waiting.answered_at
    assert waiting.events.filter(kind="resumed").exists()


def test_a_new_enquiry_stays_new():
    new = InterestFactory().enquiry

    services.write_to_council(enquiry_id=new.pk, text="One more thing.")

    new.refresh_from_db()
    assert (new.state, new.answered_at) == ("new", None)


def test_a_closed_enquiry_takes_no_message():
    closed = EnquiryFactory(closed=True)

    with pytest.raises(TransitionNotAllowed, match="apply again"):
        services.write_to_council(enquiry_id=closed.pk, text="Hello?")
    assert not Message.objects.exists()


def test_a_double_click_is_one_message(enquiry):
    """CO9."""
    for _ in range(2):
        services.write_to_council(enquiry_id=enquiry.pk, text="Once.")

    assert Message.objects.count() == len(news()) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_message_many_times_at_once_is_one():
    enquiry = InterestFactory(enquiry__in_triage=True).enquiry

    at_once(*[lambda: services.write_to_council(enquiry_id=enquiry.pk, text="Once.")] * 8)

    assert Message.objects.count() == 1


def test_ten_messages_an_hour_are_enough(enquiry):
    """Trap 20."""
    for number in range(10):
        services.write_to_council(enquiry_id=enquiry.pk, text=f"Message {number}")

    with pytest.raises(TooMany):
        services.write_to_council(enquiry_id=enquiry.pk, text="Message 11")
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1)):
        services.write_to_council(enquiry_id=enquiry.pk, text="Message 11")


def test_the_page_keeps_what_was_typed_when_there_are_too_many(enquiry, browser):
    for number in range(10):
        services.write_to_council(enquiry_id=enquiry.pk, text=f"Message {number}")

    answer = browser.post(page(enquiry), {"text": "Message 11"})

    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert "Message 11" in answer.content.decode()


def test_who_follows_writes_and_reads_it_on_the_status_page(enquiry, browser):
    answer = browser.post(page(enquiry), {"text": "Is there <b>parking</b>?"}, follow=True)

    assert answer.redirect_chain == [(page(enquiry, ""), 302)]
    shown = answer.content.decode()
    for words in ("We have your message", "Your message", "Is there &lt;b&gt;parking&lt;/b&gt;?"):
        assert words in shown


def test_extra_fields_change_nothing(enquiry, browser):
    """FI7."""
    before = Enquiry.objects.values().get()

    browser.post(page(enquiry), {"text": "Hello.", "kind": "decision", "by": "1", "state": "closed", "owner": "1"})

    assert Message.objects.get().kind == "incoming"
    after = Enquiry.objects.values().get()
    assert {name for name in before if before[name] != after[name]} == {"answered_at"}


@pytest.mark.parametrize("text", ["", "+++", "a%00b", "%ed%a0%80%00", "x" * 4001])
def test_bad_input_is_told_and_stores_nothing(enquiry, browser, text):
    answer = browser.post(page(enquiry), f"text={text}", content_type="application/x-www-form-urlencoded")

    assert (answer.status_code, len(errors(answer))) == (200, 1)
    assert not Message.objects.exists()


def test_officers_read_it_in_its_place(enquiry, browser_of, officer):
    services.write_to_provider(enquiry_id=enquiry.pk, officer=officer, text="First.")
    services.write_to_council(enquiry_id=enquiry.pk, text="Second.")
    assert "Waits for you" in browser_of(officer).get(enquiry.get_absolute_url()).content.decode()
    services.write_to_provider(enquiry_id=enquiry.pk, officer=officer, text="Third.")

    shown = browser_of(officer).get(enquiry.get_absolute_url()).content.decode()

    assert shown.index("First.") < shown.index("Second.") < shown.index("Third.")
    assert "Message from the provider" in shown
    assert "Waits for you" not in shown


@pytest.mark.parametrize(
    "name", ["write/", "documents/", "contact/", "contact/email/", "contact/email/code/", "withdraw/", "undo/"]
)
class TestWhoMay:
    """Every page on which something is done."""

    def test_somebody_elses_is_not_there(self, enquiry, name):
        """AZ2: for whoever follows another enquiry, it is the same as one that does not exist."""
        stranger = following(EnquiryFactory())

        answers = [stranger.post(page(one, name), {"text": "x"}) for one in (enquiry, Enquiry(reference="ABC-234-DEF"))]

        assert [answer.status_code for answer in answers] == [404, 404]
        assert not Message.objects.exists()

    def test_a_reference_alone_opens_nothing(self, enquiry, name):
        """AZ6."""
        assert Client().get(page(enquiry, name)).status_code == 404

    def test_looking_changes_nothing(self, enquiry, browser, name):
        """AZ17."""
        before = [list(model.objects.values()) for model in (Enquiry, Message, Event, OutgoingMail)]

        for method in (browser.get, browser.head, browser.options):
            assert method(page(enquiry, name)).status_code in (200, 405)
        for method in (browser.put, browser.patch, browser.delete):
            assert method(page(enquiry, name), {"text": "x"}).status_code == 405

        assert before == [list(model.objects.values()) for model in (Enquiry, Message, Event, OutgoingMail)]

    def test_it_is_kept_by_no_cache(self, enquiry, browser, name):
        assert browser.get(page(enquiry, name))["Cache-Control"] == "no-store"
