"""What can my service get? The questions, the results, and what becomes of them."""

import re

import pytest
from django.test import Client

from enquiries.application.journey import Journey
from enquiries.mail import post
from enquiries.models import Draft, Enquiry, Interest, OutgoingMail
from enquiries.views.apply import next_address
from programmes.models import Fact, Programme
from providers.models import UnitPostcode
from tests.applying import ANSWERS, Applicant, errors
from tests.factories import IntakeFactory, ProgrammeFactory, QuestionFactory, RuleFactory

pytestmark = pytest.mark.django_db

START = "/what-can-my-service-get/"
KIND = OutgoingMail.Kind.RESULTS


class Asker(Applicant):
    """One browser that checks what its service can get."""

    def begin(self, *slugs):
        response = self.client.post(START, self.answers["service"])
        assert response.status_code == 302, response.content.decode()
        self.page = response["Location"]
        return self

    def url(self, name=""):
        return f"{START}{self.draft_id}/{name}/" if name else f"{START}{self.draft_id}/"

    def to_results(self):
        return self.go_to(self.draft_id)

    @property
    def text(self):
        """What the results say, without markup."""
        page = self.client.get(self.url()).content.decode().partition("<main")[2].partition("</main>")[0]
        return " ".join(re.sub(r"<[^>]+>", " ", page).split())

    def apply(self, *slugs):
        response = self.client.post(self.url(), {"programmes": slugs})
        self.page = response.headers.get("Location", self.page)
        return response


def asker(kind="care_home", postcode="RM10 8XD", **answers):
    return Asker(service={"provider_type": kind}, postcode={"postcode": postcode}, **answers).begin().to_results()


@pytest.fixture
def programmes(db):
    """One for everybody, one for homecare, one for small services, one not published."""
    ProgrammeFactory(slug="all", title="For all")
    RuleFactory(
        programme__slug="homecare",
        programme__title="For homecare",
        homecare_only=True,
        what_would_help="Begin to visit people at home.",
    )
    RuleFactory(
        programme__slug="small",
        programme__title="For small services",
        fact=Fact.SIZE,
        accepts=["under_10"],
        otherwise="not_yet",
        reason="It is for services with fewer than 10 staff.",
        set_by="Example fund",
    )
    ProgrammeFactory(slug="draft", title="Not published", draft=True)


# --- The questions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("care_home", ["postcode", "registered", "size"]),
        ("homecare", ["postcode", "people", "registered", "size"]),
        ("other", ["postcode", "people", "registered", "size"]),
    ],
)
def test_a_few_questions_are_asked_once_and_only_where_they_can_decide(programmes, kind, asked):
    """(N11)"""
    browser, seen = Asker(service={"provider_type": kind}).begin(), []
    while browser.at != browser.draft_id:
        seen.append(browser.at)
        browser.answer()

    assert seen == asked


def test_looking_leaves_nothing_behind_and_sets_no_cookie(client, programmes):
    response = client.get(START)

    assert response.status_code == 200
    assert "sessionid" not in str(response.cookies)
    assert not Draft.objects.exists()


@pytest.mark.parametrize(("page", "typed"), [("postcode", {"postcode": "Dagenham"}), ("size", {"size_band": "huge"})])
def test_a_bad_answer_is_refused_in_words_and_changes_nothing(programmes, page, typed):
    browser = asker()
    before = Draft.objects.get().answers

    response = browser.client.post(browser.url(page), typed)

    assert response.status_code == 200
    assert errors(response)
    assert Draft.objects.get().answers == before


@pytest.mark.parametrize("nonsense", ["\x00", "x" * 100_000, "9" * 5000])
def test_nonsense_is_refused_without_a_crash(programmes, nonsense):
    browser = Asker().begin()

    for page, field in (("postcode", "postcode"), ("service", "provider_type")):
        assert browser.client.post(browser.url(page), {field: nonsense}).status_code == 200
    assert browser.client.post(START, {"provider_type": nonsense}).status_code == 200


def test_no_question_is_shown_before_those_in_front_of_it_are_answered(programmes):
    browser = Asker().begin()

    for name in ("size", "registered"):
        assert browser.client.get(browser.url(name))["Location"] == browser.url("postcode")
    assert browser.client.get(browser.url())["Location"] == browser.url("postcode")
    assert browser.client.get(browser.url("send"))["Location"] == browser.url("postcode")


