"""Mail about an enquiry that there is: from its contact, from anybody else, from machines, and from ourselves."""

import pytest
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import letters, services
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Enquiry, Event, IncomingMail, Interest, Message, OutgoingMail
from enquiries.services import incoming
from tests.enquiries import reports
from tests.enquiries.incoming import FAILED, OURS, PHRASE, take, written
from tests.enquiries.papers import pdf
from tests.factories import EnquiryFactory, InterestFactory, MailFactory, ProviderFactory

pytestmark = pytest.mark.django_db

State, Why = IncomingMail.State, IncomingMail.Why
STRANGER = "somebody@example.org"


@pytest.fixture(autouse=True)
def our_server(settings):
    settings.MAILBOX_AUTHSERV_ID = OURS


@pytest.fixture
def enquiry():
    """One that an officer works on."""
    return InterestFactory(in_hand=True, enquiry__contact_email="manager@example.org").enquiry


@pytest.fixture
def acknowledged(enquiry):
    return MailFactory(sent=True, acknowledgement=True, enquiry=enquiry, recipient=enquiry.contact_email)


def answer(enquiry, text="On Monday.", **more):
    return written(f"Re: About your application ({enquiry.reference})", text, **more)


def waiting_question(enquiry, officer):
    answer_by = add_working_days(timezone.localdate(), 3)
    question = services.ask_provider(enquiry_id=enquiry.pk, officer=officer, text="When?", answer_by=answer_by)
    enquiry.refresh_from_db()
    return question


# --- From the contact ----------------------------------------------------------------------------------------------


def test_an_answer_with_the_reference_in_its_subject_becomes_a_message_of_the_provider(enquiry):
    mail = take(answer(enquiry, "On Monday.\n\nOn Friday we wrote:\n> When?"))

    message = enquiry.messages.get()
    enquiry.refresh_from_db()
    assert (message.kind, message.text) == (Message.Kind.INCOMING, "On Monday.")
    assert (mail.state, mail.became, mail.enquiry) == (State.MESSAGE, message, enquiry)
    assert enquiry.answered_at
    assert enquiry.events.get(kind=Event.Kind.HEARD).detail["by"] == "provider"


@pytest.mark.parametrize("line", ["In_Reply_To", "References"])
def test_an_answer_is_known_by_the_mail_that_it_answers(enquiry, acknowledged, line):
    """RULES, trap 5: by several means, for mail systems that lose one."""
    mail = take(written("Thank you", "On Monday.", **{line: acknowledged.message_id}))

    assert (mail.state, mail.enquiry) == (State.MESSAGE, enquiry)


def test_the_inbox_where_it_lies_gets_no_mail_about_it_and_another_inbox_does(enquiry, settings):
    InterestFactory(enquiry=enquiry, inbox="training@lbbd.gov.uk")
    settings.BUSINESS_FORUM_INBOX = "businessforum@lbbd.gov.uk"

    take(answer(enquiry))

    assert [mail.recipient for mail in OutgoingMail.objects.all()] == ["training@lbbd.gov.uk"]


def test_it_answers_the_question_that_waits_and_the_clocks_go_on(enquiry, officer):
    question = waiting_question(enquiry, officer)

    take(answer(enquiry))

    enquiry.refresh_from_db()
    assert question.answer.text == "On Monday."
    assert enquiry.state == Enquiry.State.IN_TRIAGE


def test_its_files_are_added_to_the_enquiry(enquiry):
    take(answer(enquiry, "", files=[("plan.pdf", pdf(b"plan"))]))

    assert enquiry.attachments.get().name == "plan.pdf"
    assert enquiry.messages.get().text == "(This email has no text.)"


def test_a_changed_address_and_the_proved_second_contact_are_the_provider_and_the_old_address_is_not(enquiry):
    enquiry.contact_versions.create(name="Other", email="other@example.org")
    provider = ProviderFactory(second_email="site@example.org", second_proved_at=timezone.now())
    Enquiry.objects.filter(pk=enquiry.pk).update(provider=provider)

    states = [take(answer(enquiry, sender=f"{who}@example.org")).state for who in ("other", "site", "manager")]

    assert states == [State.MESSAGE, State.MESSAGE, State.SORT]


def test_an_answer_to_a_closed_enquiry_waits_for_an_officer(enquiry):
    Enquiry.objects.filter(pk=enquiry.pk).update(state="closed")

    mail = take(answer(enquiry))

    assert (mail.state, mail.why, mail.enquiry) == (State.SORT, Why.CLOSED, enquiry)


