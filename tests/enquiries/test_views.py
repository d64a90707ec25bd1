"""Views of the queue that officers keep for themselves."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from enquiries import services
from enquiries.exceptions import NameRefused
from enquiries.models import SavedView
from tests.factories import EnquiryFactory, UserFactory

pytestmark = pytest.mark.django_db

QUEUE = "/admin/enquiries/enquiry/"
SAVE, VIEWS = f"{QUEUE}views/save/", f"{QUEUE}views/"


@pytest.fixture
def browser(officer, browser_of):
    return browser_of(officer)


@pytest.fixture
def view(officer):
    return services.save_view(officer=officer, name="My overdue ones", query="owner=me&due=overdue")


def test_filters_are_saved_under_a_name_and_opened_again(browser, officer):
    browser.post(SAVE, {"name": "Closed ones", "filters": "state=closed&evil=1&found=abc"}, follow=True)

    view = SavedView.objects.get()
    assert (view.officer, view.name, view.query) == (officer, "Closed ones", "state=closed")
    shown = browser.get(QUEUE).content.decode()
    assert f'href="{QUEUE}?state=closed"' in shown
    assert "Closed ones" in shown


def test_the_view_that_is_shown_is_marked(browser, view):
    EnquiryFactory()

    assert 'aria-current="true">My overdue ones' in browser.get(f"{QUEUE}?{view.query}").content.decode()
    assert 'aria-current="true">My overdue ones' not in browser.get(QUEUE).content.decode()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "Enter a name"),
        ("My overdue ones", "You have a view with this name already"),
        ("x" * 61, "must be 60 characters or less"),
        ("a\x00b", "cannot be read"),
    ],
)
def test_a_name_that_cannot_be_is_asked_again_with_what_was_typed(browser, view, name, message):
    shown = browser.post(SAVE, {"name": name, "filters": "state=closed"})

    assert message in shown.content.decode()
    assert 'value="state=closed"' in shown.content.decode()
    assert SavedView.objects.count() == 1


def test_without_a_filter_there_is_nothing_to_save(browser):
    assert "Choose a filter first" in browser.post(SAVE, {"name": "All"}, follow=True).content.decode()
    assert not SavedView.objects.exists()


def test_an_officer_has_twenty_views_at_most(officer):
    for number in range(20):
        services.save_view(officer=officer, name=f"{number}", query="state=new")

    with pytest.raises(NameRefused, match="Remove one"):
        services.save_view(officer=officer, name="One more", query="state=new")


def test_a_view_is_renamed_and_removed(browser, view):
    browser.post(f"{VIEWS}{view.pk}/", {"name": "Late"})
    view.refresh_from_db()
    assert view.name == "Late"
    assert "Late" in browser.get(VIEWS).content.decode()

    browser.post(f"{VIEWS}{view.pk}/remove/")
    assert not SavedView.objects.exists()


def test_a_view_is_not_renamed_to_a_name_that_is_taken(browser, officer, view):
    services.save_view(officer=officer, name="Taken", query="state=new")

    assert "already" in browser.post(f"{VIEWS}{view.pk}/", {"name": "Taken"}).content.decode()
    view.refresh_from_db()
    assert view.name == "My overdue ones"


def test_two_officers_may_use_one_name_and_neither_sees_the_others(browser, view, browser_of):
    """AD5: another officer's view is not there, whatever number is forged."""
    colleague = UserFactory(officer=True)
    services.save_view(officer=colleague, name=view.name, query="state=new")
    other = browser_of(colleague)

    assert "overdue" not in other.get(VIEWS).content.decode().replace("My overdue ones", "")
    for address in (f"{VIEWS}{view.pk}/", f"{VIEWS}{view.pk}/remove/"):
        assert other.post(address, {"name": "Stolen"}).status_code == 404
    view.refresh_from_db()
    assert view.name == "My overdue ones"


def test_the_database_itself_keeps_names_apart(officer, view):
    """DI3."""
    for broken in ({"name": view.name, "query": "a=b"}, {"name": "", "query": "a=b"}, {"name": "x", "query": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedView.objects.create(officer=officer, **broken)


def test_only_officers_keep_views(browser_of, viewer, view):
    """AD7, AZ1."""
    for method, address in (
        ("get", VIEWS),
        ("post", SAVE),
        ("post", f"{VIEWS}{view.pk}/"),
        ("post", f"{VIEWS}{view.pk}/remove/"),
    ):
        for browser in (browser_of(viewer), browser_of(UserFactory())):
            assert getattr(browser, method)(address, {"name": "x"}).status_code == 403, address
        assert getattr(Client(), method)(address).status_code == 302, address
    assert SavedView.objects.count() == 1


def test_looking_changes_nothing(browser, view):
    """AZ17."""
    assert browser.get(SAVE).status_code == 302
    assert browser.get(f"{VIEWS}{view.pk}/remove/").status_code == 405
    assert SavedView.objects.count() == 1
