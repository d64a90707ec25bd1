"""The application's pages: the way through, their order, and who may see them."""

import re

import pytest
from django.test import Client

from enquiries.models import Draft, Enquiry
from programmes.models import Question, Verdict
from tests.applying import Applicant
from tests.factories import IntakeFactory, QuestionFactory, RuleFactory

pytestmark = pytest.mark.django_db


def test_an_application_becomes_an_enquiry_with_all_that_was_said(open_programme):
    QuestionFactory(programme=open_programme, label="How many people?")
    answers = {"q-" + open_programme.questions.get().key: "4"}
    applicant = Applicant(about__open=answers, message={"message": "Please call after noon."})

    enquiry = applicant.apply("open")

    assert enquiry.organisation == "Example care home"
    assert (enquiry.provider_type, enquiry.postcode, enquiry.area) == ("care_home", "RM10 8XD", "inside")
    assert (enquiry.contact_name, enquiry.contact_email) == ("Example Applicant", "applicant@example.org")
    assert enquiry.message == "Please call after noon."
    interest = enquiry.interests.get()
    assert (interest.programme, interest.verdict) == (open_programme, Verdict.YES)
    assert interest.answers == [["How many people?", "4"]]
    assert [event.kind for event in enquiry.events.all()] == ["received"]


def test_the_privacy_notices_version_and_the_time_of_the_declaration_are_stored(open_programme, settings):
    """FI10."""
    enquiry = Applicant().apply("open")

    assert enquiry.privacy_version == settings.COUNCIL.privacy.version
    assert enquiry.declared_at is not None


def test_several_programmes_are_one_enquiry_each_with_its_own_answers(open_programme):
    other = QuestionFactory(programme__slug="other", kind=Question.Kind.YES_NO, label="Do you?").programme
    answers = {"q-" + other.questions.get().key: "yes"}

    enquiry = Applicant(about__other=answers).apply("open", "other")

    assert {i.programme: i.answers for i in enquiry.interests.all()} == {
        open_programme: [],
        other: [["Do you?", "Yes"]],
    }


def test_the_page_after_sending_shows_the_reference_and_what_happens_next(open_programme):
    applicant = Applicant()
    enquiry = applicant.apply("open")

    page = applicant.client.get(applicant.page).content.decode()

    assert applicant.at == "sent"
    assert enquiry.reference in page
    assert "What happens next" in page


def test_every_page_can_be_opened_and_has_one_heading(open_programme):
    QuestionFactory(programme=open_programme)
    RuleFactory(programme=open_programme, fact="cqc_registered", accepts=["yes"])
    applicant = Applicant(about__open={"q-" + open_programme.questions.get().key: "4"}).begin("open")
    seen = []
    while applicant.at != "check":
        page = applicant.client.get(applicant.page).content.decode()
        assert page.count("<h1") == 1, applicant.at
        assert "<title>Error" not in page
        seen.append(applicant.at)
        applicant.answer()

    assert seen == [
        "service",
        "postcode",
        "registered",
        "eligibility",
        "organisation",
        "about-open",
        "contact",
        "message",
    ]


@pytest.mark.parametrize(
    ("kind", "choices", "typed", "said"),
    [
        (Question.Kind.LINE, "", "On paper", "On paper"),
        (Question.Kind.TEXT, "", "One\r\nTwo", "One\nTwo"),
        (Question.Kind.NUMBER, "", " 1,200 ", "1200"),
        (Question.Kind.YES_NO, "", "no", "No"),
        (Question.Kind.ONE_OF, "Red\nBlue", "Blue", "Blue"),
        (Question.Kind.SOME_OF, "Red\nBlue\nGreen", ["Red", "Green"], "Red\nGreen"),
    ],
)
def test_each_kind_of_question_is_asked_and_its_answer_kept(open_programme, kind, choices, typed, said):
    QuestionFactory(programme=open_programme, key="it", kind=kind, choices=choices)

    enquiry = Applicant(about__open={"q-it": typed}).apply("open")

    assert enquiry.interests.get().answers[0][1] == said


def test_a_group_can_be_preferred(open_programme):
    IntakeFactory(programme=open_programme)
    wanted = IntakeFactory(programme=open_programme, title="Evenings")

    enquiry = Applicant(about__open={"intake": str(wanted.pk)}).apply("open")

    assert enquiry.interests.get().intake == wanted


# --- Order, going back, two tabs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", ["contact", "message", "eligibility", "organisation"])
def test_no_page_can_be_skipped(open_programme, ahead):
    """FI16."""
    applicant = Applicant().begin("open")

    response = applicant.client.post(applicant.url(ahead), {"full_name": "Example", "email": "a@example.org"})

    assert response["Location"] == applicant.url("service")
    assert set(Draft.objects.get().answers) == {"programmes"}


def test_checking_and_sending_come_only_after_all_pages(open_programme):
    """FI16."""
    applicant = Applicant().begin("open").go_to("contact")

    assert applicant.client.get(applicant.url("check"))["Location"] == applicant.url("contact")
    applicant.client.post(applicant.url("check"), {"may_apply": "on", "key": applicant.draft_id, "content": "0" * 64})

    assert not Enquiry.objects.exists()


def test_an_answer_can_be_changed_from_the_page_that_checks(open_programme):
    applicant = Applicant().begin("open").go_to("check")
    assert applicant.url("organisation").encode() in applicant.client.get(applicant.page).content

    applicant.page = applicant.url("organisation")
    assert b"Example care home" in applicant.client.get(applicant.page).content
    applicant.answer({"organisation": "Another name"})

    assert applicant.at == "check"
    assert b"Another name" in applicant.client.get(applicant.page).content


def test_two_tabs_are_two_applications_that_never_mix(open_programme):
    """FI16."""
    browser = Client()
    one = Applicant(browser).begin("open").go_to("contact")
    two = Applicant(browser, organisation={"organisation": "The other one"}).begin("open").go_to("contact")

    one.go_to("check").send()
    two.go_to("check").send()

    assert sorted(Enquiry.objects.values_list("organisation", flat=True)) == ["Example care home", "The other one"]


# --- Not yours -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["service", "check", "sent"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_browsers_application_is_not_there(open_programme, page, method):
    applicant = Applicant().begin("open").go_to("check")
    applicant.send()
    stranger = Client()
    stranger.post("/apply/", {"programmes": ["open"]})

    response = getattr(stranger, method)(applicant.url(page), {"may_apply": "on"})

    assert response.status_code in {404, 405}
    assert b"Example" not in response.content


def test_an_application_that_never_was_looks_just_like_somebody_elses(open_programme):
    applicant = Applicant().begin("open")
    nobodys = applicant.url("service").replace(applicant.draft_id, "00000000-0000-4000-8000-000000000000")

    theirs, nothing = Client().get(applicant.url("service")), Client().get(nobodys)

    assert theirs.status_code == nothing.status_code == 404


# --- Limits --------------------------------------------------------------------------------------------------------


def test_one_address_cannot_begin_applications_without_end(client, open_programme, settings):
    settings.DRAFTS_PER_HOUR = 2
    for _ in range(2):
        assert client.post("/apply/", {"programmes": ["open"]}).status_code == 302

    response = client.post("/apply/", {"programmes": ["open"]})

    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    assert re.search(r'value="open"\s+checked', response.content.decode())
    assert Draft.objects.count() == 2


def test_a_draft_is_gone_after_its_days(open_programme, settings):
    settings.DRAFT_DAYS = 0
    applicant = Applicant().begin("open")

    assert applicant.client.get(applicant.page).status_code == 404
