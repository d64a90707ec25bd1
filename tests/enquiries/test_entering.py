"""An officer types an enquiry for a provider: the application's own rules, on one page."""

import datetime as dt
import re
import uuid

import pytest
from django.utils import timezone

from enquiries import queries, services
from enquiries.exceptions import ProgrammesChanged
from enquiries.models import Draft, Enquiry, Interest, OutgoingMail
from tests.factories import (
    EnquiryFactory,
    IntakeFactory,
    InterestFactory,
    ProgrammeFactory,
    QuestionFactory,
    RuleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/enquiries/enquiry/add/"


class Typing:
    """An officer at the sheet. Each time it comes back, what it shows is sent again with what is typed."""

    def __init__(self, browser, path=ADDRESS, **typed):
        self.browser, self.path = browser, path
        today = timezone.localdate()
        self.typed = {
            "channel": "officer",
            "came_on-day": str(today.day),
            "came_on-month": str(today.month),
            "came_on-year": str(today.year),
            "programmes-programmes": ["open"],
            "service-provider_type": "care_home",
            "postcode-postcode": "RM10 8XD",
            "organisation-organisation": "Example care home",
            "contact-full_name": "Example Caller",
            "contact-email": "caller@example.org",
            **typed,
        }
        self.page = browser.get(path).content.decode()

    def send(self, **more):
        self.typed.update(more)
        response = self.browser.post(self.path, {**self.hidden(), **self.typed})
        self.page = response.content.decode()
        return response

    def hidden(self):
        fields = re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', self.page)
        found = {}
        for name, value in fields:
            found.setdefault(name, []).append(value)
        found.pop("csrfmiddlewaretoken", None)
        return found


@pytest.fixture
def typing(officer, browser_of, open_programme):
    return Typing(browser_of(officer))


def test_what_an_officer_types_becomes_an_enquiry_like_any_other(typing, officer):
    assert "What you can apply for" in typing.send().content.decode()

    response = typing.send(told="on")

    enquiry = Enquiry.objects.get()
    assert response["Location"] == enquiry.get_absolute_url()
    assert (enquiry.channel, enquiry.state, enquiry.contact_email) == ("officer", "new", "caller@example.org")
    assert enquiry.interests.get().programme.slug == "open"
    event = enquiry.events.get()
    assert (event.kind, event.by, event.detail["channel"]) == ("received", officer, "officer")
    kinds = set(enquiry.mails.values_list("kind", flat=True))
    assert kinds == {OutgoingMail.Kind.ROUTING, OutgoingMail.Kind.ACKNOWLEDGEMENT}


def test_it_is_in_balance_with_what_came_online(typing):
    typing.send()
    typing.send(told="on")

    differences = queries.balance().differences
    assert all("queued" in line for line in differences), differences  # nothing but mail that has not left yet


def test_an_enquiry_by_email_keeps_its_channel_and_the_day_on_which_it_came(typing):
    came_on = timezone.localdate() - dt.timedelta(days=3)
    day = {"came_on-day": came_on.day, "came_on-month": came_on.month, "came_on-year": came_on.year}
    typing.send(channel="email", **day)
    typing.send(told="on")

    enquiry = Enquiry.objects.get()
    assert enquiry.channel == "email"
    assert timezone.localdate(enquiry.received_at) == came_on
    later = Typing(typing.browser)
    later.send()
    later.send(told="on")
    assert enquiry.reply_due_on < Enquiry.objects.exclude(pk=enquiry.pk).get().reply_due_on


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"channel": ""}, "Select how it came in"),
        ({"programmes-programmes": []}, "Select at least one programme"),
        ({"postcode-postcode": "nowhere"}, "postcode"),
        ({"contact-email": "not an address"}, "Enter one email address"),
        ({"contact-full_name": ""}, "Enter your full name"),
        ({"came_on-year": "2124"}, "must be on or before"),
        ({"came_on-day": "x"}, "day"),
        ({"message-message": "x" * 4001}, "4,000 characters"),
    ],
)
def test_bad_input_comes_back_with_the_reason_and_everything_typed(typing, wrong, message):
    page = typing.send(**wrong).content.decode()

    assert "There is a problem" in page
    assert message in page
    assert "Example care home" in page
    assert all(value in page for value in wrong.values() if isinstance(value, str))
    assert not Enquiry.objects.exists()


