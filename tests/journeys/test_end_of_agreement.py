"""A question is answered, and later the agreement ends: partner, officer and the public, each on their own pages."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from careportal.accounts.models import User
from careportal.accounts.services import give_second_factor
from enquiries import services
from enquiries.models import Interest
from programmes.models import AgreementEnd, Partner, PartnerMembership
from programmes.services import say_what_became_of_data
from tests.factories import InterestFactory, ProgrammeFactory, UserFactory
from tests.journeys.accessibility import findings
from tests.journeys.visitor import PHONE, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

TITLE = "Leadership for deputy managers"


@pytest.fixture
def partner() -> Partner:
    return Partner.objects.create(slug="partner", name="Example partner", email="partner@example.org")


@pytest.fixture
def administrator(partner) -> User:
    person = UserFactory()
    PartnerMembership.objects.create(partner=partner, user=person, role="administrator")
    return person


@pytest.fixture
def interest(partner, colleague) -> Interest:
    programme = ProgrammeFactory(title=TITLE, slug="leadership")
    programme.partners.add(partner)
    found = InterestFactory(in_hand=True, programme=programme)
    services.refer(interest_id=found.pk, officer=colleague, partner_id=partner.pk)
    return found


def signed_in(visitor: Visitor, person: User) -> Visitor:
    """Signing in is another journey's."""
    if person.needs_second_factor:
        give_second_factor(person)
    client = Client()
    client.force_login(person)
    kept = [{"name": name, "value": morsel.value, "url": visitor.base} for name, morsel in client.cookies.items()]
    visitor.context.add_cookies(kept)
    return visitor


def test_a_question_is_answered_and_after_the_agreement_everything_is_given_back(
    visit, partner, administrator, interest, colleague
):
    """J-R7, J-R10."""
    somebody = signed_in(visit(size=PHONE, scripts=False), administrator)
    officer, public = signed_in(visit(), colleague), visit(size=PHONE)

    somebody.open(f"/partner/referrals/{interest.pk}/ask/")
    somebody.type("What do you want to ask?", "May two people share a place?").press("Send your question")

    officer.open(interest.enquiry.get_absolute_url()).follow(f"Answer the partner about {interest}")
    assert officer.sees("May two people share a place?")
    assert findings(officer) == []
    officer.type("Your message", "Yes, they may.").press("Send")
    assert officer.sees("Example partner can read it now")
    assert findings(officer) == []

    somebody.open(f"/partner/referrals/{interest.pk}/")
    assert somebody.sees("Yes, they may.")

    Partner.objects.filter(pk=partner.pk).update(agreement_ends_on=timezone.localdate() - dt.timedelta(days=1))
    public.open("/programmes/leadership/")
    assert public.sees("This programme is not run any more")
    assert not public.main.get_by_role("button", name="Apply now").count()
    assert findings(public) == []

    somebody.open("/partner/")
    assert somebody.heading == "Your agreement has ended"
    somebody.follow("Tell us what became of the applicants’ details that you were given")
    somebody.choose("We keep some of them for longer").press("Tell the council")
    assert somebody.errors == ["Enter why you keep some of them", "Enter until when"]
    somebody.choose("We have deleted them").press("Tell the council")
    assert somebody.sees("Thank you. The council has your answer.")
    assert AgreementEnd.objects.get().answer == "deleted"

    officer.open("/admin/").follow("1 Referrals whose partner has left")
    assert findings(officer) == []
    officer.press("Take 1 back to triage from Example partner")
    assert officer.sees("1 is open again, in triage.")
    interest.refresh_from_db()
    assert interest.state == Interest.State.RECEIVED


def test_the_page_after_the_agreement_is_for_everybody(visit, partner, administrator):
    """axe, also with errors and with an answer; with scripts and on a phone."""
    Partner.objects.filter(pk=partner.pk).update(agreement_ends_on=timezone.localdate() - dt.timedelta(days=1))
    somebody = signed_in(visit(size=PHONE), administrator)
    page = f"/partner/{partner.pk}/data-return/"

    somebody.open(page)
    assert findings(somebody) == []
    somebody.press("Tell the council")
    assert somebody.errors == ["Select what became of the details"]
    assert findings(somebody) == []
    until = timezone.localdate() + dt.timedelta(days=365)
    say_what_became_of_data(
        partner_id=partner.pk, by=administrator, answer="kept", because="The law says so.", kept_until=until
    )
    assert findings(somebody.open(page)) == []
