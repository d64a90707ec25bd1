"""What fits the day of a busy manager, on a phone: when to be called, and an email when something opens."""

import pytest
import time_machine
from django.utils import timezone

from enquiries import services
from enquiries.models import Alert, Enquiry, OutgoingMail
from tests.enquiries.letters import page_in
from tests.factories import EnquiryFactory, IntakeFactory
from tests.journeys.accessibility import findings
from tests.journeys.test_places import look, signed_in
from tests.journeys.visitor import PHONE
from tests.journeys.walking import go_to, send

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

LONG_TITLE = "Leadership, supervision and digital record keeping for deputy managers and team leaders in homecare"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_manager_says_when_to_call_while_applying(visit, scripts):
    """After handover, not on Mondays (N18)."""
    manager = visit(size=PHONE, scripts=scripts)
    manager.open("/apply/?programme=shift-life-balance")
    go_to(manager, "contact").type("Full name", "Example Applicant").type("Email address", "applicant@example.org")

    manager.main.get_by_text("When is it best to call you?").click()
    manager.main.get_by_label("Call from").select_option("2:30pm")
    manager.main.get_by_label("Call until").select_option("2pm")
    manager.choose("Monday").press("Continue")
    assert manager.errors == [
        "Enter your telephone number, so that we can call you at that time",
        "“Call until” must be later than “Call from”",
    ]
    manager.type("Telephone number", "020 7946 0958")
    manager.main.get_by_label("Call until").select_option("3:30pm")
    if scripts:
        assert findings(manager) == []
    go_to_check(manager)

    assert manager.sees("2:30pm to 3:30pm, not on Mondays")
    send(manager)
    assert Enquiry.objects.get().call_times == (870, 930, 1)


def go_to_check(manager):
    """Press on without filling in anything again."""
    while manager.at != "check":
        manager.press("Continue")


def test_a_manager_gets_an_email_when_a_programme_opens_and_stops_them(visit):
    """Nothing before the address is confirmed; one button to stop (U83, SE11)."""
    closed = IntakeFactory(past=True, programme__title=LONG_TITLE).programme
    manager = visit(size=PHONE)
    manager.open(closed.get_absolute_url()).follow("Get an email when it opens")
    assert findings(manager) == []
    manager.press("Send me a confirmation")
    assert manager.errors == ["Enter your email address"]
    assert findings(manager) == []
    manager.type("Your email address", "manager@example.org").press("Send me a confirmation")
    assert manager.heading == "Check your email"
    assert findings(manager) == []

    manager.open(page_in(OutgoingMail.objects.get(kind="confirmation").text))
    assert findings(manager) == []
    manager.press("Yes, send me these emails")
    assert manager.heading == "You will get our emails"
    assert findings(manager) == []

    IntakeFactory(programme=closed, title="Spring group")
    with time_machine.travel(timezone.localtime().replace(hour=11)):
        services.look_after_alerts()
    text = OutgoingMail.objects.get(kind="alert").text
    manager.open(page_in(text[text.index("To stop these emails") :]))
    assert findings(manager) == []
    manager.press("Stop these emails")
    assert manager.heading == "You will get none of these emails any more"
    assert findings(manager) == []
    assert not Alert.objects.alive().exists()


def test_officers_note_when_to_call_on_a_page_that_everybody_can_use(visit, browser_of, colleague):
    """HC2."""
    enquiry = EnquiryFactory(
        in_triage=True, contact_telephone="+442079460958", call_from=870, call_until=930, call_not_on=0b10101
    )
    officer = signed_in(visit(), browser_of, colleague)

    assert look(officer.open(enquiry.get_absolute_url())) == []
    officer.follow("Change when to call")
    assert look(officer) == []
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        officer.choose(day)
    officer.press("Save")
    assert officer.errors == ["Leave at least one day on which we can call you"]
    assert look(officer) == []
    officer.main.get_by_label("Friday").uncheck()
    officer.press("Save")

    assert officer.sees("The time to call is noted.")
    enquiry.refresh_from_db()
    assert enquiry.call_times_said == "2:30pm to 3:30pm, not on Mondays, Tuesdays, Wednesdays or Thursdays"
