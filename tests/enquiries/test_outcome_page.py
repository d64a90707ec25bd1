"""The page that asks how it went: opening it changes nothing, two taps answer it, one button stops it (N19, SE11)."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from enquiries.letters_outcomes import outcome_page
from enquiries.links import token_for
from enquiries.models import Event, Interest, Message, OutcomeAnswer
from enquiries.services.outcomes import look_after_outcomes
from tests.enquiries.letters import page_in, to_provider
from tests.enquiries.programmes_over import asked, enrolled, on

pytestmark = pytest.mark.django_db

FUNDING = {"funding_name": "Example fund", "funding_months": 3}


@pytest.fixture
def outcome():
    """Asked at the end of a group that has ended."""
    remind_on = timezone.localdate() + dt.timedelta(days=14)
    return asked(enrolled(ends_on=dt.date(2026, 5, 29)), remind_on=remind_on)


@pytest.fixture
def page(outcome):
    return outcome_page(outcome)


def shown(page):
    answer = Client().get(page)
    assert answer.status_code == 200
    return answer.content.decode()


def stored():
    return [list(model.objects.order_by("pk").values()) for model in (OutcomeAnswer, Interest, Event, Message)]


def test_the_letter_leads_to_the_page():
    enrolled(ends_on=dt.date(2026, 5, 29))
    with on(dt.date(2026, 6, 1)):
        look_after_outcomes()

    assert "Did you or your staff take part?" in shown(page_in(to_provider()[0].text))


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_that_opens_the_link_again_and_again_answers_nothing(page, method):
    """SE11, N19: pre-fetching changes nothing, however often, and the page still works."""
    before = stored()

    for scanner in (Client(), Client(REMOTE_ADDR="203.0.113.9")):
        for query in ("", "?took_part=none&stop=yes"):
            getattr(scanner, method)(page + query)

    assert stored() == before
    assert "Did you or your staff take part?" in shown(page)


def test_a_scanner_that_presses_buttons_without_having_seen_them_is_refused(page):
    """SE11: a POST without the page's own token."""
    scanner = Client(enforce_csrf_checks=True)

    for pressed in ({"took_part": "none"}, {"stop": "yes"}):
        assert scanner.post(page, pressed).status_code == 403

    assert OutcomeAnswer.objects.filter(answered_at=None, stopped_at=None).count() == 1


def test_two_taps_complete_it_without_an_account(page, outcome):
    """N19: one answer, one button; it is logged as the provider's act."""
    sent = Client().post(page, {"took_part": "whole"}, follow=True)

    outcome.refresh_from_db()
    assert (outcome.took_part, outcome.change, outcome.words) == ("whole", "", "")
    assert sent.redirect_chain == [(page, 302)]
    assert "Thank you" in sent.content.decode()
    assert Event.objects.get(kind="outcome_given").detail["by"] == "provider"


def test_at_most_three_questions_are_asked(outcome):
    """At each time, and every one is seen with its name."""
    for time in OutcomeAnswer.Time:
        OutcomeAnswer.objects.update(time=time)
        outcome.refresh_from_db()
        form = Client().get(outcome_page(outcome)).context["form"]
        assert len(form.fields) == 3
        assert sum(field.required for field in form.fields.values()) == 1


def test_after_months_it_asks_for_those_who_stayed_and_those_who_left_early(outcome):
    OutcomeAnswer.objects.update(time="six_months")
    outcome.refresh_from_db()
    page = outcome_page(outcome)

    Client().post(page, {"still_there": "some", "early_leavers": "some", "change": "little"})

    outcome.refresh_from_db()
    assert (outcome.still_there, outcome.early_leavers, outcome.change) == ("some", "some", "little")
    assert "We will not ask you about this programme again" in shown(page)


def test_an_answer_sent_twice_is_one_and_another_one_changes_nothing(page, outcome):
    for took_part in ("whole", "whole", "none"):
        assert Client().post(page, {"took_part": took_part}, follow=True).status_code == 200

    outcome.refresh_from_db()
    assert outcome.took_part == "whole"
    assert Event.objects.filter(kind="outcome_given").count() == 1


def test_one_button_stops_all_questions(page, outcome):
    sent = Client().post(page, {"stop": "yes"}, follow=True)

    outcome.refresh_from_db()
    assert outcome.stopped_at
    assert "We will not ask again" in sent.content.decode()
    assert "Send your answers" not in shown(page)


def test_who_has_answered_can_stop_what_would_follow(page, outcome):
    Client().post(page, {"took_part": "whole"})
    assert "Do not ask me about this programme again" in shown(page)

    Client().post(page, {"stop": "yes"})

    outcome.refresh_from_db()
    assert (outcome.took_part, bool(outcome.stopped_at)) == ("whole", True)


def test_after_an_answer_the_page_says_where_funding_is_claimed(client):
    outcome = asked(enrolled(ends_on=dt.date(2026, 6, 1), **FUNDING))
    page = outcome_page(outcome)
    assert "Example fund" not in shown(page)

    Client().post(page, {"took_part": "whole"})

    assert "Example fund" in shown(page)
    assert "<strong>1 September 2026</strong>" in shown(page)


