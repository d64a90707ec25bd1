"""A manager makes a committee paper and prints it; the public says what it thinks, also without scripts."""

import datetime as dt
import os
from pathlib import Path

import pytest
from django.utils import timezone

from enquiries.models import Enquiry, Feedback, Report
from enquiries.periods import quarter_of
from enquiries.services import reports
from programmes.models import Programme
from tests.factories import IntakeFactory, InterestFactory
from tests.journeys.accessibility import findings
from tests.journeys.test_clearing_my_day import officer  # noqa: F401  a person of this test too
from tests.journeys.visitor import PHONE

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def busy_quarter(world):
    """The last quarter that is over, and the one before."""
    quarter = quarter_of(timezone.localdate()).before
    for number, programme in enumerate(Programme.objects.listed()[:5]):
        for count, period in ((36 - 4 * number, quarter), (20, quarter.before)):
            for each in range(count):
                came_at = period.begins_at + dt.timedelta(days=each * 7 % 85, hours=9)
                channel = "email" if each % 4 == 0 else "online"
                InterestFactory(programme=programme, enquiry__received_at=came_at, enquiry__channel=channel)
    IntakeFactory(programme=Programme.objects.listed()[0], starts_on=quarter.first, places_taken=7)
    return quarter


def seen(visitor, name):
    """Where somebody wants to look for themselves: PICTURES=folder."""
    if PICTURES:
        visitor.page.set_viewport_size({"width": 360 if "phone" in name else 1280, "height": 900})
        visitor.page.screenshot(path=str(Path(PICTURES, f"{name}.png")), full_page=True)
    return findings(visitor)


def test_a_committee_paper_is_made_read_and_printed(officer, busy_quarter, colleague):  # noqa: F811
    officer.open("/admin/reports/")
    assert seen(officer, "reports") == []
    officer.choose("Committee paper")
    officer.page.get_by_label("Which period?").select_option(label=str(busy_quarter))
    officer.press("Make the report")

    assert officer.heading == f"Committee paper: {busy_quarter}"
    assert officer.sees("Enquiries received")
    assert officer.page.locator("svg.portal-chart").count() >= 2
    assert seen(officer, "paper") == []
    paper = officer.page.pdf(format="A4", prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    if PICTURES:
        Path(PICTURES, "paper.pdf").write_bytes(paper)
    officer.page.emulate_media(media="print")
    assert not officer.page.locator(".govuk-service-navigation__wrapper").first.is_visible()
    assert not officer.page.locator(".portal-report__files").is_visible()
    officer.page.emulate_media(media="screen")
    officer.page.set_viewport_size({"width": 360, "height": 740})
    assert seen(officer, "paper-phone") == []


def test_every_kind_of_report_can_be_used_by_all(officer, busy_quarter, colleague):  # noqa: F811
    year = reports.year_of(busy_quarter.first).before
    for kind, period in (("strategy", year), ("partners", busy_quarter), ("glance", reports.month_of(year.first))):
        report = reports.make_report(kind=kind, period=period, filters={}, officer=colleague)
        assert seen(officer.open(f"/admin/reports/{report.pk}/"), kind) == []
    assert Report.objects.count() == 3


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_public_says_what_it_thinks_and_what_it_could_not_use(visit, scripts):
    reader = visit(size=PHONE, scripts=scripts).open("/programmes/shift-life-balance/")
    reader.go(reader.page.get_by_role("link", name="Give feedback on this page"))
    reader.choose("Dissatisfied").type("How could we make it better?", "Say what it costs.").press("Send")

    assert reader.heading == "Thank you for your feedback"
    kept = Feedback.objects.get()
    assert (kept.route, kept.rating) == ("programmes:detail", 2)

    reader.open("/accessibility/").follow("Tell us what you could not use")
    reader.press("Send")
    assert len(reader.errors) == 3
    reader.type("What could you not do?", "Find the button.").type("Your name", "Example Applicant")
    reader.type("Your email address", "reader@example.org").press("Send")
    assert reader.heading == "Thank you for telling us"
    assert Enquiry.objects.get().is_about_access


def test_the_pages_of_feedback_and_performance_can_be_used_by_all(visit, officer):  # noqa: F811
    Feedback.objects.create(route="home", rating=4, comment="Clear, but where do I send my rota?")
    reader = visit(size=PHONE)
    for name, path in (
        ("feedback", "/feedback/?page=home"),
        ("barrier", "/feedback/accessibility/"),
        ("performance", "/performance/"),
    ):
        assert seen(reader.open(path), name) == []
    assert seen(officer.open("/admin/feedback/"), "feedback-read") == []
