"""Mail to the applicant comes back: the organisation's second contact gets it too, while the enquiry is open."""

import pytest
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import services
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Enquiry, OutgoingMail
from enquiries.services import mails
from tests.factories import EnquiryFactory, InterestFactory, MailFactory, ProviderFactory

SITE = "site@example.org"
Kind = OutgoingMail.Kind


@pytest.fixture
def enquiry(db) -> Enquiry:
    provider = ProviderFactory(second_email=SITE, second_proved_at=timezone.now())
    return InterestFactory(enquiry=EnquiryFactory(provider=provider, in_triage=True)).enquiry


def sent_to_applicant(enquiry: Enquiry, **how) -> OutgoingMail:
    return MailFactory(
        enquiry=enquiry, kind=Kind.MESSAGE, recipient=enquiry.contact_email, text="A letter.", sent=True, **how
    )


def to_site() -> list[str]:
    return list(OutgoingMail.objects.filter(recipient=SITE).order_by("pk").values_list("text", flat=True))


def test_a_letter_that_came_back_goes_to_the_second_contact(enquiry):
    mail = sent_to_applicant(enquiry)

    mails.receive_bounce(mail_id=mail.pk, words="550 no such user")

    assert to_site() == ["A letter."]


def test_told_twice_it_goes_once(enquiry):
    mail = sent_to_applicant(enquiry)
    mails.receive_bounce(mail_id=mail.pk, words="550")
    with pytest.raises(TransitionNotAllowed):
        mails.receive_bounce(mail_id=mail.pk, words="550")

    assert len(to_site()) == 1


def test_later_letters_go_there_too_a_question_with_the_way_to_answer_it(enquiry):
    mails.receive_bounce(mail_id=sent_to_applicant(enquiry).pk, words="550")

    services.write_to_provider(enquiry_id=enquiry.pk, officer=enquiry.owner, text="We have news.")
    services.ask_provider(
        enquiry_id=enquiry.pk,
        officer=enquiry.owner,
        text="How many?",
        answer_by=add_working_days(timezone.localdate(), 5),
    )

    _, message, question = to_site()
    assert "We have news." in message
    assert "/answers/" in question
    assert enquiry.messages.count() == 2


def test_while_mail_arrives_the_second_contact_gets_none(enquiry):
    sent_to_applicant(enquiry)

    services.write_to_provider(enquiry_id=enquiry.pk, officer=enquiry.owner, text="We have news.")

    assert to_site() == []


def test_what_came_back_from_an_inbox_of_the_council_goes_to_nobody_else(enquiry):
    mail = MailFactory(enquiry=enquiry, sent=True)

    mails.receive_bounce(mail_id=mail.pk, words="550")

    assert to_site() == []


@pytest.mark.parametrize("without", ["organisation", "second contact", "open enquiry"])
def test_without_one_nothing_is_written(enquiry, without):
    mail = sent_to_applicant(enquiry)
    if without == "organisation":
        Enquiry.objects.update(provider=None)
    elif without == "second contact":
        type(enquiry.provider).objects.update(second_email="", second_proved_at=None)
    else:
        Enquiry.objects.update(state=Enquiry.State.CLOSED)

    mails.receive_bounce(mail_id=mail.pk, words="550")

    assert to_site() == []


def test_officers_see_it_on_the_enquirys_page(enquiry, browser_of, officer):
    page = browser_of(officer).get(enquiry.get_absolute_url()).content.decode()

    assert SITE in page
