"""Decisions reach the provider: read before they are taken, with another way, and corrected when they were wrong."""

import pytest

from enquiries import letters_provider, services
from enquiries.exceptions import ChangedMeanwhile, TransitionNotAllowed
from enquiries.models import Interest, Message, OutgoingMail
from tests.enquiries.letters import hidden, previewed, read, send, to_provider
from tests.factories import IntakeFactory, InterestFactory, ProgrammeFactory, UserFactory

pytestmark = pytest.mark.django_db

DECLINE = {"reason": "no_money", "onward_options": "Ask again in May."}
SORRY = "We looked at the wrong application."


def address(interest, name):
    return f"/admin/enquiries/enquiry/{interest.enquiry_id}/programmes/{interest.pk}/{name}/"


def decline(interest, officer):
    return services.decline(interest_id=interest.pk, officer=officer, **DECLINE)


def correct(interest, officer, explanation=SORRY):
    return services.correct_decision(interest_id=interest.pk, officer=officer, explanation=explanation)


def test_the_provider_reads_why_not_and_what_to_do_instead(interest, officer):
    """N10."""
    decline(interest, officer)

    message = Message.objects.get()
    text = read(message.mail).get_content()
    assert (message.kind, message.by, message.interest) == ("decision", officer, interest)
    for words in (
        f"We cannot offer you “{interest.programme_title}”.",
        "There is no money left for this programme at present.",
        "What you can do instead\r\n\r\nAsk again in May.\r\n",
        "ask us to look again: reply to this email or call 020 8215 3000",
    ):
        assert words in text
    assert interest.enquiry.events.last().detail["message"] == message.pk


def test_not_eligible_says_why_how_to_ask_for_a_second_look_and_where_other_programmes_are(interest, officer, settings):
    """N10, U70."""
    services.find_not_eligible(interest_id=interest.pk, officer=officer, reason="role")

    text = read(to_provider()[0]).get_content()
    for words in (
        "people in another role",
        "ask us to look again",
        f"{settings.BASE_URL}/programmes/",
        "Or call us on",
    ):
        assert words in text


def test_every_reason_of_the_lists_has_words_for_the_provider(interest):
    """RULES, trap 28: reasons are read by whoever applied."""
    reasons = [*Interest.WhyDeclined.values, *Interest.WhyNotEligible.values]

    assert {str(reason) for reason in letters_provider.WHY_NOT} == set(reasons)
    assert not [words for words in letters_provider.WHY_NOT.values() if "the provider" in words.lower()]


def test_a_decision_is_the_first_reply_too(interest, officer):
    decline(interest, officer)

    interest.enquiry.refresh_from_db()
    assert interest.enquiry.replied_at is not None


def test_a_decision_that_is_refused_writes_nothing(interest, officer):
    services.withdraw(interest_id=interest.pk, officer=officer)

    with pytest.raises(TransitionNotAllowed):
        decline(interest, officer)

    assert not Message.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    "given", [{"reason": "no_money", "onward_options": " "}, {"reason": "", "onward_options": "x"}]
)
def test_no_letter_says_no_without_a_reason_and_another_way(interest, officer, given):
    """N10."""
    with pytest.raises(TransitionNotAllowed):
        services.decline(interest_id=interest.pk, officer=officer, **given)

    assert not OutgoingMail.objects.exists()


def test_withdrawing_and_taking_back_write_no_letter(interest, officer):
    services.withdraw(interest_id=interest.pk, officer=officer)
    services.reopen_interest(interest_id=interest.pk, officer=officer)

    assert not Message.objects.exists()


# --- On the page ---------------------------------------------------------------------------------------------------


def test_a_no_is_read_as_the_provider_reads_it_before_anything_is_done(interest, officer, browser_of):
    other = ProgrammeFactory(title="Another programme")
    for title, trait in (("Draft", "draft"), ("Paused", "paused")):
        ProgrammeFactory(title=f"{title} programme", **{trait: True})
    browser = browser_of(officer)
    form = browser.get(address(interest, "decline")).content.decode()
    assert "Apply for Another programme" in form
    assert not [title for title in ("Draft programme", "Paused programme") if title in form]
    assert f"Apply for {interest.programme_title}" not in form

    page = browser.post(address(interest, "decline"), {**DECLINE, "options": [other.slug, "call"]})

    interest.refresh_from_db()
    assert (interest.state, Message.objects.count()) == ("received", 0)
    letter = previewed(page)
    for words in (
        "Apply for “Another programme”: http",
        f"/programmes/{other.slug}/",
        "Call us on",
        "Ask again in May.",
    ):
        assert words in letter
    answer = browser.post(
        address(interest, "decline"), {**hidden(page), "options": [other.slug, "call"]}, follow=True
    ).content.decode()
    assert "is declined. The letter is on its way." in answer
    assert to_provider()[0].text == letter
    interest.refresh_from_db()
    assert "Another programme" in interest.onward_options


def test_one_thing_to_do_instead_is_enough_whichever(interest, officer, browser_of):
    page = browser_of(officer).post(address(interest, "decline"), {"reason": "no_money", "options": ["call"]})

    assert "Call us on 020 8215 3000" in previewed(page)


