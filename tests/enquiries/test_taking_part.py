"""While and after somebody takes part (J-P8): when they cannot come, the record, and what they could do next."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from enquiries import letters_offers, letters_outcomes
from enquiries.forms_taking_part import CannotComeForm
from enquiries.letters_outcomes import outcome_page
from enquiries.models import Attendance, Enquiry, Event, Interest, Message, OutgoingMail
from enquiries.onward import suitable_after
from tests.enquiries.follower import following
from tests.enquiries.programmes_over import asked, enrolled
from tests.factories import (
    EnquiryFactory,
    IntakeFactory,
    MembershipFactory,
    PartnerFactory,
    ProgrammeFactory,
    RuleFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def interest():
    return enrolled(starts_on=dt.date(2026, 5, 4), ends_on=dt.date(2026, 5, 29), time_needed="Two days, 12 hours")


@pytest.fixture
def completed(interest):
    Interest.objects.filter(pk=interest.pk).update(state="completed", ended_on=dt.date(2026, 5, 29))
    interest.refresh_from_db()
    return interest


def page_of(interest, name):
    return f"/follow/{interest.enquiry.reference}/{name}/{interest.pk}/"


# --- Cannot come -----------------------------------------------------------------------------------------------------


def test_another_group_is_wished_for_and_the_place_is_kept(interest):
    """J-P8: cannot come, swap date: an officer reads it, and the place stays until it is moved."""
    group = IntakeFactory(programme=interest.programme, title="Autumn group")
    client = following(interest.enquiry)
    status = client.get(f"/follow/{interest.enquiry.reference}/").content.decode()
    assert page_of(interest, "cannot-come") in status

    answer = client.post(page_of(interest, "cannot-come"), {"wish": str(group.pk), "text": "Mondays suit us."})

    assert answer["Location"] == f"/follow/{interest.enquiry.reference}/"
    message = Message.objects.get()
    for words in ("We cannot come as agreed: Rota planning, Spring group", "Autumn group", "Mondays suit us."):
        assert words in message.text
    interest.refresh_from_db()
    assert (interest.state, interest.offered_intake.title) == ("enrolled", "Spring group")
    assert Event.objects.filter(enquiry=interest.enquiry, kind="heard").exists()
    assert OutgoingMail.objects.get(kind="news").enquiry == interest.enquiry


def test_a_place_that_is_only_offered_is_kept_as_long_as_the_offer_and_no_longer(interest):
    """J-P8: no promise that the clock of the offer breaks."""
    last = timezone.localdate() + dt.timedelta(days=3)
    Interest.objects.filter(pk=interest.pk).update(state="offered", answer_by=last, remind_on=None)
    client = following(interest.enquiry)

    page = client.get(page_of(interest, "cannot-come")).content.decode()
    assert f"{last:%-d %B %Y}" in page
    assert letters_offers.offer_page(interest) in page
    assert "We keep your place" not in page
    told = client.post(page_of(interest, "cannot-come"), {"wish": "dates"}, follow=True).content.decode()
    assert f"We keep the place that we offered you until {last:%-d %B %Y}." in told

    Interest.objects.filter(pk=interest.pk).update(answer_by=timezone.localdate() - dt.timedelta(days=1))
    assert client.get(page_of(interest, "cannot-come")).status_code == 404


def test_a_group_that_closes_while_the_wish_is_sent_is_no_error(interest):
    group = IntakeFactory(programme=interest.programme, title="Autumn group")
    form = CannotComeForm({"wish": str(group.pk)}, interest=interest, back="/")
    assert form.is_valid()
    group.delete()
    assert "Autumn group" in form.told


def test_somebody_else_comes_without_a_name(interest):
    """J-P8: swap person: nobody's name is needed."""
    answer = following(interest.enquiry).post(page_of(interest, "cannot-come"), {"wish": "person", "text": ""})
    assert answer.status_code == 302
    assert "We send somebody else to the same group" in Message.objects.get().text


@pytest.mark.parametrize("wish", ["", "somewhere", "999999", "1\x00"])
def test_a_wish_that_is_none_is_said_and_the_words_are_kept(interest, wish):
    sent = {"wish": wish, "text": "Mondays suit us."}
    page = following(interest.enquiry).post(page_of(interest, "cannot-come"), sent).content.decode()
    assert "Select what would help you" in page
    assert "Mondays suit us." in page
    assert not Message.objects.exists()


