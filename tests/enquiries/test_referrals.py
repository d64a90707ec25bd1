"""Referring to a partner: the sharing rule, the letter, and the partner's own pages."""

import pytest
from django.test import Client

from enquiries import services
from enquiries.exceptions import ChangedMeanwhile
from enquiries.models import Event, Interest, OutgoingMail
from programmes.models import PartnerMembership, Programme, SharedField
from tests.enquiries.letters import written_to
from tests.factories import EnquiryFactory, InterestFactory, PartnerFactory, ProgrammeFactory, UserFactory

pytestmark = pytest.mark.django_db

TOLD = {
    SharedField.ORGANISATION: "Canary House",
    SharedField.PROVIDER_TYPE: "Homecare",
    SharedField.POSTCODE: "RM10 8XD",
    SharedField.CONTACT_NAME: "Canary Contact",
    SharedField.EMAIL: "canary@example.org",
    SharedField.TELEPHONE: "020 7946 0958",
    SharedField.MESSAGE: "Canary message",
    SharedField.ANSWERS: "Canary answer",
}
LEAST = {SharedField.ORGANISATION, SharedField.PROVIDER_TYPE, SharedField.POSTCODE}


@pytest.fixture
def partner():
    return PartnerFactory(name="Example partner", email="partner@example.org")


@pytest.fixture
def member(partner):
    return member_of(partner)


@pytest.fixture
def interest(partner):
    enquiry = EnquiryFactory(
        in_triage=True,
        organisation="Canary House",
        provider_type="homecare",
        contact_name="Canary Contact",
        contact_email="canary@example.org",
        contact_telephone="+442079460958",
        message="Canary message",
    )
    found = InterestFactory(enquiry=enquiry, answers=[["Why do you ask?", "Canary answer"]])
    found.programme.partners.add(partner)
    return found


def member_of(partner):
    user = UserFactory(name="Somebody at the partner")
    PartnerMembership.objects.create(partner=partner, user=user)
    return user


def refer(interest, partner, **more):
    return services.refer(interest_id=interest.pk, officer=UserFactory(officer=True), partner_id=partner.pk, **more)


def rule(interest, *codes):
    Programme.objects.filter(pk=interest.programme_id).update(shared_fields=list(codes))


def page_of(interest):
    return f"/partner/referrals/{interest.pk}/"


def step(interest):
    return f"/admin/enquiries/enquiry/{interest.enquiry_id}/programmes/{interest.pk}/refer/"


# --- The letter ------------------------------------------------------------------------------------------------------


def test_the_partner_gets_one_letter_without_anything_personal_that_leads_to_its_page(
    interest, partner, member, browser_of
):
    refer(interest, partner)

    (mail,) = written_to("partner@example.org")
    assert mail.kind == OutgoingMail.Kind.REFERRAL
    assert interest.enquiry.reference in mail.subject
    assert "Canary" not in mail.text + mail.subject
    assert f"{page_of(interest)}\n" in mail.text
    assert browser_of(member).get(page_of(interest)).status_code == 200


def test_a_partner_without_an_address_is_referred_to_all_the_same_and_the_page_says_so(interest, officer, browser_of):
    silent = PartnerFactory(name="Silent partner")
    interest.programme.partners.add(silent)
    assert "tell it about the referral yourself" in browser_of(officer).get(step(interest)).content.decode()

    refer(interest, silent)

    interest.refresh_from_db()
    assert interest.referred_to == silent
    assert not OutgoingMail.objects.filter(kind=OutgoingMail.Kind.REFERRAL).exists()


def test_each_partner_gets_a_letter_and_one_that_gets_it_again_gets_another(interest, partner, officer):
    other = PartnerFactory(email="other@example.org")
    interest.programme.partners.add(other)

    for to in (partner, other, partner):
        refer(interest, to)

    assert [mail.number for mail in written_to("partner@example.org")] == [1, 2]
    assert len(written_to("other@example.org")) == 1


# --- What officers see before it is done -----------------------------------------------------------------------------


def test_officers_see_what_the_partner_will_see_and_what_not_before_it_is_done(interest, officer, browser_of):
    rule(interest, "organisation", "telephone")
    Programme.objects.update(sharing_note="By the agreement of May.")

    page = browser_of(officer).get(step(interest)).content.decode()

    rows = page.split("What the partner will see")[1].split("</dl>")[0]
    assert "Canary House" in rows
    assert "020 7946 0958" in rows
    assert "canary@example.org" not in rows
    assert "It will not see: kind of care, postcode, name of the contact, email address, message" in page
    assert "By the agreement of May." in page


