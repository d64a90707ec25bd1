"""While and after somebody takes part (J-P8), on a phone and at a desk, with pages that everybody can use (HC2)."""

import datetime as dt

import pytest

from enquiries.models import Message
from tests.enquiries.programmes_over import enrolled
from tests.factories import EnquiryFactory, IntakeFactory, InterestFactory, ProgrammeFactory
from tests.journeys.accessibility import findings
from tests.journeys.test_your_information import EVERY_SIZE, code_for
from tests.journeys.walking import give_code

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

ADDRESS = "applicant@example.org"


def follow(visitor, enquiry):
    visitor.open("/follow/").type("Reference", enquiry.reference).type("Email address", ADDRESS).press("Send me a code")
    return give_code(visitor, code_for(ADDRESS))


@EVERY_SIZE
def test_who_cannot_come_wishes_for_another_group(visit, size):
    """J-P8: cannot come: swap person or date."""
    interest = enrolled(starts_on=dt.date.today() + dt.timedelta(days=30))
    IntakeFactory(programme=interest.programme, title="Autumn group")
    person = follow(visit(size=size), interest.enquiry)

    person.go(person.main.get_by_role("link", name="Tell us that you cannot come"))
    assert findings(person) == []
    person.press("Tell the council")
    assert person.errors == ["Select what would help you"]
    assert findings(person) == []
    person.choose("Move us to Autumn group").press("Tell the council")
    assert person.sees("We keep your place until we have answered.")
    assert "Autumn group" in Message.objects.get().text


@EVERY_SIZE
def test_who_took_part_gets_a_record_and_sees_what_fits_next(visit, size):
    """J-P8: certificate or record; next suitable programme."""
    enquiry = EnquiryFactory(contact_email=ADDRESS)
    InterestFactory(enquiry=enquiry, state="completed", ended_on=dt.date(2026, 5, 29), programme__title="Rota planning")
    ProgrammeFactory(title="A programme that comes next", theme="training")
    person = follow(visit(size=size), enquiry)

    assert person.sees("What you could do next")
    assert findings(person) == []
    person.go(person.main.get_by_role("link", name="Record of taking part"))
    assert person.heading == "Record of taking part"
    assert person.sees("Rota planning")
    assert findings(person) == []
