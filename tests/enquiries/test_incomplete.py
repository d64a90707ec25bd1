"""What came by email and does not say yet what it asks for, wherever officers meet it."""

import re

import pytest
from django.db import connection

from careportal import audiences
from enquiries import duplicates, services, tables
from enquiries.admin.steps import ENQUIRY_STEPS
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Enquiry
from enquiries.organisations import found_for
from tests.applying import errors
from tests.enquiries.emailed import emailed
from tests.factories import EnquiryFactory, InterestFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

QUEUE = "/admin/enquiries/enquiry/"


@pytest.fixture
def browser(officer, browser_of):
    return browser_of(officer)


def address(enquiry, page=""):
    return f"{QUEUE}{enquiry.pk}/{page}"


def text_of(response):
    return re.sub(r"<[^>]+>|\s+", " ", response.content.decode())


# --- An officer fills it in -------------------------------------------------------------------------------------------


class Filling:
    """An officer at the sheet. Each time it comes back, what it shows is sent again with what is typed."""

    TYPED = {
        "programmes-programmes": ["open"],
        "service-provider_type": "care_home",
        "postcode-postcode": "RM10 8XD",
        "organisation-organisation": "Example care home",
        "contact-full_name": "Example Caller",
    }

    def __init__(self, browser, enquiry, **typed):
        self.browser, self.address, self.typed = browser, address(enquiry, "fill-in/"), {**self.TYPED, **typed}
        self.page = browser.get(self.address).content.decode()

    def send(self, **more):
        self.typed.update(more)
        response = self.browser.post(self.address, {**self.hidden(), **self.typed})
        self.page = response.content.decode() or self.page
        return response

    def hidden(self):
        found = {}
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', self.page):
            found.setdefault(name, []).append(value)
        found.pop("csrfmiddlewaretoken", None)
        return found


@pytest.fixture
def enquiry(open_programme):
    return emailed(contact_name="Example Sender")


def test_the_sheet_begins_with_what_was_read(browser, enquiry):
    page = Filling(browser, enquiry).page

    assert "Check each, and ask the provider for the rest" in page
    assert 'value="RM10 7AA"' in page
    assert 'value="020 7946 0958"' in page
    assert 'value="Example Sender"' in page
    assert re.search(r'value="open"[^>]*checked|checked[^>]*value="open"', page)
    assert "How did it come in?" not in page
    assert "contact-email" not in page


def test_what_an_officer_fills_in_is_stored(browser, enquiry, officer):
    sheet = Filling(browser, enquiry)
    assert "I have told the provider" in sheet.send().content.decode()

    response = sheet.send(told="on")

    assert response["Location"] == enquiry.get_absolute_url()
    enquiry.refresh_from_db()
    assert (enquiry.is_incomplete, enquiry.organisation) == (False, "Example care home")
    assert enquiry.events.last().by == officer
    assert enquiry.mails.get().kind == "routing"


def test_pressed_twice_it_is_stored_once(browser, enquiry):
    sheet = Filling(browser, enquiry)
    sheet.send()
    hidden = sheet.hidden()

    for _ in range(2):
        response = sheet.browser.post(sheet.address, {**hidden, **sheet.typed, "told": "on"})

    assert response.status_code == 302
    assert enquiry.events.filter(kind="filled_in").count() == enquiry.interests.count() == 1


def test_bad_input_comes_back_with_everything_typed(browser, enquiry):
    sheet = Filling(browser, enquiry, **{"postcode-postcode": "nowhere", "contact-full_name": ""})

    response = sheet.send()

    assert len(errors(response)) == 2
    assert "nowhere" in sheet.page
    assert "Example care home" in sheet.page


@pytest.mark.parametrize("key", ["", "x", "00000000-0000-4000-8000-00000000000g"])
def test_a_key_that_is_none_costs_nothing_that_was_typed(browser, enquiry, key):
    sheet = Filling(browser, enquiry)
    sheet.send()

    response = sheet.send(told="on", key=key)

    assert response.status_code == 200
    assert "Example care home" in sheet.page


def test_the_provider_is_told_first(browser, enquiry):
    sheet = Filling(browser, enquiry)
    sheet.send()

    assert "Tell the provider how we use their information" in sheet.send().content.decode()
    enquiry.refresh_from_db()
    assert enquiry.is_incomplete


def test_where_a_colleague_was_quicker_the_sheet_says_so_and_keeps_what_was_typed(browser, enquiry):
    first, second = Filling(browser, enquiry), Filling(browser, enquiry)
    first.send()
    second.send()
    first.send(told="on")

    response = second.send(told="on")

    assert "filled in already" in response.content.decode()
    assert "Example care home" in second.page


def test_what_is_complete_or_closed_is_not_filled_in(browser):
    for one, reason in ((InterestFactory().enquiry, "filled in already"), (emailed(closed=True), "Re-open it first")):
        page = browser.get(address(one, "fill-in/"), follow=True)
        assert reason in text_of(page)


