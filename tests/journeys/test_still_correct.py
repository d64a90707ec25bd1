"""“Still correct?” and “Something wrong with this page?”, walked in a browser on a phone (J-R2, J-R9)."""

import datetime as dt
import os

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from enquiries.services import listings
from programmes.models import Freshness, LinkCheck, LinkPlace, ListingReport, PartnerMembership, Programme
from programmes.services import freshness
from tests.factories import ProgrammeFactory
from tests.journeys.accessibility import findings
from tests.journeys.visitor import DESK, PHONE
from tests.programmes.partners import code_in, letters_to, page_of, partner_with

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

KEEPER = "keeper@example.org"
LONG_TITLE = "Leadership, supervision and digital record keeping for deputy managers and team leaders in homecare"
UNBROKEN = "https://example.org/" + "x" * 180
DAY = dt.timedelta(days=1)


@pytest.fixture
def programme():
    """The one listing that is due."""
    Programme.objects.update(review_due_on=timezone.localdate() + 90 * DAY)
    partner_with(LONG_TITLE, name="Example Partner", telephone="020 7946 0958", website="https://www.example.org/")
    Programme.objects.filter(title=LONG_TITLE).update(review_due_on=timezone.localdate(), summary="Summary. " * 25)
    return Programme.objects.get(title=LONG_TITLE)


def signed_in(visitor, browser_of, person):
    session = browser_of(person).cookies[settings.SESSION_COOKIE_NAME].value
    visitor.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": visitor.base}])
    return visitor


def looked_at(visitor, name):
    """What is wrong with this page. With SHOTS set, pictures of it are kept in that folder."""
    found = findings(visitor)
    if folder := os.environ.get("SHOTS"):
        for width in (360, 1280):
            visitor.page.set_viewport_size({"width": width, "height": 800})
            visitor.page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    return [(name, problem) for problem in found]


MONDAY = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)


def day_by_day(programme, days):
    """Each day at noon on which the listing comes into a state that it was not in before."""
    state = None
    for number in range(days):
        with time_machine.travel(MONDAY + number * DAY):
            listings.look_after_listings()
            programme.refresh_from_db()
            if state != programme.freshness():
                state = programme.freshness()
                yield state


def test_a_listing_goes_through_its_four_states_and_its_partner_brings_it_back(visit, programme, colleague, browser_of):
    """J-R2: fresh, asked, to be called about, ask the council first; then one press of a button."""
    Programme.objects.filter(pk=programme.pk).update(review_due_on=MONDAY.date() + DAY)
    provider, found, seen = visit(size=PHONE), [], {}

    for state in day_by_day(programme, 100):
        provider.open(programme.get_absolute_url())
        officer = signed_in(visit(size=DESK), browser_of, colleague).open("/admin/programmes/programme/calls/")
        seen[state] = ("Apply now" in provider.text, LONG_TITLE in officer.text)
        if state != Freshness.ASK_FIRST:
            continue
        found += looked_at(provider, "programme-ask-first")
        provider.press("Ask the council first")
        assert provider.heading == "Ask the council first"
        found += looked_at(provider, "ask-first")
        found += looked_at(officer, "calls")
        found += looked_at(officer.follow(LONG_TITLE), "call")
        found += bring_it_back(visit(size=PHONE))
        provider.open(programme.get_absolute_url())
        assert "Apply now" in provider.text
        assert f"Checked on {timezone.localdate().day} " in provider.text
        assert "by Example Partner" in provider.text
        break

    # May be applied for, is on the list of calls; the clock alone moves it on.
    assert seen == {
        Freshness.FRESH: (True, False),
        Freshness.ASKED: (True, False),
        Freshness.CALL: (True, True),
        Freshness.ASK_FIRST: (False, True),
    }
    assert found == []


def bring_it_back(keeper):
    """From the letter, by a code, with one press of a button."""
    found = looked_at(keeper.open(page_of(letters_to(KEEPER)[-1])), "start")
    found += looked_at(keeper.press("Send me a code"), "code")
    keeper.type("Code from the email", code_in(letters_to(KEEPER)[-1])).press("Continue")
    found += looked_at(keeper, "listings")
    keeper.press("Correct")
    assert keeper.heading == "Nothing waits for you"
    return found + looked_at(keeper, "nothing")


def test_several_are_answered_for_at_once_without_scripts(visit, programme):
    partner = programme.partners.get()
    for title in ("Second", "Third"):
        ProgrammeFactory(title=title, review_due_on=timezone.localdate()).partners.add(partner)
    freshness.ask_partners()
    keeper = visit(size=PHONE, scripts=False).open(page_of(letters_to(KEEPER)[-1])).press("Send me a code")
    keeper.type("Code from the email", "000000").press("Continue")
    assert keeper.errors == ["That code is not right. Check it and try again."]
    keeper.type("Code from the email", code_in(letters_to(KEEPER)[-1])).press("Continue")

    keeper.main.get_by_label("Third", exact=True).uncheck()
    keeper.press("Correct")

    assert set(Programme.objects.filter(checked_on=timezone.localdate()).values_list("title", flat=True)) == {
        LONG_TITLE,
        "Second",
    }
    keeper.press("Closed")
    assert "Until then the pages stay as they are" in keeper.text


def test_a_mistake_on_a_page_is_reported_read_and_answered(visit, programme, colleague, browser_of):
    """J-R9."""
    Programme.objects.update(link="")
    link = LinkCheck(url=UNBROKEN, url_digest="0" * 64)
    link.note("broken", "the website answers “404 Not Found”")
    link.save()
    LinkPlace.objects.create(link=link, programme=programme, field="link")
    found = []

    reader = visit(size=PHONE).open(programme.get_absolute_url()).follow("Something wrong with this page?")
    found += looked_at(reader, "report")
    reader.press("Send")
    assert reader.errors == ["Select what is wrong", "Enter what it should say instead"]
    found += looked_at(reader, "report-errors")
    reader.choose("Dates, times or places").type("What should it say instead?", f"It begins in May. {UNBROKEN}")
    reader.type("Your email address", "reader@example.org").press("Send")
    assert reader.heading == "Thank you for telling us"
    found += looked_at(reader, "report-sent")

    officer = signed_in(visit(size=DESK), browser_of, colleague)
    report = ListingReport.objects.get()
    found += looked_at(officer.open(f"/admin/programmes/listingreport/{report.pk}/change/"), "report-officer")
    found += looked_at(officer.open("/admin/programmes/linkcheck/"), "links-officer")
    found += looked_at(officer.open("/admin/programmes/listingreport/"), "reports-officer")

    person = PartnerMembership.objects.get(user__email=KEEPER).user
    keeper = signed_in(visit(size=PHONE), browser_of, person).open("/partner/reports/")
    found += looked_at(keeper, "reports")
    keeper.open(f"/partner/reports/{report.pk}/")
    found += looked_at(keeper, "report-partner")
    keeper.choose("It is corrected").press("Send the answer")
    assert keeper.heading == "Reports about your pages"
    found += looked_at(keeper, "reports-answered")

    report.refresh_from_db()
    assert (report.answer, report.email) == ("fixed", "")
    assert letters_to("reader@example.org")
    assert found == []
