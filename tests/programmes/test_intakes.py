"""What a partner may do with an intake: each step guards itself, is live at once, and leaves who and when."""

import datetime as dt

import pytest

from careportal.accounts.models import AuditEntry
from programmes import services
from programmes.exceptions import ChangedMeanwhile, IntakeRefused, NotYours
from programmes.models import Intake, IntakeChange, what_changed
from tests.factories import IntakeFactory, ProgrammeFactory, UserFactory, in_days

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake():
    return IntakeFactory(title="Spring group", capacity=10, places_taken=4, starts_on=in_days(30), place="Barking")


@pytest.fixture
def editor():
    return UserFactory()


def places(intake, editor, left, held=0):
    about = {"intake_id": intake.pk, "by": editor, "shown": Intake.objects.get(pk=intake.pk).shown_as}
    return services.change_places(**about, left=left, held=lambda _: held)


@pytest.mark.parametrize(
    ("left", "held", "capacity", "taken"),
    [
        (6, 0, 10, 4),
        (3, 0, 10, 7),
        (0, 0, 10, 10),
        (8, 2, 10, 2),
        (8, 4, 12, 4),
        (20, 3, 23, 3),
    ],
    ids=[
        "as it was",
        "taken elsewhere",
        "full",
        "given back elsewhere",
        "more, as all are held",
        "more and given back",
    ],
)
def test_places_left_are_what_the_partner_says_and_never_below_what_is_held(
    intake, editor, left, held, capacity, taken
):
    places(intake, editor, left, held)

    intake.refresh_from_db()
    assert (intake.places_left, intake.capacity, intake.places_taken) == (left, capacity, taken)


def test_an_intake_without_a_fixed_number_gets_one(editor):
    intake = IntakeFactory(capacity=None, places_taken=2)

    places(intake, editor, 5, held=3)

    intake.refresh_from_db()
    assert (intake.capacity, intake.places_taken) == (8, 3)


@pytest.mark.parametrize("left", [-1, 10_001, 9_999])
def test_numbers_that_no_intake_has_are_refused(intake, editor, left):
    with pytest.raises(IntakeRefused):
        places(intake, editor, left, held=4)


@pytest.mark.parametrize(
    ("state", "step", "after"),
    [
        ("open", "pause", "paused"),
        ("open", "close", "closed"),
        ("paused", "open", "open"),
        ("paused", "close", "closed"),
        ("closed", "open", "open"),
    ],
)
def test_an_intake_is_paused_closed_and_opened(intake, editor, state, step, after):
    Intake.objects.filter(pk=intake.pk).update(state=state)
    intake.refresh_from_db()

    services.steer(intake_id=intake.pk, by=editor, step=step, shown=intake.shown_as)

    intake.refresh_from_db()
    assert intake.state == after
    assert intake.history.first().history_user == editor
    entry = AuditEntry.objects.get(about="programmes.intake")
    assert (entry.by, entry.row, entry.detail["what"]) == (editor, intake.pk, step)


@pytest.mark.parametrize(
    ("state", "step"),
    [
        ("open", "open"),
        ("paused", "pause"),
        ("closed", "pause"),
        ("closed", "close"),
        *(("cancelled", step) for step in services.intakes.STEPS),
    ],
)
def test_steps_that_make_no_sense_are_refused(intake, editor, state, step):
    Intake.objects.filter(pk=intake.pk).update(state=state)
    intake.refresh_from_db()

    with pytest.raises(IntakeRefused):
        services.steer(intake_id=intake.pk, by=editor, step=step, shown=intake.shown_as)

    intake.refresh_from_db()
    assert intake.state == state


def test_a_page_that_is_older_than_the_last_change_changes_nothing(intake, editor):
    shown = intake.shown_as
    places(intake, editor, 2)

    with pytest.raises(ChangedMeanwhile, match="Nothing was saved"):
        services.change_places(intake_id=intake.pk, by=editor, left=9, held=lambda _: 0, shown=shown)
    with pytest.raises(ChangedMeanwhile):
        services.steer(intake_id=intake.pk, by=editor, step="pause", shown=shown)
    with pytest.raises(ChangedMeanwhile):
        services.change_intake(intake_id=intake.pk, by=editor, values={"place": "Elsewhere"}, shown=shown)

    intake.refresh_from_db()
    assert (intake.places_left, intake.state, intake.place) == (2, "open", "Barking")


def test_a_button_pressed_twice_is_done_once_and_is_no_change_by_somebody_else(intake, editor):
    shown = intake.shown_as
    for _ in range(2):
        services.change_places(intake_id=intake.pk, by=editor, left=2, held=lambda _: 0, shown=shown)
    shown = Intake.objects.get().shown_as
    for _ in range(2):
        services.steer(intake_id=intake.pk, by=editor, step="pause", shown=shown)
    shown = Intake.objects.get().shown_as
    for _ in range(2):
        services.change_intake(intake_id=intake.pk, by=editor, values={"place": "Elsewhere"}, shown=shown)

    intake.refresh_from_db()
    assert (intake.places_left, intake.state, intake.place) == (2, "paused", "Elsewhere")
    assert IntakeChange.objects.count() == 2


