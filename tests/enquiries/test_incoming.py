"""Mail to the business forum inbox becomes enquiries: the way that the council has published (N1, J-P4, U02)."""

import datetime as dt
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.conf import settings as conf
from django.core.management import CommandError, call_command
from django.utils import timezone

from enquiries import queries, services
from enquiries.exceptions import AddressRefused, TransitionNotAllowed
from enquiries.links import complete_address
from enquiries.mail import post
from enquiries.models import Enquiry, Event, IncomingMail, OutgoingMail
from enquiries.services import arrivals, submitted
from tests.enquiries.emailed import filled_in
from tests.enquiries.incoming import FAILED, OURS, PHRASE, checked, found, take, written
from tests.enquiries.letters import read
from tests.enquiries.papers import pdf
from tests.factories import EnquiryFactory

pytestmark = pytest.mark.django_db

State, Why, Sender = IncomingMail.State, IncomingMail.Why, IncomingMail.Sender

FORWARDED = """\
Please deal with this, it is the third time they ask.

From: Home Manager <manager@example.org>
Sent: 27 November 2026 10:12
To: Officer <officer@lbbd.gov.uk>
Subject: help

We would like training in dementia care.
"""


@pytest.fixture(autouse=True)
def our_server(settings):
    settings.MAILBOX_AUTHSERV_ID = OURS


ASKED = {
    "the very words": written(PHRASE),
    "in capitals": written("Care Sector SUPPORT"),
    "with more spaces": written("care  sector\u00a0 support"),
    "answered": written(f"Re: RE: {PHRASE}"),
    "forwarded by the provider": written(f"Fw: {PHRASE}"),
    "inside a longer subject": written(f"Question about {PHRASE}, please"),
    "without any text": written(PHRASE, ""),
    "in HTML alone": written(PHRASE, None, page="<p>We would like training in <b>dementia</b> care.</p>"),
    "with a file alone": written(PHRASE, "", files=[("plan.pdf", pdf(b"plan"))]),
    "forwarded by an officer": written(f"FW: {PHRASE}", FORWARDED, sender="officer@lbbd.gov.uk"),
}


@pytest.mark.parametrize("how", ASKED)
def test_a_mail_with_the_words_in_its_subject_becomes_an_enquiry_of_its_sender(how):
    """N1: exact, other case, more spaces, Re and Fw, in a longer subject, empty, HTML only, a file only, forwarded."""
    mail = take(ASKED[how])

    enquiry = Enquiry.objects.get()
    assert (mail.state, mail.enquiry) == (State.ENQUIRY, enquiry)
    assert (enquiry.channel, enquiry.contact_email) == (Enquiry.Channel.EMAIL, "manager@example.org")
    assert enquiry.is_incomplete


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (written("care sector suport"), Why.NEARLY),
        (written("caresectorsupport"), Why.NEARLY),
        (written("Support for the care sector"), Why.NEARLY),
        (written("A question", f"You ask for {PHRASE} in the subject."), Why.IN_TEXT),
    ],
)
def test_what_comes_near_waits_for_an_officer(raw, why):
    """N1: a misspelling, and the words in the text alone, are shown and never dropped."""
    mail = take(raw)

    assert (mail.state, mail.why) == (State.SORT, why)
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize(
    "raw", [written("Lunch", "At one?"), written("care worker support group", "Hello"), written("", "")]
)
def test_other_mail_of_the_inbox_is_never_stored(raw):
    """N1: unrelated is not copied, not even its subject."""
    assert take(raw) is None
    assert not IncomingMail.objects.exists()


@pytest.mark.parametrize(
    "subject",
    [
        "=?utf-8?b?Y2FyZSBzZWM=?= =?utf-8?b?dG9yIHN1cHBvcnQ=?=",
        "=?iso-8859-1?Q?care=A0sector_support?=",
        "AW: Fwd: CARE-SECTOR-SUPPORT!",
        "care\u200b sector support",
        "=?x-unknown?q?care_sector_support?=",
        "care sector\r\n support",
    ],
)
def test_the_words_are_known_however_a_mail_program_writes_them(subject):
    """MI18."""
    raw = written("xyz").replace(b"Subject: xyz", b"Subject: " + subject.encode())

    assert take(raw).state == State.ENQUIRY


