"""A group changes: everybody concerned is told once, and says whether it is still fine."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from enquiries import services
from enquiries.letters_intakes import intake_page
from enquiries.models import Event, IntakeAnswer, Interest, OutgoingMail
from enquiries.restored import write_nothing_twice_about_programmes
from enquiries.standing import Standing
from programmes import services as programmes
from programmes.models import Intake, IntakeChange
from tests.enquiries.letters import page_in, written_to
from tests.factories import IntakeFactory, InterestFactory, ProgrammeFactory, UserFactory, in_days

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 30, 10, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def group(clock):
    programme = ProgrammeFactory(title="Rota planning")
    return IntakeFactory(programme=programme, title="Spring group", capacity=3, starts_on=in_days(60), place="Barking")


@pytest.fixture
def editor():
    return UserFactory()


@pytest.fixture
def holder(group, officer):
    """Somebody with a place in the group."""
    interest = InterestFactory(in_hand=True, programme=group.programme, intake=group)
    services.offer(interest_id=interest.pk, officer=officer, intake_id=group.pk)
    interest.refresh_from_db()
    return services.answer_offer(interest_id=interest.pk, accepts=True, shown=interest.shown_as)


def change(group, editor, **values):
    group.refresh_from_db()
    values = values or {"starts_on": in_days(70)}
    programmes.change_intake(intake_id=group.pk, by=editor, values=values, shown=group.shown_as)


def steer(group, editor, step):
    group.refresh_from_db()
    programmes.steer(intake_id=group.pk, by=editor, step=step, shown=group.shown_as)


def settle(clock, minutes=10):
    clock.shift(minutes * MINUTE)
    return services.look_after_intakes()


def letters(interest):
    return [mail for mail in written_to(interest.enquiry.contact_email) if "/intakes/" in mail.text]


def told(interest):
    return IntakeAnswer.objects.get(interest=interest)


def page_of(interest):
    return intake_page(told(interest))


def answer(interest, given):
    one = told(interest)
    return Client().post(intake_page(one), {"answer": given, "shown": one.shown_as})


# --- Who is told of what -------------------------------------------------------------------------------------------


def test_whoever_holds_a_place_gets_one_letter_that_says_what_has_changed_and_how_it_is_now(
    group, holder, editor, clock
):
    change(group, editor, starts_on=in_days(70), place="Dagenham")
    assert settle(clock) == 1

    (mail,) = letters(holder)
    for words in ("The dates have changed.", "The place has changed.", "Dagenham", "Rota planning", "still fine"):
        assert words in mail.text
    assert mail.subject == f"A group has changed ({holder.enquiry.reference})"
    event = holder.enquiry.events.get(kind=Event.Kind.INTAKE_CHANGED)
    assert event.detail["what"] == ["dates", "place"]
    assert page_in(mail.text) == page_of(holder)


def test_the_correspondence_does_not_hold_the_address_to_answer_at(group, holder, editor, clock):
    change(group, editor)
    settle(clock)

    assert "/intakes/" not in told(holder).message.text
    assert "(the page to answer on)" in told(holder).message.text


@pytest.mark.parametrize(
    ("state", "more", "is_told"),
    [
        ("received", {}, True),
        ("referred", {}, True),
        ("waiting_list", {}, True),
        ("withdrawn", {}, False),
        ("not_eligible", {"reason": "role"}, False),
        ("declined", {"reason": "no_money", "onward_options": "Ask again."}, False),
    ],
)
def test_those_who_asked_for_the_group_are_told_while_nothing_is_decided(
    group, editor, clock, partner, state, more, is_told
):
    if state == "referred":
        more = {"referred_to": partner, "referred_at": timezone.now()}
    if state == "waiting_list":
        more = {"waiting_since": timezone.now()}
    interest = InterestFactory(in_hand=True, programme=group.programme, intake=group, state=state, **more)

    change(group, editor)
    settle(clock)

    assert bool(letters(interest)) is is_told


def test_whom_it_does_not_concern_is_not_told(group, holder, editor, clock):
    other = IntakeFactory(programme=group.programme, title="Summer group")
    elsewhere = InterestFactory(in_hand=True, programme=group.programme, intake=other)
    anywhere = InterestFactory(in_hand=True, programme=group.programme)
    closed = InterestFactory(enquiry__closed=True, programme=group.programme, intake=group)
    moved = InterestFactory(
        in_hand=True, programme=group.programme, intake=group, state="offered", offered_intake=other
    )

    change(group, editor)

    assert settle(clock) == 1
    assert not any(letters(one) for one in (elsewhere, anywhere, closed, moved))


def test_who_has_a_place_is_told_even_where_the_enquiry_is_closed(group, holder, editor, clock, officer):
    services.close(enquiry_id=holder.enquiry_id, officer=officer)

    change(group, editor)

    assert settle(clock) == 1


@pytest.mark.parametrize(("step", "words"), [("pause", "It is paused."), ("close", "It takes no more applications.")])
def test_pausing_and_closing_are_told(group, holder, editor, clock, step, words):
    steer(group, editor, step)
    settle(clock)

    assert words in letters(holder)[0].text


def test_a_cancelled_group_asks_for_another_date_only(group, holder, clock, editor):
    before = group.facts()
    Intake.objects.filter(pk=group.pk).update(state="cancelled")
    group.refresh_from_db()
    programmes.note_change(group, before, editor)
    settle(clock)

    page = Client().get(page_of(holder)).content.decode()
    assert "Your group is cancelled" in page
    assert "Yes, it is still fine" not in page
    answer(holder, "fine")
    assert told(holder).answer == ""


# --- No floods -----------------------------------------------------------------------------------------------------


def test_nobody_is_told_before_nothing_has_changed_for_ten_minutes(group, holder, editor, clock):
    change(group, editor)
    assert settle(clock, 6) == 0
    change(group, editor, place="Dagenham")
    assert settle(clock, 6) == 0
    assert settle(clock, 6) == 1

    assert told(holder).what == ["dates", "place"]


def test_what_is_set_back_meanwhile_is_told_to_nobody(group, holder, editor, clock):
    change(group, editor, place="Dagenham")
    change(group, editor, place="Barking")

    assert settle(clock) == 0
    assert not IntakeChange.objects.untold().exists()


def test_a_second_change_within_an_hour_is_told_when_the_hour_is_over(group, holder, editor, clock):
    change(group, editor)
    assert settle(clock) == 1
    change(group, editor, place="Dagenham")
    assert settle(clock, 20) == 0
    assert settle(clock, 45) == 1

    assert len(letters(holder)) == 2
    assert told(holder).what == ["dates", "place"], "the first was not answered: it is said again"


def test_a_letter_that_was_not_sent_by_then_is_replaced(group, holder, editor, clock):
    change(group, editor)
    settle(clock)
    change(group, editor, place="Dagenham")
    settle(clock, 70)

    first, second = letters(holder)
    assert (first.state, second.state) == (OutgoingMail.State.CANCELLED, OutgoingMail.State.QUEUED)


def test_a_letter_that_has_left_is_followed_by_another(group, holder, editor, clock):
    change(group, editor)
    settle(clock)
    OutgoingMail.objects.filter(state="queued").update(state="sent", sent_at=timezone.now())
    change(group, editor, place="Dagenham")
    settle(clock, 70)

    assert [mail.state for mail in letters(holder)] == ["sent", "queued"]


def test_who_changes_it_again_and_again_is_told_on_after_an_hour(group, holder, editor, clock):
    for number in range(14):
        change(group, editor, place=f"Room {number}")
        settle(clock, 5)

    assert len(letters(holder)) == 1


def test_looking_twice_tells_nobody_twice(group, holder, editor, clock):
    change(group, editor)
    settle(clock)
    IntakeChange.objects.update(told_at=None)

    assert services.look_after_intakes() == 0
    assert len(letters(holder)) == 1


def test_after_a_restore_nothing_is_told_again(group, holder, editor, clock):
    change(group, editor)
    write_nothing_twice_about_programmes()

    assert settle(clock) == 0


# --- What they answer ----------------------------------------------------------------------------------------------


@pytest.fixture
def asked(group, holder, editor, clock):
    change(group, editor)
    settle(clock)
    holder.refresh_from_db()
    return holder


def test_opening_the_page_changes_nothing_and_nobody_keeps_or_lists_it(asked):
    """N19."""
    events = Event.objects.count()

    page = Client().get(page_of(asked))

    assert page.status_code == 200
    assert (page["X-Robots-Tag"], page["Cache-Control"]) == ("noindex, noarchive", "no-store")
    assert "Is this still fine for you?" in page.content.decode()
    assert (Event.objects.count(), told(asked).answer) == (events, "")


def test_still_fine_is_kept_and_everything_stays(asked, group):
    assert answer(asked, "fine").status_code == 302

    asked.refresh_from_db()
    group.refresh_from_db()
    assert (told(asked).answer, asked.state, group.places_taken) == ("fine", "enrolled", 1)
    event = asked.enquiry.events.get(kind=Event.Kind.INTAKE_ANSWERED)
    assert event.detail == {"by": "provider", "interest": asked.pk, "intake": group.pk, "answer": "fine"}
    assert "It is still fine for you" in Client().get(page_of(asked)).content.decode()


def test_not_any_more_gives_the_place_to_whoever_waits(asked, group):
    Intake.objects.update(capacity=1)
    since = {"state": "waiting_list", "waiting_since": timezone.now()}
    waiting = InterestFactory(in_hand=True, programme=group.programme, **since)

    answer(asked, "not_any_more")
    services.look_after_places()

    asked.refresh_from_db()
    waiting.refresh_from_db()
    assert (asked.state, asked.why_withdrawn, asked.may_undo) == ("withdrawn", "dates", True)
    assert (waiting.state, waiting.offered_intake) == ("offered", group)
    assert "We have sent you an email about it" in Client().get(page_of(asked)).content.decode()


def test_another_date_gives_the_place_back_and_waits_for_another_group(asked, group):
    answer(asked, "other_date")
    services.look_after_places()

    asked.refresh_from_db()
    group.refresh_from_db()
    assert (asked.state, asked.passed_up, asked.intake, asked.offered_intake) == ("waiting_list", group, None, None)
    assert group.places_taken == 0
    summer = IntakeFactory(programme=group.programme, title="Summer group")
    services.look_after_places()
    asked.refresh_from_db()
    assert (asked.state, asked.offered_intake) == ("offered", summer)


def test_another_date_opens_a_closed_enquiry_again_as_somebody_waits(group, holder, editor, clock, officer):
    services.close(enquiry_id=holder.enquiry_id, officer=officer)
    change(group, editor)
    settle(clock)

    answer(holder, "other_date")

    holder.enquiry.refresh_from_db()
    assert holder.enquiry.state == "in_triage"


def test_who_only_asked_for_the_group_asks_for_any_other_and_stays_in_its_place(group, editor, clock):
    since = timezone.now()
    waiting = InterestFactory(
        in_hand=True, programme=group.programme, intake=group, state="waiting_list", waiting_since=since
    )
    change(group, editor)
    settle(clock)

    answer(waiting, "other_date")

    waiting.refresh_from_db()
    assert (waiting.state, waiting.waiting_since, waiting.intake, waiting.passed_up) == (
        "waiting_list",
        since,
        None,
        group,
    )


@pytest.mark.parametrize("given", ["", "anything", "x" * 5000, "fine\x00"])
def test_an_answer_that_was_not_offered_is_refused_and_nothing_happens(asked, given):
    page = answer(asked, given)

    assert page.status_code == 200
    assert "Select whether this is still fine" in page.content.decode()
    assert told(asked).answer == ""


def test_an_answer_to_a_page_that_is_older_than_the_last_change_is_refused(asked, group, editor):
    shown = told(asked).shown_as
    change(group, editor, place="Far away")

    page = Client().post(page_of(asked), {"answer": "fine", "shown": shown})

    assert page.status_code == 200
    assert "changed after you opened the page" in page.content.decode()
    assert "Far away" in page.content.decode()
    assert told(asked).answer == ""


def test_an_answer_counts_once(asked):
    answer(asked, "fine")
    answer(asked, "not_any_more")

    asked.refresh_from_db()
    assert (told(asked).answer, asked.state) == ("fine", "enrolled")


def test_a_further_change_asks_again(asked, group, editor, clock):
    answer(asked, "fine")
    change(group, editor, place="Dagenham")
    settle(clock, 70)

    assert (told(asked).answer, told(asked).what) == ("", ["place"])


def test_what_ended_meanwhile_has_nothing_to_answer(asked, officer):
    services.withdraw(interest_id=asked.pk, officer=officer)

    assert "There is nothing to answer" in Client().get(page_of(asked)).content.decode()
    answer(asked, "fine")
    assert told(asked).answer == ""


def test_a_changed_address_or_that_of_another_is_not_there(asked, group, editor, clock):
    """AZ5."""
    number, token = page_of(asked).strip("/").split("/")[1:]

    for path in (
        f"/intakes/{number}/{token[:-1]}x/",
        f"/intakes/{int(number) + 1}/{token}/",
        f"/intakes/{'9' * 30}/x/",
    ):
        assert Client().get(path).status_code == 404
        assert Client().post(path, {"answer": "fine"}).status_code == 404


# --- Where it is seen ----------------------------------------------------------------------------------------------


def test_officers_see_the_answer_on_the_page_of_the_enquiry(asked, officer, browser_of):
    page = browser_of(officer).get(asked.enquiry.get_absolute_url()).content.decode()
    assert "no answer yet" in page

    answer(asked, "fine")

    page = browser_of(officer).get(asked.enquiry.get_absolute_url()).content.decode()
    assert "Still fine" in page
    assert "Answered about the changed group" in page


def test_the_status_page_shows_what_is_to_be_answered_until_it_is(asked, officer):
    (programme,) = Standing(asked.enquiry).changed
    assert programme.changed_groups[0][1] == page_of(asked)

    answer(asked, "fine")

    assert Standing(asked.enquiry).changed == []


def test_nothing_personal_is_in_the_history(asked):
    """Events hold ids and codes."""
    answer(asked, "other_date")

    details = [event.detail for event in Event.objects.filter(kind__startswith="intake_")]
    assert asked.enquiry.contact_name not in str(details)
    assert Interest.objects.get(pk=asked.pk).state == "waiting_list"