def test_a_rule_that_shares_more_since_the_page_was_opened_is_shown_again_first(interest, partner, officer, browser_of):
    """AZ10: nothing is shared that the officer has not seen."""
    browser = browser_of(officer)
    typed = {"partner": partner.pk, "shown": interest.shown_as, "rule": "organisation,provider_type,postcode"}
    rule(interest, "organisation", "contact_name")

    page = browser.post(step(interest), typed).content.decode()

    assert "What is shared with partners has changed" in page
    assert "Canary Contact" in page
    interest.refresh_from_db()
    assert interest.state == "received"
    browser.post(step(interest), {**typed, "rule": "organisation,contact_name"})
    interest.refresh_from_db()
    assert interest.shared_fields == ["organisation", "contact_name"]


def test_a_rule_that_shared_nothing_and_now_does_is_shown_again_too(interest, partner):
    rule(interest, "organisation")

    with pytest.raises(ChangedMeanwhile):
        refer(interest, partner, shared=[])


def test_a_programme_that_shares_nothing_can_be_referred(interest, partner, officer, member, browser_of):
    rule(interest)
    browser = browser_of(officer)
    assert "Only the reference and the programme." in browser.get(step(interest)).content.decode()

    browser.post(step(interest), {"partner": partner.pk, "shown": interest.shown_as, "rule": "nothing"})

    page = browser_of(member).get(page_of(interest)).content.decode()
    assert "shares no details" in page
    assert "Canary" not in page


# --- What the partner sees -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", SharedField.values)
def test_each_field_is_seen_only_where_the_rule_lists_it(interest, partner, member, browser_of, code):
    """AZ10."""
    rule(interest, code)
    refer(interest, partner)

    page = browser_of(member).get(page_of(interest)).content.decode()

    assert [field for field, value in TOLD.items() if value in page] == [code]


def test_the_usual_rule_names_the_service_and_nobody(interest, partner, member, browser_of):
    """AZ10."""
    refer(interest, partner)

    page = browser_of(member).get(page_of(interest)).content.decode()

    assert {field for field, value in TOLD.items() if value in page} == LEAST


def test_the_rule_holds_as_it_was_when_it_was_referred(interest, partner, member, browser_of):
    refer(interest, partner)
    rule(interest, *SharedField.values)

    assert "Canary Contact" not in browser_of(member).get(page_of(interest)).content.decode()


def test_nothing_internal_is_on_the_partners_pages(interest, partner, member, browser_of):
    """AZ9: notes, owner, origin, reasons, other programmes and what became of them."""
    rule(interest, *SharedField.values)
    owner = interest.enquiry.owner
    owner.name = "Canary Owner"
    owner.save()
    type(interest.enquiry).objects.update(origin="canary-origin")
    services.add_note(enquiry_id=interest.enquiry_id, officer=owner, text="Canary note")
    other = InterestFactory(enquiry=interest.enquiry, programme=ProgrammeFactory(title="Canary programme"))
    services.decline(interest_id=other.pk, officer=owner, reason="no_money", onward_options="Canary onward")
    Interest.objects.filter(pk=interest.pk).update(verdict_reasons=["Canary reason"], inbox="canary-inbox@example.org")
    refer(interest, partner)
    browser = browser_of(member)

    pages = browser.get("/partner/referrals/").content.decode() + browser.get(page_of(interest)).content.decode()

    canaries = ("Owner", "origin", "note", "programme", "onward", "reason", "-inbox")
    assert not [canary for canary in canaries if f"Canary {canary}" in pages or f"canary{canary}" in pages]
    assert owner.email not in pages
    assert "canary-origin" not in pages
    assert "There is no money left" not in pages


def test_each_opening_is_in_the_enquirys_history(interest, partner, member, officer, browser_of):
    """AZ10."""
    refer(interest, partner)
    browser = browser_of(member)

    for _ in range(2):
        browser.get(page_of(interest))

    opened = interest.enquiry.events.filter(kind=Event.Kind.OPENED)
    assert [(event.by, event.detail) for event in opened] == [
        (member, {"interest": interest.pk, "partner": partner.pk})
    ] * 2
    page = browser_of(officer).get(interest.enquiry.get_absolute_url()).content.decode()
    assert "Opened by the partner" in page
    assert "Shared: organisation, kind of care, postcode" in page


def test_the_list_holds_the_partners_referrals_and_nothing_else(interest, partner, member, browser_of):
    refer(interest, partner)
    elsewhere = InterestFactory(in_hand=True)
    other = PartnerFactory()
    elsewhere.programme.partners.add(other)
    refer(elsewhere, other)
    unreferred = InterestFactory(in_hand=True, programme=interest.programme)

    page = browser_of(member).get("/partner/referrals/").content.decode()

    assert interest.enquiry.reference in page
    assert page_of(interest) in page
    assert elsewhere.enquiry.reference not in page
    assert unreferred.enquiry.reference not in page


