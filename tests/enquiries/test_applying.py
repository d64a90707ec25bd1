"""The application's pages: the way through, and every way to leave it."""

import pytest
from django.test import Client

from enquiries.models import Draft, Enquiry, Interest, OutgoingMail
from programmes.models import Intake, Programme, Question, Verdict
from tests.applying import Applicant, errors
from tests.factories import IntakeFactory, ProgrammeFactory, QuestionFactory, RuleFactory

pytestmark = pytest.mark.django_db


# --- The way through -----------------------------------------------------------------------------------------------


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


# --- Eligibility ---------------------------------------------------------------------------------------------------


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


# --- Bad input -----------------------------------------------------------------------------------------------------


def test_choosing_nothing_is_told_and_nothing_is_stored(client, open_programme):
    response = client.post("/apply/", {})

    assert errors(response) == ["Select at least one programme"]
    assert b"<title>Error: " in response.content
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("page", "typed", "messages"),
    [
        ("service", {}, ["Select the kind of care you provide"]),
        ("service", {"provider_type": "spaceship"}, ["Select the kind of care you provide"]),
        ("postcode", {"postcode": ""}, ["Enter the postcode of your service"]),
        ("postcode", {"postcode": "RM10"}, ["Enter a full UK postcode, like RM10 7AB"]),
        ("organisation", {"organisation": " "}, ["Enter the name of your organisation"]),
        ("contact", {}, ["Enter your full name", "Enter your email address"]),
        (
            "contact",
            {"full_name": "Example", "email": "a@example.org", "telephone": "12"},
            ["Enter a telephone number, like 020 7946 0958 or 07700 900123"],
        ),
        ("message", {"message": "x" * 4001}, ["Your message must be 4,000 characters or less"]),
    ],
)
def test_a_wrong_answer_is_named_and_the_rest_is_kept(open_programme, page, typed, messages):
    applicant = Applicant().begin("open").go_to(page)

    response = applicant.answer(typed)

    assert applicant.at == page
    assert errors(response) == messages
    assert b"<title>Error: " in response.content
    for value in typed.values():
        assert value.strip().encode() in response.content or value == "spaceship"


@pytest.mark.parametrize(
    "address", ["no-reply@lbbd.gov.uk", "businessforum@lbbd.gov.uk", "BusinessForum+x@LBBD.gov.uk"]
)
def test_the_portals_own_addresses_are_refused_as_contact(open_programme, address):
    """FI12."""
    applicant = Applicant().begin("open").go_to("contact")

    response = applicant.answer({"full_name": "Example", "email": address})

    assert errors(response) == ["Enter your own email address, not one of this service"]


@pytest.mark.parametrize(
    "text",
    ["a\x00b", "a\r\nBcc: all@example.org", "\u202egnp.exe", "zero\u200bwidth", "👩‍⚕️ Ärzte", "e\u0301", "\ud800"],
    ids=["NUL", "line break", "bidi", "zero width", "emoji", "decomposed", "half a character"],
)
def test_strange_characters_are_cleaned_or_refused_and_never_an_error(open_programme, text):
    """FI5: no 5xx, and no line break in a single line."""
    applicant = Applicant().begin("open").go_to("organisation")

    response = applicant.client.post(
        applicant.page, data=b"organisation=" + percent(text), content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code in {200, 302}
    stored = Draft.objects.get().cleaned("organisation").get("organisation", "")
    assert not set("\r\n\x00\u202e\u200b") & set(stored)
    if text.startswith("👩"):
        assert stored == text


def percent(text: str) -> bytes:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass")).encode()


def test_no_personal_data_is_ever_in_an_address(open_programme):
    """FI11."""
    applicant, visited = Applicant().begin("open"), []
    while applicant.at != "check":
        applicant.answer()
        visited.append(applicant.page)
    applicant.send()
    visited.append(applicant.page)

    assert not any("xample" in url or "applicant" in url or "RM10" in url or "?" in url for url in visited)


def test_fields_that_nobody_offered_are_ignored(open_programme):
    """FI7."""
    applicant = Applicant().begin("open").go_to("contact")
    forged = {
        "state": "closed",
        "reference": "AAA-AAA-AAA",
        "owner": "1",
        "received_at": "2020-01-01",
        "inbox": "x@y.example",
    }
    applicant.answer({**applicant.answers["contact"], **forged})
    applicant.go_to("check").send(**forged, programme="other", declared_at="2020-01-01", privacy_version="none")

    enquiry = Enquiry.objects.get()
    assert (enquiry.state, enquiry.owner, enquiry.channel) == ("new", None, "online")
    assert enquiry.reference != "AAA-AAA-AAA"
    assert enquiry.received_at.year > 2020
    assert enquiry.interests.get().inbox == "businessforum@lbbd.gov.uk"
    assert set(Draft.objects.get().data("contact")) == {"full_name", "email"}


def test_a_programme_that_is_not_on_offer_cannot_be_chosen(client, open_programme):
    ProgrammeFactory(slug="draft", draft=True)

    response = client.post("/apply/", {"programmes": ["draft"]})

    assert errors(response) == ["Select at least one programme"]
    assert not Draft.objects.exists()


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

    assert "session" in response.cookies


@pytest.mark.parametrize("name", ["", "service", "check"])
def test_asking_for_the_head_of_a_page_changes_nothing(open_programme, name):
    """AZ17."""
    applicant = Applicant().begin("open")
    before = Draft.objects.get().answers

    response = applicant.client.head(applicant.url(name) if name else "/apply/")

    assert response.status_code in {200, 302}
    assert Draft.objects.get().answers == before


# --- Limits --------------------------------------------------------------------------------------------------------


def test_one_address_cannot_begin_applications_without_end(client, open_programme, settings):
    settings.DRAFTS_PER_HOUR = 2
    for _ in range(2):
        assert client.post("/apply/", {"programmes": ["open"]}).status_code == 302

    response = client.post("/apply/", {"programmes": ["open"]})

    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    assert Draft.objects.count() == 2


def test_a_draft_is_gone_after_its_days(open_programme, settings):
    settings.DRAFT_DAYS = 0
    applicant = Applicant().begin("open")

    assert applicant.client.get(applicant.page).status_code == 404


def test_an_answer_given_twice_counts_once_and_never_mixes_two_applications(open_programme):
    """FI8: of several values for one question the last is taken; an address or a key from elsewhere is not."""
    browser = Client()
    one = Applicant(browser).begin("open").go_to("organisation")
    other = Applicant(browser).begin("open").go_to("organisation")

    browser.post(
        f"{one.page}?organisation=From+the+query", {"organisation": ["First", "Second"], "key": other.draft_id}
    )

    answers = {str(draft.pk): draft.cleaned("organisation") for draft in Draft.objects.all()}
    assert answers == {one.draft_id: {"organisation": "Second"}, other.draft_id: {}}
