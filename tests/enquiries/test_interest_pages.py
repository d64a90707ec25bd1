"""Deciding about programmes on the enquiry's page: buttons, small forms, and who may."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from enquiries import services
from enquiries.models import Event, Interest
from tests.enquiries.letters import send
from tests.factories import EnquiryFactory, IntakeFactory, InterestFactory, MailFactory, PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db

ALL = [
    "refer",
    "offer",
    "waiting-list",
    "enrol",
    "move",
    "complete",
    "not-eligible",
    "decline",
    "withdraw",
    "correct",
    "reopen",
]
WITH_A_FORM = {"refer", "offer", "move", "not-eligible", "decline", "correct"}
WITH_A_LETTER = {"not-eligible", "decline", "correct"}


@pytest.fixture
def interest():
    found = InterestFactory(in_hand=True)
    found.programme.partners.add(PartnerFactory(name="Example partner"))
    IntakeFactory(programme=found.programme, title="Spring group", capacity=1)
    return found


def address(interest, name):
    return f"/admin/enquiries/enquiry/{interest.enquiry_id}/programmes/{interest.pk}/{name}/"


def page(browser, interest):
    return browser.get(interest.enquiry.get_absolute_url()).content.decode()


def on_offer(browser, interest):
    return set(re.findall(rf"/programmes/{interest.pk}/([a-z-]+)/", page(browser, interest)))


def answers(interest, name):
    group, partner = interest.programme.intakes.get(), interest.programme.partners.get()
    return {
        "refer": {"partner": partner.pk},
        "offer": {"group": group.pk},
        "not-eligible": {"reason": "role"},
        "decline": {"reason": "no_money", "onward_options": "Ask again in May."},
        "correct": {"explanation": "We looked at the wrong application."},
    }.get(name, {})


def take(browser, interest, name, typed=None):
    """Take a step, reading its letter first where it has one."""
    typed = answers(interest, name) if typed is None else typed
    if name in WITH_A_LETTER:
        return send(browser, address(interest, name), typed, follow=True)
    return browser.post(address(interest, name), typed, follow=True)


def test_a_step_that_asks_something_opens_its_page_and_the_others_are_done_at_once(officer, browser_of, interest):
    """A page that is only opened says of no mistake, and has what is known filled in."""
    shown = page(browser_of(officer), interest)

    links = set(re.findall(rf'href="{address(interest, "([a-z-]+)")}"', shown))
    posts = set(re.findall(rf'action="{address(interest, "([a-z-]+)")}"', shown))
    assert links == {"refer", "offer", "not-eligible", "decline"}
    assert posts == {"waiting-list", "withdraw"}


@pytest.mark.parametrize(
    ("way", "offered"),
    [
        ([], {"refer", "offer", "waiting-list", "not-eligible", "decline", "withdraw"}),
        (["refer"], {"offer", "waiting-list", "not-eligible", "decline", "withdraw", "reopen"}),
        (["offer"], {"enrol", "move", "waiting-list", "not-eligible", "decline", "withdraw", "correct"}),
        (["offer", "enrol"], {"move", "complete", "withdraw", "correct"}),
        (["withdraw"], {"reopen"}),
        (["decline"], {"correct"}),
        (["not-eligible"], {"correct"}),
        (["decline", "correct"], {"refer", "offer", "waiting-list", "not-eligible", "decline", "withdraw"}),
    ],
)
def test_the_page_offers_what_the_table_has_and_each_does_what_it_says(officer, browser_of, interest, way, offered):
    browser = browser_of(officer)
    for name in way:
        assert "govuk-notification-banner--success" in take(browser, interest, name).content.decode()

    assert on_offer(browser, interest) == offered


def test_the_story_tells_every_step_with_its_programme(officer, browser_of, interest):
    browser = browser_of(officer)
    take(browser, interest, "decline")

    shown = page(browser, interest)

    for text in ("Declined", "There is no money left for it", "Ask again in May.", f"({interest.programme_title})"):
        assert text in shown


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("refer", {}, "Select a partner"),
        ("refer", {"partner": "999999"}, "Select a partner"),
        ("refer", {"partner": "1 OR 1"}, "Select a partner"),
        ("offer", {}, "Select a group"),
        ("offer", {"group": "999999"}, "Select a group"),
        ("not-eligible", {"reason": "no_money"}, "Select a reason"),
        ("decline", {"reason": "no_money"}, "Select or enter at least one thing"),
        ("decline", {"reason": "no_money", "onward_options": "x" * 2001}, "2,000 characters or less"),
        ("decline", {"onward_options": "Ask again in May."}, "Select a reason"),
        ("decline", {"reason": "no_money", "options": ["no-such-programme"]}, "at least one thing"),
    ],
)
def test_a_choice_that_is_missing_or_wrong_is_asked_for_and_what_was_typed_is_kept(
    officer, browser_of, interest, name, typed, message
):
    shown = browser_of(officer).post(address(interest, name), typed).content.decode()

    assert message in shown
    assert "There is a problem" in shown
    if typed.get("onward_options", "x" * 3000) < "x":
        assert typed["onward_options"] in shown
    interest.refresh_from_db()
    assert (interest.state, interest.enquiry.events.count()) == ("received", 1)


def test_a_full_group_is_shown_as_full_and_refused_with_what_to_do(officer, browser_of, interest):
    interest.programme.intakes.update(places_taken=1)
    browser = browser_of(officer)
    assert "Full" in browser.get(address(interest, "offer")).content.decode()

    shown = browser.post(address(interest, "offer"), answers(interest, "offer")).content.decode()

    assert "The group is full: put it on the waiting list." in shown


def test_the_group_they_prefer_is_chosen_already(officer, browser_of, interest):
    Interest.objects.update(intake=interest.programme.intakes.get())

    shown = browser_of(officer).get(address(interest, "offer")).content.decode()

    assert "checked" in shown
    assert "1 place left" in shown


def test_without_any_group_an_offer_says_so(officer, browser_of):
    interest, browser = InterestFactory(in_hand=True), browser_of(officer)
    assert "dates to be agreed" in browser.get(address(interest, "offer")).content.decode()

    browser.post(address(interest, "offer"), {"shown": interest.shown_as})

    interest.refresh_from_db()
    assert interest.state == "offered"


@pytest.mark.parametrize("name", [name for name in ALL if name != "move"])
def test_a_crafted_post_outside_the_table_changes_nothing(officer, browser_of, interest, name):
    """AD16: completed goes nowhere but back."""
    browser = browser_of(officer)
    for step in ("offer", "enrol", "complete"):
        browser.post(address(interest, step), answers(interest, step))
    before = (Event.objects.count(), list(Interest.objects.values()))
    if name == "reopen":
        name = "complete"

    shown = take(browser, interest, name).content.decode()

    assert any(words in shown for words in ("is completed: it cannot be", "is full", "has no letter about"))
    assert (Event.objects.count(), list(Interest.objects.values())) == before


def test_an_old_page_is_told_what_happened_and_keeps_what_was_typed(officer, browser_of, interest):
    """CO1: the second one sees the first one's change, and decides."""
    typed = {**answers(interest, "decline"), "shown": interest.shown_as}
    colleague = UserFactory(officer=True, name="A colleague")
    services.put_on_waiting_list(interest_id=interest.pk, officer=colleague)
    browser = browser_of(officer)

    shown = take(browser, interest, "decline", typed).content.decode()

    assert "Put on the waiting list, by A colleague" in shown
    assert "Ask again in May." in shown
    interest.refresh_from_db()
    assert interest.state == "waiting_list"
    take(browser, interest, "decline", {**typed, "shown": interest.shown_as})
    interest.refresh_from_db()
    assert interest.state == "declined"