def test_the_enquiry_says_what_was_written_and_its_clocks_run_from_when_it_came():
    came_at = timezone.now() - dt.timedelta(days=3)
    raw = checked(written(PHRASE, "We would like training.\n\nOn Friday you wrote:\n> How can we help?"))

    arrivals._receive_found(replace(found(raw), received_at=came_at))

    enquiry = Enquiry.objects.get()
    assert enquiry.message == "We would like training."
    assert enquiry.contact_name == "Home Manager"
    assert enquiry.received_at == came_at
    assert enquiry.privacy_version == conf.COUNCIL.privacy.version
    assert enquiry.events.get(kind=Event.Kind.RECEIVED).detail["channel"] == "email"
    assert list(submitted.differences()) == []


def test_no_mail_brings_it_to_the_inbox_where_it_lies_already_and_the_books_agree():
    take(written())

    assert [mail.kind for mail in OutgoingMail.objects.all()] == [OutgoingMail.Kind.ACKNOWLEDGEMENT]
    post.send_due()
    assert queries.balance().differences == []


def test_files_that_the_portal_takes_are_added_and_others_stay_in_the_mail():
    """MI9."""
    files = [("plan.pdf", pdf(b"plan")), ("page.html", b"<script>"), ("run.exe", b"MZ"), ("empty.txt", b"")]

    mail = take(written(PHRASE, files=files))

    assert [one.name for one in mail.enquiry.attachments.all()] == ["plan.pdf"]
    assert b"page.html" in mail.raw


def test_a_very_long_text_is_cut_and_the_mail_has_all_of_it():
    mail = take(written(PHRASE, "word " * 3000))

    assert len(mail.enquiry.message) <= 4000
    assert mail.enquiry.message.endswith("\u2026")
    assert mail.text.count("word") == 3000


def test_an_officers_own_words_above_a_forwarded_mail_are_not_the_providers():
    """N1: nothing that a colleague wrote reaches the page that the provider follows."""
    mail = take(ASKED["forwarded by an officer"])

    assert mail.enquiry.message == "We would like training in dementia care."
    assert (mail.sender, mail.sender_check) == ("officer@lbbd.gov.uk", Sender.UNKNOWN)
    assert not OutgoingMail.objects.exists()


def test_what_a_provider_forwards_is_what_it_asks_for():
    """What stands below is no history there: without it the enquiry would say nothing."""
    below = "Please see below.\n\nFrom: Deputy <deputy@example.org>\nSent: a\nTo: b\nSubject: c\n\nTraining, please."

    mail = take(written(f"FW: {PHRASE}", below))

    assert (mail.enquiry.contact_email, mail.enquiry.message) == ("manager@example.org", below)


def test_a_mail_forwarded_as_a_file_is_of_whoever_wrote_it_first():
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "officer@lbbd.gov.uk", f"FW: {PHRASE}"
    outer.set_content("See below.")
    outer.add_attachment(message_from_bytes(written("help", "Training, please."), policy=policy.default))

    mail = take(outer.as_bytes())

    assert (mail.enquiry.contact_email, mail.enquiry.message) == ("manager@example.org", "Training, please.")


PASSED_ON = "Yours?\n\nFrom: {}\nSent: a\nTo: b\nSubject: c\n\n{}"


def test_a_mail_that_was_passed_on_twice_is_of_whoever_wrote_it_and_of_no_colleague():
    """N1: two colleagues looked for who is in charge of it."""
    written_first = PASSED_ON.format("Home Manager <manager@example.org>", "Training, please.")
    twice = PASSED_ON.format("Colleague <colleague@lbbd.gov.uk>", written_first)

    mail = take(written(f"FW: {PHRASE}", twice, sender="officer@lbbd.gov.uk"))

    assert (mail.enquiry.contact_email, mail.enquiry.message) == ("manager@example.org", "Training, please.")


