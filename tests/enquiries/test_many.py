"""Steps for many enquiries at once, and giving one to an officer."""

import pytest
from django.test import Client

from enquiries import services
from enquiries.exceptions import ChangedMeanwhile, TransitionNotAllowed
from enquiries.models import Enquiry, Event
from tests.factories import EnquiryFactory, UserFactory

pytestmark = pytest.mark.django_db

QUEUE = "/admin/enquiries/enquiry/"
MANY = f"{QUEUE}many/"


@pytest.fixture
def browser(officer, browser_of):
    return browser_of(officer)


def pick(*enquiries):
    return [f"{enquiry.pk}:{enquiry.shown_as}" for enquiry in enquiries]


def do(browser, step, *enquiries, filters="", confirmed=True, **more):
    posted = {"step": step, "pick": pick(*enquiries), "filters": filters, **more}
    return browser.post(MANY, posted | ({"confirmed": "yes"} if confirmed else {}), follow=True)


def states(*enquiries):
    return list(
        Enquiry.objects.filter(pk__in=[one.pk for one in enquiries]).order_by("pk").values_list("state", "owner")
    )


def test_what_will_be_done_is_read_over_first(browser):
    one, other = EnquiryFactory(organisation="One"), EnquiryFactory(organisation="Other")

    shown = do(browser, "take", one, other, confirmed=False).content.decode()

    for text in ("Nothing has been done yet", "Take it: 2 enquiries", one.reference, "Other", pick(other)[0]):
        assert text in shown
    assert states(one, other) == [("new", None), ("new", None)]


def test_confirmed_each_is_done_with_one_line_of_history(browser, officer):
    """AD6."""
    one, other = EnquiryFactory(), EnquiryFactory()

    shown = do(browser, "take", one, other).content.decode()

    assert states(one, other) == [("in_triage", officer.pk)] * 2
    assert shown.count("Not done") == 0
    for enquiry in (one, other):
        assert [event.by for event in enquiry.events.filter(kind="taken")] == [officer]


def test_what_cannot_be_done_is_told_with_the_reason_and_stops_nothing_else(browser, officer):
    free, closed_later, colleagues = EnquiryFactory(), EnquiryFactory(), EnquiryFactory(in_triage=True)

    shown = do(browser, "close", free, colleagues, closed_later).content.decode()

    assert states(colleagues) == [("closed", colleagues.owner_id)]
    assert states(free, closed_later) == [("new", None)] * 2
    assert shown.count("Not done") == 2
    assert f"{free} is new: it cannot be closed." in shown


def test_a_row_that_changed_after_the_list_was_opened_is_left_alone(browser):
    """CO1."""
    enquiry, colleague = EnquiryFactory(), UserFactory(officer=True, name="A colleague")
    services.take(enquiry_id=enquiry.pk, officer=colleague)

    shown = do(browser, "take", enquiry).content.decode()

    assert "changed after you opened the page: Taken, by A colleague" in shown
    assert states(enquiry) == [("in_triage", colleague.pk)]


def test_waiting_ones_go_back_to_triage(browser):
    enquiry = EnquiryFactory(waiting=True)

    do(browser, "resume", enquiry)

    assert states(enquiry) == [("in_triage", enquiry.owner_id)]


def test_several_are_given_to_an_officer(browser, officer):
    """AD8: from whom, to whom, by whom."""
    colleague, one, other = UserFactory(officer=True), EnquiryFactory(), EnquiryFactory(in_triage=True)
    asked = do(browser, "assign", one, other, confirmed=False).content.decode()
    assert f'<option value="{colleague.pk}"' in asked

    do(browser, "assign", one, other, to=colleague.pk)

    assert states(one, other) == [("in_triage", colleague.pk)] * 2
    event = other.events.get(kind="assigned")
    assert event.by == officer
    assert (event.detail["owner_before"], event.detail["owner_after"]) == (other.owner_id, colleague.pk)


@pytest.mark.parametrize("to", ["", "0", "me", "nobody", "viewer", "left", "\x00"])
def test_enquiries_are_given_to_nobody_who_cannot_work_on_them(browser, viewer, to):
    left = UserFactory(officer=True, is_active=False)
    enquiry = EnquiryFactory()
    number = {"viewer": viewer.pk, "left": left.pk}.get(to, to)

    shown = do(browser, "assign", enquiry, to=number).content.decode()

    assert "Select an officer" in shown
    assert states(enquiry) == [("new", None)]


