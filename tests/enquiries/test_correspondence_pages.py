"""Writing to providers from the enquiry's page: the form, the letter to read, and the story."""

import pytest
from django.test import Client
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import services
from enquiries.models import Enquiry, Message, ReplyTemplate
from tests.enquiries.letters import hidden, previewed, send, to_provider
from tests.factories import EnquiryFactory, InterestFactory, UserFactory

pytestmark = pytest.mark.django_db

WORDS = "We have read your application."


@pytest.fixture
def enquiry(officer):
    return InterestFactory(enquiry=EnquiryFactory(in_triage=True, owner=officer, contact_name="Ada Example")).enquiry


def address(enquiry, name="write"):
    return f"/admin/enquiries/enquiry/{enquiry.pk}/{name}/"


def day(number=5):
    found = add_working_days(timezone.localdate(), number)
    return {"answer_by-day": found.day, "answer_by-month": found.month, "answer_by-year": found.year}


def story(browser, enquiry):
    return browser.get(enquiry.get_absolute_url()).content.decode()


def test_a_message_is_read_as_the_provider_will_read_it_and_then_sent_as_it_was_read(officer, browser_of, enquiry):
    browser = browser_of(officer)
    page = browser.post(address(enquiry), {"text": "Is it <two> & more?"})
    assert previewed(page).startswith("Dear Ada\n\nIs it <two> & more?\n")
    assert not Message.objects.exists()

    answer = browser.post(address(enquiry), hidden(page), follow=True)

    assert "The message is on its way." in answer.content.decode()
    assert to_provider()[0].text == previewed(page)
    assert "Is it &lt;two&gt; &amp; more?" in story(browser, enquiry)


def test_a_question_has_a_day_a_week_away_and_is_previewed_too(officer, browser_of, enquiry):
    browser = browser_of(officer)
    shown = browser.get(address(enquiry, "ask")).content.decode()
    for name, value in day().items():
        assert f'name="{name}"' in shown
        assert f'value="{value}"' in shown

    send(browser, address(enquiry, "ask"), {"text": "How many?", **day()})

    assert Enquiry.objects.get().state == "waiting"
    shown = story(browser, enquiry)
    assert "How many?" in shown
    assert "Ask a question" not in shown


def test_the_story_shows_the_answer_under_its_question_until_somebody_has_dealt_with_it(officer, browser_of, enquiry):
    browser = browser_of(officer)
    send(browser, address(enquiry, "ask"), {"text": "How many?", **day()})
    services.receive_answer(question_id=Message.objects.get().pk, text="<b>Four</b>, in May.")

    shown = story(browser, enquiry)

    assert shown.index("How many?") < shown.index("&lt;b&gt;Four&lt;/b&gt;, in May.")
    for words in ("Waits for you", "The provider has answered.", "I have dealt with the answer", "Queued"):
        assert words in shown
    browser.post(address(enquiry, "do/followed-up"))
    shown = story(browser, enquiry)
    assert "Waits for you" not in shown
    assert "Answer dealt with" in shown


def test_what_was_previewed_can_be_changed_and_nothing_typed_is_lost(officer, browser_of, enquiry):
    browser = browser_of(officer)
    page = browser.post(address(enquiry, "ask"), {"text": "How many?", **day(3)})

    form = browser.post(address(enquiry, "ask"), {**hidden(page), "change": "yes"}).content.decode()

    assert "How many?" in form
    assert f'value="{day(3)["answer_by-day"]}"' in form
    assert "There is a problem" not in form
    assert not Message.objects.exists()


def test_a_letter_that_was_not_read_is_shown_and_not_sent(officer, browser_of, enquiry):
    """A crafted POST, or words changed after the preview."""
    browser = browser_of(officer)
    page = browser.post(address(enquiry), {"text": WORDS})

    for crafted in ({"text": WORDS, "read": "yes"}, {**hidden(page), "text": "Something else."}):
        assert previewed(browser.post(address(enquiry), crafted))

    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("write", {"text": ""}, "Enter your message"),
        ("write", {"text": "x" * 6001}, "6,000 characters or less"),
        ("write", {"text": "Within ((number)) days"}, "“number” cannot be filled in"),
        ("write", {"text": "Call (( us"}, "cannot be filled in"),
        ("ask", {"text": "How many?"}, "Enter the day"),
        ("ask", {"text": "How many?", **day(), "answer_by-day": "31", "answer_by-month": "2"}, "must be a real date"),
        ("ask", {"text": "How many?", **day(), "answer_by-year": "2020"}, "must be on or after"),
        ("ask", {"text": "How many?", **day(), "answer_by-year": "2999"}, "must be on or before"),
        (
            "ask",
            {"text": "How many?", "answer_by-day": "25", "answer_by-month": "12", "answer_by-year": "2026"},
            "working day",
        ),
    ],
)
def test_what_cannot_be_sent_comes_back_with_the_reason_and_what_was_typed(
    officer, browser_of, enquiry, name, typed, message, time_machine
):
    time_machine.move_to("2026-11-23 09:00+00:00")
    shown = browser_of(officer).post(address(enquiry, name), typed).content.decode()

    assert message in shown
    assert typed["text"] in shown
    assert not previewed(browser_of(officer).post(address(enquiry, name), typed))
    assert not Message.objects.exists()