@pytest.mark.parametrize("newest", ["Colleague <colleague@lbbd.gov.uk>", "Home Manager"])
def test_of_what_only_colleagues_wrote_or_who_gives_no_address_nothing_is_guessed(newest):
    """Below a mail without an address stands one of somebody else, to whom it was the answer."""
    below = PASSED_ON.format("Somebody <officer@lbbd.gov.uk>", "What do you need?")
    if newest == "Home Manager":
        below = below.replace("officer@lbbd.gov.uk", "partner@example.com")

    mail = take(written(f"FW: {PHRASE}", PASSED_ON.format(newest, below), sender="officer@lbbd.gov.uk"))

    assert (mail.state, mail.why) == (State.SORT, Why.FORWARDED)


def test_a_forwarded_mail_of_which_nobody_can_read_who_wrote_it_waits_for_an_officer():
    mail = take(written(f"FW: {PHRASE}", "See what they want.", sender="officer@lbbd.gov.uk"))

    assert (mail.state, mail.why) == (State.SORT, Why.FORWARDED)


# --- The acknowledgement -------------------------------------------------------------------------------------------


def test_a_proved_sender_is_told_the_reference_and_how_to_fill_in_the_rest():
    """J-P4: the letter stands under the mail that it answers, and repeats nothing that was written (MO4)."""
    mail = take(written(PHRASE, "Canary words."))

    letter = OutgoingMail.objects.get(kind=OutgoingMail.Kind.ACKNOWLEDGEMENT)
    read_ = read(letter)
    text = read_.get_content()
    assert letter.recipient == "manager@example.org"
    assert mail.enquiry.reference in text
    assert complete_address() in text
    assert "Canary" not in text
    assert text.startswith("Dear Home")
    assert read_["In-Reply-To"] == read_["References"] == mail.message_id


@pytest.mark.parametrize(
    "result", [FAILED, "", "spf=fail smtp.mailfrom=example.org", "dkim=pass header.d=evil.example"]
)
def test_nobody_is_written_to_whom_our_mail_server_has_not_proved(result):
    """MI16: an address that somebody forged gets no mail from us. The enquiry is there all the same."""
    for _ in range(3):
        assert take(written(), result).state == State.ENQUIRY

    assert not OutgoingMail.objects.exists()


FORGED = [
    "Authentication-Results: evil.example; dmarc=pass header.from=example.org\r\n",
    f"Authentication-Results: {OURS}; dmarc=fail header.from=example.org\r\n"
    f"Authentication-Results: {OURS}; dmarc=pass header.from=example.org\r\n",
    f"Authentication-Results: {OURS} (dmarc=pass header.from=example.org); spf=none\r\n",
    f"X-Authentication-Results: {OURS}; dmarc=pass header.from=example.org\r\n",
    # What the sender calls itself to our server stands in the server's own line.
    f'Authentication-Results: {OURS}; spf=pass smtp.mailfrom="x;dmarc=pass header.from=example.org"@evil.example\r\n',
    f"Authentication-Results: {OURS}; spf=none (it says \\) ; dmarc=pass header.from=example.org) smtp.helo=x\r\n",
    f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom= smtp.helo=x@example.org\r\n",
    f"Authentication-Results: {OURS}; dkim=pass header.s=header.d=example.org header.d=evil.example\r\n",
    f"Authentication-Results: {OURS}; spf=pass smtp.helo=dmarc=pass smtp.mailfrom=evil.example\r\n",
]


@pytest.mark.parametrize("lines", FORGED)
def test_a_check_that_our_own_server_did_not_write_is_ignored(lines):
    """MI6."""
    mail = take(lines.encode() + written(), "")

    assert mail.sender_check != Sender.PROVED
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("setting", "line", "check"),
    [
        (OURS, f"{OURS}; dkim=pass header.d=example.org", Sender.PROVED),
        (OURS, f"{OURS} 1; spf=pass smtp.mailfrom=bounce@example.org", Sender.PROVED),
        (OURS, f"{OURS}; spf=pass smtp.mailfrom=bounce@evil.example", Sender.UNKNOWN),
        (OURS, f'{OURS}; spf=pass smtp.mailfrom="a bounce"@example.org', Sender.PROVED),
        (OURS, f'{OURS}; dkim/1=pass (2048-bit) header.d="example.org"', Sender.PROVED),
        (OURS, f'{OURS}; spf=pass smtp.mailfrom="("@example.org; dmarc=fail (")")', Sender.FAILED),
        ("*", "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dmarc=pass action=none", Sender.PROVED),
        ("", f"{OURS}; dmarc=pass header.from=example.org", Sender.UNKNOWN),
    ],
)
def test_who_is_proved_by_the_lines_of_our_mail_server(settings, setting, line, check):
    settings.MAILBOX_AUTHSERV_ID = setting

    assert take(f"Authentication-Results: {line}\r\n".encode() + written(), "").sender_check == check


