"""The two clocks of an enquiry: what was promised, when it is due, when it stands still (N4)."""

import datetime as dt

import pytest
import time_machine
from django.db import Error, connection, transaction

from careportal.council import Promise
from careportal.kit.working_days import add_working_days
from enquiries import letters, services
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Enquiry
from programmes.models import ClosureDay, Programme
from tests.applying import Applicant
from tests.factories import EnquiryFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

MAUNDY_THURSDAY = dt.datetime(2027, 3, 25, 16, 55, tzinfo=dt.UTC)
WEDNESDAY = dt.date(2027, 3, 31)
MONDAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


def on(day, hour=9):
    return time_machine.travel(dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC), tick=False)


@pytest.fixture
def promised(settings):
    """The council promises a reply in two working days, a decision in ten."""
    settings.COUNCIL = settings.COUNCIL.model_copy(update={"promise": Promise(first_reply=2, decision=10)})
    return settings


def apply_at(moment, *programmes):
    with time_machine.travel(moment, tick=False):
        for programme in programmes or [ProgrammeFactory()]:
            programme.save()
        return Applicant().apply(*(programme.slug for programme in programmes or Programme.objects.all()))


# --- When it is due ------------------------------------------------------------------------------------------------


def test_what_comes_before_easter_is_due_after_it(promised):
    """N4: 16:55 on Maundy Thursday, with a promise of two working days, is due on the Wednesday after Easter."""
    enquiry = apply_at(MAUNDY_THURSDAY)

    assert (enquiry.reply_due_on, enquiry.decision_due_on) == (WEDNESDAY, dt.date(2027, 4, 12))


def test_the_day_is_the_one_here(promised):
    """DI7: half past eleven at night in summer, by the clock of the world, is the next day in London."""
    late = apply_at(dt.datetime(2027, 6, 1, 23, 30, tzinfo=dt.UTC))
    early = apply_at(dt.datetime(2027, 6, 1, 22, 30, tzinfo=dt.UTC), ProgrammeFactory())

    assert (late.reply_due_on, early.reply_due_on) == (dt.date(2027, 6, 4), dt.date(2027, 6, 3))


@pytest.mark.parametrize("moment", [dt.datetime(2027, 3, 28, 0, 59), dt.datetime(2027, 10, 31, 1, 30)])
def test_the_nights_on_which_clocks_change_are_days_like_others(promised, moment):
    """DI7: both are Sundays; Good Friday and Easter Monday are passed by in spring."""
    enquiry = apply_at(moment.replace(tzinfo=dt.UTC))

    assert enquiry.reply_due_on == add_working_days(moment.date(), 2)


def test_an_enquiry_for_several_programmes_has_the_shortest_promise_of_each(promised):
    quick = ProgrammeFactory(first_reply_days=1)
    sure = ProgrammeFactory(decision_days=5)
    enquiry = apply_at(MONDAY, quick, sure)

    assert enquiry.reply_due_on == dt.date(2026, 11, 24)
    assert enquiry.decision_due_on == dt.date(2026, 11, 30)
    assert enquiry.reply_is_promised
    assert enquiry.decision_is_promised


def test_a_promise_of_one_programme_holds_where_the_council_promises_nothing():
    enquiry = apply_at(MONDAY, ProgrammeFactory(first_reply_days=10), ProgrammeFactory())

    assert (enquiry.reply_due_on, enquiry.reply_is_promised) == (dt.date(2026, 12, 7), True)
    assert not enquiry.decision_is_promised


def test_without_any_promise_the_officers_have_goals_of_their_own(settings):
    settings.FIRST_REPLY_DAYS, settings.DECISION_DAYS = 3, 4
    enquiry = apply_at(MONDAY)

    assert (enquiry.reply_due_on, enquiry.decision_due_on) == (dt.date(2026, 11, 26), dt.date(2026, 11, 27))
    assert (enquiry.reply_promised_on, enquiry.decision_promised_on) == (None, None)


def test_days_on_which_the_council_is_closed_are_not_counted(promised):
    with time_machine.travel(MAUNDY_THURSDAY):
        for day in (30, 31):
            ClosureDay.objects.create(on=dt.date(2027, 3, day), reason="Stocktaking")
    enquiry = apply_at(MAUNDY_THURSDAY)

    assert enquiry.reply_due_on == dt.date(2027, 4, 2)


