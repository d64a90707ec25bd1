"""What does not fit, and what changes while somebody applies."""

import pytest
from django.conf import settings
from django.test import Client

from enquiries.models import Draft, Enquiry, Interest, OutgoingMail
from programmes.models import Intake, Programme, Verdict
from tests.applying import Applicant, errors
from tests.factories import IntakeFactory, ProgrammeFactory, RuleFactory

pytestmark = pytest.mark.django_db


def test_what_does_not_fit_is_left_out_unless_the_council_is_asked_to_look_again(open_programme):
    RuleFactory(programme__slug="homecare", homecare_only=True)
    applicant = Applicant().begin("open", "homecare").go_to("eligibility")
    page = applicant.client.get(applicant.page).content.decode()
    assert "This programme is for homecare." in page

    applicant.go_to("check")
    assert b"Left out, because your service does not fit" in applicant.client.get(applicant.page).content
    applicant.send()
    enquiry = Enquiry.objects.get()

    assert [interest.programme.slug for interest in enquiry.interests.all()] == ["open"]


def test_a_second_look_can_be_asked_for_and_is_shown_to_officers():
    RuleFactory(programme__slug="homecare", homecare_only=True)

    enquiry = Applicant(eligibility={"second_look": ["homecare"]})
    enquiry.begin("homecare").go_to("eligibility")
    enquiry.answers["eligibility"] = {**enquiry.hidden(), "second_look": ["homecare"]}
    enquiry.go_to("check").send()

    interest = Interest.objects.get()
    assert (interest.verdict, interest.wants_second_look) == (Verdict.NO, True)
    assert interest.verdict_reasons == ["This programme is for homecare."]


def test_when_nothing_fits_the_way_on_is_to_ask_a_person():
    RuleFactory(programme__slug="homecare", homecare_only=True)
    applicant = Applicant().begin("homecare").go_to("eligibility")

    response = applicant.answer({**applicant.hidden()})

    assert applicant.at == "eligibility"
    assert errors(response) == ["Select at least one programme for the council to look at again"]


def test_changing_the_kind_of_care_asks_about_eligibility_again(open_programme):
    RuleFactory(programme=open_programme, homecare_only=True)
    applicant = Applicant(service={"provider_type": "homecare"}).begin("open").go_to("check")

    applicant.page = applicant.url("service")
    applicant.answer({"provider_type": "care_home"})

    assert applicant.at == "eligibility"
    assert b"This programme is for homecare." in applicant.client.get(applicant.page).content


# --- What changes meanwhile ----------------------------------------------------------------------------------------


def close(programme):
    IntakeFactory(programme=programme, past=True)


def fill(programme):
    IntakeFactory(programme=programme, full=True)


def withdraw(programme):
    Programme.objects.filter(pk=programme.pk).update(state=Programme.State.ARCHIVED)


@pytest.mark.parametrize(
    ("change", "news"),
    [(close, "has closed"), (fill, "is full"), (withdraw, "has closed")],
    ids=lambda f: getattr(f, "__name__", ""),
)
def test_a_programme_that_changes_before_sending_is_told_and_nothing_is_lost(open_programme, change, news):
    """FI9."""
    applicant = Applicant().begin("open").go_to("check")
    hidden = applicant.hidden()
    change(open_programme)

    response = applicant.client.post(applicant.page, {"may_apply": "on", **hidden})

    assert response["Location"] == applicant.url("availability")
    assert news in applicant.client.get(response["Location"]).content.decode()
    assert Draft.objects.get().cleaned("contact")["full_name"] == "Example Applicant"
    assert not Enquiry.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_a_place_on_the_waiting_list_can_be_asked_for(open_programme):
    IntakeFactory(programme=open_programme, full=True)
    applicant = Applicant().begin("open")
    assert applicant.at == "availability"
    applicant.answers["availability"] = {**applicant.hidden(), "decision-open": "wait"}

    applicant.go_to("check").send()

    assert Interest.objects.get().state == Interest.State.WAITING_LIST


def test_a_programme_that_is_withdrawn_while_one_waits_for_it_is_told(open_programme):
    """FI9: the decision to wait was taken about a full programme, not about one that is gone."""
    IntakeFactory(programme=open_programme, full=True)
    applicant = Applicant().begin("open")
    applicant.answers["availability"] = {**applicant.hidden(), "decision-open": "wait"}
    applicant.go_to("check")
    hidden = applicant.hidden()
    withdraw(open_programme)

    response = applicant.client.post(applicant.page, {"may_apply": "on", **hidden})

    assert response["Location"] == applicant.url("availability")
    assert not Enquiry.objects.exists()


