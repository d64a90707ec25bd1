"""A partner's own figures: its own, without small numbers, and for some time after its agreement."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from enquiries import services
from enquiries.figures_partner import COLUMNS, Own
from enquiries.models import Interest
from enquiries.periods import year_of
from enquiries.publication import HIDDEN
from programmes.models import ListingViews, PartnerMembership
from tests.factories import InterestFactory, PartnerFactory, ProgrammeFactory, UserFactory, in_days

pytestmark = pytest.mark.django_db

PAGE, FILE = "/partner/figures/", "/partner/figures/file/"
NOW = dt.datetime(2026, 11, 27, 10, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def programme(partner):
    found = ProgrammeFactory(title="Rota planning")
    found.partners.add(partner)
    return found


@pytest.fixture
def member(partner):
    user = UserFactory()
    PartnerMembership.objects.create(partner=partner, user=user)
    return user


@pytest.fixture
def browser(member, browser_of):
    return browser_of(member)


def applied(programme, number, month=6, **more):
    came = dt.datetime(2026, month, 10, 12, tzinfo=dt.UTC)
    return [
        InterestFactory(in_hand=True, programme=programme, enquiry__received_at=came, **more) for _ in range(number)
    ]


def own(partner):
    return Own(partner, year_of(dt.date(2026, 11, 27)))


def line(partner, table, label):
    (numbers,) = [numbers for one, numbers in own(partner).tables()[table].lines if one == label]
    return dict(zip(COLUMNS, numbers, strict=True))


def test_views_applications_and_what_became_of_them_by_month_and_programme(partner, programme):
    ListingViews.objects.create(programme=programme, on=dt.date(2026, 6, 3), count=40)
    ListingViews.objects.create(programme=programme, on=dt.date(2026, 7, 1), count=2)
    applied(programme, 6)
    applied(programme, 7, month=7, state="enrolled")
    applied(programme, 8, month=8, state="completed")

    assert line(partner, 0, "June 2026")["Page views"] == 40
    assert line(partner, 0, "June 2026")["Applications"] == 6
    assert line(partner, 0, "July 2026")["Enrolled"] == 7
    assert line(partner, 0, "August 2026")["Completed"] == 8
    whole = {"Page views": 42, "Applications": 21, "Referrals to you": 0, "Enrolled": 15, "Completed": 8}
    assert line(partner, 1, "Rota planning") == line(partner, 1, "All") == line(partner, 0, "All") == whole


def test_months_that_have_not_begun_are_not_there(partner, programme):
    labels = [label for label, _ in own(partner).tables()[0].lines]

    assert (labels[0], labels[-2], labels[-1], len(labels)) == ("April 2026", "November 2026", "All", 9)


def test_counts_below_five_are_left_out_and_cannot_be_worked_out_from_the_total(partner, programme):
    """EX10: what is hidden are two numbers at least, and five in all."""
    applied(programme, 3)
    applied(programme, 9, month=7)
    applied(programme, 20, month=8)

    assert line(partner, 0, "June 2026")["Applications"] is None
    hidden = [label for label, numbers in own(partner).tables()[0].lines if numbers[1] is None]
    assert hidden == ["June 2026", "July 2026"]
    assert line(partner, 0, "All")["Applications"] == 32


def test_a_total_below_five_is_left_out_in_both_tables(partner, programme):
    applied(programme, 4)

    assert line(partner, 0, "All")["Applications"] is None
    assert line(partner, 1, "All")["Applications"] is None


def test_views_are_nobodys_and_never_left_out(partner, programme):
    ListingViews.objects.create(programme=programme, on=dt.date(2026, 6, 3), count=1)

    assert line(partner, 0, "June 2026")["Page views"] == 1


def test_other_partners_other_years_and_joined_enquiries_do_not_count(partner, programme, officer):
    theirs = ProgrammeFactory()
    theirs.partners.add(PartnerFactory())
    ListingViews.objects.create(programme=theirs, on=dt.date(2026, 6, 3), count=99)
    applied(theirs, 9)
    ListingViews.objects.create(programme=programme, on=dt.date(2026, 3, 31), count=50)
    ListingViews.objects.create(programme=programme, on=dt.date(2027, 4, 1), count=50)
    applied(programme, 9, month=3)

    assert line(partner, 1, "All")["Page views"] == 0
    assert line(partner, 1, "All")["Applications"] == 0


def test_the_time_to_acknowledge_is_the_middle_one_in_working_days(partner, programme, member, officer, clock):
    partner.email = "partner@example.org"
    partner.save()
    clock.move_to(dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC))  # a Friday
    referred = applied(programme, 3)
    for one in referred:
        services.refer(interest_id=one.pk, officer=officer, partner_id=partner.pk)
        one.refresh_from_db()
    for day, one in zip((23, 24), referred, strict=False):
        clock.move_to(dt.datetime(2026, 11, day, 10, tzinfo=dt.UTC))
        services.note_opening(interest=one, by=member)
        Interest.objects.filter(pk=one.pk).update(acknowledged_at=timezone.now(), chase_on=None)

    seen = own(partner).acknowledged()

    assert (seen.referred, seen.done, seen.median) == (3, 2, 1.5)


# --- The page and the file -----------------------------------------------------------------------------------------


def test_the_page_shows_the_year_with_charts_and_tables(programme, browser):
    ListingViews.objects.create(programme=programme, on=dt.date(2026, 6, 3), count=1234)
    applied(programme, 6)

    page = browser.get(PAGE).content.decode()

    assert "Financial year 2026/27" in page
    assert page.count("<svg") == 4
    assert "1,234" in page
    assert browser.get(PAGE)["Cache-Control"] == "no-store"


def test_an_earlier_year_can_be_chosen_and_what_was_not_offered_is_this_one(programme, browser):
    assert "Financial year 2025/26</p>" in browser.get(PAGE, {"year": "2025"}).content.decode()
    for odd in ("1066", "9" * 40, "x", ""):
        assert "Financial year 2026/27</p>" in browser.get(PAGE, {"year": odd}).content.decode()


def test_without_programmes_or_numbers_the_page_still_shows(partner, browser):
    page = browser.get(PAGE).content.decode()

    assert "Nothing is acknowledged yet" in page
    assert "<svg" not in page


def test_the_figures_are_a_file_that_is_noted_down(programme, partner, member, browser):
    applied(programme, 4)

    answer = browser.get(FILE, {"format": "csv"})

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Year", "Table", "Line", "Figure", "Number"]
    assert ["Financial year 2026/27", "By programme", "Rota planning", "Applications", HIDDEN] in rows
    assert "attachment" in answer["Content-Disposition"]
    entry = AuditEntry.objects.get(kind="exported")
    assert (entry.by, entry.about, entry.ids, entry.count) == (
        member,
        "programmes.partner",
        [partner.pk],
        len(rows) - 1,
    )


def test_the_same_as_a_spreadsheet_in_which_no_text_is_a_formula(programme, browser):
    """EX1."""
    programme.title = "=1+1"
    programme.save()

    answer = browser.get(FILE, {"format": "xlsx"})

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    cells = [row for row in sheet.iter_rows() if row[2].value == "=1+1"]
    assert {row[2].data_type for row in cells} == {"s"}


def test_a_format_that_there_is_not_is_not_there(browser, programme):
    assert browser.get(FILE, {"format": "pdf"}).status_code == 404


def test_the_page_takes_the_same_queries_for_one_and_for_many(
    partner, programme, browser, django_assert_max_num_queries
):
    for _ in range(5):
        ProgrammeFactory().partners.add(partner)
    applied(programme, 6)

    with django_assert_max_num_queries(24):
        browser.get(PAGE)


# --- Who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [PAGE, FILE])
def test_another_partners_figures_are_not_there_and_the_try_is_logged(programme, browser, page, caplog):
    """AZ3: the answer for what does not exist; nothing is noted as exported."""
    other = PartnerFactory(name="Another partner")

    for number in (other.pk, 999_999, "9" * 40, "x"):
        assert browser.get(page, {"partner": number}).status_code == 404

    assert len([line for line in caplog.messages if "partner_figures.refused" in line]) == 4
    assert not AuditEntry.objects.exists()


def test_figures_are_read_for_some_time_after_the_agreement_and_then_no_more(partner, programme, browser, settings):
    partner.agreement_ends_on = in_days(-settings.PARTNER_FIGURES_DAYS)
    partner.save()
    assert browser.get(PAGE).status_code == 200

    partner.agreement_ends_on = in_days(-settings.PARTNER_FIGURES_DAYS - 1)
    partner.save()
    assert (browser.get(PAGE).status_code, browser.get(FILE).status_code) == (404, 404)


@pytest.mark.parametrize("role", ["", "viewer", "officer", "lead", "administrator"])
def test_whoever_is_no_member_and_staff_find_nothing_there(partner, browser_of, role, caplog):
    """AZ1."""
    somebody = UserFactory(role=role)
    if role:
        PartnerMembership.objects.create(partner=partner, user=somebody)

    assert {browser_of(somebody).get(page).status_code for page in (PAGE, FILE)} == {404}
    assert "partner_figures.refused" in caplog.text


def test_strangers_are_sent_to_the_sign_in_and_nobody_posts():
    """AZ1, AZ17."""
    for page in (PAGE, FILE):
        assert Client().get(page).url == f"/account/login/?next={page}"
        assert Client().post(page).status_code == 405
