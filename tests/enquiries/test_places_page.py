"""The officers' page of a programme's places: groups, who holds a place until when, who waits."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from enquiries import services
from enquiries.exceptions import TransitionNotAllowed
from tests.factories import IntakeFactory, InterestFactory, UserFactory, in_days

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return IntakeFactory(title="Spring group", capacity=3)


def address(group):
    return f"/admin/enquiries/enquiry/places/{group.programme_id}/"


def offered(group, officer, **more):
    interest = InterestFactory(in_hand=True, programme=group.programme, **more)
    return services.offer(interest_id=interest.pk, officer=officer, intake_id=group.pk)


def waiting(group, minutes=0, **more):
    since = timezone.now() - dt.timedelta(minutes=minutes)
    return InterestFactory(in_hand=True, programme=group.programme, state="waiting_list", waiting_since=since, **more)


def part(page, heading):
    """The part of the page below a heading."""
    return page.split(f"{heading}</h2>")[1].split("<h2")[0]


def test_the_page_says_who_holds_a_place_until_when_and_who_waits_in_which_order(group, officer, viewer, browser_of):
    had_it = offered(group, officer)
    second, first = waiting(group, 1), waiting(group, 9, intake=group)

    page = browser_of(viewer).get(address(group)).content.decode()

    groups = part(page, "Groups")
    assert "2 of 3 free" in groups
    assert 'data-label="Offered">1<' in groups
    assert 'data-label="Enrolled">0<' in groups
    held = part(page, "Who holds a place")
    assert had_it.enquiry.reference in held
    assert had_it.enquiry.organisation in held
    assert f"{had_it.answer_by.day} {had_it.answer_by:%B %Y}" in held
    line = part(page, "Waiting list")
    assert line.index(first.enquiry.reference) < line.index(second.enquiry.reference)
    assert line.index("1 of 2") < line.index("2 of 2")
    assert "Any group" in line


def test_what_ran_out_is_marked_and_who_let_it_run_out_too(group, officer, browser_of):
    had_it = offered(group, officer)
    type(had_it).objects.update(answer_by=in_days(-1), remind_on=None)
    browser = browser_of(officer)
    assert "Run out" in browser.get(address(group)).content.decode()

    services.look_after_places()

    assert "Let an offer run out in Spring group" in browser.get(address(group)).content.decode()


def test_a_cancelled_group_in_which_somebody_holds_a_place_is_a_warning_with_links(group, officer, browser_of):
    """J-O7: nobody is forgotten in a group that does not run."""
    had_it = offered(group, officer)
    empty = IntakeFactory(programme=group.programme, title="Empty group")
    type(group).objects.update(state="cancelled")
    browser = browser_of(officer)

    page = browser.get(address(group)).content.decode()

    assert "Spring group is cancelled, and somebody still holds a place in it" in page
    assert f"{empty} is cancelled" not in page
    assert had_it.enquiry.get_absolute_url() in part(page, "Who holds a place")
    assert "Move it to another group" in browser.get(had_it.enquiry.get_absolute_url()).content.decode()


def test_without_groups_and_without_anybody_it_says_so(officer, browser_of):
    programme = InterestFactory().programme

    page = browser_of(officer).get(f"/admin/enquiries/enquiry/places/{programme.pk}/").content.decode()

    for words in ("No group is to come", "Nobody holds a place", "Nobody waits for a place"):
        assert words in page


def test_an_enquirys_page_leads_there(group, officer, browser_of):
    interest = waiting(group)

    assert address(group) in browser_of(officer).get(interest.enquiry.get_absolute_url()).content.decode()


def test_what_waits_for_a_place_keeps_its_enquiry_open(group, officer, browser_of):
    interest, browser = InterestFactory(in_hand=True, programme=group.programme), browser_of(officer)
    services.put_on_waiting_list(interest_id=interest.pk, officer=officer)
    page = browser.get(interest.enquiry.get_absolute_url()).content.decode()
    assert "Keep the enquiry open while it waits" in page
    assert "You can close the enquiry" not in page

    with pytest.raises(TransitionNotAllowed, match="is on the waiting list"):
        services.close(enquiry_id=interest.enquiry_id, officer=officer)


def test_it_takes_the_same_few_queries_for_one_and_for_many(group, officer, browser_of):
    browser = browser_of(officer)
    type(group).objects.update(capacity=50)

    def queries():
        with CaptureQueriesContext(connection) as made:
            assert browser.get(address(group)).status_code == 200
        return len(made)

    offered(group, officer), waiting(group)
    few = queries()
    for _ in range(6):
        offered(group, officer), waiting(group)

    assert queries() == few <= 12


def test_a_long_list_has_pages_of_its_own(group, officer, browser_of):
    for number in range(52):
        waiting(group, 100 - number)

    page = browser_of(officer).get(address(group) + "?waiting=2").content.decode()

    assert "52 of 52" in page
    assert ">1 of 52" not in page


def test_who_looked_at_whom_is_written_down(group, officer, browser_of):
    """AD9."""
    held, listed = offered(group, officer), waiting(group)
    InterestFactory(in_hand=True)

    browser_of(officer).get(address(group))

    (entry,) = AuditEntry.objects.filter(by=officer, about="enquiries.enquiry")
    assert (entry.kind, entry.ids) == ("listed", sorted([held.enquiry_id, listed.enquiry_id]))


def test_only_staff_see_it(group, browser_of):
    """AZ1, AZ17."""
    assert browser_of(UserFactory()).get(address(group)).status_code == 403
    assert Client().get(address(group)).status_code == 302
    officer = browser_of(UserFactory(officer=True))
    assert officer.get("/admin/enquiries/enquiry/places/999999/").status_code == 404
    assert officer.post(address(group)).status_code == 405
