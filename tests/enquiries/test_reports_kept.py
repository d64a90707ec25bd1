"""Reports that stand still: made once, never changed, and the same when people's data is gone (J-M1, J-M4)."""

import csv
import datetime as dt
import io
import json
import re

import pytest
from django.db import connection
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from careportal.kit import chain
from careportal.kit.digests import canonical
from careportal.kit.verifying import verify
from careportal.worlds import many
from enquiries.exceptions import Refused
from enquiries.models import Enquiry, Interest, Message, Note, OutcomeAnswer, OutgoingMail, Report
from enquiries.periods import Period, month_of, quarter_of, year_of
from enquiries.reports.content import content_of
from enquiries.services import reports
from programmes.models import ListingCheck, Strategy
from tests.factories import InterestFactory, PartnerFactory, ProgrammeFactory, RegisteredLocationFactory, UserFactory

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 7, 13, 11, tzinfo=dt.UTC)
JULY, SUMMER = month_of(dt.date(2026, 7, 1)), quarter_of(dt.date(2026, 7, 1))


def made(officer, kind="glance", period=JULY, **filters):
    return reports.make_report(kind=kind, period=period, filters=filters, officer=officer)


def section(report, name):
    stored = next(one for one in report.content["sections"] if one["name"] == name)
    return dict(stored["lines"])


def came(number, day, **also):
    for _ in range(number):
        InterestFactory(enquiry__received_at=timezone.make_aware(dt.datetime.fromisoformat(f"{day}T12:00")), **also)


# --- The service -----------------------------------------------------------------------------------------------------


def test_a_report_is_counted_once_and_stands(officer):
    came(12, "2026-07-10")

    report = made(officer)
    came(9, "2026-07-11")

    assert section(report, "channels")["Online"] == [12, 0]
    assert section(Report.objects.get(), "channels")["Online"] == [12, 0]
    assert report.is_as_it_was
    with pytest.raises(reports.MadeBefore) as refusal:
        made(officer)
    assert refusal.value.report == report


def test_a_report_is_never_changed_nor_removed(officer):
    report = made(officer)

    for change in (report.save, report.delete, Report.objects.all().delete):
        with pytest.raises(TypeError):
            change()
    with pytest.raises(TypeError):
        Report.objects.update(kind="paper")


def test_what_somebody_changes_in_the_database_is_found(officer, browser_of):
    report = made(officer)
    chain.seal_all()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE enquiries_report SET figures = REPLACE(figures, '[0,0]', '[9,0]')")

    assert verify(Report).problems
    assert "Do not use them" in browser_of(officer).get(f"/admin/reports/{report.pk}/").content.decode()


@pytest.mark.parametrize(
    ("kind", "period", "filters", "why"),
    [
        ("glance", month_of(dt.date(2026, 11, 1)), {}, "not over yet"),
        ("glance", SUMMER, {}, "is about a month"),
        ("paper", Period(dt.date(2026, 7, 1), dt.date(2026, 7, 9)), {}, "is about a quarter"),
        ("glance", JULY, {"theme": "training"}, "Choose no partner"),
        ("paper", SUMMER, {"theme": "cooking"}, "theme from the list"),
        ("paper", SUMMER, {"partner": "9" * 30}, "partner from the list"),
        ("paper", SUMMER, {"partner": "0"}, "partner from the list"),
        ("paper", SUMMER, {"person": "1"}, "Choose no partner"),
        ("novel", SUMMER, {}, "what kind"),
    ],
)
def test_what_cannot_be_a_report_is_refused(officer, kind, period, filters, why, time_machine):
    time_machine.move_to("2026-11-28T12:00:00Z")

    with pytest.raises(Refused, match=why):
        made(officer, kind, period, **filters)
    assert not Report.objects.exists()


def test_whoever_only_looks_makes_none(viewer):
    with pytest.raises(Refused, match="Your role"):
        made(viewer)


def test_the_month_before_says_what_its_own_report_says(officer):
    came(12, "2026-06-10")
    made(officer, period=JULY.before)
    came(3, "2026-06-11")

    assert section(made(officer), "channels")["Online"] == [0, 12]


