"""An officer reads what a partner proposes and decides each fact, by keyboard alone."""

import datetime as dt

import pytest
from django.utils import timezone

from careportal.accounts.models import User
from careportal.accounts.roles import Role
from careportal.accounts.services import create_officer, give_second_factor
from programmes.models import Programme
from tests.accounts.journeys import app_code
from tests.factories import PartnerMembershipFactory, ProgrammeFactory
from tests.journeys.accessibility import findings
from tests.journeys.test_accessibility import mailed_to
from tests.journeys.test_clearing_my_day import go
from tests.journeys.walking import ask_for_code, give_code
from tests.programmes.proposing import hand_in

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

WIDTHS = [{"width": 1280, "height": 800}, {"width": 768, "height": 1024}]


@pytest.fixture
def lead(world) -> User:
    return create_officer(email="lead@example.org", name="The lead officer", role=Role.LEAD)


@pytest.fixture
def signed_in(visit, lead):
    def arrive(**how):
        secret, visitor = give_second_factor(lead), visit(**how)
        ask_for_code(visitor.open("/account/login/?next=/admin/"), lead.email)
        give_code(visitor, mailed_to(lead))
        give_code(visitor, app_code(secret))
        return visitor

    return arrive


@pytest.fixture
def change(world):
    member = PartnerMembershipFactory(partner__name="Example partner")
    text = "Managers learn to plan rotas.\n\nIt takes two days."
    programme = ProgrammeFactory(title="Planning rotas", description=text, link="https://old.example.org/rotas")
    programme.partners.add(member.partner)
    return hand_in(
        member,
        description="Managers and deputies learn to plan **fair** rotas.\n\nIt takes two days. Contact Zelda Quetzal "
        "on 07700 900123, or see [nhs.uk](https://elsewhere.example.com/x).",
        link="https://new.example.com/rotas",
        who_for="Managers and deputies.",
        partners=["care-city", member.partner.slug],
    )


def decide(visitor, label, answer):
    """Tab to the group of answers, and choose by the space bar."""
    box = visitor.page.get_by_role("group", name=label).get_by_label(answer, exact=True)
    for _ in range(80):
        if visitor.page.evaluate("document.activeElement && document.activeElement.name") == box.get_attribute("name"):
            break
        visitor.page.keyboard.press("Tab")
    else:
        raise AssertionError(f"No way by keyboard to “{label}”")
    for _ in range(4):
        visitor.page.keyboard.press("Space")
        if box.is_checked():
            return
        visitor.page.keyboard.press("ArrowDown")
        if box.is_checked():
            return
    raise AssertionError(f"“{answer}” cannot be chosen by keyboard")


def test_one_fact_is_approved_and_another_returned_by_keyboard_alone(signed_in, change):
    visitor = signed_in()
    go(visitor, "Planning rotas, Example partner")
    assert visitor.heading == "Planning rotas: what the partner proposes"

    decide(visitor, "Your decision: What it is", "Return it, with a reason")
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.type("Leave the person and the number out.")
    decide(visitor, "Your decision: Link to more about it", "Approve it")
    go(visitor, "Store my decisions")

    assert visitor.sees("Your decisions are stored")
    assert visitor.sees("Leave the person and the number out.")
    programme = Programme.objects.get(title="Planning rotas")
    assert programme.link == "https://new.example.com/rotas"
    assert "deputies" not in programme.description


@pytest.mark.parametrize("size", WIDTHS)
def test_the_pages_of_a_review_are_for_everybody(signed_in, change, size):
    visitor = signed_in(size=size)
    problems = {}
    address = f"/admin/programmes/listingchange/{change.pk}/change/"
    for path in ("/admin/programmes/listingchange/?standing=waiting", address):
        problems[path] = findings(visitor.open(path))
        visitor.page.set_viewport_size(size)
    visitor.open(address).press("Store my decisions")
    assert visitor.errors == ["Approve or return at least one fact"]
    problems["with an error"] = findings(visitor)

    assert {path: found for path, found in problems.items() if found} == {}


def test_the_checklist_is_for_everybody(signed_in, world):
    member = PartnerMembershipFactory()
    due = timezone.localdate() + dt.timedelta(days=90)
    programme = ProgrammeFactory(draft=True, title="A new one", proposed_by=member.partner, review_due_on=due)
    programme.partners.add(member.partner)
    visitor = signed_in()
    visitor.open(f"/admin/enquiries/enquiry/go-live/{programme.pk}/")

    assert findings(visitor) == []
    visitor.press("Publish it")
    assert visitor.sees("Not published. Still to do:")