def test_an_answer_about_an_enquiry_that_was_joined_to_another_goes_there(enquiry):
    other = EnquiryFactory(closed=True, joined_to=enquiry, contact_email="manager@example.org")

    assert take(answer(other)).enquiry == enquiry


def test_more_than_ten_within_an_hour_wait_for_an_officer(enquiry):
    states = [take(answer(enquiry, f"{number}")).state for number in range(11)]

    assert states == [State.MESSAGE] * 10 + [State.SORT]


# --- From anybody else ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", [PHRASE, "Thank you"])
def test_who_is_not_the_contact_is_never_joined_whatever_they_forge(enquiry, acknowledged, subject):
    """MI7 and RULES, trap 8: who answers does not become the provider. It goes to review."""
    mail = take(
        written(f"{subject} ({enquiry.reference})", sender=STRANGER, In_Reply_To=acknowledged.message_id), result=""
    )

    assert (mail.state, mail.why, mail.enquiry) == (State.SORT, Why.STRANGER, enquiry)
    assert not enquiry.messages.exists()
    assert Enquiry.objects.count() == 1


def test_a_contact_whose_check_failed_waits_for_an_officer(enquiry):
    """MI6."""
    mail = take(answer(enquiry), FAILED)

    assert (mail.state, mail.why, mail.sender_check) == (State.SORT, Why.UNPROVED, IncomingMail.Sender.FAILED)


def test_an_unproved_contact_changes_no_state(enquiry, officer):
    """MI6: what an enquiry waits for is not answered by whoever knows an address and a reference."""
    waiting_question(enquiry, officer)

    mail = take(answer(enquiry), result="")

    enquiry.refresh_from_db()
    assert (mail.state, mail.why) == (State.SORT, Why.UNPROVED)
    assert enquiry.state == Enquiry.State.WAITING


def test_an_unproved_contact_changes_no_state_where_the_question_is_asked_at_the_same_moment(
    enquiry, officer, monkeypatch
):
    """MI6: what counts is the state of the enquiry when its row is locked."""
    look = incoming.came_with.look

    def asked_meanwhile(mail_id):
        waiting_question(enquiry, officer)
        return look(mail_id)

    monkeypatch.setattr(incoming.came_with, "look", asked_meanwhile)

    mail = take(answer(enquiry), result="")

    enquiry.refresh_from_db()
    assert (mail.state, mail.why, enquiry.state) == (State.SORT, Why.UNPROVED, Enquiry.State.WAITING)


def test_an_unproved_contact_is_heard_where_nothing_waits(enquiry):
    assert take(answer(enquiry), result="").state == State.MESSAGE


def test_a_colleague_who_answers_from_outlook_is_not_the_provider(enquiry):
    """RULES, trap 8. The provider has the mail; here it is only noted."""
    mail = take(answer(enquiry, sender="officer@lbbd.gov.uk", To="manager@example.org"), result="")

    assert (mail.state, mail.enquiry) == (State.OTHER, enquiry)
    assert not enquiry.messages.exists()


def test_somebody_in_copy_who_answers_the_first_mail_is_joined_to_it(enquiry):
    """RULES, trap 7: by the first mail's own number, before ours has one; and it waits for an officer."""
    first = take(written(Message_ID="<first@mail.example.org>"))
    copy = take(written(f"Re: {PHRASE}", sender=STRANGER, In_Reply_To="<first@mail.example.org>"))
    own = take(written(f"Re: {PHRASE}", "One more thing.", References="<first@mail.example.org>"))

    assert (copy.state, copy.why, copy.enquiry) == (State.SORT, Why.STRANGER, first.enquiry)
    assert (own.state, own.enquiry) == (State.MESSAGE, first.enquiry)


# --- The same mail, and mail that calls itself the same ------------------------------------------------------------


def test_one_mail_to_two_addresses_of_the_council_is_one_enquiry():
    """RULES, traps 9 and 10: on its way each copy got other lines of mail servers."""
    raw = written()
    take(b"Received: by one\r\n" + raw)

    assert take(b"Received: by another\r\n" + raw, folder="Other") is None
    assert Enquiry.objects.count() == 1


def test_one_name_with_two_contents_is_kept_twice_and_the_second_is_marked():
    """MI2."""
    take(written(text="One.", Message_ID="<same@mail.example.org>"))
    second = take(written(text="Another.", Message_ID="<same@mail.example.org>"))

    assert (second.state, second.why, second.text) == (State.SORT, Why.SAME_ID, "Another.")


def test_a_mail_without_a_name_of_its_own_is_an_enquiry():
    """MI2."""
    raw = b"\n".join(line for line in written().split(b"\n") if not line.startswith(b"Message-ID"))

    assert take(raw).state == State.ENQUIRY