@pytest.mark.parametrize("filters", ["state=closed", "owner=me", "due=overdue", "found=unknown"])
def test_numbers_outside_the_list_are_passed_over(browser, filters):
    """AD6."""
    enquiry = EnquiryFactory()

    shown = do(browser, "take", enquiry, filters=filters).content.decode()

    assert "Select at least one enquiry of the list first." in shown
    assert states(enquiry) == [("new", None)]


def test_how_many_were_passed_over_is_said(browser, officer):
    """AD6."""
    inside, outside = EnquiryFactory(channel="email"), EnquiryFactory()

    shown = do(browser, "take", inside, outside, filters="channel=email").content.decode()

    assert "1 of those you selected was no longer in the list" in shown
    assert states(inside, outside) == [("in_triage", officer.pk), ("new", None)]


def test_no_more_than_a_hundred_are_done_at_once(browser):
    """AD6."""
    for _ in range(101):
        EnquiryFactory()

    do(browser, "take", *Enquiry.objects.order_by("pk"))

    assert Enquiry.objects.exclude(owner=None).count() == 100
    assert Event.objects.filter(kind="taken").count() == 100


@pytest.mark.parametrize(
    "picked", ["", "1", "1:", "x:new-0", "1:new-0; DROP", "\x00", "9" * 40 + ":new-0", "1:new-0:1", "-1:new-0"]
)
def test_hostile_numbers_are_none(browser, picked):
    """FI22."""
    answer = browser.post(MANY, {"step": "take", "pick": [picked], "confirmed": "yes"}, follow=True)

    assert answer.status_code == 200
    assert not Event.objects.exists()


@pytest.mark.parametrize("step", ["", "explode", "reopen", "take-over", "\x00"])
def test_only_the_steps_of_the_list_are_there(browser, step):
    enquiry = EnquiryFactory()

    assert do(browser, step, enquiry).status_code == 404
    assert states(enquiry) == [("new", None)]


def test_nobody_but_officers_does_anything(browser_of, viewer):
    """AD7, AZ1, AZ17."""
    enquiry = EnquiryFactory()
    for address, posted in (
        (MANY, {"step": "take", "pick": pick(enquiry), "confirmed": "yes"}),
        (f"{QUEUE}{enquiry.pk}/assign/", {"to": viewer.pk}),
    ):
        assert browser_of(viewer).post(address, posted).status_code == 403
        assert browser_of(UserFactory()).post(address, posted).status_code == 403
        assert Client().post(address, posted).status_code == 302
    assert browser_of(UserFactory(officer=True)).get(MANY).status_code == 405
    assert states(enquiry) == [("new", None)]


# --- One enquiry ----------------------------------------------------------------------------------------------


def test_one_enquiry_is_given_to_an_officer_from_its_page(browser):
    enquiry, colleague = EnquiryFactory(), UserFactory(officer=True, name="A colleague")
    address = f"{QUEUE}{enquiry.pk}/assign/"
    assert address in browser.get(enquiry.get_absolute_url()).content.decode()
    assert "A colleague" in browser.get(address).content.decode()

    shown = browser.post(address, {"to": colleague.pk, "shown": enquiry.shown_as}, follow=True).content.decode()

    assert "is assigned." in shown
    assert "Given to an officer" in shown
    assert states(enquiry) == [("in_triage", colleague.pk)]


def test_without_an_officer_the_page_asks_again(browser):
    enquiry = EnquiryFactory()

    assert "Select an officer" in browser.post(f"{QUEUE}{enquiry.pk}/assign/", {}).content.decode()
    assert browser.post(f"{QUEUE}999999/assign/", {}).status_code == 404


def test_an_old_page_gives_nothing_away(officer):
    """CO1."""
    enquiry, colleague = EnquiryFactory(), UserFactory(officer=True)
    shown = enquiry.shown_as
    services.take(enquiry_id=enquiry.pk, officer=colleague)

    with pytest.raises(ChangedMeanwhile):
        services.assign(enquiry_id=enquiry.pk, officer=officer, to=officer, shown=shown)


@pytest.mark.parametrize(("trait", "reason"), [({"closed": True}, "is closed"), ({"in_triage": True}, "already")])
def test_what_is_closed_or_theirs_already_is_not_given(officer, trait, reason):
    enquiry = EnquiryFactory(**trait)

    with pytest.raises(TransitionNotAllowed, match=reason):
        services.assign(enquiry_id=enquiry.pk, officer=officer, to=enquiry.owner)


def test_it_is_never_given_to_somebody_who_cannot_work_on_it(officer, viewer):
    with pytest.raises(TransitionNotAllowed, match="cannot work on enquiries"):
        services.assign(enquiry_id=EnquiryFactory().pk, officer=officer, to=viewer)