def test_withdrawing_is_one_link_away_and_a_closed_application_has_a_telephone_number(interest):
    client = following(interest.enquiry)
    assert (
        f"/follow/{interest.enquiry.reference}/withdraw/"
        in client.get(page_of(interest, "cannot-come")).content.decode()
    )
    Enquiry.objects.filter(pk=interest.enquiry_id).update(state="closed")
    page = client.get(page_of(interest, "cannot-come")).content.decode()
    assert "We find another date with you" in page
    assert "<textarea" not in page
    client.post(page_of(interest, "cannot-come"), {"wish": "dates"})
    assert not Message.objects.exists()


@pytest.mark.parametrize("name", ["cannot-come", "record"])
def test_what_is_not_yours_or_not_so_far_is_not_there(interest, name):
    """AZ2: 404, whether it is somebody else's, of another application, in another state, or not there at all."""
    other = enrolled(ends_on=dt.date(2026, 5, 29))
    mine = following(interest.enquiry)
    assert following(EnquiryFactory()).get(page_of(interest, name)).status_code == 404
    assert Client().get(page_of(interest, name)).status_code == 404
    assert mine.get(f"/follow/{interest.enquiry.reference}/{name}/{other.pk}/").status_code == 404
    Interest.objects.filter(pk=interest.pk).update(state="received", offered_intake=None)
    assert mine.get(page_of(interest, name)).status_code == 404


# --- The record ------------------------------------------------------------------------------------------------------


def test_the_record_tells_who_took_part_in_what_when_and_with_whom(completed):
    """J-P8: certificate or record."""
    completed.programme.partners.add(PartnerFactory(name="Example partner"))
    Attendance.objects.create(interest=completed, on=dt.date(2026, 5, 6))
    client = following(completed.enquiry)
    assert page_of(completed, "record") in client.get(f"/follow/{completed.enquiry.reference}/").content.decode()

    page = client.get(page_of(completed, "record")).content.decode()

    for words in (
        *(completed.enquiry.organisation, "Rota planning", "Example partner", "4 May 2026", "29 May 2026"),
        *("6 May 2026", "Two days, 12 hours", completed.enquiry.reference, "London Borough of Barking and Dagenham"),
    ):
        assert words in page
    assert completed.enquiry.contact_name not in page


def test_a_member_finds_it_in_the_account(completed, browser_of):
    membership = MembershipFactory(owner=True)
    Enquiry.objects.filter(pk=completed.enquiry_id).update(provider=membership.provider)
    browser = browser_of(membership.user)
    assert page_of(completed, "record") in browser.get(f"/my-organisation/{membership.provider_id}/").content.decode()
    assert browser.get(page_of(completed, "record")).status_code == 200
    assert browser_of(MembershipFactory().user).get(page_of(completed, "record")).status_code == 404


# --- What comes next -------------------------------------------------------------------------------------------------


def test_at_most_three_that_are_open_and_fit_by_what_was_told_before(completed):
    """J-P8: next suitable programme, by the answers that are stored."""
    theme = completed.programme.theme
    other = next(one for one in completed.programme.Theme.values if one != theme)
    for title in ("A far", "B far", "C far"):
        ProgrammeFactory(title=title, theme=other)
    near = ProgrammeFactory(title="Z near", theme=theme)
    RuleFactory(programme=ProgrammeFactory(title="For homecare", theme=theme), homecare_only=True)
    IntakeFactory(programme=ProgrammeFactory(title="Over", theme=theme), past=True)

    found = [programme.title for programme in suitable_after(completed.enquiry)]

    assert found == [near.title, "A far", "B far"]


def test_it_is_offered_where_things_stand_after_the_answers_and_in_the_letter(completed):
    """J-P8."""
    ProgrammeFactory(title="Supervision")
    outcome = asked(completed)
    letter = letters_outcomes.question(outcome)
    assert "Supervision" in letter.text
    assert "Supervision" in following(completed.enquiry).get(f"/follow/{completed.enquiry.reference}/").content.decode()

    client = Client()
    before = client.get(outcome_page(outcome)).content.decode()
    client.post(outcome_page(outcome), {"took_part": "whole"})
    after = client.get(outcome_page(outcome)).content.decode()
    assert "What you could do next" not in before
    assert "Supervision" in after


def test_where_nothing_fits_nothing_is_said(completed):
    page = following(completed.enquiry).get(f"/follow/{completed.enquiry.reference}/").content.decode()
    assert "What you could do next" not in page
    assert "These programmes take applications" not in letters_outcomes.question(asked(completed)).text


def test_it_is_not_offered_before_the_end(interest):
    ProgrammeFactory(title="Supervision")
    page = following(interest.enquiry).get(f"/follow/{interest.enquiry.reference}/").content.decode()
    assert "What you could do next" not in page
