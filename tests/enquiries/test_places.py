"""Waiting lists: who is next, and what the portal does about places by itself."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from enquiries import jobs, services
from enquiries.models import Enquiry, Event, Interest, Message, OutgoingMail
from enquiries.services import places
from tests.enquiries.letters import written_to
from tests.enquiries.moments import time_passes
from tests.factories import EnquiryFactory, IntakeFactory, InterestFactory, in_days

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


@pytest.fixture
def group():
    """One place, which is taken."""
    return IntakeFactory(capacity=1, places_taken=1, starts_on=in_days(90))


def waiting(group, minutes=0, **more):
    """Somebody on the waiting list of the group's programme, for so many minutes longer than the next."""
    since = timezone.now() - dt.timedelta(minutes=minutes)
    more = {"in_hand": True} | more
    return InterestFactory(programme=group.programme, state="waiting_list", waiting_since=since, **more)


def holder(group, officer):
    """Somebody who was offered the place."""
    found = InterestFactory(in_hand=True, programme=group.programme)
    group.__class__.objects.filter(pk=group.pk).update(places_taken=0)
    return services.offer(interest_id=found.pk, officer=officer, intake_id=group.pk)


def free(group):
    group.__class__.objects.filter(pk=group.pk).update(places_taken=0)


def states(*interests):
    found = dict(Interest.objects.values_list("pk", "state"))
    return [found[interest.pk] for interest in interests]


# --- Who waits, and where ------------------------------------------------------------------------------------------


def positions():
    """As an enquiry's page has them; the list of the programme has the same."""
    found = {one.pk: (one.ahead + 1, one.in_line) for one in Interest.objects.with_position() if one.in_line}
    programmes = {one.programme for one in Interest.objects.select_related("programme")}
    assert found == {pk: pair for each in programmes for pk, pair in Interest.objects.numbers(each).items()}
    return found


def test_who_waits_longest_is_first(group):
    last, first, middle = waiting(group, 1), waiting(group, 9), waiting(group, 5)

    assert list(Interest.objects.waiting_for(group)) == [first, middle, last]
    assert positions() == {first.pk: (1, 3), middle.pk: (2, 3), last.pk: (3, 3)}


def test_of_two_who_wait_since_the_same_moment_the_first_to_apply_is_first(group):
    one, two = waiting(group), waiting(group)
    Interest.objects.update(waiting_since=MONDAY)

    assert list(Interest.objects.waiting_for(group)) == [one, two]
    assert positions() == {one.pk: (1, 2), two.pk: (2, 2)}


def test_each_group_has_its_own_list_and_who_prefers_none_is_on_all(group):
    other = IntakeFactory(programme=group.programme)
    here, there, anywhere = waiting(group, 3, intake=group), waiting(group, 2, intake=other), waiting(group, 1)
    waiting(IntakeFactory())

    assert list(Interest.objects.waiting_for(group)) == [here, anywhere]
    assert list(Interest.objects.waiting_for(other)) == [there, anywhere]
    assert [positions()[one.pk] for one in (here, there, anywhere)] == [(1, 2), (1, 2), (3, 3)]


@pytest.mark.parametrize("gone", [{"state": "cancelled"}, {"starts_on": in_days(-9), "ends_on": in_days(-1)}])
def test_who_preferred_a_group_that_is_gone_waits_for_any(group, gone):
    here, forgotten = waiting(group, 2), waiting(group, 1, intake=IntakeFactory(programme=group.programme, **gone))

    assert list(Interest.objects.waiting_for(group)) == [here, forgotten]
    assert positions()[forgotten.pk] == (2, 2)


def test_nobody_waits_in_a_closed_enquiry(group):
    closed, here = waiting(group, 2, enquiry=EnquiryFactory(closed=True), in_hand=False), waiting(group, 1)

    assert list(Interest.objects.waiting_for(group)) == [here]
    assert positions() == {here.pk: (1, 1)}
    assert Interest.objects.with_position().get(pk=closed.pk).in_line == 0


def test_the_enquirys_page_shows_the_position(group, officer, browser_of):
    waiting(group, 5)
    second = waiting(group, 1)

    page = browser_of(officer).get(second.enquiry.get_absolute_url()).content.decode()

    assert "Waiting list: number 2 of 2" in page


# --- A free place is offered to the next ----------------------------------------------------------------------------


