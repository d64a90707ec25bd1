"""National funding: told at the end, and again two weeks before the time to claim is over (N24)."""

import datetime as dt

import pytest

from enquiries import services
from enquiries.letters_offers import OFFERS
from enquiries.links import token_for
from enquiries.models import Event, Interest, Message
from enquiries.services.claims import look_after_claims
from enquiries.services.outcomes import look_after_outcomes
from programmes.models import Programme
from tests.enquiries.letters import to_provider
from tests.enquiries.programmes_over import asked, days_written, enrolled, on

pytestmark = pytest.mark.django_db

FUNDING = {
    "funding_name": "Example fund",
    "funding_link": "https://www.example.org/fund",
    "funding_note": "Register first.",
    "funding_months": 3,
}
NOTHING_KNOWN = {"funding_name": "", "funding_link": "", "funding_note": "", "funding_months": None}
JUNE = dt.date(2026, 6, 1)
AUGUST = (dt.date(2026, 8, 14), dt.date(2026, 9, 3))
NOVEMBER = (dt.date(2026, 11, 13), dt.date(2026, 12, 3))
DAY = dt.timedelta(days=1)


@pytest.fixture
def completed(officer):
    """Completed on 1 June."""
    interest = enrolled(**FUNDING)
    with on(JUNE):
        return services.complete(interest_id=interest.pk, officer=officer)


def test_an_outcome_of_1_june_is_reminded_of_once_two_weeks_before_three_months_are_over(completed):
    """N24."""
    assert days_written(look_after_claims, AUGUST) == [dt.date(2026, 8, 18)]
    (mail,) = to_provider()
    assert "Claim by: Tuesday 1 September 2026" in mail.text
    for words in ("Example fund", "https://www.example.org/fund", "Register first."):
        assert words in mail.text


def test_nothing_is_kept_about_claims(completed):
    """N24: only that the letter was written, in codes."""
    with on(dt.date(2026, 8, 18)):
        look_after_claims()

    message = Message.objects.get()
    assert (message.kind, message.interest) == ("reminder", completed)
    event = Event.objects.get(kind="reminded")
    assert event.detail == {"interest": completed.pk, "about": "funding", "message": message.pk}
    assert not [
        one.name for one in Interest._meta.get_fields() if "claim" in one.name and one.name != "told_to_claim_at"
    ]


def test_the_letter_at_the_end_says_where_to_claim_and_by_when(completed):
    with on(JUNE + DAY):
        look_after_outcomes()

    text = to_provider()[0].text
    assert "Your service may be able to claim money back: Example fund" in text
    assert "Claim by: Tuesday 1 September 2026" in text


def test_the_page_of_the_place_says_so_too(completed, client):
    page = client.get(f"/offers/{completed.pk}/{token_for(OFFERS, completed.pk)}/").content.decode()

    assert "You have taken part" in page
    assert "<strong>1 September 2026</strong>" in page


def test_the_end_of_a_group_counts_where_nobody_noted_the_completion():
    enrolled(ends_on=JUNE, **FUNDING)

    assert days_written(look_after_claims, AUGUST) == [dt.date(2026, 8, 18)]


@pytest.mark.usefixtures("quiet_days")
def test_a_reminder_due_in_the_days_of_the_national_return_comes_after_them():
    """N21: 25 August would be reminded of on the 11th."""
    enrolled(ends_on=dt.date(2026, 5, 25), **FUNDING)

    assert days_written(look_after_claims, (dt.date(2026, 8, 1), dt.date(2026, 9, 1))) == [dt.date(2026, 8, 17)]
    assert Event.objects.get(kind="reminded").detail["held_back"] == "national_return"


def test_months_of_unlike_length_are_counted_to_their_end():
    """30 November and three months is 28 February."""
    enrolled(ends_on=dt.date(2026, 11, 30), **FUNDING)

    assert days_written(look_after_claims, (dt.date(2027, 2, 1), dt.date(2027, 3, 10))) == [dt.date(2027, 2, 15)]


def test_programmes_may_give_unlike_times(completed):
    enrolled(ends_on=JUNE, **{**FUNDING, "funding_months": 6})

    found = days_written(look_after_claims, AUGUST, NOVEMBER)

    assert found == [dt.date(2026, 8, 18), dt.date(2026, 11, 17)]


@pytest.mark.parametrize(
    "facts",
    [{"funding_months": None}, {"funding_name": "", "funding_link": "", "funding_note": "", "funding_months": None}],
)
def test_nobody_is_reminded_where_no_day_or_no_funding_is_known(completed, facts):
    Programme.objects.update(**facts)

    assert days_written(look_after_claims, AUGUST) == []


def test_who_did_not_take_part_has_nothing_to_claim(completed):
    services.answer_outcome(outcome_id=asked(completed).pk, took_part="none")

    assert days_written(look_after_claims, AUGUST) == []


def test_a_completion_that_was_taken_back_has_nothing_to_claim(completed, officer):
    with on(JUNE):
        services.reopen_interest(interest_id=completed.pk, officer=officer)

    assert days_written(look_after_claims, AUGUST) == []
