"""Writing to the provider and asking for information: what is kept, what goes, what the clocks do."""

import datetime as dt

import pytest
import time_machine
from django.db import Error, transaction
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import letters_provider, queries, services
from enquiries.exceptions import AnsweredAlready, ChangedMeanwhile, TransitionNotAllowed
from enquiries.mail import post
from enquiries.models import Enquiry, Event, Message, OutgoingMail
from enquiries.services import correspondence
from programmes.models import ClosureDay
from tests.enquiries.letters import read, to_provider
from tests.enquiries.test_letters import NASTY
from tests.factories import EnquiryFactory, InterestFactory, MailFactory, UserFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


def in_working_days(number):
    return add_working_days(timezone.localdate(), number)


def ask(enquiry, officer, text="How many people would come?", days=5):
    return services.ask_provider(enquiry_id=enquiry.pk, officer=officer, text=text, answer_by=in_working_days(days))


def write(enquiry, officer, text="We have read your application.", **page):
    return services.write_to_provider(enquiry_id=enquiry.pk, officer=officer, text=text, **page)


@pytest.fixture
def enquiry(officer):
    return InterestFactory(enquiry=EnquiryFactory(in_triage=True, owner=officer, contact_name="Ada Example")).enquiry


# --- Writing -------------------------------------------------------------------------------------------------------


def test_a_message_is_kept_and_mailed_in_one_go_with_who_wrote_it(enquiry, officer):
    message = write(enquiry, officer)

    assert (message.kind, message.by, message.text) == ("reply", officer, "We have read your application.")
    assert (message.mail.kind, message.mail.recipient, message.mail.number) == ("message", enquiry.contact_email, 1)
    event = enquiry.events.last()
    assert (event.kind, event.by, event.detail) == ("written", officer, {"message": message.pk})


def test_the_provider_reads_a_whole_letter_and_an_answer_reaches_the_council(enquiry, officer, settings):
    """MO7, MO9."""
    letter = read(write(enquiry, officer).mail)

    assert letter["Subject"] == f"About your application ({enquiry.reference})"
    assert letter["Reply-To"] == settings.BUSINESS_FORUM_INBOX
    text = letter.get_content()
    assert text.startswith("Dear Ada\r\n\r\nWe have read your application.\r\n")
    for told in (enquiry.reference, settings.COUNCIL.contact.telephone, f"{settings.BASE_URL}/privacy/"):
        assert told in text


def test_the_first_message_stops_the_clock_of_the_first_reply_and_a_later_one_changes_nothing(enquiry, officer):
    write(enquiry, officer)
    enquiry.refresh_from_db()
    first = enquiry.replied_at
    assert first is not None

    write(enquiry, officer, "One thing more.")

    enquiry.refresh_from_db()
    assert enquiry.replied_at == first
    assert [mail.number for mail in to_provider()] == [1, 2]
    assert len({mail.message_id for mail in to_provider()}) == 2


def test_nothing_is_written_about_a_closed_enquiry(officer):
    with pytest.raises(TransitionNotAllowed, match="Re-open it first"):
        write(EnquiryFactory(closed=True), officer)

    assert (Message.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_a_page_that_is_out_of_date_writes_nothing(enquiry, officer):
    """CO1, and a double click: the second of the same is told of the first."""
    shown = correspondence.shown_as(enquiry)
    write(enquiry, UserFactory(officer=True, name="A colleague"), shown=shown)

    with pytest.raises(ChangedMeanwhile, match="Message written to the provider, by A colleague, at "):
        write(enquiry, officer, shown=shown)

    assert len(to_provider()) == 1


@pytest.mark.parametrize("text", NASTY)
def test_no_header_can_be_forged_by_whoever_writes_or_is_written_to(officer, text):
    """MO2."""
    enquiry = EnquiryFactory(in_triage=True, contact_name=text[:120], organisation=text[:200])

    letter = read(write(enquiry, officer, text).mail)

    assert letter["Bcc"] is letter["Cc"] is None
    assert [len(letter.get_all(name)) for name in ("To", "Subject", "From", "Reply-To")] == [1, 1, 1, 1]
    assert letter.get_content().startswith(("Hello\r\n", "Dear x\r\n"))


def test_a_message_says_something_and_either_answers_or_was_mailed(enquiry, officer):
    """DI3."""
    message = write(enquiry, officer)
    for change in ({"text": ""}, {"mail": None}, {"kind": "gossip"}, {"kind": "answer"}):
        with pytest.raises(Error), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**change)


