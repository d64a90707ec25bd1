"""What a partner does with a referral: each step, who did it, and what is refused."""

import datetime as dt

import pytest
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import services
from enquiries.exceptions import ChangedMeanwhile, GroupIsFull, NotYours, TooMany, TransitionNotAllowed
from enquiries.models import Attendance, Event, Interest, Message
from enquiries.services import Acting
from programmes.models import PartnerMembership
from tests.enquiries.letters import written_to
from tests.factories import IntakeFactory, InterestFactory, PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db

State = Interest.State


@pytest.fixture
def partner():
    return PartnerFactory(name="Example partner", email="partner@example.org")


@pytest.fixture
def interest(partner):
    """Referred to the partner. Its programme has no groups."""
    found = InterestFactory(in_hand=True)
    found.programme.partners.add(partner)
    refer(found, partner)
    return found


@pytest.fixture
def acting(partner):
    user = UserFactory(name="Somebody at the partner")
    PartnerMembership.objects.create(partner=partner, user=user)
    return Acting(frozenset({partner.pk}), user)


def refer(interest, partner):
    services.refer(interest_id=interest.pk, officer=UserFactory(officer=True), partner_id=partner.pk)
    interest.refresh_from_db()


def enrolled(interest, acting):
    services.enrol_by_partner(interest_id=interest.pk, acting=acting)
    interest.refresh_from_db()
    return interest


def story(interest, kind):
    return interest.enquiry.events.get(kind=kind)


def today():
    return timezone.localdate()


# --- Acknowledge -----------------------------------------------------------------------------------------------------


def test_a_referral_is_to_be_acknowledged_within_three_working_days(interest, settings):
    by_on = add_working_days(today(), settings.REFERRAL_ACK_DAYS)

    assert (interest.acknowledge_by_on, interest.chase_on) == (by_on, add_working_days(by_on, -1))
    assert by_on.strftime("%B") in written_to("partner@example.org")[0].text


def test_acknowledging_keeps_the_moment_and_who_did_it(interest, acting):
    services.acknowledge(interest_id=interest.pk, acting=acting)

    interest.refresh_from_db()
    assert interest.acknowledged_at is not None
    assert interest.chase_on is None
    event = story(interest, Event.Kind.ACKNOWLEDGED)
    assert (event.by, event.detail["partner"], event.detail["via"]) == (acting.by, interest.referred_to_id, "page")


def test_a_step_by_code_is_the_partners_and_names_nobody(interest, partner):
    services.acknowledge(interest_id=interest.pk, acting=Acting(frozenset({partner.pk}), via="code"))

    event = story(interest, Event.Kind.ACKNOWLEDGED)
    assert (event.by, event.detail["by"], event.detail["via"]) == (None, "partner", "code")


def test_it_is_acknowledged_once(interest, acting):
    services.acknowledge(interest_id=interest.pk, acting=acting)

    with pytest.raises(TransitionNotAllowed, match="acknowledged already"):
        services.acknowledge(interest_id=interest.pk, acting=acting)


def test_a_step_from_a_page_that_showed_something_else_is_refused(interest, acting):
    shown = interest.partner_sees
    services.acknowledge(interest_id=interest.pk, acting=acting, shown=shown)

    with pytest.raises(ChangedMeanwhile):
        services.give_back(interest_id=interest.pk, acting=acting, because="full", shown=shown)


def test_what_the_provider_answered_still_waits_for_an_officer(interest, acting):
    interest.enquiry.answered_at = timezone.now()
    interest.enquiry.save(update_fields=["answered_at"])

    services.acknowledge(interest_id=interest.pk, acting=acting)

    interest.enquiry.refresh_from_db()
    assert interest.enquiry.answered_at is not None


# --- Whose it is -----------------------------------------------------------------------------------------------------

STEPS = {
    "acknowledge": services.acknowledge,
    "invite": lambda **by: services.invite(**by, day=today(), time="10am", place="Here"),
    "enrol": services.enrol_by_partner,
    "attended": lambda **by: services.note_attendance(**by, on=today()),
    "complete": services.complete_by_partner,
    "drop out": lambda **by: services.drop_out(**by, because="left"),
    "give back": lambda **by: services.give_back(**by, because="full"),
    "ask": lambda **by: services.ask_council(**by, text="Why?"),
}


