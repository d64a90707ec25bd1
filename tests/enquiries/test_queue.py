"""The queue: what it shows first, what narrows it down, and that nothing else in the address does."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enquiries import services
from enquiries.models import Enquiry, Interest, Message
from programmes.models import ClosureDay
from tests.factories import (
    EnquiryFactory,
    IntakeFactory,
    InterestFactory,
    MailFactory,
    PartnerFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

QUEUE = "/admin/enquiries/enquiry/"


def found(browser, query=""):
    """References in the order in which the list shows them, by the name of the organisation."""
    return [row.enquiry.organisation for row in browser.get(f"{QUEUE}?{query}").context["rows"]]


def in_days(days):
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def browser(officer, browser_of):
    return browser_of(officer)


def test_open_enquiries_are_shown_new_ones_first_with_what_matters(browser):
    EnquiryFactory(in_triage=True, organisation="In triage", owner__name="A colleague")
    EnquiryFactory(closed=True, organisation="Closed")
    new = InterestFactory(enquiry__organisation="New", programme_title="Shift-Life Balance").enquiry
    MailFactory(enquiry=new, failed=True)

    assert found(browser) == ["New", "In triage"]
    shown = browser.get(QUEUE).content.decode()
    for text in (new.reference, "Shift-Life Balance", "Failed", "Nobody", "A colleague", "2 open enquiries"):
        assert text in shown


def test_what_did_not_reach_its_inbox_comes_before_everything(browser):
    EnquiryFactory(organisation="New")
    EnquiryFactory(in_triage=True, organisation="Lost", undelivered=True)

    assert found(browser) == ["Lost", "New"]


def test_how_long_one_waits_is_counted_in_working_days(browser):
    """Neither weekends nor the council's closure days count; the day it came is day 0."""
    today = timezone.localdate()
    came = today - dt.timedelta(days=14)
    EnquiryFactory(received_at=timezone.now() - dt.timedelta(days=14))
    weekdays = [came + dt.timedelta(days=n) for n in range(1, 15)]
    closed = next(day for day in weekdays if day.weekday() < 5)

    def waiting():
        return browser.get(QUEUE).context["rows"][0].waiting

    before = waiting()
    ClosureDay.objects.create(on=closed, reason="Stocktaking")

    assert before == sum(day.weekday() < 5 for day in weekdays)
    assert waiting() == before - 1


# --- Filters --------------------------------------------------------------------------------------------------


@pytest.fixture
def many(officer):
    """One enquiry for each thing that a filter looks at, called after it."""
    EnquiryFactory(organisation="new")
    EnquiryFactory(in_triage=True, owner=officer, organisation="mine")
    EnquiryFactory(waiting=True, organisation="waiting", owner__email="colleague@example.org")
    EnquiryFactory(closed=True, organisation="closed")
    EnquiryFactory(organisation="email", channel="email")
    EnquiryFactory(organisation="overdue", reply_due_on=in_days(-1))
    EnquiryFactory(organisation="today", reply_due_on=in_days(0))
    MailFactory(enquiry=EnquiryFactory(organisation="trouble"), uncertain=True)
    listed = InterestFactory(enquiry__organisation="listed", in_hand=True)
    services.put_on_waiting_list(interest_id=listed.pk, officer=officer)
    referred = InterestFactory(enquiry__organisation="referred", in_hand=True)
    referred.programme.partners.add(partner := PartnerFactory(name="Partner of the filters"))
    services.refer(interest_id=referred.pk, officer=officer, partner_id=partner.pk)
    offered = InterestFactory(enquiry__organisation="offered", in_hand=True)
    services.offer(interest_id=offered.pk, officer=officer, intake_id=IntakeFactory(programme=offered.programme).pk)
    Interest.objects.filter(pk=offered.pk).update(answer_by=in_days(0), remind_on=None)
    an_answer(EnquiryFactory(organisation="answered", in_triage=True))
    return {"partner": partner.pk, "programme": listed.programme_id}


def an_answer(enquiry):
    mail = MailFactory(enquiry=enquiry, sent=True, kind="message")
    question = Message.objects.create(enquiry=enquiry, kind="question", text="How many?", mail=mail)
    Message.objects.create(enquiry=enquiry, kind="answer", text="Four.", answers=question)
    Enquiry.objects.filter(pk=enquiry.pk).update(answered_at=timezone.now())


def test_a_row_says_what_was_answered_and_what_changed_in_the_register(browser):
    changed = {"cqc_location_id": "1-100", "register_changes": "sold", "register_changed_at": timezone.now()}
    EnquiryFactory(in_triage=True)
    before = browser.get(QUEUE).content.decode().split("<tbody")[1].split("</tbody")[0]
    assert "Answered" not in before
    assert "CQC change" not in before

    an_answer(EnquiryFactory(in_triage=True, **changed))

    shown = browser.get(QUEUE).content.decode().split("<tbody")[1].split("</tbody")[0]
    assert "Answered" in shown
    assert "CQC change" in shown


@pytest.mark.parametrize(
    ("query", "organisations"),
    [
        ("state=closed", {"closed"}),
        ("state=waiting", {"waiting"}),
        ("state=closed&state=waiting", {"closed", "waiting"}),
        ("owner=me", {"mine"}),
        ("owner=nobody", {"new", "email", "overdue", "today", "trouble"}),
        ("channel=email", {"email"}),
        ("due=overdue", {"overdue"}),
        ("due=today", {"today"}),
        ("only=trouble", {"trouble"}),
        ("only=waiting_list", {"listed"}),
        ("only=answered", {"answered"}),
        ("only=offer_ends", {"offered"}),
        ("partner={partner}", {"referred"}),
        ("programme={programme}", {"listed"}),
        ("programme={programme}&only=trouble", set()),
        ("owner=nobody&due=today&state=new", {"today"}),
    ],
)
def test_each_filter_narrows_and_they_combine(browser, many, query, organisations):
    assert set(found(browser, query.format(**many))) == organisations


