"""Programmes, partners and intakes as officers edit them: what is not there, what is kept, who may."""

import pytest
from django.contrib import admin
from django.urls import reverse

from enquiries.models import RoutingRule
from programmes.models import Intake, Partner, Programme
from tests.factories import IntakeFactory, PartnerFactory, ProgrammeFactory, RoutingRuleFactory, UserFactory

pytestmark = pytest.mark.django_db

WITH_HISTORY = ["enquiries/routingrule", "programmes/programme", "programmes/partner", "programmes/intake"]
NO_NUMBERS = ["abc", "9" * 30, "1e9", "-1", "_5F", "٣"]


@pytest.fixture
def lead(browser_of):
    return browser_of(UserFactory(lead=True))


def address(row, page):
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_{page}", args=[row.pk])


def version_of(row):
    return reverse(
        f"admin:{row._meta.label_lower.replace('.', '_')}_simple_history", args=[row.pk, row.history.first().pk]
    )


def fields_of(browser, url):
    """The values of a form as a browser would send them back."""
    form = browser.get(url).context["adminform"].form
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


# --- What is not there


@pytest.mark.parametrize("model", WITH_HISTORY)
@pytest.mark.parametrize("strange", NO_NUMBERS)
def test_what_is_no_number_is_not_there(browser_of, model, strange):
    """FI22."""
    browser = browser_of(UserFactory(administrator=True))

    for page in ("change/", "history/", "delete/", "history/1/"):
        assert browser.get(f"/admin/{model}/{strange}/{page}").status_code == 404, page
    assert browser.get(f"/admin/{model}/1/history/{strange}/").status_code == 404


@pytest.mark.parametrize("strange", NO_NUMBERS)
def test_a_person_whose_number_is_none_is_not_there(browser_of, strange):
    """FI22."""
    browser = browser_of(UserFactory(administrator=True))

    for page in ("change/", "history/", "delete/", "second-factor/"):
        assert browser.get(f"/admin/accounts/user/{strange}/{page}").status_code == 404, page


@pytest.mark.parametrize("strange", NO_NUMBERS)
@pytest.mark.parametrize("model", ["programmes/partner", "programmes/intake", "enquiries/routingrule"])
def test_nothing_is_deleted_in_bulk(lead, model, strange):
    """FI22, DI6."""
    rows = [PartnerFactory(), IntakeFactory(), RoutingRuleFactory(theme="training")]
    sent = {"action": "delete_selected", "_selected_action": [strange, *(row.pk for row in rows)], "post": "yes"}

    assert lead.post(f"/admin/{model}/", sent).status_code == 200
    assert all(type(row).objects.contains(row) for row in rows)


def test_no_list_of_the_workspace_has_bulk_actions(rf):
    request = rf.get("/")
    request.user = UserFactory(administrator=True)

    assert {name for registered in admin.site._registry.values() for name in registered.get_actions(request)} == set()


# --- What is kept


def test_a_partner_that_runs_programmes_cannot_be_deleted_and_the_page_says_why(lead):
    """DI6."""
    partner = PartnerFactory()
    programme = ProgrammeFactory(title="Kept programme")
    programme.partners.add(partner)

    shown = lead.get(address(partner, "change")).content.decode()
    answer = lead.post(address(partner, "delete"), {"post": "yes", "reason": "mistake"})

    assert "cannot be deleted while it runs programmes" in shown
    assert "Kept programme" in shown
    assert answer.status_code == 403
    assert list(programme.partners.all()) == [partner]


def test_a_partner_that_runs_nothing_can_be_deleted(lead):
    partner = PartnerFactory()

    assert "cannot be deleted" not in lead.get(address(partner, "change")).content.decode()
    lead.post(address(partner, "delete"), {"post": "yes", "reason": "mistake"})

    assert not Partner.objects.exists()


def test_a_partner_is_added_with_nothing_to_run(lead):
    assert lead.get("/admin/programmes/partner/add/").status_code == 200


def test_an_intake_is_not_deleted_on_its_own_page(lead):
    """DI6."""
    intake = IntakeFactory()

    assert lead.post(address(intake, "delete"), {"post": "yes"}).status_code == 403
    assert Intake.objects.contains(intake)


def test_an_intake_is_not_deleted_on_its_programmes_page(lead):
    """DI6."""
    page = lead.get(address(IntakeFactory().programme, "change"))

    formsets = {inline.formset.prefix: inline.formset for inline in page.context["inline_admin_formsets"]}
    assert not formsets["intakes"].can_delete
    assert formsets["questions"].can_delete


def test_what_cannot_be_is_refused_in_words_that_help(lead):
    intake = IntakeFactory()
    url = address(intake, "change")

    page = lead.post(url, {**fields_of(lead, url), "opens_on": "2026-05-02", "closes_on": "2026-05-01"})

    assert "An intake cannot close before it opens. Change one of the dates." in page.content.decode()
    assert "intake_closes" not in page.content.decode()