# --- Our own mail --------------------------------------------------------------------------------------------------


def test_our_own_mail_that_comes_back_into_the_inbox_is_attached_and_nothing_else(enquiry):
    """MI4: no new enquiry, no mail."""
    routing = MailFactory(sent=True, enquiry=enquiry)

    mail = take(letters.build(routing), result="")

    assert (mail.state, mail.enquiry, mail.raw) == (State.OWN, enquiry, b"")
    assert (Enquiry.objects.count(), OutgoingMail.objects.count()) == (1, 1)


NOTIFY = "Council <council@notifications.service.gov.uk>"


@pytest.fixture
def routed(settings, enquiry):
    """It is sent by Notify, which keeps no id of ours."""
    settings.NOTIFY_API_KEY = "set"
    subject = f'{PHRASE}: "Open" ({enquiry.reference})'
    inbox = settings.BUSINESS_FORUM_INBOX
    return MailFactory(enquiry=enquiry, recipient=inbox, recipient_key=inbox, subject=subject)


def test_a_mail_of_ours_that_notify_brought_to_the_inbox_is_attached_and_nothing_else(routed):
    """MI4: no officer has to sort each application once more."""
    mail = take(written(routed.subject.replace('"Open"', "\u201cOpen\u201d"), sender=NOTIFY))

    assert (mail.state, mail.enquiry) == (State.OWN, routed.enquiry)
    assert Enquiry.objects.count() == OutgoingMail.objects.count() == 1


@pytest.mark.parametrize(("sender", "more"), [("manager@example.org", ""), (NOTIFY, " and more")])
def test_what_only_resembles_a_mail_that_notify_brought_is_sorted(routed, sender, more):
    mail = take(written(routed.subject + more, sender=sender))

    assert mail.state != State.OWN


def test_who_only_writes_our_mark_into_a_mail_is_anybody(acknowledged):
    """MI4: the mark proves nothing where the database does not know the mail, or where somebody else wrote it."""
    unknown = take(written(X_Portal_Message_ID="<unknown@lbbd.gov.uk>"))
    stolen = take(written(X_Portal_Message_ID=acknowledged.message_id))

    assert (unknown.state, stolen.state) == (State.ENQUIRY, State.ENQUIRY)


# --- Machines ------------------------------------------------------------------------------------------------------

MACHINES = {
    "Auto-Submitted": {"Auto_Submitted": "auto-replied"},
    "a notification": {"Auto_Submitted": "auto-notified"},
    "generated": {"Auto_Submitted": "auto-generated"},
    "bulk": {"Precedence": "bulk"},
    "list": {"Precedence": "list"},
    "junk": {"Precedence": "junk"},
    "a mailing list": {"List_Id": "<list.example.org>"},
    "no automatic answers": {"X_Auto_Response_Suppress": "All"},
    "empty envelope sender": {"Return_Path": "<>"},
}
AWAY = [
    "Automatic reply: About your application ({})",
    "Out of Office: ({})",
    "Abwesenheitsnotiz: ({})",
    "Réponse automatique : ({})",
    "Respuesta automática: ({})",
    "Automatisch antwoord: ({})",
]


@pytest.mark.parametrize("machine", MACHINES)
def test_what_a_machine_sent_is_noted_and_never_answered(enquiry, machine):
    """MI3."""
    mail = take(answer(enquiry, **MACHINES[machine]))

    assert (mail.state, mail.enquiry) == (State.AUTOMATIC, enquiry)
    assert not enquiry.messages.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("subject", AWAY)
def test_an_out_of_office_reply_is_known_by_its_subject_in_several_languages(enquiry, subject):
    """MI3."""
    assert take(written(subject.format(enquiry.reference))).state == State.AUTOMATIC


def test_a_delivery_report_about_a_mail_of_ours_is_told_and_noted(enquiry):
    """MI3, MO14 and RULES, trap 3: a mail that comes back opens no enquiry."""
    sent = MailFactory(sent=True, acknowledgement=True, enquiry=enquiry)
    report = reports.bounce(sent).replace(b"Returned to Sender", f"({enquiry.reference})".encode())

    mail = take(report, result="")

    sent.refresh_from_db()
    assert sent.state == OutgoingMail.State.FAILED
    assert (mail.state, mail.enquiry) == (State.AUTOMATIC, enquiry)


@pytest.mark.parametrize("machine", ["generated", "bulk", "a mailing list", "no automatic answers"])
def test_what_may_be_a_machine_and_has_the_words_waits_for_an_officer(machine):
    """MI3: a form on a website may stand for a person."""
    mail = take(written(**MACHINES[machine]))

    assert (mail.state, mail.why) == (State.SORT, Why.AUTOMATIC)
    assert not OutgoingMail.objects.exists()


