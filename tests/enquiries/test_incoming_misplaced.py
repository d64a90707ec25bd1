"""A mail that was added to the wrong enquiry is taken out again, with all that it brought and moved."""

import pytest
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import services
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Enquiry, Event, IncomingMail, OutgoingMail
from tests.enquiries.incoming import take, written
from tests.enquiries.papers import pdf
from tests.enquiries.tray import TRAY, page_of, state_of, text_of
from tests.factories import IncomingMailFactory, InterestFactory, UserFactory

pytestmark = pytest.mark.django_db

State, Why = IncomingMail.State, IncomingMail.Why


@pytest.fixture
def browser(officer, browser_of):
    return browser_of(officer)


@pytest.fixture
def wrong():
    return InterestFactory(in_hand=True).enquiry


def misplaced(enquiry, officer, name="plan.pdf"):
    mail = take(written("care sector suport", "On Monday.", files=[(name, pdf(name.encode()))]))
    services.add_to_enquiry(mail_id=mail.pk, enquiry_id=enquiry.pk, officer=officer)
    mail.refresh_from_db()
    return mail


def address(mail):
    return f"{TRAY}{mail.pk}/take-out/"


def take_out(browser, mail, shown=None):
    return browser.post(address(mail), {"shown": shown or mail.shown_as}, follow=True)


def test_its_words_and_files_are_gone_from_the_wrong_enquiry_and_it_is_to_sort(wrong, officer):
    mail = misplaced(wrong, officer)

    services.take_out(mail_id=mail.pk, officer=officer)

    mail.refresh_from_db()
    assert (mail.state, mail.why, mail.enquiry, mail.became) == (State.SORT, Why.MISPLACED, None, None)
    assert mail.decided_by == officer
    assert (wrong.messages.count(), wrong.attachments.count()) == (0, 0)


def test_files_that_came_in_another_way_stay(wrong, officer):
    other = misplaced(wrong, officer, "other.pdf")
    mail = misplaced(wrong, officer)

    services.take_out(mail_id=mail.pk, officer=officer)

    assert [document.came_with for document in wrong.attachments.all()] == [other]


def test_the_history_says_who_took_it_out_and_when(wrong, officer):
    mail = misplaced(wrong, officer)

    services.take_out(mail_id=mail.pk, officer=officer)

    event = wrong.events.get(kind=Event.Kind.MAIL_MISPLACED)
    assert (event.by, event.detail) == (officer, {"incoming": mail.pk, "documents": 1, "put_back": True})
    assert event.at


def test_an_enquiry_that_waited_for_its_own_provider_waits_again_with_the_same_question_and_dates(wrong, officer):
    answer_by = add_working_days(timezone.localdate(), 3)
    question = services.ask_provider(enquiry_id=wrong.pk, officer=officer, text="When?", answer_by=answer_by)
    before = Enquiry.objects.get(pk=wrong.pk).standing
    mail = misplaced(wrong, officer)
    assert Enquiry.objects.get(pk=wrong.pk).state == Enquiry.State.IN_TRIAGE

    assert services.take_out(mail_id=mail.pk, officer=officer)

    assert Enquiry.objects.get(pk=wrong.pk).standing == before
    assert services.receive_answer(question_id=question.pk, text="On Friday.").text == "On Friday."


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_mails_of_one_stranger_either_is_taken_out_first_and_the_enquiry_waits_again(first, wrong, officer):
    answer_by = add_working_days(timezone.localdate(), 3)
    services.ask_provider(enquiry_id=wrong.pk, officer=officer, text="When?", answer_by=answer_by)
    before = Enquiry.objects.get(pk=wrong.pk).standing
    mails = [misplaced(wrong, officer), misplaced(wrong, officer, "other.pdf")]

    for mail in (mails[first], mails[1 - first]):
        is_put_back = services.take_out(mail_id=mail.pk, officer=officer)

    assert is_put_back
    assert Enquiry.objects.get(pk=wrong.pk).standing == before