@pytest.mark.parametrize("strange", NO_NUMBERS)
def test_a_partner_that_cannot_be_is_a_wrong_choice(lead, strange):
    """FI22."""
    programme = ProgrammeFactory()
    url = address(programme, "change")

    page = lead.post(url, {**fields_of(lead, url), "partners": [strange]})

    assert page.status_code == 200
    assert "Select partners from the list." in page.content.decode()
    assert not programme.partners.exists()


# --- Who may


@pytest.mark.parametrize("role", ["viewer", "officer"])
def test_officers_see_the_routing_and_do_not_change_it(browser_of, role):
    """AZ14."""
    rule, browser = RoutingRuleFactory(theme="training"), browser_of(UserFactory(**{role: True}))
    moved = {"theme": "training", "inbox": "elsewhere@lbbd.gov.uk"}

    assert browser.get(address(rule, "change")).status_code == 200
    for page in ("change", "delete"):
        assert browser.post(address(rule, page), {**moved, "post": "yes"}).status_code == 403, page
    assert list(RoutingRule.objects.values_list("inbox", flat=True)) == [rule.inbox]


@pytest.mark.parametrize("role", ["lead", "administrator"])
def test_leads_and_administrators_change_the_routing(browser_of, role):
    rule, browser = RoutingRuleFactory(theme="training"), browser_of(UserFactory(**{role: True}))

    browser.post(address(rule, "change"), {"theme": "training", "inbox": "elsewhere@lbbd.gov.uk"})

    rule.refresh_from_db()
    assert rule.inbox == "elsewhere@lbbd.gov.uk"


@pytest.mark.parametrize("role", ["viewer", "officer", "lead", "administrator"])
def test_old_versions_are_looked_at_and_nothing_is_changed_from_there(browser_of, role):
    """The package would save what is sent here, from whoever may look (AZ14)."""
    rule, programme = RoutingRuleFactory(theme="training"), ProgrammeFactory(title="As it is")
    browser = browser_of(UserFactory(**{role: True}))

    page = browser.get(version_of(rule))
    moved = browser.post(version_of(rule), {"theme": "training", "inbox": "elsewhere@lbbd.gov.uk"})
    retitled = browser.post(version_of(programme), {**fields_of(browser, version_of(programme)), "title": "Forged"})

    assert page.status_code == 200
    assert "Revert" not in page.content.decode()
    assert (moved.status_code, retitled.status_code) == (403, 403)
    assert RoutingRule.objects.get().inbox == rule.inbox
    assert Programme.objects.get().title == "As it is"


# --- Places are taken while a page is open


def test_a_place_taken_while_an_intakes_page_is_open_is_not_given_twice(lead):
    """CO1: the number of places taken is written only where it was changed on the page."""
    intake = IntakeFactory(capacity=5, places_taken=2)
    url = address(intake, "change")
    page = lead.get(url).content.decode()
    typed = fields_of(lead, url)
    assert 'name="initial-places_taken" value="2"' in page
    Intake.objects.update(places_taken=3)

    lead.post(url, {**typed, "initial-places_taken": "2", "title": "Another title"})

    intake.refresh_from_db()
    assert (intake.title, intake.places_taken) == ("Another title", 3)
    lead.post(url, {**typed, "initial-places_taken": "2", "places_taken": "4"})
    intake.refresh_from_db()
    assert intake.places_taken == 4


def test_fewer_places_than_were_taken_meanwhile_is_refused_in_words(lead):
    intake = IntakeFactory(capacity=5, places_taken=2)
    url = address(intake, "change")
    typed = fields_of(lead, url)
    Intake.objects.update(places_taken=4)

    page = lead.post(url, {**typed, "initial-places_taken": "2", "capacity": "3"}).content.decode()

    assert "More places are taken than there are" in page
    intake.refresh_from_db()
    assert (intake.capacity, intake.places_taken) == (5, 4)


def test_programmes_and_intakes_lead_to_who_holds_a_place_and_who_waits(lead):
    intake = IntakeFactory()
    wanted = f'href="/admin/enquiries/enquiry/places/{intake.programme_id}/"'

    assert wanted in lead.get(address(intake, "change")).content.decode()
    assert wanted in lead.get(address(intake.programme, "change")).content.decode()
    assert lead.get("/admin/programmes/intake/add/").status_code == 200
    assert lead.get("/admin/programmes/programme/add/").status_code == 200


# --- The page of a programme


def test_a_programme_is_asked_for_by_its_title_first_and_no_fact_is_left_out(lead):
    """J-O11: in groups, as somebody would tell it."""
    shown = lead.get("/admin/programmes/programme/add/").context["adminform"]
    asked = [name for group in shown for line in group for name in line.fields]

    editable = {field.name for field in Programme._meta.get_fields() if getattr(field, "editable", False)}
    assert asked[0] == "title"
    assert "It is here once you have saved the draft" in lead.get("/admin/programmes/programme/add/").content.decode()
    assert editable - {"id"} <= set(asked)