def test_due_this_week_is_what_is_due_until_sunday(browser):
    until_sunday = 6 - timezone.localdate().weekday()
    EnquiryFactory(organisation="this week", reply_due_on=in_days(until_sunday))
    EnquiryFactory(organisation="next week", reply_due_on=in_days(until_sunday + 1))
    EnquiryFactory(organisation="overdue", reply_due_on=in_days(-1))

    assert found(browser, "due=week") == ["this week"]


def test_an_officers_own_enquiries_are_chosen_by_the_officer(browser, many):
    colleague = Enquiry.objects.get(organisation="waiting").owner

    assert found(browser, f"owner={colleague.pk}") == ["waiting"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("due", ["late", "later", "never"]),
        ("waiting", ["never", "late", "later"]),
        ("received", ["later", "late", "never"]),
    ],
)
def test_the_list_is_sorted_by_what_is_offered(browser, sort, order):
    """What has no date at all is the last to be due: nulls are no dates, on any database."""
    day = dt.timedelta(days=1)
    EnquiryFactory(organisation="never", waiting=True, received_at=timezone.now() - 9 * day)
    EnquiryFactory(organisation="late", reply_due_on=in_days(-3), received_at=timezone.now() - 5 * day)
    EnquiryFactory(organisation="later", reply_due_on=in_days(3), received_at=timezone.now() - 2 * day)

    assert found(browser, f"sort={sort}") == order


@pytest.mark.parametrize(
    "query",
    [
        "owner__password__startswith=a",
        "owner=1 OR 1=1",
        "o=-1",
        "o=contact_email",
        "sort=contact_email",
        "sort=-owner__password",
        "_connector=OR",
        "state=explode",
        "state__in=closed",
        "q=New",
        "programme=1'--",
        "channel=officer'",
        "due=yesterday",
        "owner=99999999999999999999999999",
        "page=abc",
        "page=-1",
        "page=%C2%B2",
        "only=" + "x" * 10_000,
        "state=" + "&state=".join("%" * 50),
    ],
)
def test_whatever_else_stands_in_the_address_is_ignored(browser, query):
    """AD4, FI21, FI22: keys and values that are not offered change neither the rows nor their order."""
    EnquiryFactory(organisation="A", contact_email="z@example.org")
    EnquiryFactory(organisation="B", contact_email="a@example.org")
    shown = browser.get(f"{QUEUE}?{query}")

    assert shown.status_code == 200
    assert [row.enquiry.organisation for row in shown.context["rows"]] == found(browser) == ["B", "A"]
    assert "There is a problem" not in shown.content.decode()


@pytest.mark.parametrize("query", ["partner=%00", "owner=%00&sort=%00", "page=%00"])
def test_an_address_that_nobody_could_have_typed_is_refused_politely(browser, query):
    """FI5."""
    assert browser.get(f"{QUEUE}?{query}").status_code == 400


# --- Cost -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "owner=nobody&due=today&only=trouble&sort=due", "found=unknown"])
def test_the_queue_takes_no_more_queries_for_fifty_rows_than_for_one(browser, query):
    """Three of them are the sign-in's, one the banner's."""
    ClosureDay.objects.create(on=in_days(30), reason="Stocktaking")

    def queries():
        with CaptureQueriesContext(connection) as made:
            assert browser.get(f"{QUEUE}?{query}").status_code == 200
        return len(made)

    def one_more():
        enquiry = InterestFactory(enquiry__reply_due_on=in_days(0)).enquiry
        MailFactory(enquiry=enquiry, failed=True)

    one_more()
    one = queries()
    for _ in range(49):
        one_more()

    assert queries() == one <= 8


def test_more_than_a_page_is_leafed_through_and_counted_up_to_a_limit(browser, monkeypatch):
    monkeypatch.setattr("enquiries.queue.COUNTED_AT_MOST", 100)
    for number in range(101):
        EnquiryFactory(organisation=f"{number}")
    pages = [browser.get(QUEUE, {"page": number}) for number in (1, 2, 3)]
    numbers = [{row.enquiry.pk for row in page.context["rows"]} for page in pages]

    assert "100 open enquiries or more" in pages[0].content.decode()
    assert [len(shown) for shown in numbers] == [50, 50, 50]
    assert not numbers[0] & numbers[1]
    assert numbers[1] == numbers[2]


@pytest.mark.parametrize("page", ["2", "9", "1" + "0" * 30])
def test_a_page_too_far_is_the_last_one(browser, page):
    for number in range(51):
        EnquiryFactory(organisation=f"{number}")

    assert len(browser.get(QUEUE, {"page": page}).context["rows"]) == 1


def test_an_empty_queue_says_what_will_come(browser):
    assert "No enquiry is open." in browser.get(QUEUE).content.decode()
    assert browser.get(QUEUE, {"page": "7"}).status_code == 200


def test_the_queue_is_for_staff_alone(browser_of, viewer):
    """AZ1."""
    assert Client().get(QUEUE).status_code == 302
    assert browser_of(UserFactory()).get(QUEUE).status_code == 403
    seen = browser_of(viewer).get(QUEUE)
    assert seen.status_code == 200
    assert 'name="pick"' not in seen.content.decode()
