"""Partners on a phone: places and intakes in three taps, and their figures at a desk; applicants answer by a link."""

import datetime as dt

import pytest
from django.conf import settings
from django.utils import timezone

from enquiries import services
from enquiries.letters_intakes import intake_page
from enquiries.models import IntakeAnswer
from programmes import services as programmes
from programmes.models import Intake, IntakeChange, ListingViews, PartnerMembership
from tests.factories import IntakeFactory, InterestFactory, PartnerFactory, ProgrammeFactory, UserFactory, in_days
from tests.journeys.accessibility import findings
from tests.journeys.visitor import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

LONG_NAME = ("Example Organisation of Many Names and Subsidiaries " * 5)[:150]


@pytest.fixture
def group():
    title = "Leadership, supervision and digital record keeping for deputy managers"
    programme = ProgrammeFactory(title=title, cost_pounds=0)
    programme.partners.add(PartnerFactory(name=LONG_NAME))
    IntakeFactory(programme=programme, title="Old group", past=True)
    IntakeFactory(programme=programme, title="Summer group", state="paused", starts_on=in_days(200))
    return IntakeFactory(programme=programme, title="Spring group", place="Barking", starts_on=in_days(60))


@pytest.fixture
def member(group):
    user = UserFactory()
    PartnerMembership.objects.create(partner=group.programme.partners.get(), user=user)
    return user


@pytest.fixture
def holder(group, colleague):
    """Somebody with a place in the group, who was told that its dates have changed."""
    interest = InterestFactory(in_hand=True, programme=group.programme, intake=group)
    services.offer(interest_id=interest.pk, officer=colleague, intake_id=group.pk)
    interest.refresh_from_db()
    services.answer_offer(interest_id=interest.pk, accepts=True, shown=interest.shown_as)
    group.refresh_from_db()
    values = {"starts_on": in_days(70), "place": LONG_NAME}
    programmes.change_intake(intake_id=group.pk, by=colleague, values=values, shown=group.shown_as)
    IntakeChange.objects.update(at=timezone.now() - dt.timedelta(minutes=11))
    assert services.look_after_intakes() == 1
    return IntakeAnswer.objects.get()


def signed_in(visitor, browser_of, person):
    session = browser_of(person).cookies[settings.SESSION_COOKIE_NAME].value
    visitor.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": visitor.base}])
    return visitor


def listing(group):
    return f"/partner/listings/{group.programme_id}/intakes/"


def look(visitor, size=PHONE):
    """What is wrong with the page at every width; then as before."""
    found = findings(visitor)
    visitor.page.set_viewport_size(size)
    return found


@pytest.mark.parametrize("scripts", [True, False])
def test_a_partner_changes_the_places_left_from_a_phone_in_three_taps(visit, browser_of, member, group, scripts):
    """J-R6: the intake, the number, save; with scripts and without."""
    partner = signed_in(visit(size=PHONE, scripts=scripts), browser_of, member)
    partner.open(listing(group))

    partner.follow("Spring group").type("How many places are left?", "3").press("Save places")

    assert partner.sees("3 places left: everybody sees it now.")
    partner.type("How many places are left?", "lots").press("Save places")
    assert partner.errors == ["Places left must be a whole number, like 12"]
    reader = visit(size=PHONE, scripts=scripts)
    assert "3 of 10 left" in reader.open(group.programme.get_absolute_url()).text


@pytest.mark.parametrize("scripts", [True, False])
def test_a_partner_pauses_opens_and_moves_an_intake_and_adds_one(visit, browser_of, member, group, scripts):
    """J-R6."""
    partner = signed_in(visit(size=PHONE, scripts=scripts), browser_of, member)
    partner.open(listing(group)).follow("Spring group").follow("Pause applications").press("Pause it")
    assert partner.sees("It is paused.")
    partner.follow("Open it for applications again").press("Open it")
    assert partner.sees("It takes applications again.")

    partner.follow("Change dates, place or name").type("Where it is", "Dagenham").press("Save and publish")
    assert partner.sees("Saved: everybody sees it now.")

    partner.follow("See the public page")
    assert "Dagenham" in partner.text
    partner.open(listing(group))
    add = partner.page.get_by_role("button", name="Add an intake")
    partner.go(add.or_(partner.page.get_by_role("link", name="Add an intake")))
    partner.type("Name of the intake", "Autumn group").press("Add and publish")
    assert partner.errors == [
        "Enter the day on which applications close",
    ]


def test_every_page_of_intakes_can_be_used_by_everybody(visit, browser_of, member, group):
    """HC2, HC9."""
    partner = signed_in(visit(size=PHONE), browser_of, member)
    address = f"{listing(group)}{group.pk}/"
    paths = [listing(group), address, f"{listing(group)}new/"]
    paths += [f"{address}{step}/" for step in ("facts", "pause", "close", "open")]

    found = {path: look(partner.open(path)) for path in paths}
    partner.open(f"{listing(group)}new/").press("Add and publish")
    found["errors"] = look(partner)
    Intake.objects.update(state="cancelled")
    found["cancelled"] = look(partner.open(address))

    assert {path: problems for path, problems in found.items() if problems} == {}


@pytest.mark.parametrize("scripts", [True, False])
def test_whoever_has_the_letter_says_that_it_is_still_fine(visit, holder, scripts):
    """J-R6: those waiting are told, and answer with two taps."""
    manager = visit(size=PHONE, scripts=scripts).open(intake_page(holder))
    assert manager.heading == "Your group has changed"

    manager.press("Send your answer")
    assert manager.errors == ["Select whether this is still fine"]
    manager.choose("Yes, it is still fine").press("Send your answer")

    assert manager.heading == "We have your answer"
    holder.refresh_from_db()
    assert holder.answer == "fine"


def test_every_state_of_the_page_of_a_changed_group_can_be_used_by_everybody(visit, holder, group):
    """HC2."""
    reader, found = visit(size=PHONE), {}
    found["open"] = look(reader.open(intake_page(holder)))
    Intake.objects.filter(pk=group.pk).update(state="cancelled")
    found["cancelled"] = look(reader.open(intake_page(holder)))
    for answer in ("fine", "other_date", "not_any_more"):
        IntakeAnswer.objects.update(answer=answer, answered_at=timezone.now())
        found[answer] = look(reader.open(intake_page(holder)))

    assert {name: problems for name, problems in found.items() if problems} == {}


def test_a_partner_reads_its_figures_at_a_desk_and_on_a_phone(visit, browser_of, member, group):
    """J-M6, HC2."""
    ListingViews.objects.create(programme=group.programme, on=timezone.localdate(), count=1234)
    for _ in range(6):
        InterestFactory(programme=group.programme)
    partner = signed_in(visit(size=DESK), browser_of, member).open("/partner/figures/")

    assert partner.heading == "Your figures"
    assert "1,234" in partner.text
    assert look(partner, DESK) == []
    with partner.page.expect_download() as file:
        partner.main.get_by_role("link", name="Download for a spreadsheet (XLSX)").click()
    assert file.value.suggested_filename.endswith(".xlsx")