def test_a_closed_programme_can_be_left_out_while_another_goes_on(open_programme):
    other = ProgrammeFactory(slug="other")
    applicant = Applicant().begin("open", "other").go_to("check")
    close(other)
    applicant.page = applicant.client.post(applicant.page, {"may_apply": "on", **applicant.hidden()})["Location"]
    applicant.page = applicant.url("availability")
    applicant.answers["availability"] = {**applicant.hidden(), "decision-other": "leave_out"}

    applicant.go_to("check").send()

    assert [interest.programme for interest in Interest.objects.all()] == [open_programme]


def test_leaving_everything_out_is_answered_with_what_to_do(open_programme):
    close(open_programme)
    draft = Applicant()
    open_programme.intakes.update(state=Intake.State.CANCELLED)
    draft.begin("open")
    open_programme.intakes.update(state=Intake.State.OPEN)
    draft.page = draft.url("availability")

    response = draft.answer({**draft.hidden(), "decision-open": "leave_out"})

    assert errors(response) == ["Then nothing is left to apply for. Keep one, or choose another programme."]


def test_a_group_that_closes_meanwhile_is_asked_for_again(open_programme):
    IntakeFactory(programme=open_programme)
    chosen = IntakeFactory(programme=open_programme)
    applicant = Applicant(about__open={"intake": str(chosen.pk)}).begin("open").go_to("check")
    hidden = applicant.hidden()
    Intake.objects.filter(pk=chosen.pk).update(state=Intake.State.CLOSED)

    response = applicant.client.post(applicant.page, {"may_apply": "on", **hidden})

    assert response["Location"] == applicant.url("about-open")
    assert not Enquiry.objects.exists()


def test_waiting_for_a_programme_is_not_held_up_by_the_group_that_closed(open_programme):
    """FI9: no dead end."""
    only = IntakeFactory(programme=open_programme)
    applicant = Applicant(about__open={"intake": str(only.pk)}).begin("open").go_to("check")
    Intake.objects.update(state=Intake.State.CLOSED)
    applicant.page = applicant.url("availability")
    applicant.answers["availability"] = {**applicant.hidden(), "decision-open": "wait"}

    applicant.go_to("check").send()

    interest = Interest.objects.get()
    assert (interest.state, interest.intake) == (Interest.State.WAITING_LIST, None)


def test_a_chosen_group_that_fills_up_is_asked_for_again_while_another_is_open(open_programme):
    """FI9: nobody is put on a waiting list without having said so."""
    IntakeFactory(programme=open_programme)
    chosen = IntakeFactory(programme=open_programme, capacity=5)
    applicant = Applicant(about__open={"intake": str(chosen.pk)}).begin("open").go_to("check")
    hidden = applicant.hidden()
    Intake.objects.filter(pk=chosen.pk).update(places_taken=5)

    response = applicant.client.post(applicant.page, {"may_apply": "on", **hidden})

    assert response["Location"] == applicant.url("about-open")
    assert not Enquiry.objects.exists()
    applicant.page = applicant.url("about-open")
    applicant.answer({"intake": f"{chosen.pk}-full"})
    applicant.go_to("check").send()
    assert Interest.objects.get().state == Interest.State.WAITING_LIST


def test_a_place_that_becomes_free_before_sending_is_no_waiting_list(open_programme):
    full = IntakeFactory(programme=open_programme, full=True)
    applicant = Applicant(about__open={"intake": str(full.pk)}).begin("open")
    applicant.answers["availability"] = {**applicant.hidden(), "decision-open": "wait"}
    applicant.go_to("check")
    Intake.objects.update(places_taken=0)

    applicant.page = applicant.url("check")
    applicant.page = applicant.client.get(applicant.page).headers.get("Location", applicant.page)
    applicant.go_to("check").send()

    assert Interest.objects.get().state == Interest.State.RECEIVED


def test_a_programme_may_have_any_name_and_still_be_decided_about():
    programme = ProgrammeFactory(slug="seen")
    IntakeFactory(programme=programme, full=True)
    applicant = Applicant().begin("seen")
    applicant.answers["availability"] = {**applicant.hidden(), "decision-seen": "wait"}

    applicant.go_to("check").send()

    assert Interest.objects.get().state == Interest.State.WAITING_LIST


def test_when_nothing_is_open_the_page_says_so_and_what_to_do(client):
    page = client.get("/apply/").content.decode()

    assert "Nothing is open" in page
    assert "020 8215 3000" in page


def test_a_new_application_renews_the_browsers_session(open_programme):
    """Otherwise one begun on the thirteenth day would be lost on the fourteenth."""
    browser = Client()
    Applicant(browser).begin("open")

    response = browser.post("/apply/", {"programmes": ["open"]})

    assert settings.SESSION_COOKIE_NAME in response.cookies


@pytest.mark.parametrize("name", ["", "service", "check"])
def test_asking_for_the_head_of_a_page_changes_nothing(open_programme, name):
    """AZ17."""
    applicant = Applicant().begin("open")
    before = Draft.objects.get().answers

    response = applicant.client.head(applicant.url(name) if name else "/apply/")

    assert response.status_code in {200, 302}
    assert Draft.objects.get().answers == before