@pytest.mark.parametrize("name", ["decline", "not-eligible"])
def test_a_decision_whose_letter_was_not_read_is_not_taken(interest, officer, browser_of, name):
    """A crafted POST gets the letter to read."""
    typed = {**DECLINE, "read": "yes"} if name == "decline" else {"reason": "role", "read": ""}

    assert previewed(browser_of(officer).post(address(interest, name), typed))

    interest.refresh_from_db()
    assert interest.state == "received"


def test_a_double_click_decides_once_and_sends_once(interest, officer, browser_of):
    """CO1."""
    browser = browser_of(officer)
    typed = {**hidden(browser.get(address(interest, "decline"))), **DECLINE}
    pressed = hidden(browser.post(address(interest, "decline"), typed))

    for _ in range(2):
        browser.post(address(interest, "decline"), pressed)

    assert len(to_provider()) == 1
    assert interest.enquiry.events.filter(kind="declined").count() == 1


def test_what_was_previewed_can_be_changed_with_every_box_as_it_was(interest, officer, browser_of):
    others = [ProgrammeFactory() for _ in range(2)]
    browser, slugs = browser_of(officer), [other.slug for other in others]
    page = browser.post(address(interest, "decline"), {**DECLINE, "options": slugs})
    assert page.content.decode().count('name="options"') == 2

    form = browser.post(address(interest, "decline"), {**DECLINE, "options": slugs, "change": "yes"}).content.decode()

    assert form.count("checked") == 3
    assert "Ask again in May." in form


# --- Corrections (J-O14) -------------------------------------------------------------------------------------------


def test_a_wrong_decision_is_corrected_with_an_explanation_and_both_letters_stay(interest, officer):
    """J-O14."""
    decline(interest, officer)
    correct(interest, officer)

    interest.refresh_from_db()
    interest.enquiry.refresh_from_db()
    assert (interest.state, interest.reason, interest.enquiry.decided_at) == ("received", "", None)
    assert [message.kind for message in Message.objects.all()] == ["decision", "correction"]
    text = read(to_provider()[1]).get_content()
    assert SORRY in text
    assert "no longer stands" in text
    event = interest.enquiry.events.last()
    assert (event.kind, event.by, event.detail["before"], event.detail["after"]) == (
        *("corrected", officer),
        *("declined", "received"),
    )
    assert SORRY not in str(event.detail)


def test_a_decision_that_the_provider_has_read_is_not_just_taken_back(interest, officer):
    decline(interest, officer)

    with pytest.raises(TransitionNotAllowed, match="Correct the decision instead"):
        services.reopen_interest(interest_id=interest.pk, officer=officer)

    interest.refresh_from_db()
    assert interest.state == "declined"


def test_a_decision_whose_letter_never_left_is_taken_back_without_another(interest, officer):
    decline(interest, officer)
    services.cancel_mail(mail_id=Message.objects.get().mail_id, officer=officer)
    with pytest.raises(TransitionNotAllowed, match="Take it back instead"):
        correct(interest, officer)

    services.reopen_interest(interest_id=interest.pk, officer=officer)

    assert len(to_provider()) == 1


def test_what_was_corrected_can_be_decided_and_corrected_again(interest, officer):
    for _ in range(2):
        decline(interest, officer)
        correct(interest, officer)

    assert [mail.number for mail in to_provider()] == [1, 2, 3, 4]
    with pytest.raises(TransitionNotAllowed, match="no letter"):
        correct(interest, officer)


@pytest.mark.parametrize("explanation", ["", " \n"])
def test_a_correction_explains(interest, officer, explanation):
    decline(interest, officer)

    with pytest.raises(TransitionNotAllowed, match="Explain"):
        correct(interest, officer, explanation)


def test_a_correction_from_an_old_page_is_refused(interest, officer):
    """CO1."""
    decline(interest, officer)
    interest.refresh_from_db()
    shown = interest.shown_as
    correct(interest, UserFactory(officer=True, name="A colleague"))

    with pytest.raises(ChangedMeanwhile, match="Decision corrected, by A colleague"):
        services.correct_decision(interest_id=interest.pk, officer=officer, explanation=SORRY, shown=shown)


def test_the_story_shows_both_letters_and_offers_what_fits(interest, officer, browser_of):
    browser = browser_of(officer)
    send(browser, address(interest, "decline"), DECLINE)
    shown = browser.get(interest.enquiry.get_absolute_url()).content.decode()
    assert "Correct this decision" in shown
    assert "Take back" not in shown

    send(browser, address(interest, "correct"), {"explanation": SORRY})

    shown = browser.get(interest.enquiry.get_absolute_url()).content.decode()
    assert shown.index("There is no money left for this programme") < shown.index(SORRY)
    assert "Decision corrected" in shown


def test_no_letter_of_a_decision_tells_what_is_for_officers_alone(officer):
    """AZ9."""
    officer.name = "canary-officer"
    officer.save()
    interest = InterestFactory(in_hand=True, enquiry__origin="canary-origin", inbox="canary-inbox@lbbd.gov.uk")
    IntakeFactory(programme=interest.programme)
    services.add_note(enquiry_id=interest.enquiry_id, officer=officer, text="canary-note")
    decline(interest, officer)
    correct(interest, officer)
    services.find_not_eligible(interest_id=interest.pk, officer=officer, reason="role")

    told = [read(mail).as_string() for mail in to_provider()]

    assert len(told) == 3
    assert not [text for text in told if "canary" in text or officer.email in text]
