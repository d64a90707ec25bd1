"""What is still with a partner whose agreement has ended: it is listed, and goes back to triage (J-R10)."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from enquiries import services
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Enquiry, Event, Interest
from programmes.models import Partner
from tests.factories import InterestFactory, UserFactory, in_days

pytestmark = pytest.mark.django_db

PAGE = "/admin/enquiries/enquiry/ended/"
State = Interest.State


def refer(interest, partner):
    services.refer(interest_id=interest.pk, officer=UserFactory(officer=True), partner_id=partner.pk)
    interest.refresh_from_db()
    return interest


def end_agreement(day=-1):
    Partner.objects.update(agreement_ends_on=in_days(day))


@pytest.fixture
def referred(interest, partner):
    return refer(interest, partner)


def take_back(interest, officer):
    return services.take_back_from_ended_partner(interest_id=interest.pk, officer=officer)


def test_open_referrals_of_a_partner_that_has_left_stand_on_my_day_with_a_button(referred, officer, browser_of):
    client = browser_of(officer)
    assert "Referrals whose partner has left" not in client.get("/admin/").text
    end_agreement()

    assert "Referrals whose partner has left" in client.get("/admin/").text
    page = client.get(PAGE).text
    assert referred.enquiry.reference in page
    assert "1 referral is open" in page
    assert "Take 1 back to triage" in page

    done = client.post(PAGE, {"interest": [referred.pk]}, follow=True).text
    assert "1 is open again, in triage." in done
    assert "Nothing is left with a partner" in done
    assert "Referrals whose partner has left" not in client.get("/admin/").text


def test_what_is_taken_back_is_open_and_its_enquiry_in_triage(referred, officer):
    services.hand_to_partner(enquiry_id=referred.enquiry_id, officer=officer)
    end_agreement()

    take_back(referred, officer)

    referred.refresh_from_db()
    assert (referred.state, referred.referred_to, referred.shared_fields) == (State.RECEIVED, None, [])
    assert referred.enquiry.state == Enquiry.State.IN_TRIAGE
    kinds = list(referred.enquiry.events.values_list("kind", flat=True))
    assert kinds[-2:] == [Event.Kind.UNDECIDED, Event.Kind.RESUMED]


def test_it_stays_with_the_partner_while_something_else_of_it_is_with_one(referred, partner, officer):
    other = InterestFactory(enquiry=referred.enquiry)
    other.programme.partners.add(partner)
    refer(other, partner)
    services.hand_to_partner(enquiry_id=referred.enquiry_id, officer=officer)
    end_agreement()

    take_back(referred, officer)
    assert Enquiry.objects.get().state == Enquiry.State.WITH_PARTNER
    take_back(other, officer)
    assert Enquiry.objects.get().state == Enquiry.State.IN_TRIAGE


def test_nothing_is_taken_back_while_the_agreement_runs_or_twice(referred, officer):
    end_agreement(0)
    with pytest.raises(TransitionNotAllowed, match="runs"):
        take_back(referred, officer)
    end_agreement()
    take_back(referred, officer)
    with pytest.raises(TransitionNotAllowed, match="not with a partner any more"):
        take_back(referred, officer)


def test_an_old_page_a_foreign_number_and_nonsense_take_nothing_back(referred, officer, browser_of):
    client = browser_of(officer)
    for sent in ([referred.pk], ["x"], ["9" * 40], ["²"], []):
        assert "Nothing was taken back." in client.post(PAGE, {"interest": sent}, follow=True).text
    assert Interest.objects.get().state == State.REFERRED


def test_who_has_a_place_is_decided_one_by_one(referred, officer, browser_of):
    Interest.objects.update(state=State.ENROLLED, chase_on=None)
    end_agreement()
    page = browser_of(officer).get(PAGE).text
    assert "decide about them one by one" in page
    assert "back to triage" not in page


def test_the_page_is_for_officers(referred, viewer, browser_of):
    """AZ1."""
    assert Client().get(PAGE).status_code == 302
    assert browser_of(viewer).get(PAGE).status_code == 403
    assert browser_of(viewer).post(PAGE, {"interest": [referred.pk]}).status_code == 403


def test_nobody_is_referred_to_a_partner_whose_agreement_is_over(interest, partner, officer, browser_of):
    end_agreement()
    with pytest.raises(TransitionNotAllowed, match="has ended"):
        refer(interest, partner)
    page = browser_of(officer).get(interest.enquiry.get_absolute_url()).text
    assert "Refer to a partner" not in page


def test_the_days_are_told_in_local_time(referred):
    end_agreement(0)
    assert not Interest.objects.left_with_ended_partners().exists()
    assert Interest.objects.left_with_ended_partners(timezone.localdate() + dt.timedelta(days=1)).exists()
