"""A registered manager on a phone finds out what there is, and what her service can get of it (J-P1, J-P2)."""

import mailbox

import pytest

from careportal.accounts.roles import Role
from careportal.accounts.services import create_officer, give_second_factor
from careportal.management.commands.codes import last_mailed
from enquiries.mail import post
from enquiries.models import Enquiry
from programmes.models import Programme
from tests.factories import IntakeFactory, InterestFactory, ProgrammeFactory, RuleFactory
from tests.journeys.accessibility import findings
from tests.journeys.visitor import DESK, PHONE
from tests.journeys.walking import go_to, send, sign_in

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]


def test_finding_out_what_exists_and_that_nothing_ends_without_a_next_step(visit):
    """J-P1: open, opening soon, full and closed can be told apart; whoever finds nothing is led to a person."""
    IntakeFactory(programme__title="One that is full", full=True)
    IntakeFactory(programme__title="One to come", coming=True)
    IntakeFactory(programme__title="One that has closed", past=True)
    manager = visit(size=PHONE).open("/").press("Find a programme")

    for state in ("Open", "Waiting list", "Opens later", "Closed"):
        assert manager.sees(state)
    manager.follow("One that has closed")
    assert manager.sees("Ask the council")
    manager.open("/programmes/?q=unheard+of")
    assert manager.sees("ask the council")
    manager.open("/programmes/").follow("Check what your service can get")
    assert manager.heading == "What can my service get?"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_five_short_answers_to_every_programme_to_an_application_that_asks_nothing_twice(visit, settings, scripts):
    """J-P2, N11, N13: a homecare agency with its office outside the borough, for people whom the council funds."""
    manager = visit(size=PHONE, scripts=scripts)
    manager.open("/").follow("Check what your service can get")
    manager.choose("Homecare").press("Continue")
    manager.type("What is the postcode of your service?", "e1 6an").press("Continue")
    manager.choose("Only people who live elsewhere").press("Continue")
    manager.choose("I do not know").press("Continue")
    manager.choose("10 to 49 staff").press("Continue")

    assert manager.heading == "What your service can get"
    assert verdicts(manager)["Enhanced Homecare"] == "No"
    assert verdicts(manager)["Enablement champion apprenticeship"] == "No"
    assert manager.sees("This programme is for staff who give care to people in Barking and Dagenham.")
    assert manager.sees("Find your local council on GOV.UK")
    assert manager.sees(settings.COUNCIL.contact.telephone)

    manager.go(manager.main.get_by_role("link", name="Change Who do you care for?"))
    manager.choose("People whose care Barking and Dagenham council pays for").press("Continue")
    assert verdicts(manager)["Enhanced Homecare"] == "Yes"

    manager.follow("Send me these results by email")
    manager.type("Where shall we send your results?", "applicant@example.org").press("Send")
    assert manager.sees("We are sending you the results.")
    post.send_due()
    (mail,) = mailbox.Maildir(settings.MAIL_DIR / "sent", create=False)
    assert (mail["To"], mail["Subject"]) == ("applicant@example.org", "What your service can get")

    manager.choose("Enhanced Homecare").press("Apply for these")
    assert manager.at == "organisation"
    manager.type("What is your organisation called?", "Example homecare").press("Continue")
    manager.type("How many members of staff would be trained?", "3").press("Continue")
    reference = send(go_to(manager, "check"))

    enquiry = Enquiry.objects.get(reference=reference)
    assert (enquiry.provider_type, enquiry.area, enquiry.place_of_care) == ("homecare", "outside", "funded")
    assert [interest.verdict for interest in enquiry.interests.all()] == ["yes"]


def test_a_lead_officer_reads_whom_other_rules_would_have_touched_and_then_saves_them(visit, world):
    """N11, HC2."""
    colleague = create_officer(email="lead@example.org", name="The lead officer", role=Role.LEAD)
    programme = Programme.objects.get(slug="shift-life-balance")
    InterestFactory(programme=programme, enquiry__provider_type="care_home")
    lead = visit(size=DESK)
    sign_in(lead, colleague.email, mailed_code=lambda: mailed_to(colleague), secret=give_second_factor(colleague))

    lead.open(f"/admin/programmes/programme/{programme.pk}/change/").follow("Change the rules")
    rule = lead.main.get_by_label("Another rule")
    rule.get_by_label("Kind of care", exact=True).check()
    rule.get_by_label("Homecare", exact=True).first.check()
    lead.press("Show what would change")
    assert lead.errors == ["Enter why another answer does not fit"]
    rule.get_by_label("Why does another answer not fit?").fill("This programme is for homecare.")
    lead.press("Show what would change")

    assert lead.sees("1 of 1 who applied in the last year would be told something else")
    assert lead.sees(Enquiry.objects.get().reference)
    assert findings(lead) == []
    lead.press("Save these rules")
    assert lead.sees("The rules are saved.")
    assert [rule.reason for rule in programme.eligibility_rules.all()][1:] == ["This programme is for homecare."]


def mailed_to(person):
    post.send_due()
    return last_mailed(person.email)


def verdicts(visitor):
    """Each programme of the results with its answer."""
    results = visitor.main.locator(".portal-result").all()
    return {one.locator("h3").inner_text(): one.locator(".govuk-tag").first.inner_text() for one in results}


def test_every_page_with_and_without_errors_is_for_everybody(visit):
    """HC2, HC9."""
    for verdict in ("no", "not_yet", "ask"):
        programme = ProgrammeFactory(title=f"Says {verdict} " + "with a very long title " * 4)
        reason = "https://example.org/" + "x" * 180
        RuleFactory(programme=programme, homecare_only=True, otherwise=verdict, reason=reason, what_would_help="Ask.")
    answers = {
        "service": lambda: manager.choose("Another kind of care"),
        "postcode": lambda: manager.type("What is the postcode of your service?", "M1 1AA"),
        "people": lambda: manager.choose("Only people who live elsewhere"),
        "registered": lambda: manager.choose("No"),
        "size": lambda: manager.choose("250 staff or more"),
    }
    manager = visit(size=PHONE).open("/what-can-my-service-get/")
    for name, answer in answers.items():
        assert findings(manager) == [], name
        manager.press("Continue")
        assert manager.errors, name
        assert findings(manager) == [], f"{name} with errors"
        answer()
        manager.press("Continue")
    assert findings(manager) == []
    manager.press("Apply for these")
    assert manager.errors
    assert findings(manager) == []
    manager.follow("Send me these results by email")
    assert findings(manager) == []
    manager.press("Send")
    assert findings(manager) == []
