"""Moving somebody to another group: one place is given back and one taken, or nothing happens (J-O7)."""

import pytest

from enquiries import services
from enquiries.exceptions import ChangedMeanwhile, GroupIsFull, TransitionNotAllowed
from enquiries.models import Interest, Message
from tests.enquiries.letters import written_to
from tests.factories import IntakeFactory, InterestFactory, UserFactory, in_days

pytestmark = pytest.mark.django_db


@pytest.fixture
def interest():
    found = InterestFactory(in_hand=True)
    IntakeFactory(programme=found.programme, title="Spring group")
    return found


@pytest.fixture
def offered(interest, officer):
    return services.offer(interest_id=interest.pk, officer=officer, intake_id=group(interest).pk)


def group(interest):
    return interest.programme.intakes.get(title="Spring group")


@pytest.mark.parametrize("enrolled", [False, True])
def test_moving_gives_one_place_back_takes_another_and_tells_the_provider(offered, officer, enrolled):
    """J-O7."""
    if enrolled:
        services.enrol(interest_id=offered.pk, officer=officer)
    before, state = group(offered), offered.state
    summer = IntakeFactory(programme=offered.programme, title="Summer group", capacity=1)

    moved = services.move(interest_id=offered.pk, officer=officer, intake_id=summer.pk)

    before.refresh_from_db()
    summer.refresh_from_db()
    event = offered.enquiry.events.last()
    assert (before.places_taken, summer.places_taken, moved.offered_intake) == (0, 1, summer)
    assert moved.state == ("enrolled" if enrolled else state)
    assert (event.kind, event.by, event.detail["before_intake"]) == ("moved", officer, before.pk)
    text = written_to(offered.enquiry.contact_email)[-1].text
    assert "Summer group" in text
    assert ("To accept or decline" in text) != enrolled


def test_an_offer_that_is_moved_can_be_answered_afresh(offered, officer):
    """What ran out in a cancelled group must not run out at once in the next."""
    Interest.objects.filter(pk=offered.pk).update(answer_by=in_days(-1), remind_on=None)
    summer = IntakeFactory(programme=offered.programme, title="Summer group", starts_on=in_days(60), ends_on=None)

    moved = services.move(interest_id=offered.pk, officer=officer, intake_id=summer.pk)

    assert moved.answer_by == services.usual_answer_by(offered.programme, summer) > in_days(0)
    assert moved.is_open_offer
    assert services.look_after_places() == 0


def test_a_full_group_the_same_group_and_a_wrong_group_are_refused_and_nothing_moves(offered, officer):
    full = IntakeFactory(full=True, programme=offered.programme)
    wrong = [IntakeFactory().pk, IntakeFactory(programme=offered.programme, state="cancelled").pk, 999_999, 0]

    with pytest.raises(GroupIsFull, match="choose another one"):
        services.move(interest_id=offered.pk, officer=officer, intake_id=full.pk)
    for number in [*wrong, group(offered).pk]:
        with pytest.raises(TransitionNotAllowed):
            services.move(interest_id=offered.pk, officer=officer, intake_id=number)

    offered.refresh_from_db()
    assert offered.offered_intake == group(offered)
    assert (group(offered).places_taken, Message.objects.count()) == (1, 1)


@pytest.mark.parametrize("step", [None, services.withdraw, services.put_on_waiting_list])
def test_who_holds_no_place_is_not_moved(interest, officer, step):
    if step:
        step(interest_id=interest.pk, officer=officer)

    with pytest.raises(TransitionNotAllowed, match="holds no place"):
        services.move(interest_id=interest.pk, officer=officer, intake_id=group(interest).pk)


def test_an_old_page_does_not_move_what_a_colleague_moved(offered, officer):
    """CO1."""
    colleague, before = UserFactory(officer=True, name="A colleague"), offered.shown_as
    summer, autumn = (IntakeFactory(programme=offered.programme) for _ in range(2))
    services.move(interest_id=offered.pk, officer=colleague, intake_id=summer.pk)

    with pytest.raises(ChangedMeanwhile, match="Moved to another group, by A colleague"):
        services.move(interest_id=offered.pk, officer=officer, intake_id=autumn.pk, shown=before)


def test_officers_move_somebody_on_a_page_that_lists_the_other_groups(offered, officer, browser_of):
    browser = browser_of(officer)
    address = f"/admin/enquiries/enquiry/{offered.enquiry_id}/programmes/{offered.pk}/move/"
    assert "no other group to come" in browser.get(address).content.decode()
    assert browser.post(address, {"shown": offered.shown_as}).status_code == 200
    summer = IntakeFactory(programme=offered.programme, title="Summer group", capacity=3)

    text = browser.get(address).content.decode()
    assert "Summer group" in text
    assert "3 places left" in text
    assert f'value="{group(offered).pk}"' not in text
    assert "Select a group" in browser.post(address, {"shown": offered.shown_as}).content.decode()
    browser.post(address, {"group": summer.pk, "shown": offered.shown_as})

    offered.refresh_from_db()
    assert offered.offered_intake == summer
