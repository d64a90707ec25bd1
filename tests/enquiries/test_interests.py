"""What becomes of each programme asked for: the table of steps, reasons, places, and the clock."""

import pytest
from django.db import Error, connection, transaction

from enquiries import services
from enquiries.exceptions import GroupIsFull, TransitionNotAllowed
from enquiries.models import Enquiry, Event, Interest
from tests.factories import (
    EnquiryFactory,
    IntakeFactory,
    InterestFactory,
    PartnerFactory,
    ProgrammeFactory,
    in_days,
)

pytestmark = pytest.mark.django_db

State = Interest.State


def group(interest):
    return interest.programme.intakes.get()


def steps(interest, partner):
    """Every step there is, ready to be taken by an officer."""
    group_id = group(interest).pk
    return {
        State.REFERRED: lambda **by: services.refer(**by, partner_id=partner.pk),
        State.OFFERED: lambda **by: services.offer(**by, intake_id=group_id),
        State.WAITING_LIST: services.put_on_waiting_list,
        State.ENROLLED: services.enrol,
        State.COMPLETED: services.complete,
        State.NOT_ELIGIBLE: lambda **by: services.find_not_eligible(**by, reason="role"),
        State.DECLINED: lambda **by: services.decline(**by, reason="no_money", onward_options="Ask again in May."),
        State.WITHDRAWN: services.withdraw,
        State.RECEIVED: lambda **by: back(interest, **by),
    }


def back(interest, **by):
    """To the beginning: by a correction where the provider has a letter, otherwise by taking it back."""
    now = Interest.objects.get(pk=interest.pk)
    if now.is_told(now.messages.select_related("mail")):
        return services.correct_decision(**by, explanation="We looked at the wrong application.")
    return services.reopen_interest(**by)


# How an interest comes to each state, from the beginning.
WAYS = {
    State.RECEIVED: [],
    State.REFERRED: [State.REFERRED],
    State.WAITING_LIST: [State.WAITING_LIST],
    State.OFFERED: [State.OFFERED],
    State.ENROLLED: [State.OFFERED, State.ENROLLED],
    State.COMPLETED: [State.OFFERED, State.ENROLLED, State.COMPLETED],
    State.NOT_ELIGIBLE: [State.NOT_ELIGIBLE],
    State.DECLINED: [State.DECLINED],
    State.WITHDRAWN: [State.WITHDRAWN],
}

# The table once more: a change to it must be made twice, and on purpose.
OPEN = {State.OFFERED, State.WAITING_LIST, State.NOT_ELIGIBLE, State.DECLINED, State.WITHDRAWN}
ALLOWED = {
    State.RECEIVED: OPEN | {State.REFERRED},
    State.REFERRED: OPEN | {State.RECEIVED},  # and to another partner: see below
    State.WAITING_LIST: (OPEN - {State.WAITING_LIST}) | {State.RECEIVED},
    State.OFFERED: (OPEN - {State.OFFERED}) | {State.RECEIVED, State.ENROLLED},
    State.ENROLLED: {State.RECEIVED, State.COMPLETED, State.WITHDRAWN},
    State.COMPLETED: {State.RECEIVED},
    State.NOT_ELIGIBLE: {State.RECEIVED},
    State.DECLINED: {State.RECEIVED},
    State.WITHDRAWN: {State.RECEIVED},
}


def bring(interest, partner, officer, state):
    for to in WAYS[state]:
        steps(interest, partner)[to](interest_id=interest.pk, officer=officer)
    interest.refresh_from_db()


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("to", State)
def test_each_step_is_taken_where_the_table_has_it_and_refused_elsewhere(interest, partner, officer, state, to):
    """AD16, AD8: refused means that nothing changed; taken means one line of history with who, from and to."""
    bring(interest, partner, officer, state)
    before = everything(interest)

    if to in ALLOWED[state]:
        steps(interest, partner)[to](interest_id=interest.pk, officer=officer)
        interest.refresh_from_db()
        event = interest.enquiry.events.last()
        assert interest.state == to
        assert event.by == officer
        assert (event.detail["interest"], event.detail["before"], event.detail["after"]) == (interest.pk, state, to)
    else:
        with pytest.raises(TransitionNotAllowed):
            steps(interest, partner)[to](interest_id=interest.pk, officer=officer)
        assert everything(interest) == before


