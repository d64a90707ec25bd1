"""A provider withdraws, from one programme or all, and can undo it until the end of the next working day."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import services
from enquiries.exceptions import ChangedMeanwhile, TooMany, TransitionNotAllowed
from enquiries.models import Enquiry, Event, Interest
from programmes.models import ClosureDay
from tests.applying import errors
from tests.enquiries.crowd import at_once
from tests.enquiries.follower import following
from tests.enquiries.letters import hidden, read, to_provider
from tests.factories import EnquiryFactory, IntakeFactory, InterestFactory, UserFactory

pytestmark = pytest.mark.django_db

STATES = ["received", "referred", "waiting_list", "offered", "enrolled"]


@pytest.fixture
def group(interest):
    return interest.programme.intakes.get()


@pytest.fixture
def browser(interest):
    return following(interest.enquiry)


def page(interest, name="withdraw/"):
    return f"/follow/{interest.enquiry.reference}/{name}"


def withdraw(*interests, why=""):
    shown = {one.pk: Interest.objects.get(pk=one.pk).shown_as for one in interests}
    return services.withdraw_for_provider(enquiry_id=interests[0].enquiry_id, shown=shown, why=why)


def undo(interest):
    return services.undo_withdrawal(enquiry_id=interest.enquiry_id)


def bring_to(state, interest, group, officer, partner):
    """By the steps that lead there."""
    about = {"interest_id": interest.pk, "officer": officer}
    if state == "referred":
        services.refer(**about, partner_id=partner.pk)
    if state == "waiting_list":
        services.put_on_waiting_list(**about)
    if state in ("offered", "enrolled"):
        services.offer(**about, intake_id=group.pk)
    if state == "enrolled":
        shown = Interest.objects.get(pk=interest.pk).shown_as
        services.answer_offer(interest_id=interest.pk, accepts=True, shown=shown)


def fields(interest):
    found = Interest.objects.get(pk=interest.pk)
    return {name: getattr(found, name) for name in Interest.OUTCOME if name != "remind_on"}


@pytest.mark.parametrize("state", STATES)
def test_withdrawing_and_undoing_brings_everything_back(interest, group, officer, partner, state):
    bring_to(state, interest, group, officer, partner)
    before = fields(interest)
    taken = type(group).objects.get().places_taken

    withdraw(interest, why="dates")

    interest.refresh_from_db()
    assert (interest.state, interest.why_withdrawn, interest.offered_intake) == ("withdrawn", "dates", None)
    assert interest.undo_until == add_working_days(timezone.localdate(), 1)
    assert type(group).objects.get().places_taken == 0

    undo(interest)

    assert fields(interest) == before
    assert type(group).objects.get().places_taken == taken


@pytest.mark.parametrize("state", ["not_eligible", "declined", "withdrawn", "completed"])
def test_what_is_decided_cannot_be_withdrawn(state):
    reasons = {"not_eligible": {"reason": "role"}, "declined": {"reason": "no_money", "onward_options": "Call us."}}
    interest = InterestFactory(in_hand=True, state=state, **reasons.get(state, {}))

    with pytest.raises(TransitionNotAllowed):
        withdraw(interest)
    interest.refresh_from_db()
    assert interest.state == state


def test_the_history_tells_who_and_why_in_codes(interest):
    withdraw(interest, why="no_time")
    undo(interest)

    told = (
        Event.objects.filter(kind__in=["withdrawn", "withdrawal_undone"]).order_by("pk").values_list("kind", "detail")
    )
    common = {"by": "provider", "interest": interest.pk}
    assert list(told) == [
        ("withdrawn", {**common, "why": "no_time", "before": "received", "after": "withdrawn"}),
        ("withdrawal_undone", {**common, "before": "withdrawn", "after": "received"}),
    ]


def test_a_mail_confirms_both_and_says_until_when(interest):
    withdraw(interest)
    undo(interest)

    first, second = (read(mail).get_content() for mail in to_provider())
    until = add_working_days(timezone.localdate(), 1)
    assert interest.programme_title in first
    assert f"until the end of {until:%A} {until.day} {until:%B %Y}" in first.replace("\n", " ")
    assert "/follow/\n" in first or "/follow/ " in first.replace("\n", " ")
    assert "Your withdrawal is undone" in second


def test_several_at_once_are_one_mail(interest):
    other = InterestFactory(enquiry=interest.enquiry)

    withdraw(interest, other)

    assert {one.state for one in Interest.objects.all()} == {"withdrawn"}
    assert len(to_provider()) == 1
    interest.enquiry.refresh_from_db()
    assert interest.enquiry.decided_at


def test_one_of_several_leaves_the_others_alone(interest):
    other = InterestFactory(enquiry=interest.enquiry)

    withdraw(interest)

    other.refresh_from_db()
    interest.enquiry.refresh_from_db()
    assert (other.state, interest.enquiry.decided_at) == ("received", None)


def test_it_waits_for_an_officer_whatever_it_waited_for_before():
    interest = InterestFactory(enquiry__waiting=True)

    withdraw(interest)

    enquiry = Enquiry.objects.get()
    assert (enquiry.state, bool(enquiry.answered_at), enquiry.paused_on) == ("in_triage", True, None)


def test_a_new_one_can_be_withdrawn_before_anybody_took_it():
    interest = InterestFactory()

    withdraw(interest)

    assert Interest.objects.get().state == "withdrawn"
    assert Enquiry.objects.get().state == "new"


def test_the_undo_ends_with_the_next_working_day(interest):
    """Closure days of the council count."""
    friday = dt.datetime(2026, 12, 4, 10, tzinfo=dt.UTC)
    ClosureDay.objects.create(on=dt.date(2026, 12, 7), reason="Closed")
    with time_machine.travel(friday):
        withdraw(interest)
    interest.refresh_from_db()
    assert interest.undo_until == dt.date(2026, 12, 8)

    with time_machine.travel(dt.datetime(2026, 12, 9, 0, 1, tzinfo=dt.UTC)), pytest.raises(TransitionNotAllowed):
        undo(interest)
    with time_machine.travel(dt.datetime(2026, 12, 8, 23, 59, tzinfo=dt.UTC)):
        undo(interest)


def test_an_officers_withdrawal_cannot_be_undone_by_the_provider(interest, officer):
    services.withdraw(interest_id=interest.pk, officer=officer)

    with pytest.raises(TransitionNotAllowed):
        undo(interest)


def test_what_an_officer_opened_again_meanwhile_is_not_undone(interest, officer):
    withdraw(interest)
    services.reopen_interest(interest_id=interest.pk, officer=officer)

    with pytest.raises(TransitionNotAllowed):
        undo(interest)
    interest.refresh_from_db()
    assert (interest.state, interest.undo_until, interest.why_withdrawn) == ("received", None, "")


def test_a_place_that_somebody_else_has_by_now_is_not_brought_back(interest, group, officer, partner):
    type(group).objects.update(capacity=1)
    bring_to("enrolled", interest, group, officer, partner)
    withdraw(interest)
    other = InterestFactory(in_hand=True, programme=interest.programme)
    services.offer(interest_id=other.pk, officer=officer, intake_id=group.pk)

    undo(interest)

    interest.refresh_from_db()
    assert (interest.state, interest.offered_intake) == ("waiting_list", None)
    assert type(group).objects.get().places_taken == 1
    assert "You are on the waiting list" in read(to_provider()[-1]).get_content()


def test_an_offer_that_ran_out_meanwhile_is_not_brought_back(interest, group, officer, partner):
    bring_to("offered", interest, group, officer, partner)
    withdraw(interest)
    Interest.objects.update(before_withdrawal={**Interest.objects.get().before_withdrawal, "answer_by": "2026-01-01"})

    undo(interest)

    interest.refresh_from_db()
    assert (interest.state, interest.answer_by) == ("waiting_list", None)
    assert type(group).objects.get().places_taken == 0


def test_undoing_opens_again_what_was_closed_meanwhile(interest, officer):
    withdraw(interest)
    services.follow_up_answer(enquiry_id=interest.enquiry_id, officer=officer)
    services.close(enquiry_id=interest.enquiry_id, officer=officer)

    undo(interest)

    enquiry = Enquiry.objects.get()
    assert (enquiry.state, bool(enquiry.answered_at), enquiry.decided_at) == ("in_triage", True, None)
    assert Event.objects.get(kind="reopened").detail["by"] == "provider"


def test_a_place_can_be_given_up_also_in_a_closed_enquiry(interest, group, officer, partner):
    bring_to("enrolled", interest, group, officer, partner)
    services.follow_up_answer(enquiry_id=interest.enquiry_id, officer=officer)
    services.close(enquiry_id=interest.enquiry_id, officer=officer)

    withdraw(interest)
    assert type(group).objects.get().places_taken == 0
    undo(interest)

    assert (Interest.objects.get().state, Enquiry.objects.get().state) == ("enrolled", "closed")


def test_pressed_twice_it_is_done_once(interest):
    """CO9."""
    shown = {interest.pk: interest.shown_as}
    for _ in range(2):
        services.withdraw_for_provider(enquiry_id=interest.enquiry_id, shown=shown)

    assert len(to_provider()) == Event.objects.filter(kind="withdrawn").count() == 1


def test_withdrawing_and_undoing_again_and_again_comes_to_an_end(interest):
    """Trap 20: each writes two mails."""
    for _ in range(20):
        withdraw(interest)
        undo(interest)

    with pytest.raises(TooMany):
        withdraw(interest)


def test_a_decision_meanwhile_stops_the_withdrawal(interest, officer, caplog):
    """CO5: the end is the decision's; the withdrawal that was refused is in the log."""
    shown = {interest.pk: interest.shown_as}
    services.find_not_eligible(interest_id=interest.pk, officer=officer, reason="role")

    with pytest.raises(ChangedMeanwhile, match="Nothing was withdrawn"):
        services.withdraw_for_provider(enquiry_id=interest.enquiry_id, shown=shown)

    interest.refresh_from_db()
    assert interest.state == "not_eligible"
    assert f"withdrawal.refused enquiry={interest.enquiry_id} interest={interest.pk}" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_against_a_decision_at_once_has_one_end():
    """CO5."""
    interest, officer = InterestFactory(in_hand=True), UserFactory(officer=True)
    group = IntakeFactory(programme=interest.programme, capacity=1)
    shown = interest.shown_as

    results = at_once(
        lambda: services.withdraw_for_provider(enquiry_id=interest.enquiry_id, shown={interest.pk: shown}),
        lambda: services.offer(interest_id=interest.pk, officer=officer, intake_id=group.pk, shown=shown),
    )

    interest.refresh_from_db()
    group.refresh_from_db()
    assert sum(isinstance(result, ChangedMeanwhile) for result in results) == 1
    assert group.places_taken == (1 if interest.state == "offered" else 0)
    assert Event.objects.filter(kind__in=["withdrawn", "offered"]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_undoing_many_times_at_once_takes_one_place():
    interest, officer = InterestFactory(in_hand=True), UserFactory(officer=True)
    group = IntakeFactory(programme=interest.programme, capacity=5)
    bring_to("enrolled", interest, group, officer, None)
    withdraw(interest)

    at_once(*[lambda: undo(interest)] * 8)

    group.refresh_from_db()
    interest.refresh_from_db()
    assert (interest.state, group.places_taken) == ("enrolled", 1)


def test_who_follows_withdraws_by_one_button_and_undoes_it_by_one(interest, browser):
    shown = browser.get(page(interest))
    assert "You can undo this until the end of" in shown.content.decode()

    done = browser.post(page(interest), {**hidden(shown), "programmes": [interest.pk]}, follow=True)
    assert f"You have withdrawn from {interest.name}." in done.content.decode()
    assert page(interest, "undo/") in done.content.decode()
    assert Interest.objects.get().state == "withdrawn"

    undone = browser.post(page(interest, "undo/"), follow=True)
    assert "Your withdrawal is undone" in undone.content.decode()
    assert Interest.objects.get().state == "received"


def test_who_holds_a_place_is_warned_that_it_is_gone_at_once(interest, group, officer, partner, browser):
    assert "to somebody else at once" not in browser.get(page(interest)).content.decode()
    bring_to("offered", interest, group, officer, partner)

    assert "to somebody else at once" in browser.get(page(interest)).content.decode()


def test_a_page_that_showed_something_else_is_shown_again(interest, browser, officer):
    """CO1."""
    shown = hidden(browser.get(page(interest)))
    services.put_on_waiting_list(interest_id=interest.pk, officer=officer)

    answer = browser.post(page(interest), {**shown, "programmes": [interest.pk], "why": "dates"})
    assert "Nothing was withdrawn: look again" in errors(answer)[0].replace("&quot;", "")
    again = browser.post(page(interest), {**hidden(answer), "programmes": [interest.pk], "why": "dates"})

    assert again.status_code == 302
    assert Interest.objects.get().state == "withdrawn"


def test_a_programme_of_somebody_elses_application_is_not_there(interest, browser):
    """AZ4."""
    foreign = InterestFactory(in_hand=True)
    shown = hidden(browser.get(page(interest)))

    for number in (foreign.pk, 10**30, "x", "", "\x00"):
        answer = browser.post(page(interest), {**shown, "programmes": [interest.pk, number]})
        assert answer.status_code == 404

    assert {one.state for one in Interest.objects.all()} == {"received"}


def test_nothing_chosen_or_an_unknown_reason_is_told(interest, browser):
    shown = hidden(browser.get(page(interest)))

    assert errors(browser.post(page(interest), shown)) == ["Select what you want to withdraw from"]
    assert errors(browser.post(page(interest), {**shown, "programmes": [interest.pk], "why": "x"}))
    assert Interest.objects.get().state == "received"


def test_officers_see_who_withdrew_why_and_until_when(interest, browser_of, officer):
    withdraw(interest, why="dates")

    shown = browser_of(officer).get(interest.enquiry.get_absolute_url()).content.decode()

    assert "The provider: The dates or the place do not suit us" in shown
    assert "The provider can undo this until the end of" in shown


def test_a_place_given_up_goes_to_whoever_is_next_within_the_minute(interest, group, officer, partner):
    type(group).objects.update(capacity=1, starts_on=timezone.localdate() + dt.timedelta(days=30))
    bring_to("enrolled", interest, group, officer, partner)
    following_one = InterestFactory(in_hand=True, programme=interest.programme)
    services.put_on_waiting_list(interest_id=following_one.pk, officer=officer)

    withdraw(interest)
    services.look_after_places()

    following_one.refresh_from_db()
    assert following_one.state == "offered"


def test_nobody_else_may_withdraw(interest):
    """AZ2."""
    stranger = following(EnquiryFactory())

    for name in ("withdraw/", "undo/"):
        assert stranger.post(page(interest, name), {"programmes": [interest.pk]}).status_code == 404
    interest.refresh_from_db()
    assert interest.state == "received"
