"""What the portal writes, as the people who get it would see it."""

import email
import email.policy
import re

import pytest
from django.core.exceptions import ValidationError

from enquiries import letters, queries
from enquiries.letters import first_name, routing_subject
from enquiries.mail import post
from enquiries.models import OutgoingMail, Wording
from tests.factories import EnquiryFactory, InterestFactory, MailFactory

pytestmark = pytest.mark.django_db

NASTY = [
    "x\r\nBcc: victim@example.net",
    "x\nSubject: You have won",
    "x\r\n\r\nHello",
    "x\u2028To: victim@example.net",
    "x\x0bCc: victim@example.net",
    "=?utf-8?q?x=0D=0ABcc:_victim@example.net?=",
]


def written(enquiry, kind):
    """The mail of this kind about an enquiry, as an e-mail program would read it."""
    titles = [interest.programme_title for interest in enquiry.interests.all()]
    post.write(letters.routing(enquiry, "businessforum@lbbd.gov.uk", titles), letters.acknowledgement(enquiry))
    mail = enquiry.mails.get(kind=kind)
    return email.message_from_bytes(letters.build(mail), policy=email.policy.default)


def routed(**fields):
    return written(InterestFactory(enquiry=EnquiryFactory(**fields)).enquiry, OutgoingMail.Kind.ROUTING)


def acknowledged(**fields):
    return written(InterestFactory(enquiry=EnquiryFactory(**fields)).enquiry, OutgoingMail.Kind.ACKNOWLEDGEMENT)


def test_the_routing_mail_holds_the_whole_application():
    interest = InterestFactory(
        enquiry__message="Please call after noon.", answers=[["How many?", "4"]], programme_title="Shift-Life Balance"
    )

    text = written(interest.enquiry, OutgoingMail.Kind.ROUTING).get_content()

    enquiry = interest.enquiry
    for said in (enquiry.reference, enquiry.organisation, "RM10 8XD", enquiry.contact_email, "How many?", "4"):
        assert said in text
    assert "Please call after noon." in text
    assert f"/admin/enquiries/enquiry/{enquiry.pk}/change/" in text


def test_the_routing_mails_subject_keeps_the_phrase_that_inbox_rules_look_for(settings):
    """MO18."""
    subject = routed()["Subject"]

    assert settings.COUNCIL.mail.subject_phrase == "care sector support"
    assert re.fullmatch(r"care sector support: Example programme \d+ \([A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}\)", subject)


@pytest.mark.parametrize("titles", [["x" * 120], ["Long " * 24, "Two", "Three"], ["Line\r\nbreak"], ["\u202eäöü" * 60]])
def test_a_subject_is_at_most_120_characters_in_one_line_and_ends_with_the_reference(titles):
    """MO18, MO2."""
    subject = routing_subject(titles, "ABC-DEF-GHJ")

    assert len(subject) <= 120
    assert subject.startswith("care sector support: ")
    assert subject.endswith(" (ABC-DEF-GHJ)")
    assert "\n" not in subject


@pytest.mark.parametrize("text", NASTY)
def test_no_header_can_be_forged_from_what_was_typed(text):
    """MO2: the mail still leaves, with one recipient and the headers that we set."""
    for message in (
        routed(organisation=text[:200], contact_name=text[:120], message=text),
        acknowledged(organisation=text[:200], contact_name=text[:120], message=text),
    ):
        assert message.get_all("Bcc") is None
        assert message.get_all("Cc") is None
        assert len(message.get_all("To")) == len(message.get_all("Subject")) == len(message.get_all("From")) == 1
        assert "victim" not in str(message["To"]) + str(message["Subject"]) + str(message["Reply-To"])


def test_a_programme_title_with_a_line_break_does_not_stop_the_mail():
    """MO2, MO13."""
    message = written(InterestFactory(programme_title="Evil\r\nBcc: x@y.example").enquiry, OutgoingMail.Kind.ROUTING)

    assert message["Bcc"] is None
    assert "Evil Bcc: x@y.example" in message["Subject"]


def test_the_acknowledgement_repeats_nothing_that_was_typed_but_a_first_name():
    """MO4."""
    typed = {
        "organisation": "CANARY-ORGANISATION",
        "message": "CANARY-MESSAGE",
        "contact_name": "Ada CANARY-SURNAME",
        "postcode": "RM10 9ZZ",
        "contact_telephone": "+442079460000",
    }
    enquiry = InterestFactory(enquiry=EnquiryFactory(**typed), answers=[["Question", "CANARY-ANSWER"]]).enquiry

    message = written(enquiry, OutgoingMail.Kind.ACKNOWLEDGEMENT)

    assert message.get_content().startswith("Dear Ada\r\n")
    assert enquiry.reference in message.get_content()
    assert "CANARY" not in message.as_string()
    assert "RM10" not in message.as_string()
    assert "79460000" not in message.as_string()