def test_a_help_desk_that_answers_each_of_our_mails_anew_is_stopped():
    """MI5: after three within an hour."""
    states = [take(written(f"Ticket {number}: {PHRASE}")).state for number in range(5)]

    assert states == [State.ENQUIRY] * 3 + [State.SORT] * 2
    assert IncomingMail.objects.filter(why=Why.TOO_MANY).count() == 2
    assert OutgoingMail.objects.count() == 3


def test_a_mail_from_one_of_our_own_inboxes_asks_for_nothing():
    assert take(written(sender="businessforum@lbbd.gov.uk"), result="").state == State.OTHER


# --- What officers decide ------------------------------------------------------------------------------------------


@pytest.fixture
def nearly():
    return take(written("care sector suport", "Training, please."))


def test_an_officer_makes_an_enquiry_of_what_came_near(nearly, officer):
    enquiry = services.open_enquiry(mail_id=nearly.pk, officer=officer)

    nearly.refresh_from_db()
    assert (nearly.state, nearly.enquiry, nearly.decided_by) == (State.ENQUIRY, enquiry, officer)
    assert enquiry.events.get(kind=Event.Kind.RECEIVED).by == officer
    with pytest.raises(TransitionNotAllowed, match="dealt with"):
        services.open_enquiry(mail_id=nearly.pk, officer=officer)
    assert Enquiry.objects.count() == 1


def test_an_officer_adds_a_mail_to_an_enquiry(nearly, enquiry, officer):
    message = services.add_to_enquiry(mail_id=nearly.pk, enquiry_id=enquiry.pk, officer=officer)

    nearly.refresh_from_db()
    assert (nearly.state, nearly.became, message.text) == (State.MESSAGE, message, "Training, please.")
    with pytest.raises(TransitionNotAllowed, match="dealt with"):
        services.add_to_enquiry(mail_id=nearly.pk, enquiry_id=enquiry.pk, officer=officer)


def test_of_a_forwarded_mail_what_the_provider_wrote_is_added_and_not_what_the_colleague_did(enquiry, officer):
    """N1: nothing that a colleague wrote reaches the page that the provider follows."""
    below = f"Not again!\n\nFrom: <{enquiry.contact_email}>\nSent: a\nTo: b\nSubject: c\n\nWe need ten places."
    mail = take(written(f"FW: {enquiry.reference}", below, sender="officer@lbbd.gov.uk"))
    assert mail.state == State.SORT

    message = services.add_to_enquiry(mail_id=mail.pk, enquiry_id=enquiry.pk, officer=officer)

    assert message.text == "We need ten places."


def test_nothing_is_added_to_a_closed_enquiry(nearly, officer):
    with pytest.raises(TransitionNotAllowed, match="closed"):
        services.add_to_enquiry(mail_id=nearly.pk, enquiry_id=EnquiryFactory(closed=True).pk, officer=officer)


@pytest.mark.parametrize("state", [State.OTHER, State.SPAM])
def test_a_mail_can_be_set_aside_and_taken_back(nearly, officer, state):
    services.set_aside(mail_id=nearly.pk, officer=officer, state=state)
    with pytest.raises(TransitionNotAllowed):
        services.set_aside(mail_id=nearly.pk, officer=officer, state=state)

    mail = services.take_back(mail_id=nearly.pk, officer=officer)

    assert (mail.state, mail.why) == (State.SORT, Why.NEARLY)
    with pytest.raises(TransitionNotAllowed):
        services.take_back(mail_id=nearly.pk, officer=officer)


def test_a_mail_cannot_be_set_aside_as_anything_else(nearly, officer):
    with pytest.raises(TransitionNotAllowed):
        services.set_aside(mail_id=nearly.pk, officer=officer, state=State.OWN)


def test_what_looked_automatic_can_be_taken_back_too(enquiry, officer):
    mail = take(answer(enquiry, Precedence="bulk"))

    assert services.take_back(mail_id=mail.pk, officer=officer).why == Why.AUTOMATIC


def test_an_enquiry_by_mail_is_worked_on_like_any_other(officer):
    """U02: the same record, whatever way it came."""
    enquiry = take(written()).enquiry

    services.take(enquiry_id=enquiry.pk, officer=officer)
    services.write_to_provider(enquiry_id=enquiry.pk, officer=officer, text="Which programme?")

    enquiry.refresh_from_db()
    assert enquiry.state == Enquiry.State.IN_TRIAGE
    assert enquiry.replied_at
    assert not Interest.objects.exists()