@pytest.mark.parametrize("sender", ["no-reply@example.org", "postmaster@example.org"])
def test_nobody_reads_some_addresses_so_none_is_written_to(sender):
    """MO6."""
    take(written(sender=sender))

    assert not OutgoingMail.objects.exists()


def test_an_officer_may_tell_a_sender_who_was_not_proved_and_only_once(officer):
    mail = take(written(), "")

    services.send_acknowledgement(enquiry_id=mail.enquiry_id, officer=officer)

    assert OutgoingMail.objects.get().recipient == "manager@example.org"
    assert mail.enquiry.events.get(kind=Event.Kind.RECEIPT_SENT).by == officer
    with pytest.raises(TransitionNotAllowed, match="acknowledged already"):
        services.send_acknowledgement(enquiry_id=mail.enquiry_id, officer=officer)


def test_such_a_letter_goes_to_whoever_is_the_contact_now(officer):
    mail = take(written(), "")
    mail.enquiry.contact.changed(email="successor@example.org").save()

    services.send_acknowledgement(enquiry_id=mail.enquiry_id, officer=officer)

    assert OutgoingMail.objects.get().recipient == "successor@example.org"


def test_what_is_closed_gets_no_such_letter(officer):
    """It would ask for details that cannot be filled in any more."""
    mail = take(written(), "")
    Enquiry.objects.update(state=Enquiry.State.CLOSED)

    with pytest.raises(TransitionNotAllowed, match="is closed"):
        services.send_acknowledgement(enquiry_id=mail.enquiry.pk, officer=officer)


def test_where_an_officer_has_filled_in_the_details_the_letter_does_not_ask_for_them(officer, open_programme):
    mail = take(written(), "")
    filled_in(mail.enquiry, officer=officer)

    letter = services.send_acknowledgement(enquiry_id=mail.enquiry.pk, officer=officer)

    assert mail.enquiry.reference in letter.text
    assert "short form" not in letter.text
    assert "What happens next" in letter.text


def test_what_did_not_come_by_email_gets_no_such_letter(officer):
    with pytest.raises(TransitionNotAllowed, match="did not come by email"):
        services.send_acknowledgement(enquiry_id=EnquiryFactory().pk, officer=officer)


def test_an_address_that_nobody_reads_is_refused_to_an_officer_too(officer):
    mail = take(written(sender="no-reply@example.org"))
    services.open_enquiry(mail_id=mail.pk, officer=officer)

    with pytest.raises(AddressRefused):
        services.send_acknowledgement(enquiry_id=Enquiry.objects.get().pk, officer=officer)


# --- Embedded mode -------------------------------------------------------------------------------------------------


def test_embedded_mail_is_laid_into_the_inbox_by_a_command_and_read_once(maildir, tmp_path):
    """The way can be tried with `make run`; nothing comes from outside there, so the sender counts as proved."""
    path = tmp_path / "mail.eml"
    path.write_bytes(written())
    for _ in range(2):
        call_command("receive_mail", path)
        arrivals.look_into_inbox()

    assert Enquiry.objects.get().incoming.get().sender_check == Sender.PROVED
    assert OutgoingMail.objects.get().kind == OutgoingMail.Kind.ACKNOWLEDGEMENT


def test_where_mail_comes_from_a_server_the_command_refuses(settings, tmp_path):
    settings.SMTP_HOST = "mail.example.org"
    with pytest.raises(CommandError, match="embedded mode"):
        call_command("receive_mail", tmp_path / "mail.eml")


def test_a_file_that_is_not_there_is_an_error_in_words(maildir, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("receive_mail", tmp_path / "none.eml")