def test_reconciling_counts_letters_to_providers_neither_as_routing_nor_as_acknowledgement(officer):
    interest = InterestFactory(in_hand=True)
    MailFactory(enquiry=interest.enquiry, sent=True)
    MailFactory(enquiry=interest.enquiry, sent=True, acknowledgement=True)
    assert queries.balance().differences == []

    write(interest.enquiry, officer)

    assert queries.balance().differences == []


def test_a_letter_that_failed_is_sent_again_as_it_was_or_to_another_address(enquiry, officer, maildir):
    message = write(enquiry, officer)
    post.send_due()
    OutgoingMail.objects.update(state="failed", sent_at=None)
    services.resend_mail(mail_id=message.mail_id, officer=officer)
    OutgoingMail.objects.update(state="failed")

    services.redirect_mail(mail_id=message.mail_id, address="other@example.org", officer=officer)

    message.refresh_from_db()
    assert (message.mail.recipient, message.mail.state) == ("other@example.org", "queued")
    assert message.mail.text == to_provider()[0].text != ""
    write(enquiry, officer, "The next one goes to the old address.")
    assert [mail.number for mail in to_provider()] == [1, 1, 2]


# --- Asking --------------------------------------------------------------------------------------------------------


def test_a_question_pauses_the_clocks_and_carries_the_address_to_answer_at(enquiry, officer, settings):
    question = ask(enquiry, officer)

    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.paused_on) == ("waiting", timezone.localdate())
    assert enquiry.replied_at is not None
    assert [event.kind for event in enquiry.events.all()] == ["received", "asked", "waiting"]
    text = read(question.mail).get_content()
    assert f"{settings.BASE_URL}/answers/{question.pk}/" in text
    assert f"Please answer by {question.answer_by:%A} {question.answer_by.day} {question.answer_by:%B %Y}." in text


@pytest.mark.parametrize(
    ("trait", "words"),
    [({}, "Take it first"), ({"waiting": True}, "Take it back to triage"), ({"closed": True}, "Re-open it first")],
)
def test_a_question_is_asked_only_while_the_enquiry_is_in_hand(officer, trait, words):
    with pytest.raises(TransitionNotAllowed, match=words):
        ask(EnquiryFactory(**trait), officer)

    assert not Message.objects.exists()


@time_machine.travel(MONDAY, tick=False)
@pytest.mark.parametrize("day", ["2026-11-23", "2026-11-20", "2026-11-28", "2026-12-25", "2026-11-26"])
def test_the_day_of_the_answer_is_a_working_day_to_come(enquiry, officer, day):
    """Today, a day that is past, a Saturday, a bank holiday and a closure day are none."""
    ClosureDay.objects.create(on=dt.date(2026, 11, 26), reason="Moving house")

    with pytest.raises(TransitionNotAllowed, match="working day"):
        services.ask_provider(enquiry_id=enquiry.pk, officer=officer, text="Why?", answer_by=dt.date.fromisoformat(day))


def test_an_answer_is_kept_and_the_clocks_go_on_by_as_many_days_as_they_stood_still(enquiry, officer):
    with time_machine.travel(MONDAY, tick=False):
        Enquiry.objects.update(received_at=timezone.now(), decision_due_on=dt.date(2026, 12, 21))
        question = ask(enquiry, officer)
    with time_machine.travel(MONDAY + dt.timedelta(days=3), tick=False):
        answer = services.receive_answer(question_id=question.pk, text="Four.")

    enquiry.refresh_from_db()
    assert (answer.kind, answer.by, answer.answers, answer.mail) == ("answer", None, question, None)
    assert (enquiry.state, enquiry.paused_on, enquiry.decision_due_on) == ("in_triage", None, dt.date(2026, 12, 24))
    told = [(event.kind, event.by) for event in enquiry.events.order_by("pk")][-2:]
    assert told == [("answered", None), ("resumed", None)]