# --- Bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["", "took_part=", "took_part=unheard+of", "took_part=%00", "took_part=%ED%A0%80", f"took_part={'x' * 50_000}"],
    ids=["nothing", "empty", "unknown", "NUL", "half a surrogate", "very long"],
)
def test_an_answer_that_was_not_offered_is_asked_for_again(page, typed):
    """FI13."""
    answer = Client().post(page, f"{typed}&words=Fewer+gaps.", content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Select whether you or your staff took part" in text
    assert "Fewer gaps." in text
    assert "<title>Error:" in text
    assert not OutcomeAnswer.objects.exclude(answered_at=None).exists()


@pytest.mark.parametrize("words", ["a" * 1001, "b" * 50_000])
def test_words_that_are_too_long_are_said_to_be_and_nothing_is_lost(page, words):
    """FI13."""
    answer = Client().post(page, {"took_part": "whole", "words": words})

    assert answer.status_code == 200
    assert "1,000 characters" in answer.content.decode()
    assert not OutcomeAnswer.objects.exclude(answered_at=None).exists()


def test_words_in_any_alphabet_are_kept_as_they_are_and_never_run(page, outcome, browser_of, officer):
    words = "<script>alert(1)</script> \u0417\u043c\u0456\u043d\u0438 \U0001f642"
    Client().post(page, {"took_part": "some", "words": words})

    outcome.refresh_from_db()
    assert outcome.words == words
    shown_to_officers = browser_of(officer).get(outcome.interest.enquiry.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in shown_to_officers
    assert "&lt;script&gt;alert(1)" in shown_to_officers


# --- Not yours -----------------------------------------------------------------------------------------------------


def test_without_the_proof_of_this_question_there_is_nothing(page, outcome):
    """AZ15: another question's proof, another purpose's, a changed one, none: all as if it did not exist."""
    other = asked(enrolled(ends_on=dt.date(2026, 5, 29)))
    token = page.split("/")[3]
    wrong = [
        f"/outcomes/{other.pk}/{token}/",
        f"/outcomes/{outcome.pk}/{token[:-1]}{'A' if token[-1] != 'A' else 'B'}/",
        f"/outcomes/{outcome.pk}/{token_for('offers', outcome.pk)}/",
        f"/outcomes/{outcome.pk}/x/",
        f"/outcomes/{'9' * 30}/{token}/",
    ]

    for address in wrong:
        assert Client().get(address).status_code == 404, address
        assert Client().post(address, {"stop": "yes"}).status_code == 404, address
    assert not OutcomeAnswer.objects.exclude(stopped_at=None).exists()


def test_a_number_that_is_given_again_after_a_restore_is_not_opened_by_the_old_letter(page, outcome):
    other = enrolled(ends_on=dt.date(2026, 5, 29))
    OutcomeAnswer.objects.filter(pk=outcome.pk).update(interest=other)

    assert Client().get(page).status_code == 404


def test_a_place_that_was_taken_back_has_nothing_to_answer(page):
    Interest.objects.update(state="received", offered_intake=None)

    assert "There is nothing to answer" in shown(page)
    assert Client().post(page, {"took_part": "whole"}, follow=True).status_code == 200
    assert not OutcomeAnswer.objects.exclude(answered_at=None).exists()


def test_the_page_names_nobody_and_is_never_kept(page, outcome):
    answer = Client().get(page)

    text = answer.content.decode()
    enquiry = outcome.interest.enquiry
    for secret in (enquiry.contact_name, enquiry.contact_email, enquiry.organisation, enquiry.postcode):
        assert secret not in text
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex, noarchive"


# --- What officers see ---------------------------------------------------------------------------------------------


def test_officers_read_the_answers_beside_the_programme(outcome, page, browser_of, viewer):
    enquiry = outcome.interest.enquiry
    browser = browser_of(viewer)
    assert "no answer yet" in browser.get(enquiry.get_absolute_url()).content.decode()

    Client().post(page, {"took_part": "some", "change": "much", "words": "Fewer gaps."})

    text = browser.get(enquiry.get_absolute_url()).content.decode()
    for words in ("Took part: <strong>Yes, in some of it", "<strong>Yes, a lot", "<strong>Fewer gaps."):
        assert words in text
    assert "Outcome reported" in text


def test_officers_read_the_letters_with_the_other_mails(browser_of, officer):
    interest = enrolled(ends_on=dt.date(2026, 5, 29))
    with on(dt.date(2026, 6, 1)):
        look_after_outcomes()
    browser = browser_of(officer)

    page = browser.get(interest.enquiry.get_absolute_url()).content.decode()

    assert "Questions about the outcome" in page
    assert "Asked about the outcome" in page
    assert "/outcomes/" not in page
    (mail,) = to_provider()
    assert mail.recipient in browser.get("/admin/enquiries/outgoingmail/").content.decode()
