"""Who saw whose data: each page, list and search leaves an entry, and each refusal."""

import datetime as dt
import io
import logging

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from enquiries.models import RoutingRule
from programmes.models import Partner
from tests.factories import (
    EnquiryFactory,
    IncomingMailFactory,
    InterestFactory,
    MailFactory,
    PartnerFactory,
    ProviderFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

QUEUE = "/admin/enquiries/enquiry/"


@pytest.fixture
def administrator(db):
    return UserFactory(administrator=True, name="The administrator")


@pytest.fixture
def browser(administrator, browser_of):
    return browser_of(administrator)


def entries(*columns):
    return list(AuditEntry.objects.order_by("pk").values_list(*columns))


def test_opening_an_enquiry_says_who_when_and_which(officer, browser_of):
    """AD9."""
    enquiry = EnquiryFactory()
    before = timezone.now()

    browser_of(officer).get(enquiry.get_absolute_url())

    entry = AuditEntry.objects.get()
    assert (entry.kind, entry.by, entry.about) == ("opened", officer, "enquiries.enquiry")
    assert (entry.row, entry.ids, entry.count) == (enquiry.pk, [enquiry.pk], 1)
    assert before <= entry.at <= timezone.now()


def test_the_queue_and_a_search_of_it_say_which_were_shown_and_how_many(officer, browser_of):
    """AD9, AD12: what was searched for is not kept."""
    one, two = EnquiryFactory(organisation="Quetzal House"), EnquiryFactory()
    browser = browser_of(officer)

    browser.get(QUEUE)
    browser.post(f"{QUEUE}search/", {"words": "Quetzal"}, follow=True)

    assert entries("kind", "ids", "count") == [("listed", [two.pk, one.pk], 2), ("searched", [one.pk], 1)]
    assert "Quetzal" not in str(AuditEntry.objects.values())


@pytest.mark.parametrize(
    ("make", "address", "about"),
    [
        (lambda: MailFactory(), "/admin/enquiries/outgoingmail/?state=all", "enquiries.outgoingmail"),
        (lambda: IncomingMailFactory(), "/admin/enquiries/incomingmail/?state=all", "enquiries.incomingmail"),
        (lambda: UserFactory(), "/admin/accounts/user/", "accounts.user"),
        (lambda: PartnerFactory(), "/admin/programmes/partner/", "programmes.partner"),
        (lambda: ProviderFactory(), "/admin/providers/provider/", "providers.provider"),
    ],
)
def test_every_list_of_people_and_every_page_about_one_leaves_an_entry(browser, make, address, about):
    """AD9."""
    row = make()

    assert browser.get(address).status_code == 200
    listed = AuditEntry.objects.get()
    assert (listed.kind, listed.about) == ("listed", about)
    assert row.pk in listed.ids
    assert listed.count == len(listed.ids)

    browser.get(f"{address.partition('?')[0]}{row.pk}/change/")
    opened = AuditEntry.objects.latest("pk")
    assert (opened.kind, opened.about, opened.row) == ("opened", about, row.pk)


def test_a_search_of_a_plain_list_is_one(browser):
    """AD9."""
    ProviderFactory(name="Found")

    browser.get("/admin/providers/provider/", {"q": "Found"})

    assert entries("kind", "count") == [("searched", 1)]


@pytest.mark.parametrize("page", ["programmes/{interest}/decline/", "programmes/{interest}/refer/"])
def test_pages_of_steps_show_an_enquiry_too(browser, page):
    """AD9, AZ16."""
    interest = InterestFactory(in_hand=True)
    interest.programme.partners.add(PartnerFactory())

    assert browser.get(f"{QUEUE}{interest.enquiry_id}/{page.format(interest=interest.pk)}").status_code == 200

    assert entries("kind", "about", "row") == [("opened", "enquiries.enquiry", interest.enquiry_id)]


def test_pages_without_anybodys_data_leave_none(browser, open_programme):
    for address in ("/status/", "/admin/programmes/programme/", "/admin/enquiries/routingrule/"):
        assert browser.get(address).status_code == 200

    assert entries("kind") == []


def test_what_was_not_shown_leaves_no_entry_of_having_been_seen(officer, browser_of):
    assert browser_of(officer).get(f"{QUEUE}999999/change/").status_code == 404

    assert entries("kind") == []


# --- A colleague has it open


@pytest.mark.parametrize(("minutes", "is_told"), [(0, True), (9, True), (11, False)])
def test_a_colleague_who_opened_it_lately_is_named(officer, browser_of, minutes, is_told):
    enquiry, colleague = EnquiryFactory(), UserFactory(officer=True, name="A colleague")
    with time_machine.travel(timezone.now() - dt.timedelta(minutes=minutes)):
        browser_of(colleague).get(enquiry.get_absolute_url())

    shown = browser_of(officer).get(enquiry.get_absolute_url()).content.decode()

    assert ("A colleague opened this enquiry at" in shown) == is_told


def test_nobody_is_warned_of_themselves_nor_of_another_enquiry(officer, browser_of):
    enquiry, browser = EnquiryFactory(), browser_of(officer)
    browser_of(UserFactory(officer=True)).get(EnquiryFactory().get_absolute_url())
    browser.get(enquiry.get_absolute_url())

    assert "opened this enquiry at" not in browser.get(enquiry.get_absolute_url()).content.decode()


# --- Refusals


def test_a_refusal_of_a_colleague_is_in_the_trail_and_in_the_log(viewer, browser_of, caplog):
    """AZ20: time, user, action, number of the object, and nobody's data."""
    enquiry = EnquiryFactory(contact_name="Zoë Quetzalcoatl")

    with caplog.at_level(logging.WARNING, logger="careportal.watching"):
        browser_of(viewer).post(f"{QUEUE}{enquiry.pk}/do/take/")

    entry = AuditEntry.objects.get()
    assert (entry.kind, entry.by, entry.row) == ("refused", viewer, enquiry.pk)
    assert (entry.about, entry.detail) == ("admin:enquiries_enquiry_step", {"method": "POST"})
    (line,) = [one.getMessage() for one in caplog.records if one.name == "careportal.watching"]
    assert (
        line.partition("] ")[2]
        == f"refused method=POST page=admin:enquiries_enquiry_step row={enquiry.pk} person={viewer.pk}"
    )
    assert "Quetzalcoatl" not in caplog.text


def test_a_refusal_of_somebody_who_is_no_staff_is_in_the_log_alone(browser_of, caplog):
    """AZ20: so that no stranger fills the trail."""
    person = UserFactory()

    with caplog.at_level(logging.WARNING, logger="careportal.watching"):
        assert browser_of(person).get(QUEUE).status_code == 403

    assert f"page=admin:enquiries_enquiry_changelist row=None person={person.pk}" in caplog.text
    assert entries("kind") == []


def test_a_form_without_its_token_is_a_refusal_too(officer, browser_of, caplog):
    """AZ20, FI1."""
    enquiry, browser = EnquiryFactory(), Client(enforce_csrf_checks=True)
    browser.cookies = browser_of(officer).cookies

    assert browser.post(f"{QUEUE}{enquiry.pk}/do/take/").status_code == 403

    assert entries("kind", "row") == [("refused", enquiry.pk)]


# --- The page on which the trail is read


def test_the_trail_is_read_by_lead_officers_and_administrators_alone(browser_of):
    for trait, status in (("viewer", 403), ("officer", 403), ("lead", 200), ("administrator", 200)):
        answer = browser_of(UserFactory(**{trait: True})).get("/admin/accounts/auditentry/")
        assert answer.status_code == status, trait


def test_the_trail_says_what_happened_and_holds_no_applicants_data(browser, officer, browser_of):
    """AD9."""
    enquiry = EnquiryFactory(organisation="Quetzal House", contact_name="Zoë Quetzalcoatl")
    officer.name = "The officer"
    officer.save()
    browser_of(officer).get(enquiry.get_absolute_url())

    shown = browser.get("/admin/accounts/auditentry/").content.decode()

    for text in ("Opened", "The officer", "enquiries.enquiry", f">{enquiry.pk}<"):
        assert text in shown
    assert "Quetzal" not in shown


def test_the_trail_is_narrowed_down(browser, administrator, officer):
    for kind, about, row in (("opened", "enquiries.enquiry", 7), ("listed", "accounts.user", None)):
        AuditEntry.objects.create(kind=kind, about=about, row=row, by=officer)

    def found(**query):
        shown = browser.get("/admin/accounts/auditentry/", query)
        assert shown.status_code == 200
        return {(one.kind, one.row) for one in shown.context["cl"].result_list if one.by == officer}

    assert found() == {("opened", 7), ("listed", None)}
    assert found(kind__exact="opened") == {("opened", 7)}
    assert found(records="accounts.user") == {("listed", None)}
    assert found(officer=str(officer.pk), q="7") == {("opened", 7)}
    assert found(officer=str(administrator.pk)) == set()
    assert found(q="8") == found(q="x") == found(q="9" * 30) == set()
    assert len(found(records="x", officer="x")) == 2


@pytest.mark.parametrize("page", ["add/", "{row}/delete/", "{row}/change/"])
def test_no_screen_adds_edits_or_deletes_a_line_of_the_trail(browser, officer, page):
    """AD8."""
    entry = AuditEntry.objects.create(kind="opened", about="x", by=officer)
    before = AuditEntry.objects.filter(pk=entry.pk).values().get()

    for model in ("auditentry", "accountevent"):
        answer = browser.post(f"/admin/accounts/{model}/{page.format(row=entry.pk)}", {"about": "y", "post": "yes"})
        assert answer.status_code in {403, 302}, model

    assert AuditEntry.objects.filter(pk=entry.pk).values().get() == before


def test_the_trail_takes_the_same_few_queries_however_long_it_is(browser, officer, django_assert_max_num_queries):
    for number in range(60):
        AuditEntry.objects.create(kind="opened", about="enquiries.enquiry", row=number, by=officer)

    with django_assert_max_num_queries(9):
        browser.get("/admin/accounts/auditentry/")


# --- Changes on Django's own forms


def fields_of(browser, address):
    """What the form of a page would send back as it stands."""
    page = browser.get(address)
    form = page.context["adminform"].form
    fields = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    for inline in page.context["inline_admin_formsets"]:
        fields |= {f"{inline.formset.prefix}-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return fields


def test_publishing_says_who_when_from_and_to(browser_of, open_programme):
    """AD8."""
    lead = UserFactory(lead=True)
    browser, address = browser_of(lead), f"/admin/programmes/programme/{open_programme.pk}/change/"
    given = {**fields_of(browser, address), "state": "archived", "title": "Zoë Quetzalcoatl"}

    assert browser.post(address, given).status_code == 302

    entry = AuditEntry.objects.get(kind="changed")
    assert (entry.by, entry.about, entry.row) == (lead, "programmes.programme", open_programme.pk)
    assert entry.detail == {
        "what": "changed",
        "fields": ["state", "title"],
        "before": "published",
        "after": "archived",
    }


def test_adding_and_deleting_a_setting_is_noted(browser_of):
    """AD8."""
    browser = browser_of(UserFactory(lead=True))

    browser.post("/admin/enquiries/routingrule/add/", {"theme": "training", "inbox": "training@lbbd.gov.uk"})
    rule = RoutingRule.objects.get()
    browser.post(f"/admin/enquiries/routingrule/{rule.pk}/delete/", {"post": "yes", "reason": "not_needed"})

    said = AuditEntry.objects.filter(kind="changed").order_by("pk").values_list("row", "detail__what")
    assert list(said) == [(rule.pk, "added"), (rule.pk, "deleted")]
    assert AuditEntry.objects.latest("pk").detail["reason"] == "not_needed"
    assert not RoutingRule.objects.exists()


@pytest.mark.parametrize("reason", ["", "because"])
def test_nothing_is_deleted_without_saying_why(browser_of, reason):
    """AD10: the page says what to do, and shows names as text."""
    partner, browser = PartnerFactory(name="<b>Partner</b>"), browser_of(UserFactory(lead=True))
    address = f"/admin/programmes/partner/{partner.pk}/delete/"

    page = browser.post(address, {"post": "yes", "reason": reason}, follow=True).content.decode()

    assert "Select why it is deleted" in page
    assert 'value="not_needed"' in page
    assert "&lt;b&gt;Partner" in page
    assert "<b>Partner" not in page
    assert Partner.objects.contains(partner)


def test_exporting_everything_at_the_command_line_is_noted(tmp_path, transactional_db):
    """AD9."""
    UserFactory()
    call_command("export_everything", str(tmp_path / "out"), stdout=io.StringIO())

    entry = AuditEntry.objects.get()
    assert (entry.kind, entry.about, entry.by) == ("exported", "everything", None)
    assert entry.count > 0