def test_the_same_number_of_places_left_after_somebody_elses_change_is_refused(intake, editor):
    """The portal may have given one of them away meanwhile: whoever counts does it again."""
    shown = intake.shown_as
    places(intake, UserFactory(), 2)

    with pytest.raises(ChangedMeanwhile):
        services.change_places(intake_id=intake.pk, by=editor, left=2, held=lambda _: 0, shown=shown)


def test_dates_and_place_change_and_nothing_else_does(intake, editor):
    """PA2: names that a partner may not change are left out, whatever was sent."""
    values = {"starts_on": in_days(40), "place": "Dagenham", "state": "cancelled", "places_taken": 0, "programme": 1}

    services.change_intake(intake_id=intake.pk, by=editor, values=values, shown=intake.shown_as)

    before = intake.programme_id
    intake.refresh_from_db()
    assert (intake.starts_on, intake.place) == (in_days(40), "Dagenham")
    assert (intake.state, intake.places_taken, intake.programme_id) == ("open", 4, before)


def test_dates_that_contradict_each_other_are_refused_by_the_service_too(intake, editor):
    with pytest.raises(IntakeRefused, match="cannot end before it starts"):
        services.change_intake(intake_id=intake.pk, by=editor, values={"ends_on": in_days(1)}, shown=intake.shown_as)


def test_what_people_must_hear_of_is_written_down_with_the_change(intake, editor):
    before = intake.facts()

    services.change_intake(intake_id=intake.pk, by=editor, values={"starts_on": in_days(40)}, shown=intake.shown_as)

    change = IntakeChange.objects.get()
    assert (change.intake, change.by, change.before, change.told_at) == (intake, editor, before, None)


def test_the_number_of_places_and_the_days_of_applying_are_nobodys_news(intake, editor):
    places(intake, editor, 1)
    intake.refresh_from_db()
    services.change_intake(
        intake_id=intake.pk, by=editor, values={"closes_on": in_days(20), "title": "May"}, shown=intake.shown_as
    )

    assert not IntakeChange.objects.exists()


@pytest.mark.parametrize(
    ("before", "now", "what"),
    [
        ({}, {}, []),
        ({}, {"starts_on": dt.date(2027, 1, 1)}, ["dates"]),
        ({}, {"ends_on": dt.date(2027, 1, 1), "place": "Elsewhere"}, ["dates", "place"]),
        ({}, {"state": "paused"}, ["paused"]),
        ({}, {"state": "closed"}, ["closed"]),
        ({}, {"state": "cancelled"}, ["cancelled"]),
        ({"state": "paused"}, {"state": "open"}, ["resumed"]),
        ({"state": "cancelled"}, {"state": "open"}, ["resumed"]),
        ({"state": "closed"}, {"state": "open"}, []),
    ],
)
def test_what_has_changed_is_said_in_codes(intake, before, now, what):
    for name, value in before.items():
        setattr(intake, name, value)
    was = intake.facts()
    for name, value in now.items():
        setattr(intake, name, value)

    assert what_changed(was, intake) == what


def test_an_intake_is_added_to_a_published_programme(editor):
    programme = ProgrammeFactory()
    values = {"title": "New", "opens_on": in_days(0), "closes_on": in_days(9), "capacity": 5, "places_taken": 3}

    intake = services.add_intake(programme_id=programme.pk, by=editor, values=values)

    assert (intake.programme, intake.capacity, intake.places_taken) == (programme, 5, 0)
    assert programme.open_intakes() == [intake]


def test_none_is_added_to_an_archived_programme(editor):
    with pytest.raises(NotYours):
        services.add_intake(programme_id=ProgrammeFactory(archived=True).pk, by=editor, values={})


def test_officers_changes_in_the_admin_are_written_down_too(intake, officer, browser_of):
    lead = UserFactory(lead=True)
    form = {"title": intake.title, "programme": intake.programme_id, "opens_on": intake.opens_on}
    form |= {"closes_on": intake.closes_on, "starts_on": in_days(50), "ends_on": "", "place": intake.place}
    form |= {"capacity": 10, "places_taken": 4, "initial-places_taken": 4, "state": "open", "offers_by_itself": "on"}

    answer = browser_of(lead).post(f"/admin/programmes/intake/{intake.pk}/change/", form)

    assert answer.status_code == 302
    change = IntakeChange.objects.get()
    assert (change.by, change.before["starts_on"]) == (lead, f"{in_days(30)}")