def everything(interest):
    rows = (Interest.objects.values(), Enquiry.objects.values(), Event.objects.values("pk"))
    return [*map(list, rows), group(interest).places_taken]


@pytest.mark.parametrize("trait", [{}, {"waiting": True}, {"closed": True}])
def test_an_enquiry_that_is_not_in_hand_is_not_decided(trait, officer):
    """AD16."""
    interest = InterestFactory(enquiry=EnquiryFactory(**trait))

    with pytest.raises(TransitionNotAllowed, match="first"):
        services.withdraw(interest_id=interest.pk, officer=officer)

    interest.refresh_from_db()
    assert interest.state == "received"


def test_what_is_with_a_partner_is_decided_as_well(interest, officer):
    services.hand_to_partner(enquiry_id=interest.enquiry_id, officer=officer)

    assert services.withdraw(interest_id=interest.pk, officer=officer).state == "withdrawn"


# --- Referring -----------------------------------------------------------------------------------------------------


def test_a_referral_keeps_to_whom_and_when(interest, partner, officer):
    services.refer(interest_id=interest.pk, officer=officer, partner_id=partner.pk)

    interest.refresh_from_db()
    assert interest.referred_to == partner
    assert interest.referred_at is not None
    assert interest.enquiry.events.last().detail["partner"] == partner.pk


def test_only_partners_of_the_programme_get_a_referral(interest, officer):
    with pytest.raises(TransitionNotAllowed, match="does not run"):
        services.refer(interest_id=interest.pk, officer=officer, partner_id=PartnerFactory().pk)
    with pytest.raises(TransitionNotAllowed, match="not there any more"):
        services.refer(interest_id=interest.pk, officer=officer, partner_id=999_999)


def test_another_partner_may_follow_and_the_same_one_not(interest, partner, officer):
    other = PartnerFactory()
    interest.programme.partners.add(other)
    services.refer(interest_id=interest.pk, officer=officer, partner_id=partner.pk)

    with pytest.raises(TransitionNotAllowed, match="already"):
        services.refer(interest_id=interest.pk, officer=officer, partner_id=partner.pk)
    assert services.refer(interest_id=interest.pk, officer=officer, partner_id=other.pk).referred_to == other


def test_a_partner_with_referrals_cannot_be_deleted(interest, partner, officer):
    """DI8."""
    services.refer(interest_id=interest.pk, officer=officer, partner_id=partner.pk)

    with pytest.raises(Error):
        partner.delete()


# --- Reasons -------------------------------------------------------------------------------------------------------


def test_a_refusal_keeps_its_reason_and_the_way_onward_and_the_history_only_the_code(interest, officer):
    given = {"reason": "other_support", "onward_options": "Timewise runs a webinar."}
    services.decline(interest_id=interest.pk, officer=officer, **given)

    interest.refresh_from_db()
    assert (interest.reason, interest.onward_options) == tuple(given.values())
    detail = interest.enquiry.events.last().detail
    assert detail["reason"] == "other_support"
    assert "webinar" not in str(detail)


@pytest.mark.parametrize(
    "given",
    [
        {"reason": "", "onward_options": "Ask again."},
        {"reason": "role", "onward_options": "Ask again."},  # a reason of the other list
        {"reason": "no_money", "onward_options": " \n"},
    ],
)
def test_nothing_is_declined_without_a_reason_and_a_way_onward(interest, officer, given):
    with pytest.raises(TransitionNotAllowed):
        services.decline(interest_id=interest.pk, officer=officer, **given)


@pytest.mark.parametrize("reason", ["", "no_money", "because"])
def test_not_eligible_needs_a_reason_of_its_list(interest, officer, reason):
    with pytest.raises(TransitionNotAllowed, match="Choose why"):
        services.find_not_eligible(interest_id=interest.pk, officer=officer, reason=reason)


def test_taking_a_decision_back_takes_back_all_that_came_with_it(interest, partner, officer):
    services.refer(interest_id=interest.pk, officer=officer, partner_id=partner.pk)
    services.decline(interest_id=interest.pk, officer=officer, reason="no_money", onward_options="Ask again.")
    back(interest, interest_id=interest.pk, officer=officer)

    interest.refresh_from_db()
    assert (interest.reason, interest.onward_options) == ("", "")
    assert (interest.referred_to, interest.referred_at, interest.state) == (None, None, "received")