def test_small_numbers_are_left_out_of_what_is_stored(officer):
    came(12, "2026-07-10")
    came(3, "2026-07-10", enquiry__channel="email")

    channels = section(made(officer), "channels")

    assert (channels["Email"][0], channels["Online"][0], channels["All"][0]) == ("[c]", "[c]", 15)


def test_a_quarter_does_not_tell_a_month(officer):
    for month, number in (("07", 3), ("08", 20), ("09", 30)):
        came(number, f"2026-{month}-10", enquiry__channel="email")
        came(40, f"2026-{month}-12")

    paper = section(made(officer, "paper", SUMMER), "channels")

    assert paper["Email"][0] == "[c]"


def test_a_paper_about_a_partner_does_not_tell_what_it_leaves_out(officer):
    partner, programme = PartnerFactory(), ProgrammeFactory()
    programme.partners.add(partner)
    came(20, "2026-07-10", programme=programme)
    came(2, "2026-07-10")

    channels = section(made(officer, "paper", SUMMER, partner=str(partner.pk)), "channels")

    assert channels["Online"][0] == channels["All"][0] == "[c]"


def test_the_strategy_review_shows_years_reasons_and_gaps(officer):
    """J-M3."""
    strategy = Strategy.objects.create(pk=1, title="Strategy", aim="Aim.")
    carried, alone = ProgrammeFactory(title="Carried"), ProgrammeFactory(title="Alone")
    objective, bare = (strategy.objectives.create(number=n, title=f"Title {n}") for n in (1, 2))
    for year, state in ((2024, "ended"), (2025, "under_way")):
        stream = objective.workstreams.create(year=year, title="Mentoring", state=state, why="Money")
        stream.programmes.add(carried)
    came(12, "2025-07-10", programme=carried, state="completed", ended_on="2025-09-01")
    came(2, "2025-07-10", programme=alone)

    review = made(officer, "strategy", LAST_YEAR)

    assert section(review, "objectives")[str(objective)] == [1, "Carried"]
    assert section(review, "workstreams")["Mentoring (2024/25)"] == [str(objective), "Ended", "Money", "Carried"]
    assert list(section(review, "workstreams")) == ["Mentoring (2025/26)", "Mentoring (2024/25)"]
    assert section(review, "programmes")["Alone"][3] == "[c]"
    assert section(review, "gaps") == {
        str(bare): ["No programme works towards it"],
        "Alone": ["It works towards no objective"],
    }


def test_the_partner_review_shows_confirmations_acknowledgements_and_completion(officer):
    """J-M6."""
    partner = PartnerFactory(name="Partner")
    ListingCheck.objects.create(programme=ProgrammeFactory(), partner=partner, answer="correct", way="letter", at=NOON)
    sent = {"referred_to": partner, "referred_at": NOON, "acknowledged_at": NOON + dt.timedelta(days=2)}
    came(6, "2026-07-10", state="referred", **sent)
    came(7, "2026-07-10", state="completed", ended_on="2026-08-01", **sent)

    review = made(officer, "partners", SUMMER)

    assert section(review, "confirmations")["Partner"] == [1, 0]
    assert section(review, "referrals")["Partner"] == [7, 0, 6, 0, 13]
    assert section(review, "acknowledgements")["Partner"] == [2]


def test_the_glance_shows_reach_and_who_did_not_come(officer):
    """J-M1."""
    for _ in range(7):
        RegisteredLocationFactory()
    came(16, "2026-05-10", state="completed", ended_on="2026-06-30")
    for number, interest in enumerate(Interest.objects.all()):
        asked = {"asked_at": NOON, "answered_at": NOON}
        OutcomeAnswer.objects.create(interest=interest, time="end", took_part=["whole", "none"][number % 2], **asked)

    glance = made(officer)

    assert section(glance, "reach")["Not reached"] == [7, None]
    assert section(glance, "afterwards-took_part-end")["Did not take part"] == [8, 0]


def test_a_chart_of_nothing_is_no_error(officer, browser_of):
    assert browser_of(officer).get(f"/admin/reports/{made(officer).pk}/").status_code == 200


# --- The pages -------------------------------------------------------------------------------------------------------