def test_buttons_carry_what_the_page_showed(officer, browser_of, interest):
    """CO2."""
    browser = browser_of(officer)
    shown = page(browser, interest)
    assert f'name="shown" value="{interest.shown_as}"' in shown
    assert f'name="shown" value="{interest.enquiry.shown_as}"' in shown
    services.put_on_waiting_list(interest_id=interest.pk, officer=UserFactory(officer=True, name="A colleague"))

    answer = browser.post(address(interest, "withdraw"), {"shown": interest.shown_as}, follow=True)

    assert "by A colleague" in answer.content.decode()
    interest.refresh_from_db()
    assert interest.state == "waiting_list"


def test_an_enquiry_that_is_not_in_hand_offers_no_step_and_says_what_to_do(officer, browser_of):
    browser = browser_of(officer)
    for trait, words in (({}, "Take the enquiry"), ({"waiting": True}, "Take it back to triage")):
        interest = InterestFactory(enquiry=EnquiryFactory(**trait))

        assert on_offer(browser, interest) == set()
        assert words in page(browser, interest)


def test_when_all_is_with_a_partner_that_is_offered_for_the_enquiry_and_not_forced(officer, browser_of, interest):
    browser = browser_of(officer)
    browser.post(address(interest, "refer"), answers(interest, "refer"))

    shown = page(browser, interest)

    interest.enquiry.refresh_from_db()
    assert interest.enquiry.state == "in_triage"
    assert "You can set the enquiry to “With a partner”" in shown


