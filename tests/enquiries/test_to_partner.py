"""A partner's question about a referral is answered (J-R7): by a message to the partner alone."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from careportal.accounts.models import AuditEntry
from enquiries import services
from enquiries.exceptions import ChangedMeanwhile, TransitionNotAllowed
from enquiries.models import Event, Interest, Message, OutgoingMail
from enquiries.services import Acting
from enquiries.services.correspondence import shown_as
from programmes.models import Partner, PartnerMembership
from tests.enquiries.letters import written_to
from tests.factories import PartnerFactory, UserFactory, in_days

pytestmark = pytest.mark.django_db

QUESTION, ANSWER = "Can they come on Fridays?", "Yes, on Fridays."


@pytest.fixture
def partner():
    return PartnerFactory(name="Example partner", email="partner@example.org")


@pytest.fixture
def person(partner):
    return PartnerMembership.objects.create(partner=partner, user=UserFactory()).user


@pytest.fixture
def referred(interest, partner, person):
    refer(interest, partner)
    return interest


def refer(interest, partner):
    services.refer(interest_id=interest.pk, officer=UserFactory(officer=True), partner_id=partner.pk)
    interest.refresh_from_db()


def ask(interest, partner, person):
    return services.ask_council(interest_id=interest.pk, acting=Acting(frozenset({partner.pk}), person), text=QUESTION)


def answer(interest, officer, **more):
    return services.write_to_partner(interest_id=interest.pk, officer=officer, text=ANSWER, **more)


def page(interest):
    return f"/admin/enquiries/enquiry/{interest.enquiry_id}/to-partner/{interest.pk}/"


def test_a_partner_asks_an_officer_answers_and_the_partner_reads_it(referred, partner, person, officer, browser_of):
    asks = browser_of(person)
    asks.post(f"/partner/referrals/{referred.pk}/ask/", {"text": QUESTION})

    answers = browser_of(officer)
    told = answers.get(referred.enquiry.get_absolute_url()).text
    assert "A partner has asked something." in told
    assert page(referred) in told
    shown = answers.get(page(referred))
    assert QUESTION in shown.text
    sent = {"text": ANSWER, "shown": shown.context["form"]["shown"].value()}
    assert "Example partner can read it now" in answers.post(page(referred), sent, follow=True).text

    read = asks.get(f"/partner/referrals/{referred.pk}/").text
    assert QUESTION in read
    assert ANSWER in read
    assert officer.email not in read


def test_the_partner_gets_a_mail_without_a_word_of_it(referred, partner, officer):
    answer(referred, officer)

    mail = written_to("partner@example.org")[-1]
    assert mail.kind == OutgoingMail.Kind.REFERRAL
    assert f"/partner/referrals/{referred.pk}/" in mail.text
    assert "/partner/code/" in mail.text
    assert ANSWER not in mail.text + mail.subject
    assert "Fridays" not in str(list(referred.enquiry.events.values_list("detail", flat=True)))


def test_without_a_shared_address_each_of_its_people_gets_one(referred, partner, person, officer):
    """Two people both get the letter where there is no address that they share (J-R11)."""
    Partner.objects.update(email="")
    second = PartnerMembership.objects.create(partner=partner, user=UserFactory()).user
    answer(referred, officer)

    for somebody in (person, second):
        (mail,) = written_to(somebody.email)
        assert "/partner/code/" not in mail.text


def test_the_provider_reads_nothing_of_it(referred, partner, person, officer):
    ask(referred, partner, person)
    answer(referred, officer)
    assert not Message.objects.known_to_provider().exists()
    assert not OutgoingMail.objects.filter(kind="message").exists()


def test_it_stands_in_the_history_and_the_clocks_do_not_take_it_for_a_reply(referred, partner, officer):
    message = answer(referred, officer)

    event = referred.enquiry.events.get(kind=Event.Kind.WROTE_TO_PARTNER)
    assert event.detail == {"interest": referred.pk, "partner": partner.pk, "message": message.pk}
    referred.enquiry.refresh_from_db()
    assert referred.enquiry.replied_at is None


def test_a_double_click_and_a_page_that_is_out_of_date_send_nothing(referred, officer):
    shown = shown_as(referred.enquiry)
    answer(referred, officer, shown=shown)
    with pytest.raises(ChangedMeanwhile):
        answer(referred, officer, shown=shown)
    assert Message.objects.filter(kind="to_partner").count() == 1


def test_what_was_typed_on_a_page_that_is_out_of_date_is_there_again(referred, partner, person, officer, browser_of):
    client = browser_of(officer)
    shown = client.get(page(referred)).context["form"]["shown"].value()
    ask(referred, partner, person)

    response = client.post(page(referred), {"text": ANSWER, "shown": shown})

    assert "changed after you opened the page" in response.text
    assert ANSWER in response.text
    assert client.post(page(referred), {"text": ANSWER, "shown": response.context["form"]["shown"].value()}).url


@pytest.mark.parametrize("typed", ["", "   ", "x" * 2001, "x" * 10_000])
def test_a_message_that_says_nothing_or_too_much_is_refused(referred, officer, browser_of, typed):
    response = browser_of(officer).post(page(referred), {"text": typed})
    assert response.status_code == 200
    assert "There is a problem" in response.text
    assert not Message.objects.exists()


def test_nobody_is_written_to_after_it_was_given_back_or_the_agreement_ended(referred, partner, person, officer):
    Partner.objects.update(agreement_ends_on=in_days(-1))
    with pytest.raises(TransitionNotAllowed, match="has ended"):
        answer(referred, officer)
    Partner.objects.update(agreement_ends_on=None)
    services.give_back(interest_id=referred.pk, acting=Acting(frozenset({partner.pk}), person), because="full")
    with pytest.raises(TransitionNotAllowed, match="not with a partner any more"):
        answer(referred, officer)


def test_the_button_is_gone_where_there_is_nobody_to_write_to(interest, officer, browser_of):
    client = browser_of(officer)
    assert "to-partner" not in client.get(interest.enquiry.get_absolute_url()).text
    assert "There is nobody to write to." in client.get(page(interest), follow=True).text


def test_another_partner_to_which_it_goes_later_reads_nothing_of_the_talk(referred, partner, person, officer):
    """AZ3."""
    ask(referred, partner, person)
    answer(referred, officer)
    services.give_back(interest_id=referred.pk, acting=Acting(frozenset({partner.pk}), person), because="full")
    other = PartnerFactory()
    referred.programme.partners.add(other)
    refer(referred, other)

    assert not Message.objects.talk_with_partner(Interest.objects.get()).exists()


def test_the_page_is_for_officers_and_of_this_enquiry(referred, viewer, officer, person, browser_of):
    """AZ1."""
    assert Client().get(page(referred)).status_code == 302
    assert browser_of(viewer).get(page(referred)).status_code == 403
    assert browser_of(person).get(page(referred)).status_code == 403
    wrong = f"/admin/enquiries/enquiry/{referred.enquiry_id + 1}/to-partner/{referred.pk}/"
    assert browser_of(officer).get(wrong).status_code == 404
    assert browser_of(officer).get(page(referred).replace(f"/{referred.pk}/", f"/{10**30}/")).status_code == 404
    assert not AuditEntry.objects.filter(kind="changed").exists()


def test_hostile_words_are_inert_on_both_sides(referred, partner, person, officer, browser_of):
    """PA5."""
    hostile = "<script>alert(1)</script> [x](javascript:alert(1))"
    services.ask_council(interest_id=referred.pk, acting=Acting(frozenset({partner.pk}), person), text=hostile)
    services.write_to_partner(interest_id=referred.pk, officer=officer, text=hostile)
    for client, address in (
        (browser_of(person), f"/partner/referrals/{referred.pk}/"),
        (browser_of(officer), page(referred)),
    ):
        assert "<script>alert" not in client.get(address).text


def test_the_database_keeps_a_message_to_a_partner_only_with_its_writer_and_referral(referred, officer):
    for wrong in ({"by": None, "interest": referred}, {"by": officer, "interest": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.create(enquiry=referred.enquiry, kind="to_partner", text="x", **wrong)
