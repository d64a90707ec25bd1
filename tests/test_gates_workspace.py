"""The gates of SECURITY that hold for every page of the officers' workspace, whoever adds one."""

import datetime as dt
import re

import pytest
import time_machine
from django.conf import settings
from django.contrib import admin
from django.test import Client

from careportal.accounts.roles import Role
from careportal.audiences import addresses
from enquiries.admin.steps import ENQUIRY_STEPS
from enquiries.models import Enquiry, Event, RoutingRule
from programmes.models import Partner, Question
from tests import workspace
from tests.factories import (
    EnquiryFactory,
    IntakeFactory,
    PartnerFactory,
    ProgrammeFactory,
    QuestionFactory,
    RoutingRuleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")


@pytest.fixture
def furnished(db):
    workspace.furnish()


@pytest.fixture
def administrator(browser_of):
    return browser_of(UserFactory(administrator=True))


def test_the_addresses_are_many_and_lead_somewhere(furnished, administrator):
    """What the tests below rest on: the paths are filled in so that an administrator finds their pages."""
    shown = [path for path, _ in workspace.paths() if administrator.get(path, follow=True).status_code == 200]

    assert len(workspace.paths()) > 80
    pages = ("enquiries/enquiry/", "programmes/programme/", "accounts/user/", "enquiries/outgoingmail/")
    for page in (
        *pages,
        "providers/handover/",
        "providers/provider/",
        "providers/directoryimport/",
        "programmes/listingchange/",
    ):
        assert len([path for path in shown if page in path and "/change/" in path]) == 1, page


def test_whoever_may_only_look_changes_nothing_at_any_address(furnished, viewer, browser_of):
    """AD7."""
    browser, before = browser_of(viewer), workspace.contents()

    given = {"post": "yes", "name": "x", "text": "x", "state": "closed", "action": "confirm"}
    answers = {path: browser.post(path, given).status_code for path, _ in workspace.paths()}

    assert answers.pop("/admin/login/") == 302
    for search in ("enquiry", "incomingmail"):  # the words of a search are not in its address (AD12)
        assert answers.pop(f"/admin/enquiries/{search}/search/") == 200
    assert {path: status for path, status in answers.items() if status != 403} == {}
    assert workspace.contents() == before


@pytest.mark.parametrize("role", ["nobody", "signed out"])
def test_nobody_else_changes_anything_at_any_address(furnished, browser_of, role):
    """AZ1, AZ16."""
    person = UserFactory()
    browser, before = (browser_of(person) if role == "nobody" else Client()), workspace.contents()

    statuses = {browser.post(path, {"post": "yes"}).status_code for path, _ in workspace.paths()}

    assert statuses <= {302, 403, 405} if role == "nobody" else statuses <= {302, 405}
    assert workspace.contents() == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"])
def test_nothing_changes_but_by_post(furnished, administrator, method):
    """AZ17."""
    before = workspace.contents()

    for path, _ in workspace.paths():
        administrator.generic(method, path)

    assert workspace.contents() == before


@pytest.mark.parametrize("override", OVERRIDES)
def test_no_header_makes_another_method_of_one(furnished, administrator, override):
    """AZ17."""
    before = workspace.contents()

    for path, _ in workspace.paths():
        for method in ("GET", "POST"):
            assert administrator.generic(method, path, headers={override: "DELETE"}).status_code == 400, path

    assert workspace.contents() == before


@pytest.mark.parametrize("path", ["/", "/account/email/", "/account/2fa/webauthn/", "/account/logout/", "/apply/"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_methods_that_no_page_has_are_refused_everywhere(client, path, method):
    """AZ17: packages would delete by DELETE, and take PUT for POST."""
    assert client.generic(method, path).status_code == 405


# --- Lists


@pytest.mark.parametrize(
    "query",
    [
        "by__password__startswith=a",
        "owner__password__startswith=a",
        "password__startswith=a",
        "memberships__user__password__startswith=a",
        "_connector=OR",
        "o=99.-99",
        "o=abc",
        "p=99999",
        "all=1&_to_field=password",
        "e=1",
    ],
)
def test_no_list_answers_to_what_it_does_not_offer(furnished, administrator, query):
    """AD4: the rows do not depend on what is asked, nor does their order on anything that is not shown."""
    for model in admin.site._registry:
        address = f"/admin/{model._meta.label_lower.replace('.', '/')}/"
        plain, asked = administrator.get(address), administrator.get(f"{address}?{query}", follow=True)

        assert asked.status_code in {200, 400}, address
        if asked.status_code == 200 and "cl" in asked.context and "auditentry" not in address:
            found, all_rows = [list(page.context["cl"].result_list) for page in (asked, plain)]
            assert set(found) == set(all_rows), address
            assert found == all_rows or ("o=" in query and found == sorted(found, key=lambda row: -row.pk)), address


# --- Forms


def test_a_row_of_another_page_is_not_changed_by_a_forged_number(browser_of):
    """AD5."""
    one, other = QuestionFactory(label="As it is"), QuestionFactory(label="Another's")
    browser = browser_of(UserFactory(lead=True))
    page = browser.get(f"/admin/programmes/programme/{one.programme_id}/change/")
    form = page.context["adminform"].form
    fields = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    for inline in page.context["inline_admin_formsets"]:
        formset = inline.formset
        counts = {"TOTAL_FORMS": len(formset.forms), "INITIAL_FORMS": formset.initial_form_count()}
        fields |= {f"{formset.prefix}-{name}": value for name, value in counts.items()}
        for inner in formset.forms:
            given = {name: inner[name].value() for name in inner.fields if inner[name].value() is not None}
            fields |= {inner.add_prefix(name): value for name, value in given.items()}

    fields |= {"questions-0-id": other.pk, "questions-0-programme": other.programme_id, "questions-0-label": "Forged"}
    for forged in (fields, {**fields, "questions-0-DELETE": "on"}):
        browser.post(page.request["PATH_INFO"], forged)

    assert dict(Question.objects.values_list("pk", "label")) == {one.pk: "As it is", other.pk: "Another's"}


def test_the_number_of_a_row_is_not_changed_by_a_form(browser_of):
    """AD5."""
    rule, other = RoutingRuleFactory(theme="training"), RoutingRuleFactory(theme="recruitment")
    given = {"id": other.pk, "pk": other.pk, "theme": "training", "inbox": "elsewhere@lbbd.gov.uk"}

    browser_of(UserFactory(lead=True)).post(f"/admin/enquiries/routingrule/{rule.pk}/change/", given)

    assert dict(RoutingRule.objects.values_list("pk", "inbox")) == {rule.pk: given["inbox"], other.pk: other.inbox}


@pytest.mark.parametrize("evil", ["javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "file:///etc/x"])
def test_an_address_that_is_no_page_of_the_web_is_plain_text(viewer, browser_of, evil):
    """AD11: also when it got past the form."""
    partner = PartnerFactory()
    Partner.objects.filter(pk=partner.pk).update(website=evil)
    people = (browser_of(viewer), browser_of(UserFactory(lead=True)))

    for browser in people:
        for page in ("", f"{partner.pk}/change/"):
            shown = browser.get(f"/admin/programmes/partner/{page}").content.decode()
            assert not re.search(r'href="\s*(javascript|data|file):', shown, re.IGNORECASE), page
            assert "<script>alert" not in shown


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICER])
def test_people_are_not_found_by_way_of_other_pages(role, browser_of):
    """AD13: neither by completing a field nor in the window to choose from."""
    browser = browser_of(UserFactory(role=role))
    field = {"app_label": "programmes", "model_name": "partnermembership", "field_name": "user", "term": "a"}

    assert browser.get("/admin/autocomplete/", field).status_code in {403, 404}
    assert browser.get("/admin/accounts/user/?_popup=1&_to_field=id").status_code == 403


def test_nobody_acts_as_somebody_else():
    """AD15: there is no such page, and no package that has one."""
    words = ("impersonat", "hijack", "masquerad", "login-as", "loginas", "su/")

    assert [one.pattern for one in addresses() if any(word in one.pattern for word in words)] == []
    assert [app for app in settings.INSTALLED_APPS if any(word in app for word in words)] == []


# --- Steps

TABLE = {  # said a second time: a change to it is made twice, and on purpose
    "new": {"take", "replied"},
    "in_triage": {"take-over", "with-partner", "wait", "close", "replied"},
    "waiting": {"take-over", "with-partner", "resume", "close", "replied"},
    "with_partner": {"take-over", "wait", "resume", "close", "replied"},
    "closed": {"reopen"},
}


@pytest.mark.parametrize("state", TABLE)
def test_a_step_outside_the_table_is_refused_by_whatever_request(officer, browser_of, state):
    """AD16."""
    owner = None if state == "new" else UserFactory(officer=True)
    traits = {"waiting": True} if state == "waiting" else {"state": state}
    browser = browser_of(officer)

    for name in {"take", "take-over", "with-partner", "wait", "close", "resume", "reopen"} - TABLE[state]:
        enquiry = EnquiryFactory(owner=owner, **traits)
        before = Enquiry.objects.filter(pk=enquiry.pk).values().get()
        if (state, name) == ("new", "take-over"):
            continue  # taking over what nobody has is taking it

        browser.post(f"/admin/enquiries/enquiry/{enquiry.pk}/do/{name}/", {"state": "closed", "owner": officer.pk})

        assert Enquiry.objects.filter(pk=enquiry.pk).values().get() == before, name
        assert list(Event.objects.filter(enquiry=enquiry).values_list("kind", flat=True)) == ["received"], name


def test_the_table_has_every_step_that_there_is():
    """But the steps after an answer and after a change in the CQC's list, which are offered in no state by itself."""
    assert set().union(*TABLE.values()) >= set(ENQUIRY_STEPS) - {"followed-up", "register-checked"}


# --- Time


@pytest.mark.parametrize(
    ("last_day", "still_open", "closed"),
    [
        ("2027-03-28", "2027-03-28 22:59:30", "2027-03-28 23:00:30"),  # the day has 23 hours and ends in summer time
        ("2027-10-31", "2027-10-31 23:59:30", "2027-11-01 00:00:30"),  # 25 hours, and ends in winter time
        ("2027-03-27", "2027-03-27 23:59:30", "2027-03-28 00:00:30"),
        ("2027-10-30", "2027-10-30 22:59:30", "2027-10-30 23:00:30"),
    ],
)
def test_applications_close_at_midnight_here_also_when_the_clocks_change(client, last_day, still_open, closed):
    """DI7. The moments are in UTC."""
    programme = ProgrammeFactory(slug="closing")
    IntakeFactory(programme=programme, opens_on="2027-01-01", closes_on=last_day)

    for moment, can_apply in ((still_open, True), (closed, False)):
        with time_machine.travel(dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)):
            page = client.get("/programmes/closing/").content.decode()
        assert ("Apply now" in page) == can_apply, moment


@pytest.mark.parametrize(
    ("moment", "shown"),
    [("2027-06-01 22:30", "1 June 2027 at 11:30pm"), ("2027-10-31 00:30", "31 October 2027 at 1:30am")],
)
def test_moments_are_stored_in_utc_and_shown_as_the_clock_says_here(officer, browser_of, moment, shown):
    """DI7."""
    at = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)
    enquiry = EnquiryFactory(received_at=at)

    assert Enquiry.objects.get().received_at.utcoffset() == dt.timedelta()
    assert shown in browser_of(officer).get(enquiry.get_absolute_url()).content.decode()