# --- What the provider is told -------------------------------------------------------------------------------------


def sent_page(moment):
    applicant = Applicant()
    with time_machine.travel(moment, tick=False):
        programme = ProgrammeFactory()
        applicant.apply(programme.slug)
        return applicant.client.get(applicant.page).content.decode()


def acknowledgement(*, arrived=True):
    """As the worker builds it, before or after the application reached its inbox."""
    mails = Enquiry.objects.get().mails
    mails.filter(kind="routing").update(**({"state": "sent", "sent_at": MONDAY} if arrived else {"state": "failed"}))
    return letters.build(mails.get(kind="acknowledgement")).decode()


def test_a_promise_is_told_as_a_date(promised):
    """N4: a date, not "soon"."""
    for text in (sent_page(MAUNDY_THURSDAY), acknowledgement()):
        assert "We will reply by Wednesday 31 March 2027." in text
        assert "You will have our decision by Monday 12 April 2027." in text
        assert "soon" not in text.lower()


def test_nothing_is_told_where_nothing_is_promised():
    """The officers' own goal is no promise."""
    for text in (sent_page(MAUNDY_THURSDAY), acknowledgement()):
        assert "reply by" not in text
        assert "decision by" not in text
        assert "April" not in text


def test_the_mail_names_no_date_while_the_application_has_not_reached_its_inbox(promised):
    """N5."""
    sent_page(MAUNDY_THURSDAY)

    assert "We will reply by" not in acknowledgement(arrived=False)


def test_the_mail_names_no_date_once_the_officer_has_replied(promised, officer):
    sent_page(MAUNDY_THURSDAY)
    Enquiry.objects.update(replied_at=MAUNDY_THURSDAY)

    assert "We will reply by" not in acknowledgement()


# --- Replying ------------------------------------------------------------------------------------------------------


def test_the_first_reply_stops_its_clock_and_no_other(officer):
    enquiry = EnquiryFactory(in_triage=True)
    due_on = enquiry.decision_due_on

    services.note_first_reply(enquiry_id=enquiry.pk, officer=officer)

    enquiry.refresh_from_db()
    assert enquiry.replied_at is not None
    assert (enquiry.decision_due_on, enquiry.decided_at, enquiry.next_due_on) == (due_on, None, due_on)
    assert (enquiry.events.last().kind, enquiry.events.last().by) == ("replied", officer)


def test_a_second_reply_changes_nothing_about_the_first(officer):
    enquiry = EnquiryFactory(in_triage=True)
    first = services.note_first_reply(enquiry_id=enquiry.pk, officer=officer).replied_at

    with pytest.raises(TransitionNotAllowed, match="has been replied to already"):
        services.note_first_reply(enquiry_id=enquiry.pk, officer=officer)

    enquiry.refresh_from_db()
    assert (enquiry.replied_at, enquiry.events.count()) == (first, 2)


def test_a_closed_enquiry_takes_no_reply(officer):
    with pytest.raises(TransitionNotAllowed, match="Re-open it first"):
        services.note_first_reply(enquiry_id=EnquiryFactory(closed=True).pk, officer=officer)


# --- Waiting for the provider --------------------------------------------------------------------------------------


def dates(enquiry):
    enquiry.refresh_from_db()
    return enquiry.reply_due_on, enquiry.decision_due_on


@pytest.mark.parametrize("leave", [services.resume_triage, services.hand_to_partner, services.close])
def test_waiting_for_three_working_days_moves_both_dates_by_exactly_three(officer, leave):
    """N4: from Thursday to Tuesday, over a weekend."""
    enquiry = EnquiryFactory(in_triage=True, received_at=MONDAY)
    assert dates(enquiry) == (dt.date(2026, 11, 30), dt.date(2026, 12, 21))

    with on(dt.date(2026, 11, 26)):
        services.wait_for_provider(enquiry_id=enquiry.pk, officer=officer)
    with on(dt.date(2026, 12, 1)):
        leave(enquiry_id=enquiry.pk, officer=officer)

    assert dates(enquiry) == (dt.date(2026, 12, 3), dt.date(2026, 12, 24))
    assert enquiry.paused_on is None


