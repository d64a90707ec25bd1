"""The public list of tenders, and what officers see of their imports."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.factories import TenderFactory, TenderImportFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGE = "/tenders/"


def shown(client, **asked):
    return [tender.title for tender in client.get(PAGE, asked).context["page"]]


def ago(**time):
    return timezone.now() - dt.timedelta(**time)


def test_it_says_that_the_portal_does_not_handle_tenders_and_where_they_are(client):
    page = client.get(PAGE).content.decode()

    assert "This portal does not handle tenders." in page
    assert "https://www.londontenders.org" in page
    assert "There is no list here yet" in page
    assert "Open Government Licence" in page


def test_a_tender_is_shown_with_what_matters_and_leads_out(client):
    closes_at = dt.datetime(2099, 7, 20, 11, tzinfo=dt.UTC)
    TenderFactory(
        title="Care <at> home",
        closes_at=closes_at,
        value_from=Decimal(48000),
        value_to=Decimal("60000.50"),
        is_for_small=True,
    )
    TenderImportFactory(imported_at=dt.datetime(2026, 11, 28, 6, tzinfo=dt.UTC))

    page = client.get(PAGE).content.decode()

    assert "Care &lt;at&gt; home" in page
    assert 'href="https://www.contractsfinder.service.gov.uk/Notice/00000000-0000-4000-8000-000000000001"' in page
    assert "20 July 2099 at 12:00pm" in page
    assert "£48,000 to £60,000.50" in page
    assert "Suits small businesses" in page
    assert "Suits voluntary organisations" not in page
    assert "28 November 2026 at 6:00am" in page


def test_only_what_can_still_be_answered_is_shown_the_next_to_close_first(client):
    TenderFactory(title="Later", closes_at=ago(days=-30))
    TenderFactory(title="Soon", closes_at=ago(minutes=-5))
    TenderFactory(title="Undated", closes_at=None)
    TenderFactory(title="Past", closes_at=ago(minutes=5))
    TenderFactory(title="Undated and old", closes_at=None, released_at=ago(days=91))
    for state in ("planned", "cancelled", "closed", "elsewhere"):
        TenderFactory(title=state, state=state)

    assert shown(client) == ["Soon", "Later", "Undated"]


def test_it_says_so_when_nothing_is_open(client):
    TenderImportFactory()

    assert "No tender for care is open here at the moment." in client.get(PAGE).content.decode()


def test_fifty_are_on_a_page_with_the_same_queries_for_any_number(client, django_assert_num_queries):
    TenderImportFactory()
    for _ in range(51):
        TenderFactory()

    with django_assert_num_queries(3):
        assert len(shown(client)) == 50
    assert len(shown(client, page="2")) == 1


@pytest.mark.parametrize("number", ["0", "-1", "9" * 400, "x", ""])
def test_a_strange_page_number_is_some_page(client, number):
    assert client.get(PAGE, {"page": number}).status_code == 200


def test_what_no_database_takes_is_refused(client):
    assert client.get(PAGE, {"page": "\x00"}).status_code == 400


@pytest.mark.parametrize(("role", "status"), [("viewer", 200), ("officer", 200), ("administrator", 200), (None, 403)])
def test_staff_look_at_tenders_and_imports_and_change_none(browser_of, role, status):
    tender, made = TenderFactory(), TenderImportFactory(odd={"no page of the notice": 2})
    browser = browser_of(UserFactory(**{role: True} if role else {}))
    address = f"/admin/providers/tenderimport/{made.pk}/change/"

    assert browser.get("/admin/providers/tender/").status_code == status
    assert browser.get("/admin/providers/tenderimport/").status_code == status
    assert browser.get(f"/admin/providers/tender/{tender.pk}/change/").status_code == status
    if status == 200:
        assert "2 × no page of the notice" in browser.get(address).content.decode()
    assert browser.post(address, {"source": "x"}).status_code == 403
    assert browser.get("/admin/providers/tender/add/").status_code == 403
