"""The status page after an offer: the calendar file, where funding is claimed, and what is asked afterwards (J-P8)."""

import datetime as dt

import pytest
from django.urls import reverse

from enquiries.letters_offers import calendar_page
from enquiries.letters_outcomes import outcome_page
from enquiries.models import Interest
from tests.enquiries.follower import following
from tests.enquiries.programmes_over import asked, enrolled
from tests.factories import in_days

pytestmark = pytest.mark.django_db

FUNDING = {"funding_name": "Example fund", "funding_link": "https://www.example.org/fund", "funding_months": 3}


def shown(interest):
    enquiry = interest.enquiry
    answer = following(enquiry).get(reverse("enquiries:follow-status", args=[enquiry.reference]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_accepted_place_has_its_calendar_file_there():
    place = enrolled(starts_on=in_days(30))

    assert f'href="{calendar_page(place)}"' in shown(place)


def test_a_completed_programme_says_where_to_claim_and_by_when():
    place = enrolled(ends_on=dt.date(2026, 6, 1), **FUNDING)
    assert "Example fund" not in shown(place)

    Interest.objects.update(state="completed", ended_on=dt.date(2026, 6, 1))

    page = shown(place)
    assert "You may be able to claim money back from Example fund until <strong>1 September 2026</strong>" in page
    assert 'href="https://www.example.org/fund"' in page


def test_what_is_asked_afterwards_waits_there_until_it_is_answered():
    place = enrolled(ends_on=dt.date(2026, 6, 1))
    outcome = asked(place)
    assert f'href="{outcome_page(outcome)}"' in shown(place)

    outcome.answer(took_part="whole")
    outcome.save()

    assert "/outcomes/" not in shown(place)