def test_what_officers_did_meanwhile_stays_as_it_is_and_the_history_says_so(wrong, officer):
    mail = misplaced(wrong, officer)
    services.write_to_provider(enquiry_id=wrong.pk, officer=officer, text="Thank you.")
    replied_at = Enquiry.objects.get(pk=wrong.pk).replied_at

    assert not services.take_out(mail_id=mail.pk, officer=officer)

    assert Enquiry.objects.get(pk=wrong.pk).replied_at == replied_at
    assert wrong.events.get(kind=Event.Kind.MAIL_MISPLACED).detail["put_back"] is False


def test_it_can_be_taken_out_of_an_enquiry_that_was_closed_meanwhile(wrong, officer):
    """Somebody else's words are not to be read there, whatever its state."""
    mail = misplaced(wrong, officer)
    services.close(enquiry_id=wrong.pk, officer=officer)

    services.take_out(mail_id=mail.pk, officer=officer)

    assert not wrong.messages.exists()
    assert Enquiry.objects.get(pk=wrong.pk).state == Enquiry.State.CLOSED


def test_it_brings_everything_along_to_the_right_enquiry(wrong, officer):
    mail, right = misplaced(wrong, officer), InterestFactory(in_hand=True).enquiry
    services.take_out(mail_id=mail.pk, officer=officer)

    services.add_to_enquiry(mail_id=mail.pk, enquiry_id=right.pk, officer=officer)

    assert right.messages.get().text == "On Monday."
    assert right.attachments.get().name == "plan.pdf"


def test_mail_that_answers_it_is_not_taken_to_be_about_the_wrong_enquiry_any_more(wrong, officer):
    mail = misplaced(wrong, officer)
    services.take_out(mail_id=mail.pk, officer=officer)

    later = take(written("Thank you", "And on Friday?", In_Reply_To=mail.message_id))

    assert (later.state, later.why, later.enquiry) == (State.SORT, Why.ANSWERS, None)


@pytest.mark.parametrize("trait", ["to_sort", "became_enquiry", "elsewhere"])
def test_mail_that_is_no_part_of_a_correspondence_cannot_be_taken_out(trait, officer):
    mail = IncomingMailFactory(**{trait: True})

    with pytest.raises(TransitionNotAllowed, match="not part of an enquiry"):
        services.take_out(mail_id=mail.pk, officer=officer)


# --- The page


def test_the_page_says_what_will_happen_and_what_was_written_since(browser, wrong, officer):
    mail = misplaced(wrong, officer)
    assert address(mail) in browser.get(page_of(mail)).text
    assert "Nothing was written." in text_of(browser.get(address(mail)))
    services.write_to_provider(enquiry_id=wrong.pk, officer=officer, text="Thank you.")
    letter = OutgoingMail.objects.latest("pk")

    page = text_of(browser.get(address(mail)))

    assert "the file plan.pdf is removed from the enquiry" in page
    assert "stay as they are, because something has changed since" in page
    assert f"outgoingmail/{letter.pk}/change/" in page
    assert state_of(mail) == State.MESSAGE


def test_once_confirmed_it_is_done_and_said(browser, wrong, officer):
    mail = misplaced(wrong, officer)

    page = text_of(take_out(browser, mail))

    assert f"The mail is to sort again, and {wrong} stands as it did before." in page
    assert "It was added to the wrong enquiry, and taken back" in page
    assert state_of(mail) == State.SORT


def test_a_double_click_and_an_old_page_change_nothing(browser, wrong, officer):
    mail = misplaced(wrong, officer)
    shown = mail.shown_as
    take_out(browser, mail)

    assert "This mail changed after you opened the page" in text_of(take_out(browser, mail, shown))
    assert wrong.events.filter(kind=Event.Kind.MAIL_MISPLACED).count() == 1


def test_a_mail_that_joined_nothing_has_no_such_page(browser):
    mail = IncomingMailFactory(to_sort=True)

    assert browser.get(address(mail)).url == page_of(mail)
    assert "not part of an enquiry" in text_of(take_out(browser, mail))
    assert browser.get(f"{TRAY}999999/take-out/").status_code == 404


def test_who_only_looks_on_and_who_is_not_signed_in_cannot_do_it(client, browser_of, wrong, officer):
    mail = misplaced(wrong, officer)

    assert take_out(browser_of(UserFactory(viewer=True)), mail).status_code == 403
    assert client.get(address(mail)).status_code == 302
    assert state_of(mail) == State.MESSAGE