def test_what_is_not_known_of_the_period_before_has_no_bar(officer, browser_of):
    RegisteredLocationFactory.create_batch(7)
    report = made(officer)

    page = browser_of(officer).get(f"/admin/reports/{report.pk}/").content.decode()
    chart = next(one for one in re.findall(r"<svg.*?</svg>", page, re.DOTALL) if "Not reached" in one)

    assert section(report, "reach")["Not reached"] == [7, None]
    assert "portal-chart__bar--before" not in chart


def test_an_officer_makes_a_report_and_reads_it(officer, browser_of):
    came(12, "2026-07-10")
    browser = browser_of(officer)

    answer = browser.post("/admin/reports/", {"kind": "glance", "period": "month-2026-07-01"}, follow=True)

    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"/admin/reports/{Report.objects.get().pk}/"
    assert "Monthly glance: July 2026" in page
    assert "Make the same for August 2026" in page
    assert "<svg" in page
    again = browser.post("/admin/reports/", {"kind": "glance", "period": "month-2026-07-01"})
    assert again["Location"] == f"/admin/reports/{Report.objects.get().pk}/"


def test_the_same_for_the_next_period_is_filled_in(officer, browser_of):
    page = (
        browser_of(officer).get("/admin/reports/", {"kind": "paper", "period": "quarter-2026-07-01"}).content.decode()
    )

    assert '<option value="quarter-2026-07-01" selected' in page


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"kind": "novel", "period": "month-2026-07-01"},
        {"kind": "glance", "period": "month-9999-99-99"},
        {"kind": "glance\x00", "period": "\x00"},
        {"kind": "glance", "period": "quarter-2026-07-01"},
        {"kind": "paper", "period": "quarter-2026-07-01", "partner": "9" * 40},
        {"kind": "glance", "period": "month-2026-07-01", "theme": "training"},
    ],
)
def test_bad_input_is_told_and_kept(officer, browser_of, sent):
    answer = browser_of(officer).post("/admin/reports/", sent)

    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()
    assert not Report.objects.exists()


def test_whoever_only_looks_reads_and_makes_none(officer, viewer, browser_of):
    report, browser = made(officer), browser_of(viewer)

    assert "Make a report" not in browser.get("/admin/reports/").content.decode()
    assert browser.get(f"/admin/reports/{report.pk}/").status_code == 200
    assert browser.post("/admin/reports/", {"kind": "glance", "period": "month-2026-06-01"}).status_code == 403


@pytest.mark.parametrize("path", ["", "1/", "1/file/", "1/dictionary/"])
def test_strangers_are_turned_away(client, browser_of, path):
    assert client.get(f"/admin/reports/{path}")["Location"].startswith("/account/login/")
    assert browser_of(UserFactory()).get(f"/admin/reports/{path}").status_code == 403


@pytest.mark.parametrize("number", ["0", "999999999999999999999999"])
def test_what_is_not_there_is_not_there(officer, browser_of, number):
    assert browser_of(officer).get(f"/admin/reports/{number}/").status_code == 404


def test_the_file_holds_each_figure_and_the_dictionary_each_column(officer, browser_of):
    came(12, "2026-07-10")
    report, browser = made(officer), browser_of(officer)

    rows = read(browser.get(f"/admin/reports/{report.pk}/file/"))
    told = read(browser.get(f"/admin/reports/{report.pk}/dictionary/"))

    assert ["Monthly glance", "July 2026", "", "Enquiries received", "Online", "This period", "12"] in rows
    names = {row[0] for row in told}
    assert set(rows[0]) <= names
    assert {f"{row[3]}: {row[5]}" for row in rows[1:]} <= names
    assert all(len(row) == 6 and row[1] for row in told)
    assert AuditEntry.objects.filter(kind="exported", by=officer).count() == 2  # made, and taken


def test_the_list_takes_as_many_queries_for_many(officer, browser_of, django_assert_max_num_queries):
    for month in range(1, 10):
        made(officer, period=month_of(dt.date(2026, month, 1)))
    browser = browser_of(officer)
    browser.get("/admin/reports/")

    with django_assert_max_num_queries(16):
        browser.get("/admin/reports/")


# --- When people's data goes -----------------------------------------------------------------------------------------