def test_a_programme_is_decided_within_its_own_enquiry_only(officer, browser_of, interest):
    other = EnquiryFactory(in_triage=True)

    crafted = f"/admin/enquiries/enquiry/{other.pk}/programmes/{interest.pk}/withdraw/"

    assert browser_of(officer).post(crafted).status_code == 404
    assert browser_of(officer).post(address(interest, "explode")).status_code == 404


@pytest.mark.parametrize("name", ALL)
def test_looking_changes_nothing(officer, browser_of, interest, name):
    """AZ17."""
    response = browser_of(officer).get(address(interest, name))

    assert response.status_code == (200 if name in WITH_A_FORM else 405)
    interest.refresh_from_db()
    assert interest.state == "received"


@pytest.mark.parametrize("name", ALL)
def test_nobody_but_officers_decides(browser_of, viewer, interest, name):
    """AD7, AZ1."""
    given = answers(interest, name)

    assert browser_of(viewer).post(address(interest, name), given).status_code == 403
    assert browser_of(UserFactory()).post(address(interest, name), given).status_code == 403
    signed_out = Client().post(address(interest, name), given)
    assert signed_out.status_code == 302
    assert signed_out["Location"].startswith("/account/")
    interest.refresh_from_db()
    assert interest.state == "received"
    assert on_offer(browser_of(viewer), interest) == set()


def test_the_page_of_an_enquiry_takes_the_same_few_queries_however_much_it_tells(officer, browser_of, interest):
    """The budget of the page; one is the banner's, two the sign-in's, one says who opened it, one looks for mail."""
    browser = browser_of(officer)

    def queries():
        with CaptureQueriesContext(connection) as made:
            assert browser.get(interest.enquiry.get_absolute_url()).status_code == 200
        return len(made)

    MailFactory(enquiry=interest.enquiry)
    services.add_note(enquiry_id=interest.enquiry_id, officer=officer, text="One")
    services.write_to_provider(enquiry_id=interest.enquiry_id, officer=officer, text="One")
    few = queries()
    for number in range(5):
        more = InterestFactory(enquiry=interest.enquiry)
        more.programme.partners.add(PartnerFactory())
        MailFactory(enquiry=interest.enquiry, recipient=f"inbox-{number}@lbbd.gov.uk")
        services.put_on_waiting_list(interest_id=more.pk, officer=officer)
        services.add_note(enquiry_id=interest.enquiry_id, officer=officer, text="More")
        services.write_to_provider(enquiry_id=interest.enquiry_id, officer=officer, text="More")

    assert queries() == few <= 21