def test_only_who_may_change_enquiries_fills_in(enquiry, browser_of, viewer, client):
    """AZ1."""
    assert browser_of(viewer).get(address(enquiry, "fill-in/")).status_code == 403
    assert browser_of(viewer).post(address(enquiry, "fill-in/")).status_code == 403
    assert client.get(address(enquiry, "fill-in/")).status_code == 302


# --- The enquiry's page and the list ----------------------------------------------------------------------------------


def test_its_page_names_what_is_missing_and_offers_to_fill_it_in(browser, enquiry):
    page = browser.get(address(enquiry, "change/")).content.decode()

    assert "Organisation not said yet" in page
    assert "Details missing" in page
    assert f'href="{address(enquiry, "fill-in/")}"' in page
    assert "Fill in its details: then you can decide" in page


def test_the_list_can_be_narrowed_to_what_has_details_missing(browser, enquiry):
    EnquiryFactory(organisation="Complete")

    page = text_of(browser.get(f"{QUEUE}?only=incomplete"))

    assert enquiry.reference in page
    assert "Organisation not said yet" in page
    assert [row.enquiry for row in browser.get(f"{QUEUE}?only=incomplete").context["rows"]] == [enquiry]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a small table whole")
def test_an_index_holds_what_has_details_missing():
    plan = Enquiry.objects.open().incomplete().newest_first()[:50].explain()

    assert "enquiry_open_incomplete" in plan


@pytest.mark.parametrize("step", [name for name in ENQUIRY_STEPS])
@pytest.mark.parametrize("trait", [{}, {"in_triage": True}, {"waiting": True}, {"closed": True}])
def test_every_step_is_done_or_refused_in_words(browser, step, trait):
    enquiry = emailed(**trait)

    response = browser.post(address(enquiry, f"do/{step}/"), {"shown": enquiry.shown_as}, follow=True)

    assert response.status_code == 200
    assert len(response.context["messages"]) == 1


def test_it_is_not_handed_to_a_partner(officer):
    enquiry = emailed(in_triage=True)

    with pytest.raises(TransitionNotAllowed, match="Fill in its details first"):
        services.hand_to_partner(enquiry_id=enquiry.pk, officer=officer)


def test_it_is_closed_like_any_other(officer):
    enquiry = emailed(in_triage=True)

    services.close(enquiry_id=enquiry.pk, officer=officer)

    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.is_incomplete) == ("closed", True)


def test_a_complete_one_is_not_joined_to_it(officer):
    complete, email = InterestFactory(in_hand=True).enquiry, emailed(in_triage=True)

    with pytest.raises(TransitionNotAllowed, match="Fill in its details first"):
        services.join(enquiry_id=complete.pk, into=email.reference, officer=officer)
    services.join(enquiry_id=email.pk, into=complete.reference, officer=officer)


def test_two_that_say_nothing_yet_are_not_alike():
    first, second = emailed(), emailed()

    assert duplicates.like(first) == []
    assert [one.enquiry for one in duplicates.like(emailed(contact_email=second.contact_email))] == [second]


def test_no_organisation_is_made_of_it():
    member = MembershipFactory()
    enquiry = emailed(contact_email=member.user.email)
    assert list(found_for(member.user)) == []

    Enquiry.objects.filter(pk=enquiry.pk).update(is_incomplete=False)
    assert list(found_for(member.user)) == [enquiry]


@pytest.mark.parametrize("page", ["change/", "write/", "ask/", "join/", "assign/", "call/"])
def test_every_page_about_it_can_be_opened(browser, page):
    enquiry = emailed(in_triage=True)

    assert browser.get(address(enquiry, page)).status_code in {200, 405}


def test_every_page_of_the_workspace_stands_with_nothing_but_such_enquiries(browser_of):
    """Lists, figures, reports and reach: none of them takes a kind of care, an area or a programme for granted."""
    emailed(), emailed(in_triage=True), emailed(closed=True)
    administrator = browser_of(UserFactory(administrator=True))
    plain = [
        one.pattern for one in audiences.addresses() if one.pattern.startswith("/admin/") and "<" not in one.pattern
    ]

    answers = {path: administrator.get(path).status_code for path in plain if "(?P" not in path}

    assert {path: status for path, status in answers.items() if status >= 500} == {}
    assert answers["/admin/figures/"] == answers["/admin/"] == 200


def test_figures_count_it_by_the_way_in_which_it_came(browser):
    emailed()

    page = text_of(browser.get("/admin/figures/"))

    assert "Email" in page


def test_lists_that_are_taken_away_name_what_is_missing(officer):
    enquiry = emailed()
    rows = list(tables.table_of("enquiries").rows(Enquiry.objects.all()))

    assert rows[0][:2] == [enquiry.reference, "Organisation not said yet"]
    assert list(tables.table_of("programmes").rows(Enquiry.objects.all())) == []
