"""Places and referrals, walked in a browser: the provider on a phone, officers at a desk, a partner."""

import datetime as dt

import pytest
from django.conf import settings
from django.utils import timezone

from enquiries import services
from enquiries.models import Interest, Message
from programmes.models import PartnerMembership
from tests.enquiries.letters import page_in
from tests.factories import IntakeFactory, InterestFactory, PartnerFactory, ProgrammeFactory, UserFactory
from tests.journeys.accessibility import findings
from tests.journeys.visitor import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

LONG_NAME = ("Example Organisation of Many Names and Subsidiaries " * 5)[:200]
UNBROKEN = "https://example.org/" + "x" * 180


@pytest.fixture
def group():
    title = "Leadership, supervision and digital record keeping for deputy managers"
    programme = ProgrammeFactory(title=title, cost_pounds=0, sharing_note=f"By agreement. {UNBROKEN}")
    return IntakeFactory(programme=programme, title="Spring group", capacity=2, place=LONG_NAME)


@pytest.fixture
def offered(group, colleague):
    interest = InterestFactory(in_hand=True, programme=group.programme, enquiry__organisation=LONG_NAME)
    return services.offer(interest_id=interest.pk, officer=colleague, intake_id=group.pk)


def signed_in(visitor, browser_of, person):
    """The visitor with the session of somebody who is signed in already."""
    session = browser_of(person).cookies[settings.SESSION_COOKIE_NAME].value
    visitor.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": visitor.base}])
    return visitor


@pytest.mark.parametrize("scripts", [True, False])
def test_a_manager_accepts_a_place_on_a_phone_with_two_taps(visit, offered, scripts):
    """N19, J-P7: open the letter's page, choose, send; with scripts and without."""
    manager = visit(size=PHONE, scripts=scripts)
    manager.open(page_in(Message.objects.get().mail.text))
    assert manager.heading == "We offer you a place"

    manager.press("Send your answer")
    assert manager.errors == ["Select whether you want this place"]
    manager.choose("Yes, I accept the place").press("Send your answer")

    assert manager.heading == "You have a place"
    offered.refresh_from_db()
    assert offered.state == "enrolled"


def test_every_state_of_the_page_of_an_offer_can_be_used_by_everybody(visit, offered, group):
    """HC2."""
    reader, page = visit(), page_in(Message.objects.get().mail.text)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    states = {
        "open": {},
        "run out": {"answer_by": yesterday, "remind_on": None},
        "accepted": {"state": "enrolled", "answer_by": None},
        "waiting": {"state": "waiting_list", "waiting_since": timezone.now(), "offered_intake": None},
        "declined": {"state": "withdrawn", "waiting_since": None},
        "something else": {"state": "received"},
    }
    found = {}
    for name, change in states.items():
        Interest.objects.filter(pk=offered.pk).update(**change)
        found[name] = look(reader.open(page))
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_every_page_about_places_and_referrals_can_be_used_by_officers(visit, browser_of, colleague, offered, group):
    """HC2, HC9."""
    waits = {"state": "waiting_list", "waiting_since": timezone.now()}
    for _ in range(2):
        InterestFactory(in_hand=True, programme=group.programme, enquiry__organisation=LONG_NAME, **waits)
    open_ = InterestFactory(in_hand=True, programme=group.programme, answers=[["What do you hope for?", UNBROKEN]])
    group.programme.partners.add(PartnerFactory(), PartnerFactory(email="partner@example.org"))
    cancelled = IntakeFactory(programme=group.programme, title="Cancelled group")
    elsewhere = InterestFactory(in_hand=True, programme=group.programme)
    services.offer(interest_id=elsewhere.pk, officer=colleague, intake_id=cancelled.pk)
    type(group).objects.filter(pk=cancelled.pk).update(state="cancelled")
    IntakeFactory(programme=group.programme, title="Summer group")
    officer = signed_in(visit(), browser_of, colleague)
    steps = "/admin/enquiries/enquiry/{0.enquiry_id}/programmes/{0.pk}/{1}/"
    paths = [
        f"/admin/enquiries/enquiry/places/{group.programme_id}/",
        offered.enquiry.get_absolute_url(),
        elsewhere.enquiry.get_absolute_url(),
        steps.format(open_, "offer"),
        steps.format(open_, "refer"),
        steps.format(offered, "move"),
    ]

    found = {path: look(officer.open(path)) for path in paths}

    assert {path: problems for path, problems in found.items() if problems} == {}


def test_a_partner_reads_its_referrals(visit, browser_of, colleague, group):
    """J-R7, HC2."""
    partner, person = PartnerFactory(name=LONG_NAME[:150], email="partner@example.org"), UserFactory()
    PartnerMembership.objects.create(partner=partner, user=person)
    group.programme.partners.add(partner)
    type(group.programme).objects.update(shared_fields=["organisation", "answers"])
    interest = InterestFactory(
        in_hand=True,
        programme=group.programme,
        enquiry__organisation=LONG_NAME,
        answers=[["What do you hope for?", UNBROKEN]],
    )
    reader = signed_in(visit(), browser_of, person)
    assert look(reader.open("/partner/referrals/")) == [], "the empty list"
    services.refer(interest_id=interest.pk, officer=colleague, partner_id=partner.pk)

    assert look(reader.open("/partner/referrals/")) == []
    reader.follow(interest.enquiry.reference)

    assert reader.heading == interest.enquiry.reference
    assert look(reader) == []


def look(visitor):
    """What is wrong with the page at every width; then back at a desk."""
    found = findings(visitor)
    visitor.page.set_viewport_size(DESK)
    return found