def test_a_place_that_is_withdrawn_at_nine_is_offered_to_the_next_by_five_past(group, officer):
    """N20: without an officer, with a day to answer by, in one letter."""
    with time_machine.travel(MONDAY) as clock:
        had_it, first, second = holder(group, officer), waiting(group, 9), waiting(group, 5)
        jobs.run_due()
        services.withdraw(interest_id=had_it.pk, officer=officer)
        clock.shift(dt.timedelta(seconds=90))
        time_passes(seconds=90)
        jobs.run_due()

    first.refresh_from_db()
    event = first.enquiry.events.last()
    assert states(had_it, first, second) == ["withdrawn", "offered", "waiting_list"]
    assert first.answer_by == dt.date(2026, 11, 30)
    assert (event.kind, event.by, event.detail["before"]) == (Event.Kind.OFFERED, None, "waiting_list")
    assert event.at - MONDAY < dt.timedelta(minutes=5)
    assert "30 November 2026" in written_to(first.enquiry.contact_email)[-1].text


def test_doing_it_again_changes_nothing(group):
    waiting(group, 5), waiting(group, 1)
    free(group)
    assert services.look_after_places() == 1

    assert services.look_after_places() == 0
    assert (Message.objects.count(), Interest.objects.filter(state="offered").count()) == (1, 1)


def test_as_many_are_offered_a_place_as_there_are_places(group):
    rivals = [waiting(group, minutes) for minutes in (9, 8, 7)]
    group.__class__.objects.update(capacity=2, places_taken=0)

    services.look_after_places()

    assert states(*rivals) == ["offered", "offered", "waiting_list"]


def test_an_offer_by_the_portal_is_no_first_reply_by_an_officer(group):
    first = waiting(group)
    free(group)

    services.look_after_places()

    assert Enquiry.objects.get(pk=first.enquiry_id).replied_at is None


@pytest.mark.parametrize(
    "enquiry", [{}, {"waiting": True}, {"closed": True}], ids=["nobody took it", "waits for the provider", "closed"]
)
def test_only_an_enquiry_in_hand_is_offered_a_place_and_the_others_keep_theirs_in_the_line(group, enquiry):
    """Nobody has looked at a new one; one that waits for the provider lacks something; a closed one is over."""
    first = waiting(group, 9, enquiry=EnquiryFactory(**enquiry), in_hand=False)
    second = waiting(group, 5)
    since = first.waiting_since
    free(group)

    services.look_after_places()

    first.refresh_from_db()
    assert states(first, second) == ["waiting_list", "offered"]
    assert first.waiting_since == since


@pytest.mark.parametrize(
    "change",
    [
        {"offers_by_itself": False},
        {"state": "paused"},
        {"state": "cancelled"},
        {"capacity": None},
        {"opens_on": in_days(1)},
        {"starts_on": in_days(1)},
        {"starts_on": in_days(-1), "ends_on": in_days(30)},
    ],
    ids=lambda change: " ".join(change),
)
def test_a_group_that_does_not_fill_itself_leaves_it_to_officers(group, change):
    """Switched off, paused, cancelled, without a number of places, not open yet, or with no day left to answer."""
    first = waiting(group)
    group.__class__.objects.update(places_taken=0, **change)

    assert services.look_after_places() == 0
    assert states(first) == ["waiting_list"]


def test_a_programme_that_is_paused_offers_nothing(group):
    first = waiting(group)
    free(group)
    group.programme.__class__.objects.update(state="paused")

    services.look_after_places()

    assert states(first) == ["waiting_list"]


def test_a_group_whose_applications_are_closed_is_still_filled(group):
    first = waiting(group)
    free(group)
    group.__class__.objects.update(closes_on=in_days(-1), state="closed")

    services.look_after_places()

    assert states(first) == ["offered"]


def test_one_that_fails_stops_no_other_and_is_in_the_log(group, monkeypatch, caplog):
    broken, fine = waiting(group, 9), waiting(group, 5)
    group.__class__.objects.update(capacity=2, places_taken=0)
    give = places.give

    def fails_once(interest, *given, **more):
        if interest.pk == broken.pk:
            raise ValueError("Erika Example")
        return give(interest, *given, **more)

    monkeypatch.setattr(places, "give", fails_once)
    services.look_after_places()

    assert states(broken, fine) == ["waiting_list", "offered"]
    assert f"places.failed number={broken.pk} reason=ValueError" in caplog.text
    assert "Erika" not in caplog.text


# --- An offer that nobody answers ------------------------------------------------------------------------------------