@pytest.mark.parametrize("step", STEPS)
def test_no_step_is_taken_with_another_partners_referral(interest, step):
    """AZ3, AZ4."""
    before = Interest.objects.filter(pk=interest.pk).values().get()
    stranger = Acting(frozenset({PartnerFactory().pk}), UserFactory())

    with pytest.raises(NotYours):
        STEPS[step](interest_id=interest.pk, acting=stranger)
    with pytest.raises(NotYours):
        STEPS[step](interest_id=999_999, acting=stranger)

    assert Interest.objects.filter(pk=interest.pk).values().get() == before
    assert not interest.enquiry.events.filter(by=stranger.by).exists()


@pytest.mark.parametrize("step", STEPS)
def test_no_step_is_taken_once_it_is_with_another_partner(interest, acting, step):
    other = PartnerFactory()
    interest.programme.partners.add(other)
    refer(interest, other)

    with pytest.raises(NotYours):
        STEPS[step](interest_id=interest.pk, acting=acting)


# --- Invite ----------------------------------------------------------------------------------------------------------


def test_an_invitation_goes_through_the_portal_and_is_kept_as_it_was_sent(interest, acting):
    day = today() + dt.timedelta(days=7)

    services.invite(interest_id=interest.pk, acting=acting, day=day, time="10am", place="Room 1", more="Bring a pen.")

    (mail,) = written_to(interest.enquiry.contact_email)
    message = Message.objects.get(kind=Message.Kind.INVITATION)
    assert (message.mail, message.by, message.interest) == (mail, acting.by, interest)
    assert all(words in mail.text for words in ("Example partner invites you", "10am", "Room 1", "Bring a pen."))
    assert acting.by.name not in mail.text
    interest.refresh_from_db()
    assert interest.invited_for_on == day
    assert interest.acknowledged_at


@pytest.mark.parametrize("days", [-1, 400])
def test_nobody_is_invited_for_a_day_that_is_over_or_years_away(interest, acting, days):
    with pytest.raises(TransitionNotAllowed, match="Choose a day"):
        services.invite(
            interest_id=interest.pk, acting=acting, day=today() + dt.timedelta(days=days), time="10am", place="Here"
        )

    assert not Message.objects.filter(kind=Message.Kind.INVITATION).exists()


def test_a_partner_cannot_write_to_a_provider_without_end(interest, acting):
    for _ in range(10):
        STEPS["invite"](interest_id=interest.pk, acting=acting)

    with pytest.raises(TooMany):
        STEPS["invite"](interest_id=interest.pk, acting=acting)


# --- Enrol -----------------------------------------------------------------------------------------------------------


def test_enrolling_takes_a_place_in_the_group_and_tells_the_provider(interest, acting):
    group = IntakeFactory(programme=interest.programme)

    services.enrol_by_partner(interest_id=interest.pk, acting=acting, intake_id=group.pk)

    interest.refresh_from_db()
    group.refresh_from_db()
    assert (interest.state, interest.offered_intake, group.places_taken) == (State.ENROLLED, group, 1)
    assert (interest.answer_by, interest.remind_on) == (None, None)
    event = story(interest, Event.Kind.ENROLLED)
    assert (event.by, event.detail["before"], event.detail["intake"]) == (acting.by, "referred", group.pk)
    assert "has given you a place" in written_to(interest.enquiry.contact_email)[0].text


def test_a_programme_without_groups_enrols_without_one(interest, acting):
    assert enrolled(interest, acting).state == State.ENROLLED


def test_a_place_that_an_officer_has_offered_is_the_one_they_get(interest, acting, officer):
    group = IntakeFactory(programme=interest.programme)
    services.offer(interest_id=interest.pk, officer=officer, intake_id=group.pk)

    services.enrol_by_partner(interest_id=interest.pk, acting=acting)

    interest.refresh_from_db()
    group.refresh_from_db()
    assert (interest.state, interest.offered_intake, group.places_taken) == (State.ENROLLED, group, 1)


