"""What becomes of a CQC location after somebody applied for it: flagged on open enquiries, until an officer looks."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from enquiries import duplicates, services
from enquiries.exceptions import ChangedMeanwhile, TransitionNotAllowed
from enquiries.models import Enquiry, Event
from providers.signals import DirectoryChanges, directory_imported
from tests.factories import DirectoryImportFactory, EnquiryFactory, RegisteredLocationFactory

pytestmark = pytest.mark.django_db

QUEUE = "/admin/enquiries/enquiry/"


@pytest.fixture
def enquiry():
    return EnquiryFactory(in_triage=True, cqc_location_id="1-111", organisation="The Orchard")


@pytest.fixture
def browser(officer, browser_of):
    return browser_of(officer)


def imported(**changes):
    """An import with these changes, as the import tells of it."""
    made = DirectoryImportFactory()
    directory_imported.send(sender=None, made=made, changes=DirectoryChanges(**changes))
    return made


@pytest.mark.parametrize("what", ["removed", "moved", "sold"])
def test_an_open_enquiry_is_flagged_when_its_location_is_not_what_it_was(enquiry, what):
    """The register is read again (ASC-WDS), and the history says from which import."""
    others = [EnquiryFactory(cqc_location_id="1-222"), EnquiryFactory()]
    made = imported(**{what: {"1-111", "1-999"}})

    enquiry.refresh_from_db()
    assert (enquiry.register_changes, enquiry.register_changed_at is not None) == (what, True)
    event = enquiry.events.get(kind=Event.Kind.REGISTER_CHANGED)
    assert (event.by, event.detail) == (None, {"changes": [what], "directory": made.pk})
    assert set(Enquiry.objects.register_changed()) == {enquiry}
    assert all(other.events.count() == 1 for other in others)


def test_a_closed_enquiry_is_left_in_peace():
    closed = EnquiryFactory(closed=True, cqc_location_id="1-111")
    imported(removed={"1-111"})

    closed.refresh_from_db()
    assert closed.register_changes == ""


def test_what_changes_later_is_added_to_what_nobody_has_looked_at(enquiry):
    imported(sold={"1-111"})
    imported(moved={"1-111"}, sold={"1-111"})

    enquiry.refresh_from_db()
    assert enquiry.register_changes == "moved,sold"
    assert enquiry.events.filter(kind=Event.Kind.REGISTER_CHANGED).count() == 2


def test_an_import_without_changes_does_nothing(enquiry):
    imported()

    enquiry.refresh_from_db()
    assert enquiry.register_changed_at is None
    assert enquiry.events.count() == 1


def test_an_officer_has_checked_it_and_the_history_says_who_and_when(enquiry, officer):
    imported(removed={"1-111"})

    services.check_register(enquiry_id=enquiry.pk, officer=officer)

    enquiry.refresh_from_db()
    assert (enquiry.register_changes, enquiry.register_changed_at) == ("", None)
    event = enquiry.events.get(kind=Event.Kind.REGISTER_CHECKED)
    assert (event.by, event.detail) == (officer, {"changes": ["removed"]})
    assert timezone.now() - event.at < dt.timedelta(minutes=1)


def test_what_is_not_flagged_cannot_be_checked(enquiry, officer):
    with pytest.raises(TransitionNotAllowed, match="Nothing about"):
        services.check_register(enquiry_id=enquiry.pk, officer=officer)


def test_a_change_that_the_page_did_not_show_is_not_checked_with_it(enquiry, officer):
    imported(moved={"1-111"})
    enquiry.refresh_from_db()
    shown = enquiry.register_mark
    imported(removed={"1-111"})

    with pytest.raises(ChangedMeanwhile):
        services.check_register(enquiry_id=enquiry.pk, officer=officer, shown=shown)

    enquiry.refresh_from_db()
    assert enquiry.register_changes == "removed,moved"


@pytest.mark.parametrize(
    "wrong",
    [
        {"register_changes": "sold"},
        {"register_changed_at": timezone.now()},
        {"register_changes": "sold", "register_changed_at": timezone.now(), "cqc_location_id": ""},
    ],
)
def test_the_database_keeps_a_flag_whole(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        EnquiryFactory(**{"cqc_location_id": "1-111", **wrong})


# --- What officers see ---------------------------------------------------------------------------------------------


def test_the_queue_shows_just_those_that_changed(browser, enquiry):
    EnquiryFactory(organisation="Somebody else", cqc_location_id="1-222")
    imported(sold={"1-111"})

    page = browser.get(f"{QUEUE}?only=register")

    assert [row.enquiry for row in page.context["rows"]] == [enquiry]
    assert "CQC change" in page.content.decode()


def test_the_page_says_what_changed_and_a_button_clears_it(browser, enquiry, officer):
    imported(moved={"1-111"}, sold={"1-111"})
    page = browser.get(enquiry.get_absolute_url()).content.decode()
    assert "Its address has changed." in page
    assert "Another provider runs it now." in page
    assert page.count("I have checked this") == 1

    enquiry.refresh_from_db()
    address = f"{enquiry.get_absolute_url().replace('change/', '')}do/register-checked/"
    page = browser.post(address, {"shown": enquiry.register_mark}, follow=True).content.decode()

    assert "I have checked this" not in page
    assert "has its CQC details checked." in page
    assert enquiry.events.get(kind=Event.Kind.REGISTER_CHECKED).by == officer


def test_whoever_may_only_look_has_no_button(browser_of, viewer, enquiry):
    imported(removed={"1-111"})

    page = browser_of(viewer).get(enquiry.get_absolute_url()).content.decode()

    assert "may have been deregistered" in page
    assert "I have checked this" not in page


def test_the_page_shows_what_the_cqc_says_now_and_of_which_day(browser, enquiry):
    """(U115)"""
    DirectoryImportFactory(produced_on=dt.date(2026, 11, 2))
    RegisteredLocationFactory(
        cqc_location_id="1-111",
        cqc_provider_id="1-900",
        name="Orchard House",
        provider_name="Example Care Ltd",
        service_types=["Nursing homes", "Homecare agencies"],
        rating="Good",
        rated_on=dt.date(2025, 3, 1),
    )

    page = browser.get(enquiry.get_absolute_url()).content.decode()

    for fact in ("Registered", "Orchard House", "1 Example Road, Dagenham, RM10 7AA", "1-111", "Provider ID 1-900"):
        assert fact in page
    for fact in ("Nursing homes, Homecare agencies", "Good", "1 March 2025", "2 November 2026", "Open Government"):
        assert fact in page


def test_a_location_that_is_gone_is_no_longer_registered(browser, enquiry):
    DirectoryImportFactory()

    page = browser.get(enquiry.get_absolute_url()).content.decode()

    assert "No longer registered" in page
    assert "1-111" in page


def test_without_a_directory_nothing_is_said_about_the_registration(browser, enquiry):
    """(trap 25)"""
    page = browser.get(enquiry.get_absolute_url()).content.decode()

    assert "No longer registered" not in page
    assert "The list is not loaded" in page


def test_an_enquiry_is_found_by_its_location_and_the_inbox_is_told_it(enquiry):
    assert list(Enquiry.objects.matching("1-111")) == [enquiry]

    text = render_to_string("enquiries/mail/routing.txt", {"enquiry": enquiry})
    assert "CQC location ID: 1-111" in text


def test_other_enquiries_of_the_same_location_are_shown(browser, enquiry):
    same = EnquiryFactory(cqc_location_id="1-111", postcode="RM9 5AA")
    EnquiryFactory(postcode="RM8 1AA"), EnquiryFactory(cqc_location_id="1-112", postcode="RM8 1AB")

    assert [likeness.enquiry for likeness in duplicates.like(enquiry)] == [same]
    assert same.reference in browser.get(enquiry.get_absolute_url()).content.decode()


def test_without_a_location_nobody_is_alike_for_having_none_either():
    EnquiryFactory(postcode="RM8 1AA")

    assert duplicates.like(EnquiryFactory(postcode="RM9 5AA")) == []