def test_whoever_leaves_half_way_comes_back_to_the_questions(programmes):
    browser = Asker().begin()

    response = browser.client.post(browser.page, {"postcode": "RM1", "save": "yes"})

    assert response["Location"] == f"/apply/{browser.draft_id}/save/"
    assert next_address(Journey(Draft.objects.get())) == browser.url()
    assert browser.client.get(browser.url())["Location"] == browser.url("postcode")
    assert 'value="RM1"' in browser.client.get(browser.url("postcode")).content.decode()


def test_of_a_home_its_own_place_is_asked_and_not_that_of_a_head_office(programmes):
    """(N13)"""
    home, homecare = (Asker(service={"provider_type": kind}).begin() for kind in ("care_home", "homecare"))

    assert b"not that of a head office" in home.client.get(home.page).content
    assert b"office that you work from" in homecare.client.get(homecare.page).content


@pytest.mark.parametrize("page", ["", "postcode", "send"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_browsers_answers_are_not_there(programmes, page, method):
    browser, stranger = asker(), Client()
    stranger.post(START, {"provider_type": "care_home"})

    response = getattr(stranger, method)(browser.url(page), {"postcode": "RM10 8XD"})

    assert response.status_code == 404
    assert b"RM10" not in response.content


def test_answers_are_kept_out_of_every_cache(programmes):
    browser = asker()

    for page in ("", "postcode", "send"):
        assert browser.client.get(browser.url(page))["Cache-Control"] == "no-store"


def test_one_address_cannot_begin_without_end(client, programmes, settings):
    settings.DRAFTS_PER_HOUR = 1
    client.post(START, {"provider_type": "care_home"})

    answer = client.post(START, {"provider_type": "care_home"})
    assert answer.status_code == 429
    assert re.search(r'value="care_home"\s+checked', answer.content.decode())


# --- The results ---------------------------------------------------------------------------------------------------


def test_every_listed_programme_has_an_answer_and_each_no_says_why_whose_rule_and_what_would_help(programmes):
    """(N11)"""
    text = asker().text

    assert text.index("Your service can get") < text.index("For all") < text.index("Not yet")
    assert text.index("For small services") < text.index("Not for your service") < text.index("For homecare")
    assert "It is for services with fewer than 10 staff." in text
    assert "The rule was set by Example fund" in text
    assert "This programme is for homecare. What would change this: Begin to visit people at home." in text
    assert "The rule was set by London Borough of Barking and Dagenham" in text
    assert "Not published" not in text


def test_every_result_names_a_person_to_ask(programmes, settings):
    """(U70)"""
    text, contact = asker().text, settings.COUNCIL.contact

    assert contact.telephone in text
    assert contact.email in text


def test_what_cannot_be_had_today_offers_an_email_when_that_changes(programmes):
    IntakeFactory(programme__slug="later", programme__title="Opens later", coming=True)

    page = results_of(asker(size={"size_band": "under_50"}))

    offered = re.findall(r'/alerts/\?programme=([a-z]+)">Get an email when (a new group|it) opens', page)
    assert sorted(offered) == [("later", "it"), ("small", "a new group")]
    assert "/alerts/" in page.partition("Keep these results")[2]


def test_that_a_programme_needs_an_account_is_said_before_it_is_chosen(client, programmes):
    Programme.objects.filter(slug="all").update(needs_account=True)

    for page in (results_of(asker()), client.get("/apply/").content.decode()):
        assert page.count("You need an account to apply for it.") == 1


def results_of(browser):
    return browser.client.get(browser.url()).content.decode()


def test_changing_one_answer_changes_all_results(programmes):
    """(N11)"""
    browser = asker()
    assert browser.text.index("Not for your service") < browser.text.index("For homecare")

    browser.client.post(browser.url("size"), {"size_band": "under_10"})
    browser.client.post(browser.url("service"), {"provider_type": "homecare"})
    browser.client.post(browser.url("people"), {"place_of_care": "funded"})

    assert "Not yet" not in browser.text
    assert "Not for your service" not in browser.text


@pytest.mark.parametrize("place", ["inside", "outside"])
@pytest.mark.parametrize("funded", ["funded", "elsewhere"])
def test_homecare_counts_by_whom_it_serves_wherever_its_office_is(db, place, funded):
    """(N13)"""
    programme = RuleFactory(programme__slug="p", only_for=["care_home"]).programme
    RuleFactory(programme=programme, fact=Fact.PLACE_OF_CARE, accepts=["funded"], only_for=["homecare"])
    postcode = {"inside": "RM10 8XD", "outside": "E1 6AN"}[place]

    text = asker("homecare", postcode, people={"place_of_care": funded}).text

    assert ("Your service can get" in text) == (funded == "funded")
    assert ("Not for your service" in text) == (funded == "elsewhere")


def test_whoever_is_outside_is_told_the_right_council_where_it_is_known(programmes):
    assert "Find your local council on GOV.UK" in asker(postcode="M1 1AA").text
    UnitPostcode.objects.create(postcode="RM9 6DE", district="E09000016")

    text = asker(postcode="RM9 6DE").text

    assert "It is in the area of London Borough of Havering." in text
    assert "outside" not in asker().text


def test_with_no_programme_at_all_there_is_still_somebody_to_ask(db):
    text = asker().text

    assert "There is no programme at the moment." in text
    assert "Ask a person" in text


# --- Applying ------------------------------------------------------------------------------------------------------


def test_ticked_programmes_become_an_application_that_asks_nothing_twice(programmes, settings):
    """(N11, FI10)"""
    browser = asker("homecare")

    browser.apply("all", "homecare")

    seen = []
    while browser.at != "check":
        seen.append(browser.at)
        browser.answer()
    assert seen == ["organisation", "contact", "message"]
    browser.send()
    enquiry = Enquiry.objects.get()
    assert (enquiry.provider_type, enquiry.postcode, enquiry.area) == ("homecare", "RM10 8XD", "inside")
    assert (enquiry.place_of_care, enquiry.size_band, enquiry.cqc_registered) == ("funded", "under_50", "yes")
    assert set(enquiry.interests.values_list("programme__slug", "verdict")) == {("all", "yes"), ("homecare", "yes")}
    assert (enquiry.privacy_version, enquiry.declared_at is None) == (settings.COUNCIL.privacy.version, False)


def test_answers_that_are_taken_over_are_shown_before_they_are_sent(programmes):
    browser = asker()
    browser.apply("all")

    page = browser.go_to("check").client.get(browser.page).content.decode()

    for answer in ("Care home", "RM10 8XD", "10 to 49 staff"):
        assert answer in page


def test_what_does_not_fit_can_be_applied_for_and_an_officer_looks_again(programmes):
    browser = asker()

    browser.apply("all", "homecare")
    browser.go_to("check").send()

    looks = dict(Interest.objects.values_list("programme__slug", "wants_second_look"))
    assert looks == {"all": False, "homecare": True}
    assert Interest.objects.get(programme__slug="homecare").verdict_reasons == ["This programme is for homecare."]


def test_what_changes_after_the_results_is_asked_about_again(programmes):
    """(FI9)"""
    browser = asker()
    browser.apply("all")
    assert browser.at == "organisation"
    RuleFactory(programme=Programme.objects.get(slug="all"), homecare_only=True)

    browser.client.get(browser.page)
    response = browser.answer()

    assert response["Location"].endswith("/eligibility/")


def test_a_programme_that_closed_meanwhile_is_not_applied_for_and_the_page_says_so(programmes):
    """(FI9)"""
    browser = asker()
    Programme.objects.filter(slug="all").update(state="paused", paused_because="The trainer is away.")

    response = browser.apply("all")

    assert errors(response) == ["Select at least one programme to apply for"]
    assert "programmes" not in Draft.objects.get().answers


def test_a_full_programme_asks_about_its_waiting_list(programmes):
    IntakeFactory(programme__slug="full", programme__title="A full one", full=True)
    browser = asker()

    browser.apply("full")

    assert browser.at == "availability"


def test_nothing_ticked_is_refused(programmes):
    assert errors(asker().apply()) == ["Select at least one programme to apply for"]


def test_once_it_is_sent_it_cannot_be_changed_from_the_results(programmes):
    browser = asker()
    browser.apply("all")
    browser.go_to("check").send()

    assert browser.client.get(f"{START}{browser.draft_id}/")["Location"].endswith("/sent/")
    assert browser.client.post(f"{START}{browser.draft_id}/", {"programmes": ["small"]})["Location"].endswith("/sent/")


def test_programmes_questions_are_still_asked(programmes):
    QuestionFactory(programme=Programme.objects.get(slug="all"), key="it")
    browser = asker()

    browser.apply("all")

    assert browser.go_to("about-all").at == "about-all"


# --- By email ------------------------------------------------------------------------------------------------------


def send(browser, address="applicant@example.org"):
    return browser.client.post(browser.url("send"), {"email": address})


def test_the_results_are_sent_and_hold_nothing_that_was_typed(programmes, settings):
    """(N11, MO15)"""
    browser = asker("other", "IG11 7LU", people={"place_of_care": "elsewhere"})

    assert send(browser)["Location"] == browser.url()

    mail = OutgoingMail.objects.get(kind=KIND)
    assert (mail.recipient, mail.enquiry, mail.subject) == ("applicant@example.org", None, "What your service can get")
    for told in ("For all", "This programme is for homecare.", "Begin to visit people at home.", "Example fund"):
        assert told in mail.text
    for typed in ("IG11", "applicant@example.org", "10 to 49", "elsewhere", browser.draft_id):
        assert typed not in mail.text
    assert {address.split("/")[3] for address in re.findall(r"https?://\S+", mail.text)} == {
        "programmes",
        "what-can-my-service-get",
        "privacy",
    }


def test_a_stranger_gets_no_more_mail_than_an_address_may_have(programmes, settings):
    """(Trap 20)"""
    settings.ACKNOWLEDGEMENTS_PER_HOUR = 2
    answers = [send(asker()) for _ in range(3)]

    assert OutgoingMail.objects.filter(kind=KIND).count() == 2
    assert {(answer.status_code, answer["Location"].startswith(START)) for answer in answers} == {(302, True)}


def test_results_are_not_sent_from_one_page_to_address_after_address(programmes):
    """(Trap 20)"""
    browser = asker()

    answers = [send(browser, f"applicant-{number}@example.org") for number in range(7)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 2
    assert "applicant-6@example.org" in answers[-1].content.decode()
    assert OutgoingMail.objects.filter(kind=KIND).count() == 5


def test_an_inbox_of_the_councils_own_gets_none(programmes, settings, maildir):
    """(MO6)"""
    browser = asker()
    send(browser, "no-reply@example.org")

    post.send_due()

    assert OutgoingMail.objects.get(kind=KIND).state == "cancelled"


@pytest.mark.parametrize("typed", ["", "nobody", "a@example.org,b@example.org", "businessforum@lbbd.gov.uk", "\x00"])
def test_an_address_that_cannot_be_written_to_is_refused(programmes, typed):
    response = send(asker(), typed)

    assert errors(response)
    assert not OutgoingMail.objects.filter(kind=KIND).exists()


def test_opening_any_of_the_pages_changes_nothing(programmes):
    browser = asker()
    before = Draft.objects.values().get()

    for page in ("", "postcode", "send"):
        browser.client.get(browser.url(page))

    assert Draft.objects.values().get() == before
    assert not OutgoingMail.objects.exists()


# --- In the application itself -------------------------------------------------------------------------------------


def test_an_application_asks_about_size_and_people_only_where_a_rule_needs_it(programmes):
    RuleFactory(programme__slug="people", fact=Fact.PLACE_OF_CARE, accepts=["funded"], only_for=["homecare"])
    asked = {}
    for slug, kind in (("all", "homecare"), ("small", "homecare"), ("people", "homecare"), ("people", "care_home")):
        browser = Applicant(service={"provider_type": kind}).begin(slug)
        asked[slug, kind] = []
        while browser.at != "check":
            asked[slug, kind].append(browser.at)
            if browser.at == "eligibility":
                browser.answer({"second_look": [slug]})
            else:
                browser.answer()

    extra = {case: [page for page in pages if page in {"people", "size"}] for case, pages in asked.items()}
    assert extra == {
        ("all", "homecare"): [],
        ("small", "homecare"): ["size"],
        ("people", "homecare"): ["people"],
        ("people", "care_home"): [],
    }


def test_every_question_that_may_stay_open_offers_i_do_not_know(programmes):
    browser = asker("homecare")

    for page in ("people", "registered", "size"):
        assert b"I do not know" in browser.client.get(browser.url(page)).content
    assert ANSWERS["size"]["size_band"] != "unknown"