def test_a_full_group_enrols_nobody(interest, acting):
    group = IntakeFactory(programme=interest.programme, full=True)

    with pytest.raises(GroupIsFull):
        services.enrol_by_partner(interest_id=interest.pk, acting=acting, intake_id=group.pk)

    interest.refresh_from_db()
    assert interest.state == State.REFERRED


@pytest.mark.parametrize("group", ["none", "of another programme", "not there"])
def test_only_a_group_of_the_programme_will_do(interest, acting, group):
    """AZ4."""
    IntakeFactory(programme=interest.programme)
    number = {"none": None, "of another programme": IntakeFactory().pk, "not there": 999_999}[group]

    with pytest.raises(TransitionNotAllowed):
        services.enrol_by_partner(interest_id=interest.pk, acting=acting, intake_id=number)

    interest.refresh_from_db()
    assert interest.state == State.REFERRED
    assert not Event.objects.filter(kind=Event.Kind.ENROLLED).exists()


def test_nobody_is_enrolled_past_the_line_of_those_who_wait(interest, acting, officer):
    services.put_on_waiting_list(interest_id=InterestFactory(in_hand=True).pk, officer=officer)
    waiting = Interest.objects.get(state=State.WAITING_LIST)
    Interest.objects.filter(pk=waiting.pk).update(referred_to=interest.referred_to, referred_at=timezone.now())

    with pytest.raises(TransitionNotAllowed):
        services.enrol_by_partner(interest_id=waiting.pk, acting=acting)


def test_nobody_is_enrolled_while_the_council_waits_for_the_provider(interest, acting, officer):
    services.wait_for_provider(enquiry_id=interest.enquiry_id, officer=officer)

    with pytest.raises(TransitionNotAllowed, match="not ready for this step"):
        services.enrol_by_partner(interest_id=interest.pk, acting=acting)


# --- Attendance and endings ------------------------------------------------------------------------------------------


def test_a_day_attended_is_kept_once(interest, acting):
    enrolled(interest, acting)

    for _ in range(2):
        services.note_attendance(interest_id=interest.pk, acting=acting, on=today())

    attendance = Attendance.objects.get()
    assert (attendance.interest, attendance.on, attendance.by, attendance.via) == (interest, today(), acting.by, "page")
    assert story(interest, Event.Kind.ATTENDED).detail["on"] == f"{today()}"


@pytest.mark.parametrize("days", [-1, 1])
def test_no_day_to_come_and_none_before_the_referral_is_attended(interest, acting, days):
    enrolled(interest, acting)

    with pytest.raises(TransitionNotAllowed, match="Choose a day"):
        services.note_attendance(interest_id=interest.pk, acting=acting, on=today() + dt.timedelta(days=days))


def test_only_who_is_enrolled_attends_completes_or_drops_out(interest, acting):
    for step in ("attended", "complete", "drop out"):
        with pytest.raises(TransitionNotAllowed):
            STEPS[step](interest_id=interest.pk, acting=acting)


def test_who_completes_has_ended_also_where_the_enquiry_is_closed(interest, acting, officer):
    enrolled(interest, acting)
    services.close(enquiry_id=interest.enquiry_id, officer=officer)

    services.complete_by_partner(interest_id=interest.pk, acting=acting)

    interest.refresh_from_db()
    assert (interest.state, interest.ended_on) == (State.COMPLETED, today())
    assert story(interest, Event.Kind.COMPLETED).by == acting.by


@pytest.mark.parametrize("is_closed", [False, True])
def test_who_drops_out_frees_the_place_and_is_told_so_while_it_is_open(interest, acting, officer, is_closed):
    group = IntakeFactory(programme=interest.programme)
    services.enrol_by_partner(interest_id=interest.pk, acting=acting, intake_id=group.pk)
    if is_closed:
        services.close(enquiry_id=interest.enquiry_id, officer=officer)

    services.drop_out(interest_id=interest.pk, acting=acting, because="no_time")

    interest.refresh_from_db()
    group.refresh_from_db()
    assert (interest.state, interest.dropped_because, group.places_taken) == (State.WITHDRAWN, "no_time", 0)
    assert story(interest, Event.Kind.DROPPED_OUT).detail["reason"] == "no_time"
    told = [mail for mail in written_to(interest.enquiry.contact_email) if "do not take part" in mail.text]
    assert len(told) == (0 if is_closed else 1)