LAST_YEAR = year_of(dt.date(2025, 6, 1))


@pytest.fixture
def two_years(officer, monkeypatch):
    """Two years of enquiries, and reports of all of last year."""
    monkeypatch.setattr(many, "YEARS", 2)
    partner = PartnerFactory()
    for _ in range(3):
        ProgrammeFactory().partners.add(partner)
    many.make(900)
    Enquiry.objects.update(undelivered=False)  # of mail that failed every page of the workspace tells
    for number, interest in enumerate(Interest.objects.filter(state="completed")[:200]):
        asked = {"asked_at": interest.enquiry.received_at, "answered_at": timezone.now()}
        part = ["whole", "whole", "some", "none"][number % 4]
        OutcomeAnswer.objects.create(interest=interest, time="end", took_part=part, words="Made up", **asked)
    return [
        *(made(officer, "glance", month_of(dt.date(2025, month, 1))) for month in range(4, 13)),
        *(made(officer, "paper", quarter_of(dt.date(2025, month, 1))) for month in (4, 7, 10)),
        made(officer, "paper", LAST_YEAR),
        made(officer, "paper", LAST_YEAR, partner=str(partner.pk)),
        made(officer, "strategy", LAST_YEAR),
        made(officer, "partners", quarter_of(dt.date(2025, 7, 1))),
    ]


def all_bytes(browser, kept):
    """Every page and file of the reports. The mark in the form for signing out is another one each time."""
    return {
        (report.pk, part): re.sub(
            rb'name="csrfmiddlewaretoken" value="\w+"', b"", browser.get(f"/admin/reports/{report.pk}/{part}").content
        )
        for report in kept
        for part in ("", "file/", "dictionary/")
    }


def scrub():
    """The harshest that a retention rule could take out of rows that it keeps: every word about anybody."""
    tables = connection.ops.quote_name
    words = {
        Enquiry: ["organisation", "contact_name", "contact_email", "contact_telephone", "message", "search_text"],
        OutgoingMail: ["recipient", "subject", "last_error"],
        Message: ["text"],
        Note: ["text"],
        OutcomeAnswer: ["words"],
    }
    with connection.cursor() as cursor:
        for model, names in words.items():
            said = ", ".join(f"{tables(name)} = '-'" for name in names if _is_there(model, name))
            cursor.execute(f"UPDATE {tables(model._meta.db_table)} SET {said}")
        cursor.execute(
            "UPDATE enquiries_enquiry SET postcode = '-', provider_id = NULL, cqc_location_id = '', "
            "register_changes = '', register_changed_at = NULL"
        )
        cursor.execute("UPDATE enquiries_interest SET answers = '[]', verdict_reasons = '[]'")


def _is_there(model, name):
    return any(field.name == name for field in model._meta.concrete_fields)


def test_last_years_reports_are_the_same_bytes_before_and_after_people_are_forgotten(two_years, officer, browser_of):
    """Retention over two years of made data: last year's report is byte-identical before and after."""
    browser = browser_of(officer)
    before = all_bytes(browser, two_years)
    counted = {report.pk: report.figures for report in two_years}
    assert any(b"[c]" in page for page in before.values())

    scrub()

    assert all_bytes(browser, two_years) == before
    for report in two_years:
        fresh = json.loads(canonical(content_of(report.kind, report.period, report.chosen)))
        assert fresh["sections"] == json.loads(counted[report.pk])["sections"], report


def test_nor_do_they_change_when_all_rows_are_gone(two_years, officer, browser_of):
    browser = browser_of(officer)
    before = all_bytes(browser, two_years)

    with connection.cursor() as cursor:
        _empty(cursor)

    assert not Enquiry.objects.exists()
    assert all_bytes(browser, two_years) == before
    assert all(report.is_as_it_was for report in Report.objects.all())


def _empty(cursor):
    names = [
        *("enquiries_outcomeanswer", "enquiries_message", "enquiries_mailattempt", "enquiries_outgoingmail"),
        *("enquiries_event", "enquiries_note", "enquiries_interest", "enquiries_enquiry"),
    ]
    for name in names:
        cursor.execute(f"DELETE FROM {name}")


def read(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