@pytest.mark.parametrize(
    "change",
    [
        "state = 'referred'",
        "state = 'declined', reason = 'no_money'",
        "state = 'declined', reason = 'role', onward_options = 'x'",
        "state = 'not_eligible'",
        "reason = 'role'",
        "referred_at = '2026-11-23'",
        "offered_intake_id = (SELECT MIN(id) FROM programmes_intake)",
    ],
)
def test_an_outcome_that_breaks_a_rule_is_refused_by_the_database(interest, change):
    """DI3."""
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE enquiries_interest SET {change}")


# --- Places --------------------------------------------------------------------------------------------------------


def taken(interest):
    return group(interest).places_taken


def test_an_offer_takes_a_place_and_what_ends_it_gives_the_place_back(interest, partner, officer):
    for ending in (State.WITHDRAWN, State.DECLINED, State.NOT_ELIGIBLE, State.WAITING_LIST, State.RECEIVED):
        services.offer(interest_id=interest.pk, officer=officer, intake_id=group(interest).pk)
        assert taken(interest) == 1
        steps(interest, partner)[ending](interest_id=interest.pk, officer=officer)
        assert taken(interest) == 0
        if ending != State.RECEIVED:
            back(interest, interest_id=interest.pk, officer=officer)
            assert taken(interest) == 0


def test_whoever_enrolled_keeps_the_place_until_they_withdraw(interest, officer):
    services.offer(interest_id=interest.pk, officer=officer, intake_id=group(interest).pk)
    services.enrol(interest_id=interest.pk, officer=officer)
    assert taken(interest) == 1

    services.withdraw(interest_id=interest.pk, officer=officer)

    assert taken(interest) == 0


def test_a_full_group_is_refused_with_what_to_do(officer):
    full = IntakeFactory(full=True)
    interest = InterestFactory(in_hand=True, programme=full.programme)

    with pytest.raises(GroupIsFull, match=r"The group is full: put it on the waiting list\."):
        services.offer(interest_id=interest.pk, officer=officer, intake_id=full.pk)

    interest.refresh_from_db()
    assert (interest.state, interest.enquiry.events.count()) == ("received", 1)


def test_a_group_without_a_fixed_number_is_never_full(officer):
    open_end = IntakeFactory(capacity=None)
    interest = InterestFactory(in_hand=True, programme=open_end.programme)

    assert services.offer(interest_id=interest.pk, officer=officer, intake_id=open_end.pk).state == "offered"


def test_only_a_group_of_the_programme_that_is_still_to_come_is_offered(interest, officer):
    elsewhere = IntakeFactory()
    cancelled = IntakeFactory(programme=interest.programme, state="cancelled")
    over = IntakeFactory(programme=interest.programme, starts_on=in_days(-9), ends_on=in_days(-1))

    for wrong in (elsewhere.pk, cancelled.pk, over.pk, 999_999, None):
        with pytest.raises(TransitionNotAllowed):
            services.offer(interest_id=interest.pk, officer=officer, intake_id=wrong)


def test_a_programme_without_groups_is_offered_with_dates_to_be_agreed(officer):
    interest = InterestFactory(in_hand=True)

    assert services.offer(interest_id=interest.pk, officer=officer).state == "offered"


def test_places_changed_by_hand_never_fall_below_none(interest, officer):
    services.offer(interest_id=interest.pk, officer=officer, intake_id=group(interest).pk)
    interest.programme.intakes.update(places_taken=0)

    services.withdraw(interest_id=interest.pk, officer=officer)

    assert taken(interest) == 0


# --- The clock of the decision -------------------------------------------------------------------------------------


def test_the_enquiry_is_decided_when_each_of_its_programmes_is(interest, officer):
    other = InterestFactory(enquiry=interest.enquiry, programme=ProgrammeFactory())
    enquiry = interest.enquiry
    due_on = enquiry.reply_due_on

    services.withdraw(interest_id=interest.pk, officer=officer)
    enquiry.refresh_from_db()
    assert enquiry.decided_at is None

    services.put_on_waiting_list(interest_id=other.pk, officer=officer)
    enquiry.refresh_from_db()
    assert enquiry.decided_at is not None
    assert (enquiry.reply_due_on, enquiry.replied_at, enquiry.next_due_on) == (due_on, None, due_on)

    services.reopen_interest(interest_id=other.pk, officer=officer)
    enquiry.refresh_from_db()
    assert enquiry.decided_at is None