def test_an_offer_that_ran_out_passes_on_and_whoever_had_it_waits_behind_all_others(group, officer):
    """N20: the place moves on after the deadline without officer work."""
    late, following = holder(group, officer), waiting(group, 5)
    Interest.objects.filter(pk=late.pk).update(answer_by=in_days(-1), remind_on=None)

    services.look_after_places()

    group.refresh_from_db()
    kinds = [event.kind for event in late.enquiry.events.all()]
    assert states(late, following) == ["waiting_list", "offered"]
    assert group.places_taken == 1
    assert list(Interest.objects.waiting_for(group)) == [late]
    assert kinds[-1] == Event.Kind.LAPSED
    text = written_to(late.enquiry.contact_email)[-1].text
    assert "did not hear from you in time" in text
    assert "still on the waiting list" in text


def test_who_ran_out_of_time_is_behind_those_who_wait_already_but_not_offered_at_once_again_before_them(group, officer):
    late = holder(group, officer)
    others = [waiting(group, 5), waiting(group, 1)]
    Interest.objects.filter(pk=late.pk).update(answer_by=in_days(-1), remind_on=None)

    services.look_after_places()

    assert positions() == {others[1].pk: (1, 2), late.pk: (2, 2)}


def test_who_let_an_offer_run_out_is_offered_the_same_group_again_only_by_an_officer(group, officer):
    """Nobody is written to for ever. Another group is offered as to everybody."""
    late = holder(group, officer)
    Interest.objects.update(answer_by=in_days(-1), remind_on=None)
    assert services.look_after_places() == 1
    assert services.look_after_places() == 0
    assert states(late) == ["waiting_list"]

    other = IntakeFactory(programme=group.programme)
    services.look_after_places()
    late.refresh_from_db()
    assert (late.state, late.offered_intake) == ("offered", other)

    services.put_on_waiting_list(interest_id=late.pk, officer=officer)
    assert services.offer(interest_id=late.pk, officer=officer, intake_id=group.pk).state == "offered"


def test_on_the_last_day_itself_nothing_runs_out(group, officer):
    had_it = holder(group, officer)
    Interest.objects.update(answer_by=timezone.localdate(), remind_on=None)

    services.look_after_places()

    assert states(had_it) == ["offered"]


def test_a_place_that_was_accepted_never_runs_out(group, officer):
    had_it = holder(group, officer)
    services.answer_offer(interest_id=had_it.pk, accepts=True, shown=had_it.shown_as)

    with time_machine.travel(timezone.now() + dt.timedelta(days=30)):
        services.look_after_places()

    assert states(had_it) == ["enrolled"]


def test_in_a_closed_enquiry_an_offer_runs_out_too_so_that_the_place_is_not_lost(group, officer):
    had_it, following = holder(group, officer), waiting(group)
    Enquiry.objects.filter(pk=had_it.enquiry_id).update(state="closed")  # as could be done before closing asked first
    Interest.objects.filter(pk=had_it.pk).update(answer_by=in_days(-1), remind_on=None)

    services.look_after_places()

    assert states(had_it, following) == ["waiting_list", "offered"]
    assert positions() == {}


def test_in_a_cancelled_group_nothing_runs_out_officers_say_what_becomes_of_it(group, officer):
    had_it = holder(group, officer)
    Interest.objects.update(answer_by=in_days(-1), remind_on=None)
    group.__class__.objects.update(state="cancelled")

    services.look_after_places()

    assert states(had_it) == ["offered"]


def test_an_offer_whose_letter_did_not_arrive_does_not_run_out_by_itself(group, officer):
    """Nobody loses a place for a letter that came back: officers see the failed mail and decide."""
    had_it = holder(group, officer)
    Interest.objects.update(answer_by=in_days(-1), remind_on=None)
    OutgoingMail.objects.filter(message__interest=had_it).update(state="failed")
    assert services.look_after_places() == 0
    assert states(had_it) == ["offered"]

    OutgoingMail.objects.update(state="queued")
    services.look_after_places()
    assert states(had_it) == ["waiting_list"]


def test_the_whole_way_from_offer_to_offer_goes_by_itself(group, officer):
    """N20, J-P7: two reminders, then the place passes on; the last one in the line takes it."""
    with time_machine.travel(MONDAY) as clock:
        first, second = waiting(group, 9), waiting(group, 5)
        free(group)
        for _ in range(16):  # days
            services.look_after_places()
            if states(second) == ["offered"]:
                break
            clock.shift(dt.timedelta(days=1))
        second.refresh_from_db()
        services.answer_offer(interest_id=second.pk, accepts=True, shown=second.shown_as)

    assert states(first, second) == ["waiting_list", "enrolled"]
    assert [mail.subject.split(" (")[0] for mail in written_to(first.enquiry.contact_email)] == [
        "We offer you a place",
        "A place is waiting for your answer",
        "A place is waiting for your answer",
        "Our offer of a place has run out",
    ]
