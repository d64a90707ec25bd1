"""My day: numbers that equal the lists behind them, and the way from one enquiry to the next."""

import datetime as dt
import itertools

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enquiries import services
from enquiries.models import Enquiry, Interest
from providers.models import Handover
from tests.enquiries.test_queue import an_answer, in_days
from tests.factories import (
    EnquiryFactory,
    IncomingMailFactory,
    IntakeFactory,
    InterestFactory,
    MailFactory,
    PageFactory,
    ProgrammeFactory,
    ProviderFactory,
    UserFactory,
)
from tests.programmes.proposing import a_partner, hand_in, save

pytestmark = pytest.mark.django_db

MY_DAY = "/admin/"
NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)


@pytest.fixture
def browser(officer, browser_of):
    return browser_of(officer)


@pytest.fixture
def busy(officer):
    """Something of everything, more than fits on the page of some, and what belongs to none of it."""
    for number in range(7):
        EnquiryFactory(organisation=f"Overdue {number}", reply_due_on=in_days(-number - 1))
    EnquiryFactory(in_triage=True, owner=officer, organisation="Mine, today", reply_due_on=in_days(0))
    an_answer(EnquiryFactory(in_triage=True, owner=officer, organisation="Mine, answered"))
    an_answer(EnquiryFactory(in_triage=True, organisation="A colleague's, answered"))
    for trait in ("failed", "uncertain", "sent"):
        MailFactory(**{trait: True}, enquiry=EnquiryFactory(in_triage=True))
    MailFactory(sign_in=True, failed=True)
    for trait in ("to_sort", "to_sort", "automatic", "elsewhere", "unwanted"):
        IncomingMailFactory(**{trait: True})
    MailFactory(enquiry=EnquiryFactory(closed=True), queued_at=timezone.now() - dt.timedelta(hours=1))
    offered = InterestFactory(in_hand=True)
    group = IntakeFactory(programme=offered.programme, title="Spring group", capacity=9)
    services.offer(interest_id=offered.pk, officer=officer, intake_id=group.pk)
    Interest.objects.filter(pk=offered.pk).update(answer_by=in_days(0), remind_on=None)
    listed = InterestFactory(in_hand=True, programme=offered.programme)
    services.put_on_waiting_list(interest_id=listed.pk, officer=officer)
    EnquiryFactory(closed=True, reply_due_on=in_days(-1))
    EnquiryFactory(waiting=True, reply_due_on=in_days(-1))
    for trait in ("in_triage", "closed"):
        EnquiryFactory(**{trait: True}, cqc_location_id="1-100", register_changes="sold", register_changed_at=NOW)
    decided = {"decided_by": officer, "decided_at": timezone.now()}
    for how in ({"proved_at": timezone.now()}, {}, {"proved_at": timezone.now(), **decided}):
        Handover.objects.create(provider=ProviderFactory(), user=UserFactory(), **how)
    for make in (hand_in, hand_in, save):
        make(a_partner(), summary="New summary.")


def behind(browser, tile):
    page = browser.get(tile.address)
    if "cl" in page.context:  # a list of Django's
        return page.context["cl"].result_count, len(page.context["cl"].result_list)
    rows = len(page.context["rows"])
    return (page.context["page"].paginator.count, rows) if "page" in page.context else (rows, rows)


def numbers(browser):
    return {tile.name: tile.count for tile in browser.get(MY_DAY).context["day"].tiles}


def test_every_number_equals_the_rows_of_the_list_behind_it(browser, busy):
    """DI12."""
    shown = browser.get(MY_DAY)

    for tile in shown.context["day"].tiles:
        assert behind(browser, tile) == (tile.count, tile.count), tile.name
        assert f'href="{tile.address}"'.replace("&", "&amp;") in shown.content.decode()


def test_the_numbers_are_those_of_what_was_made(browser, busy):
    """DI12, in numbers counted by hand: so that the list and the tile are not wrong together."""
    assert numbers(browser) == {
        **{"overdue": 7, "today": 1, "mail": 3, "incoming": 2, "answered": 1},
        **{"offers": 1, "register": 1, "unowned": 7, "triage": 2, "handover": 1, "changes": 2, "calls": 0, "pages": 0},
    }


@pytest.mark.parametrize("role", ["viewer", "lead", "administrator"])
def test_each_role_has_numbers_that_equal_its_lists(browser_of, busy, role):
    """DI12."""
    browser = browser_of(UserFactory(**{role: True}))

    tiles = browser.get(MY_DAY).context["day"].tiles

    assert {tile.name for tile in tiles} >= {"overdue", "today", "mail", "unowned"}
    assert ("triage" in {tile.name for tile in tiles}) == (role != "viewer")
    assert ("handover" in {tile.name for tile in tiles}) == (role != "viewer")
    assert ("changes" in {tile.name for tile in tiles}) == (role != "viewer")
    for tile in tiles:
        assert behind(browser, tile) == (tile.count, tile.count), tile.name


def test_the_first_of_each_are_there_with_the_most_urgent_first(browser, busy):
    (overdue, *_) = browser.get(MY_DAY).context["day"].tiles

    assert [row.enquiry.organisation for row in overdue.rows] == [f"Overdue {n}" for n in (6, 5, 4, 3, 2)]