@pytest.mark.parametrize(
    ("typed", "greeted"),
    [
        ("Ada Lovelace", "Ada"),
        ("Zoë", "Zoë"),
        ("Anne-Marie O’Neill", "Anne-Marie"),
        ("D'Arcy Smith", "D'Arcy"),
        ("www.example.com win", ""),
        ("Click http://x", "Click"),
        ("http://x.example", ""),
        ("A1", ""),
        ("x" * 41, ""),
        ("<b>Ada</b>", ""),
        ("Mrs Lovelace", ""),
        ("The registered manager", ""),
        ("", ""),
    ],
)
def test_a_first_name_is_letters_or_it_is_left_away(typed, greeted):
    """MO4."""
    assert first_name(typed) == greeted


def test_the_acknowledgement_comes_from_the_council_and_answers_go_to_its_inbox(settings):
    """MO7."""
    message = acknowledged()

    assert message["From"].addresses[0].addr_spec.endswith("@lbbd.gov.uk")
    assert message["Reply-To"].addresses[0].addr_spec == settings.BUSINESS_FORUM_INBOX
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"


def test_pressing_reply_on_the_routing_mail_answers_the_applicant():
    """MO8, MO7: one valid address, and never as the sender."""
    message = routed(contact_email="o'neill+care@example.org")

    assert [address.addr_spec for address in message["Reply-To"].addresses] == ["o'neill+care@example.org"]
    assert message["From"].addresses[0].addr_spec == "no-reply@lbbd.gov.uk"


def test_a_message_id_is_unique_stable_and_holds_nothing_personal():
    """MO7."""
    enquiry = InterestFactory().enquiry
    one, again = letters.acknowledgement(enquiry), letters.acknowledgement(enquiry)
    other = letters.routing(enquiry, "businessforum@lbbd.gov.uk", ["It"])

    assert one.message_id == again.message_id != other.message_id
    assert enquiry.contact_email.split("@")[0] not in one.message_id


def test_links_in_mail_begin_with_the_configured_address_and_hold_no_personal_data(settings):
    """MO9, FI18."""
    settings.BASE_URL = "https://care.example.gov.uk"
    for message in (routed(), acknowledged()):
        links = re.findall(r"https?://\S+", message.get_content())
        assert links
        assert all(link.startswith("https://care.example.gov.uk/") for link in links)
        assert not any("@" in link or "applicant" in link or "?" in link for link in links)


def test_mail_is_plain_text_alone_so_nothing_in_it_runs_loads_or_differs():
    """MO10."""
    for message in (routed(organisation="<script>alert(1)</script>"), acknowledged()):
        assert message.get_content_type() == "text/plain"
        assert not message.is_multipart()


def text_of(mail):
    return email.message_from_bytes(letters.build(mail), policy=email.policy.default).get_content()


def test_the_acknowledgement_holds_what_it_must_and_nothing_else(settings):
    """MO15: reference, programmes, what happens next, how to withdraw, the privacy page."""
    interest = InterestFactory(enquiry__message="a message that was typed", answers=[["a question", "an answer"]])
    enquiry = interest.enquiry

    text = text_of(MailFactory(acknowledgement=True, enquiry=enquiry))

    for needed in (enquiry.reference, interest.programme_title, "What happens next", "withdraw", "/privacy/"):
        assert needed in text
    typed = [enquiry.organisation, enquiry.postcode, enquiry.contact_email, enquiry.message, "an answer"]
    assert [one for one in typed if one in text] == []


# --- The council's own words (MO19) --------------------------------------------------------------------------------


def test_the_councils_own_words_replace_the_built_in_ones():
    """MO19."""
    Wording.objects.create(part=Wording.Part.WHAT_NEXT, text="We read ((reference)) now. Call ((telephone)).")
    enquiry = InterestFactory().enquiry

    text = text_of(MailFactory(acknowledgement=True, enquiry=enquiry))

    assert f"We read {enquiry.reference} now. Call 020 8215 3000." in text
    assert "An officer reads" not in text


@pytest.mark.parametrize("text", ["((name))", "Call ((telephone", "telephone))", "(())", "  ", "((telephone) )"])
def test_words_that_cannot_be_filled_in_are_refused_when_they_are_saved(text):
    """MO19."""
    with pytest.raises(ValidationError) as refusal:
        Wording(part=Wording.Part.WHAT_NEXT, text=text).full_clean()

    assert list(refusal.value.message_dict) == ["text"]


def test_broken_words_that_slipped_through_are_replaced_by_the_built_in_ones_and_shown(caplog):
    """MO19."""
    Wording.objects.create(part=Wording.Part.WHAT_NEXT, text="Dear ((name))")

    text = text_of(MailFactory(acknowledgement=True, enquiry=InterestFactory().enquiry))

    assert "An officer reads your application" in text
    assert queries.mail_facts()["wordings_broken"] == 1
    assert "wording.cannot_be_used" in caplog.text