def test_an_empty_list_says_so(partner, member, browser_of):
    assert "Nobody is referred to you at the moment" in browser_of(member).get("/partner/referrals/").content.decode()


def test_the_list_takes_the_same_few_queries_for_one_and_for_many(
    interest, partner, member, browser_of, django_assert_max_num_queries
):
    refer(interest, partner)
    for _ in range(4):
        more = InterestFactory(in_hand=True, programme=interest.programme)
        refer(more, partner)
    browser = browser_of(member)

    with django_assert_max_num_queries(6):
        assert browser.get("/partner/referrals/").status_code == 200


# --- Who may not -----------------------------------------------------------------------------------------------------


def test_ten_addresses_of_another_partner_are_ten_refusals_and_ten_lines_in_the_log(
    partner, member, browser_of, caplog
):
    """AZ10, N27."""
    other = PartnerFactory(email="other@example.org")
    others = [InterestFactory(in_hand=True) for _ in range(10)]
    for one in others:
        one.programme.partners.add(other)
        refer(one, other)
    browser = browser_of(member)

    answers = [browser.get(page_of(one)) for one in others]

    assert [answer.status_code for answer in answers] == [404] * 10
    lines = [line for line in caplog.messages if "referral.refused" in line]
    assert len(lines) == 10
    assert all(f"interest={one.pk}" in line for one, line in zip(others, lines, strict=True))
    assert not Event.objects.filter(kind=Event.Kind.OPENED).exists()
    assert not any(
        one.enquiry.reference in answer.content.decode() for one, answer in zip(others, answers, strict=True)
    )


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_what_is_not_there_is_refused_in_the_same_way(partner, member, browser_of, number):
    assert browser_of(member).get(f"/partner/referrals/{number}/").status_code == 404


def ended(interest, other, officer):
    """Every way in which a referral ends."""
    by = {"interest_id": interest.pk, "officer": officer}
    return {
        "taken back": lambda: services.reopen_interest(**by),
        "elsewhere": lambda: services.refer(**by, partner_id=other.pk),
        "withdrawn": lambda: services.withdraw(**by),
        "declined": lambda: services.decline(**by, reason="no_money", onward_options="Ask again in May."),
        "not eligible": lambda: services.find_not_eligible(**by, reason="role"),
    }


@pytest.mark.parametrize("way", ["taken back", "elsewhere", "withdrawn", "declined", "not eligible"])
def test_access_ends_at_once_when_a_referral_ends(interest, partner, member, officer, browser_of, way):
    """AZ10."""
    other = PartnerFactory()
    interest.programme.partners.add(other)
    refer(interest, partner)
    browser = browser_of(member)
    assert browser.get(page_of(interest)).status_code == 200

    ended(interest, other, officer)[way]()

    assert browser.get(page_of(interest)).status_code == 404
    assert interest.enquiry.reference not in browser.get("/partner/referrals/").content.decode()


def test_a_partner_still_sees_what_it_was_referred_when_a_place_is_offered(
    interest, partner, member, officer, browser_of
):
    refer(interest, partner)
    services.offer(interest_id=interest.pk, officer=officer)

    assert browser_of(member).get(page_of(interest)).status_code == 200


def test_who_left_the_partner_is_refused_on_the_next_request(interest, partner, member, browser_of):
    """AZ11."""
    refer(interest, partner)
    browser = browser_of(member)
    assert browser.get(page_of(interest)).status_code == 200

    PartnerMembership.objects.all().delete()

    assert browser.get(page_of(interest)).status_code == 404
    assert browser.get("/partner/referrals/").status_code == 404


@pytest.mark.parametrize("role", ["", "viewer", "officer", "lead", "administrator"])
def test_who_is_no_member_finds_nothing_there_and_staff_have_their_own_pages(interest, partner, browser_of, role):
    """AZ1: council staff are refused even as members."""
    refer(interest, partner)
    somebody = UserFactory(role=role)
    if role:
        PartnerMembership.objects.create(partner=partner, user=somebody)
    browser = browser_of(somebody)

    assert browser.get("/partner/referrals/").status_code == 404
    assert browser.get(page_of(interest)).status_code == 404


def test_strangers_are_sent_to_the_sign_in(interest, partner):
    """AZ1."""
    refer(interest, partner)

    for path in ("/partner/referrals/", page_of(interest)):
        answer = Client().get(path)
        assert (answer.status_code, answer.url) == (302, f"/account/login/?next={path}")


def test_the_pages_are_only_read_and_never_stored(interest, partner, member, browser_of):
    """AZ17, HC7."""
    refer(interest, partner)
    browser = browser_of(member)

    for path in ("/partner/referrals/", page_of(interest)):
        assert browser.post(path).status_code == 405
        assert "no-store" in browser.get(path)["Cache-Control"]