def test_a_clock_that_has_stopped_is_not_moved_by_waiting(officer):
    enquiry = EnquiryFactory(in_triage=True, received_at=MONDAY)
    with on(dt.date(2026, 11, 24)):
        services.note_first_reply(enquiry_id=enquiry.pk, officer=officer)
        services.wait_for_provider(enquiry_id=enquiry.pk, officer=officer)
    with on(dt.date(2026, 11, 25)):
        services.resume_triage(enquiry_id=enquiry.pk, officer=officer)

    assert dates(enquiry) == (dt.date(2026, 11, 30), dt.date(2026, 12, 22))


def test_a_reply_while_waiting_counts_the_days_until_then(officer):
    enquiry = EnquiryFactory(in_triage=True, received_at=MONDAY)
    with on(dt.date(2026, 11, 24)):
        services.wait_for_provider(enquiry_id=enquiry.pk, officer=officer)
    with on(dt.date(2026, 11, 26)):
        services.note_first_reply(enquiry_id=enquiry.pk, officer=officer)
    with on(dt.date(2026, 11, 27)):
        services.resume_triage(enquiry_id=enquiry.pk, officer=officer)

    assert dates(enquiry) == (dt.date(2026, 12, 2), dt.date(2026, 12, 24))


def test_the_database_keeps_waiting_and_standing_still_together():
    """DI3."""
    EnquiryFactory(waiting=True)
    EnquiryFactory(in_triage=True)

    for change in ("paused_on = NULL", "paused_on = '2026-11-23'", "state = 'waiting'", "reply_due_on = NULL"):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE enquiries_enquiry SET {change}")


# --- Lists ---------------------------------------------------------------------------------------------------------


def test_lists_know_what_is_overdue_due_waiting_and_whose_it_is(officer):
    today = dt.date(2026, 11, 25)
    due = {"received_at": MONDAY, "decision_due_on": dt.date(2026, 12, 21)}
    late = EnquiryFactory(**due, reply_due_on=dt.date(2026, 11, 24))
    now = EnquiryFactory(**due, in_triage=True, owner=officer, reply_due_on=today)
    replied = EnquiryFactory(**due, in_triage=True, reply_due_on=dt.date(2026, 11, 24), replied_at=MONDAY)
    decided = EnquiryFactory(
        received_at=MONDAY, in_triage=True, reply_due_on=today, decision_due_on=MONDAY.date(), decided_at=MONDAY
    )
    paused = EnquiryFactory(**due, waiting=True, reply_due_on=dt.date(2026, 11, 24))
    closed = EnquiryFactory(**due, closed=True, owner=officer, reply_due_on=dt.date(2026, 11, 24))

    found = Enquiry.objects
    assert set(found.overdue_on(today)) == {late}
    assert set(found.due_on(today)) == {now, decided}
    assert set(found.overdue_on(dt.date(2027, 1, 1))) == {late, now, replied, decided}
    assert set(found.waiting_for_provider()) == {paused}
    assert set(found.unowned()) == {late}
    assert set(found.mine(officer)) == {now, closed}


def test_it_is_overdue_on_the_day_after_and_not_before():
    """A clock that ran out at midnight of the wrong day is a known trap."""
    due_on = dt.date(2027, 6, 3)
    enquiry = EnquiryFactory(received_at=MONDAY, reply_due_on=due_on, decision_due_on=due_on)

    with time_machine.travel(dt.datetime(2027, 6, 3, 22, 59, tzinfo=dt.UTC)):
        assert not Enquiry.objects.get().is_overdue
    with time_machine.travel(dt.datetime(2027, 6, 3, 23, 1, tzinfo=dt.UTC)):  # a minute past midnight here
        assert Enquiry.objects.get(pk=enquiry.pk).is_overdue


def test_an_index_holds_what_is_due():
    for _ in range(3):
        EnquiryFactory()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    plan = Enquiry.objects.overdue_on(dt.date(2026, 11, 23)).order_by("next_due_on", "pk")[:50].explain()

    assert "enquiry_due" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