def test_it_is_not_stored_before_the_provider_has_been_told(typing):
    typing.send()

    page = typing.send().content.decode()

    assert "Tell the provider how we use their information" in page
    assert not Enquiry.objects.exists()


def test_a_programmes_own_questions_are_asked_once_it_is_chosen(typing, open_programme):
    QuestionFactory(programme=open_programme, key="staff", label="How many staff?", is_required=True)
    page = typing.send().content.decode()
    assert "These answers open more questions" in page
    assert "How many staff?" in page
    assert "There is a problem" not in page

    page = typing.send(told="on").content.decode()
    assert "There is a problem" in page

    typing.send(**{"about-open-q-staff": "12"})
    assert Interest.objects.get().answers == [["How many staff?", "12"]]


def test_what_does_not_fit_is_stored_only_for_a_second_look(typing, open_programme):
    RuleFactory(programme=open_programme, fact="provider_type", accepts=["homecare"], reason="It is for homecare.")
    page = typing.send().content.decode()
    assert "It is for homecare." in page

    assert "There is a problem" in typing.send(told="on").content.decode()
    typing.send(**{"eligibility-second_look": ["open"]})

    interest = Interest.objects.get()
    assert (interest.verdict, interest.wants_second_look) == ("no", True)


def test_a_full_programme_takes_a_name_for_its_waiting_list(typing, open_programme):
    IntakeFactory(programme=open_programme, full=True)
    assert "is full" in typing.send().content.decode()

    typing.send(**{"availability-decision-open": "wait"})
    typing.send(told="on")

    assert Interest.objects.get().state == Interest.State.WAITING_LIST


def test_what_was_answered_no_longer_fits_after_another_answer_is_changed(typing, open_programme):
    RuleFactory(programme=open_programme, fact="provider_type", accepts=["care_home"], reason="Care homes only.")
    typing.send()

    page = typing.send(told="on", **{"service-provider_type": "homecare"}).content.decode()

    assert "What you can apply for has changed" in page
    assert not Enquiry.objects.exists()


def test_a_second_click_stores_nothing_twice(typing):
    typing.send()
    before = typing.page

    first = typing.send(told="on")
    typing.page = before
    second = typing.send(told="on")

    assert first["Location"] == second["Location"]
    assert Enquiry.objects.count() == 1


def test_earlier_enquiries_of_the_same_provider_are_shown_before_it_is_stored(typing, open_programme):
    same = InterestFactory(programme=open_programme, enquiry__contact_email="Caller@Example.org").enquiry
    stranger = EnquiryFactory(organisation="Somebody else", postcode="RM8 1AA")

    page = typing.send().content.decode()

    assert "Has this provider asked before?" in page
    assert same.reference in page
    assert "Asks for the same: Open programme" in page
    assert stranger.reference not in page


def test_a_programme_that_closes_at_the_last_moment_is_told_and_nothing_is_stored(
    typing, open_programme, officer, monkeypatch
):
    def closed(**_):
        raise ProgrammesChanged("A programme has changed since you chose it. Nothing has been sent yet.")

    typing.send()
    monkeypatch.setattr(services, "enter_enquiry", closed)

    page = typing.send(told="on").content.decode()

    assert "A programme has changed" in page
    assert "Example care home" in page


def test_the_service_refuses_what_changed(officer):
    programme = ProgrammeFactory(slug="gone")
    draft = Draft(pk=uuid.uuid4(), answers={"eligibility": {"results": {"gone": {}, "other": {}}}})
    programme.delete()

    with pytest.raises(ProgrammesChanged):
        services.enter_enquiry(draft=draft, officer=officer, channel="officer", came_on=timezone.localdate())


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_officers_who_may_change_enquiries_enter_one(viewer, browser_of, client, method, open_programme):
    assert getattr(browser_of(viewer), method)(ADDRESS).status_code == 403
    assert getattr(browser_of(UserFactory()), method)(ADDRESS).status_code == 403
    assert getattr(client, method)(ADDRESS)["Location"].startswith("/account/login/")