def test_a_double_click_sends_once(officer, browser_of, enquiry):
    """CO1, CO2: the page carries what it showed."""
    browser = browser_of(officer)
    typed = {**hidden(browser.get(address(enquiry))), "text": WORDS}
    pressed = hidden(browser.post(address(enquiry), typed))

    browser.post(address(enquiry), pressed)
    again = browser.post(address(enquiry), pressed).content.decode()

    assert "Message written to the provider, by you, at" in again
    assert WORDS in again
    assert len(to_provider()) == 1


def test_an_answer_that_comes_while_an_officer_writes_is_seen_before_anything_goes(officer, browser_of, enquiry):
    """CO1."""
    question = services.ask_provider(
        enquiry_id=enquiry.pk, officer=officer, text="How many?", answer_by=add_working_days(timezone.localdate(), 5)
    )
    browser = browser_of(officer)
    typed = {**hidden(browser.get(address(enquiry))), "text": WORDS}
    page = browser.post(address(enquiry), typed)
    services.receive_answer(question_id=question.pk, text="Four.")

    shown = browser.post(address(enquiry), hidden(page))

    assert "Look at it again first" in shown.content.decode()
    send(browser, address(enquiry), {**hidden(shown), "text": WORDS})
    assert len(to_provider()) == 2


# --- Templates -----------------------------------------------------------------------------------------------------


def test_a_template_is_filled_in_and_can_be_changed_before_it_goes(officer, browser_of, enquiry):
    words = "((first name)), about ((programmes)): call ((telephone)), ((opening hours)). ((reference)) ((council))"
    template = ReplyTemplate.objects.create(name="Call us", text=words)
    browser = browser_of(officer)
    assert f'href="?template={template.pk}">Call us</a>' in browser.get(address(enquiry)).content.decode()

    shown = browser.get(address(enquiry), {"template": template.pk}).content.decode()

    title = enquiry.interests.get().programme_title
    assert f"Ada, about {title}: call 020 8215 3000, " in shown
    assert f"{enquiry.reference} London Borough" in shown
    assert "((" not in shown


@pytest.mark.parametrize("wanted", ["999999", "abc", "", "1 OR 1", "9" * 40])
def test_a_template_that_is_not_there_gives_an_empty_box(officer, browser_of, enquiry, wanted):
    assert browser_of(officer).get(address(enquiry), {"template": wanted}).status_code == 200


def test_a_template_that_slipped_through_is_never_sent_as_it_stands(officer, browser_of, enquiry):
    """MO19; RULES, trap 30."""
    template = ReplyTemplate.objects.create(name="Broken", text="Within ((days)) days.")
    browser = browser_of(officer)
    assert "Within ((days)) days." in browser.get(address(enquiry), {"template": template.pk}).content.decode()

    assert "cannot be filled in" in browser.post(address(enquiry), {"text": template.text}).content.decode()


def test_without_templates_the_page_says_who_can_make_some(officer, browser_of, enquiry):
    assert "There are no templates yet." in browser_of(officer).get(address(enquiry)).content.decode()


def test_lead_officers_write_templates_and_placeholders_are_checked_when_saved(browser_of, officer):
    """MO19."""
    lead, add = browser_of(UserFactory(lead=True)), "/admin/enquiries/replytemplate/add/"
    shown = lead.post(add, {"name": "Broken", "text": "Within ((days)) days."}).content.decode()
    assert "“days” cannot be filled in. Use only ((reference))" in shown

    lead.post(add, {"name": "Fine", "text": "Call ((telephone))."})

    assert [template.name for template in ReplyTemplate.objects.all()] == ["Fine"]
    assert "already a template with this name" in lead.post(add, {"name": "Fine", "text": "x"}).content.decode()
    assert "Fine" in browser_of(officer).get("/admin/enquiries/replytemplate/").content.decode()
    assert browser_of(officer).post(add, {"name": "Mine", "text": "x"}).status_code == 403
    assert ReplyTemplate.objects.get().history.count() == 1


# --- Who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["write", "ask"])
def test_nobody_but_officers_writes(viewer, browser_of, enquiry, name):
    """AD7, AZ1."""
    typed = {"text": WORDS, **day()}
    for method in ("get", "post"):
        assert getattr(browser_of(viewer), method)(address(enquiry, name), typed).status_code == 403
        assert getattr(browser_of(UserFactory()), method)(address(enquiry, name), typed).status_code == 403
        signed_out = getattr(Client(), method)(address(enquiry, name), typed)
        assert signed_out["Location"].startswith("/account/")
    assert not Message.objects.exists()
    shown = story(browser_of(viewer), enquiry)
    assert f"/{name}/" not in shown
    assert "Correspondence" in shown


def test_a_closed_enquiry_offers_no_writing_and_refuses_it_with_what_to_do(officer, browser_of):
    enquiry, browser = EnquiryFactory(closed=True), browser_of(officer)
    assert "Write to the provider" not in story(browser, enquiry)

    answer = send(browser, address(enquiry), {"text": WORDS})

    assert "Re-open it first." in answer.content.decode()
    assert WORDS in answer.content.decode()
    assert not Message.objects.exists()


@pytest.mark.parametrize("name", ["write", "ask"])
def test_an_enquiry_that_is_not_there_is_an_answer_not_an_error(officer, browser_of, name):
    assert browser_of(officer).get(f"/admin/enquiries/enquiry/999999/{name}/").status_code == 404