def test_free_places_are_told_with_who_waits_for_them(browser, busy):
    shown = browser.get(MY_DAY)
    (group,) = shown.context["day"].places

    assert (group.title, group.places_left, group.waiting) == ("Spring group", 8, 1)
    behind_it = browser.get(
        f"/admin/enquiries/enquiry/?programme={group.programme_id}&only=waiting_list",
    ).context["rows"]
    assert len(behind_it) == group.waiting


def test_groups_that_are_over_cancelled_full_or_without_a_number_have_no_free_places(browser):
    for trait in ({"full": True}, {"capacity": None}, {"state": "cancelled"}, {"ends_on": in_days(-1)}):
        IntakeFactory(**{"starts_on": None, **trait})

    assert list(browser.get(MY_DAY).context["day"].places) == []


def test_who_asks_to_take_over_is_named_by_the_organisation_alone(browser):
    asked = Handover.objects.create(
        provider=ProviderFactory(name="Quetzal House"),
        user=UserFactory(email="successor@example.org"),
        proved_at=timezone.now(),
    )

    shown = browser.get(MY_DAY).content.decode()

    assert f"/admin/providers/handover/{asked.pk}/change/" in shown
    assert "Who takes over Quetzal House?" in shown
    assert "successor@example.org" not in shown


def test_a_page_whose_review_is_due_stands_on_my_day_for_whoever_may_change_it(browser, browser_of, viewer):
    page = PageFactory(title="In figures", due=True)
    PageFactory(title="Still fresh")

    shown = browser.get(MY_DAY).content.decode()

    assert f"/admin/programmes/page/{page.pk}/change/" in shown
    assert "Still fresh" not in shown
    assert "Pages to review" not in browser_of(viewer).get(MY_DAY).content.decode()


def test_a_clear_day_says_so(browser):
    assert "Nothing is waiting." in browser.get(MY_DAY).content.decode()


def test_my_day_takes_the_same_few_queries_however_much_there_is(browser, busy):
    """One for each pile and its number, also of requests, mail to sort or held and agreements that ended; three are the
    sign-in's, and the banner's are more while mail is late."""

    def queries():
        with CaptureQueriesContext(connection) as made:
            assert browser.get(MY_DAY).status_code == 200
        return len(made)

    browser.get(MY_DAY)
    few = queries()
    for _ in range(10):
        MailFactory(enquiry=InterestFactory(enquiry__reply_due_on=in_days(-1)).enquiry, failed=True)
        IntakeFactory(capacity=3)
        IncomingMailFactory(to_sort=True)

    assert queries() == few <= 26


def test_headings_come_in_order(browser, busy):
    shown = browser.get(MY_DAY).content.decode()
    levels = [int(part[0]) for part in shown.split("<h")[1:] if part[0] in "123456"]

    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


# --- From one to the next -------------------------------------------------------------------------------------


def test_from_my_day_one_goes_from_each_to_the_next_after_every_step(browser, officer):
    for number in range(3):
        EnquiryFactory(organisation=f"{number}", reply_due_on=in_days(-3 + number))
    address = f"{Enquiry.objects.get(organisation='0').get_absolute_url()}?from=overdue"
    visited = []
    while address:
        page = browser.get(address)
        enquiry = page.context["enquiry"]
        visited.append(enquiry.organisation)
        after = browser.post(f"/admin/enquiries/enquiry/{enquiry.pk}/do/take/", follow=True)
        following = after.context["walk"].next
        assert (f"Next: {following.reference}" if following else "That was the last one") in after.content.decode()
        address = f"{following.get_absolute_url()}?from=overdue" if following else ""

    assert visited == ["0", "1", "2"]
    assert set(Enquiry.objects.values_list("owner", flat=True)) == {officer.pk}


def test_what_was_passed_over_comes_again_only_when_the_day_is_opened_anew(browser):
    one, other = (EnquiryFactory(reply_due_on=in_days(-days)) for days in (2, 1))
    browser.get(f"{one.get_absolute_url()}?from=overdue")
    at_the_end = browser.get(f"{other.get_absolute_url()}?from=overdue")
    assert at_the_end.context["walk"].next is None

    browser.get(MY_DAY)

    assert browser.get(f"{other.get_absolute_url()}?from=overdue").context["walk"].next == one


@pytest.mark.parametrize("name", ["", "explode", "' OR 1=1", "x" * 5000])
def test_without_a_pile_there_is_no_next_one(browser, name):
    enquiry = EnquiryFactory()

    assert browser.get(enquiry.get_absolute_url(), {"from": name}).context["walk"] is None


def test_an_enquiry_that_was_opened_otherwise_belongs_to_no_walk(browser):
    one, other = EnquiryFactory(), EnquiryFactory()
    browser.get(f"{one.get_absolute_url()}?from=unowned")

    assert browser.get(other.get_absolute_url()).context["walk"] is None


def test_my_day_is_for_staff_alone(browser_of):
    """AZ1."""
    assert Client().get(MY_DAY).status_code == 302
    assert browser_of(UserFactory()).get(MY_DAY).status_code == 403


def test_listings_to_call_about_stand_there_for_whoever_calls(officer, browser_of):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    silent = ProgrammeFactory(title="Silent listing", asked_times=2, answer_by=yesterday)
    ProgrammeFactory(title="Asked once", asked_times=1, answer_by=yesterday)

    page = browser_of(officer).get("/admin/").content.decode()

    assert "Listings to call about" in page
    assert f"/admin/programmes/programme/{silent.pk}/call/" in page
    assert "Silent listing" in page
    assert "Asked once" not in page
