"""From the offer to the time after the programme, on a phone, without an account (J-P8)."""

import pytest
from django.utils import timezone
from icalendar import Calendar

from enquiries import services
from enquiries.letters_outcomes import outcome_page
from enquiries.models import Interest, Message, OutcomeAnswer
from programmes.models import Intake
from tests.enquiries.letters import page_in
from tests.enquiries.programmes_over import asked
from tests.factories import IntakeFactory, InterestFactory, ProgrammeFactory, in_days
from tests.journeys.accessibility import findings
from tests.journeys.visitor import PHONE

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

LONG_TITLE = "Leadership, supervision and digital record keeping for deputy managers and team leaders in homecare"
FUNDING = {
    "funding_name": "Example fund for the training of people who work in adult social care",
    "funding_link": "https://www.example.org/fund",
    "funding_note": f"Register first. https://example.org/{'x' * 180}",
    "funding_months": 3,
}


@pytest.fixture
def offered(colleague):
    programme = ProgrammeFactory(title=LONG_TITLE, cost_pounds=0, **FUNDING)
    group = IntakeFactory(programme=programme, title="Spring group", starts_on=in_days(30), ends_on=in_days(32))
    interest = InterestFactory(in_hand=True, programme=programme)
    return services.offer(interest_id=interest.pk, officer=colleague, intake_id=group.pk)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_manager_accepts_a_place_takes_its_dates_along_and_says_how_it_went(visit, offered, scripts):
    """J-P8, N19: each page is opened from its letter; two taps answer it."""
    manager = visit(size=PHONE, scripts=scripts)
    manager.open(page_in(Message.objects.get().mail.text))
    manager.choose("Yes, I accept the place").press("Send your answer")
    assert manager.heading == "You have a place"

    with manager.page.expect_download() as download:
        manager.main.get_by_role("link", name="Add the dates to your calendar").click()
    (event,) = Calendar.from_ical(download.value.path().read_bytes()).walk("VEVENT")
    assert event.decoded("dtstart") == in_days(30)
    assert download.value.suggested_filename == f"{offered.enquiry.reference}.ics"

    outcome = it_ends(offered)
    manager.open(outcome_page(outcome))
    assert manager.heading == "How did it go?"
    manager.press("Send your answers")
    assert manager.errors == ["Select whether you or your staff took part"]
    manager.choose("Yes, in all of it").press("Send your answers")

    assert manager.heading == "Thank you"
    outcome.refresh_from_db()
    assert outcome.took_part == "whole"


def test_a_manager_who_is_not_to_be_asked_again_presses_one_button(visit, offered):
    outcome = it_ends(offered)
    manager = visit(size=PHONE).open(outcome_page(outcome))

    manager.press("Do not ask me about this programme again")

    assert manager.heading == "We will not ask again"


def test_every_state_of_the_page_about_the_outcome_can_be_used_by_everybody(visit, offered):
    """HC2."""
    outcome = it_ends(offered)
    reader, page = visit(size=PHONE), outcome_page(outcome)
    now = timezone.now()
    states = {
        "asked": {},
        "stopped": {"stopped_at": now},
        "answered": {"stopped_at": None, "answered_at": now, "took_part": "whole"},
    }
    found = {}
    for name, change in states.items():
        OutcomeAnswer.objects.update(**change)
        found[name] = findings(reader.open(page))
    found["completed"] = completed(reader, offered)
    later = asked(offered, "six_months")
    found["later"] = findings(reader.open(outcome_page(later)))
    found["with errors"] = findings(reader.press("Send your answers"))
    Interest.objects.update(state="received", offered_intake=None, ended_on=None)
    found["taken back"] = findings(reader.open(outcome_page(later)))
    assert {name: problems for name, problems in found.items() if problems} == {}


def completed(reader, interest):
    """The page of a place whose programme is over, with its funding."""
    Interest.objects.update(state="completed", ended_on=timezone.localdate())
    return findings(reader.open(page_in(Message.objects.first().mail.text)))


def it_ends(interest):
    """Its group has ended, and the question was asked."""
    Interest.objects.filter(pk=interest.pk).update(state="enrolled", answer_by=None, remind_on=None)
    Intake.objects.update(starts_on=in_days(-10), ends_on=in_days(-8))
    return asked(interest)
