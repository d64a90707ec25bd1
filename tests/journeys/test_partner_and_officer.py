"""A partner, an officer and the public at once: what is edited, what is decided, and what everybody can read."""

import pytest
from django.conf import settings

from programmes.models import ListingChange
from tests.factories import PartnerFactory, ProgrammeFactory, UserFactory
from tests.journeys.accessibility import findings
from tests.journeys.visitor import PHONE
from tests.programmes.people import editor_of

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]


@pytest.fixture
def arrive(visit, browser_of):
    """Somebody who is signed in, at a screen."""

    def at_a_screen(person, **how):
        visitor = visit(**how)
        session = browser_of(person).cookies[settings.SESSION_COOKIE_NAME].value
        visitor.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": visitor.base}])
        return visitor

    return at_a_screen


def decide(officer, decisions):
    """Each fact approved, or returned with a reason."""
    change = ListingChange.objects.get(state="submitted")
    officer.open(f"/admin/programmes/listingchange/{change.pk}/change/")
    for fact, reason in decisions.items():
        asked = officer.page.get_by_role("group", name=f"Your decision: {fact}")
        if not reason:
            asked.get_by_label("Approve it", exact=True).check()
            continue
        asked.get_by_label("Return it, with a reason", exact=True).check()
        asked.get_by_role("textbox").fill(reason)
    officer.press("Store my decisions")
    assert officer.sees("Your decisions are stored")


@pytest.mark.parametrize("scripts", [True, False])
def test_what_a_partner_edits_in_one_go_becomes_public_at_three_speeds(arrive, visit, scripts):
    """J-R3, J-R4, J-O12: live at once, approved, returned and amended; the public page follows each step."""
    partner = PartnerFactory(name="Example Enterprise Centre")
    programme = ProgrammeFactory(title="Rotas that last", time_needed="3 hours", cost_pounds=0)
    programme.partners.add(partner)
    editor = arrive(editor_of(partner), size=PHONE, scripts=scripts)
    officer, public = arrive(UserFactory(lead=True), scripts=scripts), visit(size=PHONE, scripts=scripts)

    assert not scripts or findings(editor.open("/partner/")) == []
    editor.open("/partner/").follow("Keep your listings right").follow("Rotas that last")
    editor.follow("Edit all of it on one page").type("Telephone number", "020 7946 0958")
    editor.type("Who can get it", "Every deputy manager.").type("Summary", "Four mornings.").press("Save")
    editor.press("Send to the council")
    page = public.open(programme.get_absolute_url())
    assert page.sees("020 7946 0958"), "live at once"
    assert "Every deputy manager." not in page.text
    assert "Four mornings." not in page.text

    decide(officer, {"Summary": "", "Who can get it": "Say of which services."})
    page = public.open(programme.get_absolute_url())
    assert page.sees("Four mornings."), "approved"
    assert "Every deputy manager." not in page.text

    editor.open("/partner/").follow("1 listing returned by the council").follow("Rotas that last")
    assert editor.sees("Say of which services.")
    editor.open(f"/partner/listings/{programme.pk}/edit/who/")
    editor.type("Who can get it", "Every deputy manager of a care home.").press("Save").press("Send to the council")
    decide(officer, {"Who can get it": ""})

    assert public.open(programme.get_absolute_url()).sees("Every deputy manager of a care home.")