def test_a_reason_is_one_of_the_list(interest, acting):
    with pytest.raises(TransitionNotAllowed, match="Choose why"):
        services.give_back(interest_id=interest.pk, acting=acting, because="lazy")
    enrolled(interest, acting)
    with pytest.raises(TransitionNotAllowed, match="Choose why"):
        services.drop_out(interest_id=interest.pk, acting=acting, because="lazy")


# --- Give back -------------------------------------------------------------------------------------------------------


def test_what_is_given_back_is_the_officers_again_with_the_reason(interest, acting, partner, officer):
    services.hand_to_partner(enquiry_id=interest.enquiry_id, officer=officer)

    services.give_back(interest_id=interest.pk, acting=acting, because="wrong_fit")

    interest.refresh_from_db()
    interest.enquiry.refresh_from_db()
    assert (interest.state, interest.referred_to, interest.shared_fields) == (State.RECEIVED, None, [])
    assert (interest.given_back_by, interest.given_back_because) == (partner, "wrong_fit")
    assert interest.acknowledge_by_on is None
    assert (interest.enquiry.state, interest.enquiry.decided_at) == ("in_triage", None)
    assert interest.enquiry.answered_at is not None
    event = story(interest, Event.Kind.GIVEN_BACK)
    assert (event.by, event.detail["reason"], event.detail["partner"]) == (acting.by, "wrong_fit", partner.pk)


def test_the_enquiry_stays_with_partners_while_another_has_something(interest, acting, partner, officer):
    second = InterestFactory(enquiry=interest.enquiry)
    second.programme.partners.add(partner)
    refer(second, partner)
    services.hand_to_partner(enquiry_id=interest.enquiry_id, officer=officer)

    services.give_back(interest_id=interest.pk, acting=acting, because="full")

    interest.enquiry.refresh_from_db()
    assert interest.enquiry.state == "with_partner"


def test_another_reason_needs_words_that_officers_read_and_the_provider_does_not(interest, acting):
    with pytest.raises(TransitionNotAllowed, match="few words"):
        services.give_back(interest_id=interest.pk, acting=acting, because="other")

    services.give_back(interest_id=interest.pk, acting=acting, because="other", text="They moved away.")

    message = Message.objects.get(kind=Message.Kind.PARTNER)
    assert (message.text, message.by, message.mail) == ("They moved away.", acting.by, None)
    assert message not in interest.enquiry.messages.known_to_provider()


def test_what_comes_next_forgets_that_it_was_given_back(interest, acting, partner):
    services.give_back(interest_id=interest.pk, acting=acting, because="full")

    refer(interest, partner)

    assert (interest.given_back_by, interest.given_back_because, interest.chased) == (None, "", 0)
    assert interest.is_to_acknowledge


def test_what_the_council_has_closed_is_not_given_back(interest, acting, officer):
    services.close(enquiry_id=interest.enquiry_id, officer=officer)

    with pytest.raises(TransitionNotAllowed, match="closed"):
        services.give_back(interest_id=interest.pk, acting=acting, because="full")


def test_who_has_a_place_is_not_given_back(interest, acting):
    enrolled(interest, acting)

    with pytest.raises(TransitionNotAllowed, match="only give back"):
        services.give_back(interest_id=interest.pk, acting=acting, because="full")


# --- Ask -------------------------------------------------------------------------------------------------------------


def test_a_question_is_kept_with_the_enquiry_and_its_inbox_is_told_without_its_words(interest, acting):
    for _ in range(2):
        services.ask_council(interest_id=interest.pk, acting=acting, text="Canary: may they bring a friend?")

    message = Message.objects.get(kind=Message.Kind.PARTNER)
    (mail,) = written_to(interest.inbox)
    assert "Canary" in message.text
    assert "Canary" not in mail.text + mail.subject
    interest.enquiry.refresh_from_db()
    assert interest.enquiry.answered_at is not None
    assert message not in interest.enquiry.messages.known_to_provider()