def test_the_same_answer_twice_is_one_and_another_one_is_refused(enquiry, officer):
    question = ask(enquiry, officer)
    first = services.receive_answer(question_id=question.pk, text="Four.")

    assert services.receive_answer(question_id=question.pk, text="Four.") == first
    with pytest.raises(AnsweredAlready):
        services.receive_answer(question_id=question.pk, text="Five.")

    assert enquiry.messages.filter(kind="answer").count() == 1
    assert enquiry.events.filter(kind="answered").count() == 1


def test_a_closed_enquiry_takes_no_answer(enquiry, officer):
    question = ask(enquiry, officer)
    services.close(enquiry_id=enquiry.pk, officer=officer)

    with pytest.raises(TransitionNotAllowed, match="closed"):
        services.receive_answer(question_id=question.pk, text="Four.")

    assert not Message.objects.filter(kind="answer").exists()


def test_an_answer_counts_also_when_an_officer_went_on_without_it(enquiry, officer):
    question = ask(enquiry, officer)
    services.resume_triage(enquiry_id=enquiry.pk, officer=officer)

    services.receive_answer(question_id=question.pk, text="Four.")

    assert list(Enquiry.objects.answered()) == [enquiry]
    assert enquiry.events.filter(kind="resumed").count() == 1


@pytest.mark.parametrize(
    "follow_up",
    [
        lambda enquiry, officer: write(enquiry, officer),
        lambda enquiry, officer: ask(enquiry, officer),
        lambda enquiry, officer: services.withdraw(interest_id=enquiry.interests.get().pk, officer=officer),
        lambda enquiry, officer: services.follow_up_answer(enquiry_id=enquiry.pk, officer=officer),
        lambda enquiry, officer: services.close(enquiry_id=enquiry.pk, officer=officer),
        lambda enquiry, officer: services.hand_to_partner(enquiry_id=enquiry.pk, officer=officer),
    ],
    ids=["write", "ask", "decide", "say so", "close", "hand on"],
)
def test_an_answer_waits_for_an_officer_until_one_does_something_about_it(enquiry, officer, follow_up):
    services.receive_answer(question_id=ask(enquiry, officer).pk, text="Four.")
    services.take_over(enquiry_id=enquiry.pk, officer=UserFactory(officer=True))
    services.add_note(enquiry_id=enquiry.pk, officer=officer, text="To read tomorrow")
    assert list(Enquiry.objects.answered()) == [enquiry]

    follow_up(enquiry, officer)

    assert list(Enquiry.objects.answered()) == []


def test_only_an_answer_that_waits_can_be_dealt_with(enquiry, officer):
    with pytest.raises(TransitionNotAllowed, match="No answer"):
        services.follow_up_answer(enquiry_id=enquiry.pk, officer=officer)


@pytest.mark.parametrize("trait", [{}, {"waiting": True}, {"closed": True}])
def test_the_database_lets_an_answer_wait_only_in_hand(trait):
    """DI3."""
    enquiry = EnquiryFactory(**trait)
    with pytest.raises(Error), transaction.atomic():
        Enquiry.objects.filter(pk=enquiry.pk).update(answered_at=timezone.now())


def test_events_hold_numbers_and_codes_and_no_words(enquiry, officer):
    """DI6: what was said is in the message alone."""
    question = ask(enquiry, officer, "canary-question")
    services.receive_answer(question_id=question.pk, text="canary-answer")

    assert "canary" not in str(list(Event.objects.values_list("detail", flat=True)))


def test_what_is_for_officers_alone_is_in_no_letter(officer):
    """AZ9: canaries in notes, the officers' names, a reason of the officers' list, and the network mark."""
    officer.name = "canary-officer"
    officer.save()
    enquiry = InterestFactory(enquiry=EnquiryFactory(in_triage=True, owner=officer, origin="canary-origin")).enquiry
    services.add_note(enquiry_id=enquiry.pk, officer=officer, text="canary-note")
    write(enquiry, officer)
    ask(enquiry, officer)

    told = [letters_provider.whole(enquiry, "Hello."), *(read(mail).as_string() for mail in to_provider())]

    assert len(told) == 3
    assert not [text for text in told if "canary" in text or officer.email in text]
