"""A partner's new programme: from an outline or a copy, complete before it is sent, and nowhere in public."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from programmes import services
from programmes.exceptions import ChangedMeanwhile, Incomplete, NotYours, TooManyAtOnce, TooManyNewProgrammes
from programmes.models import Intake, ListingChange, Programme
from tests.factories import PartnerFactory
from tests.programmes.people import NEW, a_partner, change_of, fields_of, listing_of

pytestmark = pytest.mark.django_db

SPRING = {"title": "Spring", "opens_on": dt.date(2027, 1, 1), "closes_on": dt.date(2027, 2, 1)}


@pytest.fixture
def ours():
    return a_partner()


def start(ours, title="New one", **how):
    return services.start_programme(partner_id=ours[0].pk, by=ours[1], title=title, **how)


def about(ours, programme):
    return {"programme_id": programme.pk, "partner_id": ours[0].pk, "by": ours[1]}


def fill_in(ours, programme, **values):
    return services.propose(**about(ours, programme), values=NEW | values)


def submit(ours, programme):
    change = change_of(programme)
    return services.submit(change_id=change.pk, by=ours[1], revision=change.revision)


def test_a_new_programme_is_a_draft_of_this_partner_with_its_title_proposed(ours):
    programme = start(ours)

    assert (programme.state, programme.proposed_by) == ("draft", ours[0])
    assert [*programme.partners.all()] == [ours[0]]
    (field,) = change_of(programme).fields.all()
    assert (field.name, field.before, field.after) == ("title", "", "New one")


def test_the_same_title_twice_makes_two_addresses(ours):
    with time_machine.travel(timezone.now() - dt.timedelta(minutes=2)):
        assert start(ours).slug == "new-one"
    assert start(ours).slug.startswith("new-one-")
    assert start(ours, title="???").slug == "programme"


def test_the_same_title_twice_within_a_minute_by_a_double_click_is_one_programme(ours):
    assert start(ours) == start(ours)
    assert Programme.objects.filter(proposed_by=ours[0]).count() == 1


def test_a_copy_takes_what_the_public_reads_and_nothing_of_the_councils(ours):
    pattern = listing_of(
        ours[0], telephone="+442079460958", cover="Nobody", cost_pounds=5, sharing_note="Ours", needs_account=True
    )

    programme = start(ours, copy_of=pattern.pk)

    programme.refresh_from_db()
    assert (programme.telephone, programme.sharing_note, programme.needs_account) == (pattern.telephone, "", False)
    proposed = fields_of(programme)
    assert (proposed["title"], proposed["cover"], proposed["cost_pounds"]) == ("New one", "Nobody", "5.00")
    assert {"partners", "closing", "telephone"} & set(proposed) == set()
    assert programme.description == ""


def test_nobody_copies_from_another_partner(ours):
    """AZ4."""
    with pytest.raises(NotYours):
        start(ours, copy_of=listing_of(PartnerFactory()).pk)

    assert not Programme.objects.filter(state="draft").exists()


def test_five_unfinished_programmes_are_enough(ours):
    begun = [start(ours, title=f"{number}") for number in range(5)]
    with pytest.raises(TooManyNewProgrammes):
        start(ours)

    change = change_of(begun[0])
    services.discard(change_id=change.pk, by=ours[1], revision=change.revision)

    assert start(ours)


def test_beginning_and_deleting_all_day_is_refused(ours):
    with pytest.raises(TooManyAtOnce):  # noqa: PT012
        for _ in range(30):
            change = change_of(start(ours))
            services.discard(change_id=change.pk, by=ours[1], revision=change.revision)


def test_deleting_a_draft_takes_it_away_as_a_whole(ours):
    programme = start(ours)
    services.discard(change_id=change_of(programme).pk, by=ours[1], revision=1)

    programme.refresh_from_db()
    assert programme.state == "archived"


@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        ("time_needed", "time_needed"),
        ("delivery_mode", "delivery_mode"),
        ("cost_pounds", "cost_pounds"),
        ("cover", "cover"),
        ("who_for", "who_for"),
        ("audience", "audience"),
        ("theme", "theme"),
        ("summary", "summary"),
        ("description", "description"),
        ("telephone", "telephone"),
    ],
)
def test_it_is_not_sent_without_what_a_provider_needs_to_decide(ours, left_out, named):
    """J-R5: hours, delivery, cost, who pays cover, eligibility, contact."""
    programme = start(ours)
    fill_in(ours, programme, **{left_out: ""})
    services.plan_intake(**about(ours, programme), values=SPRING)

    with pytest.raises(Incomplete) as refusal:
        submit(ours, programme)

    assert refusal.value.missing == [named]
    assert change_of(programme).state == "draft"


def test_it_is_not_sent_without_dates_or_the_word_that_there_are_none_yet(ours):
    programme = start(ours)
    fill_in(ours, programme)
    with pytest.raises(Incomplete) as refusal:
        submit(ours, programme)
    assert refusal.value.missing == ["dates"]

    services.leave_dates_open(**about(ours, programme), is_open=True)

    assert submit(ours, programme).state == "submitted"


def test_a_cost_in_words_is_enough(ours):
    programme = start(ours)
    fill_in(ours, programme, cost_pounds="", cost_note="Depends on your service")
    services.leave_dates_open(**about(ours, programme), is_open=True)

    assert submit(ours, programme)


def test_a_change_of_the_intakes_is_a_new_revision_and_has_to_be_sent_again(ours):
    """PA3: what the officer read had other dates."""
    programme = start(ours)
    fill_in(ours, programme)
    intake = services.plan_intake(**about(ours, programme), values=SPRING)
    sent = submit(ours, programme).revision

    services.replan_intake(**about(ours, programme), intake_id=intake.pk, values={"capacity": 12})

    change = change_of(programme)
    assert (change.state, change.revision) == ("draft", sent + 1)
    intake.refresh_from_db()
    assert (intake.capacity, intake.history.first().history_user) == (12, ours[1])
    services.unplan_intake(**about(ours, programme), intake_id=intake.pk)
    assert not Intake.objects.exists()


def test_an_intake_takes_the_word_back_that_there_are_no_dates(ours):
    programme = start(ours)
    services.leave_dates_open(**about(ours, programme), is_open=True)

    services.plan_intake(**about(ours, programme), values=SPRING)

    assert not change_of(programme).dates_to_be_agreed


def test_intakes_of_a_public_programme_or_of_another_partner_are_not_touched_here(ours):
    """AZ4."""
    theirs = services.start_programme(partner_id=(other := a_partner())[0].pk, by=other[1], title="Theirs")
    intake = services.plan_intake(**about(other, theirs), values=SPRING)
    own = start(ours)

    for programme in (ours[2], theirs):
        with pytest.raises(NotYours):
            services.plan_intake(**about(ours, programme), values=SPRING)
    for service, more in ((services.replan_intake, {"values": {"title": "x"}}), (services.unplan_intake, {})):
        with pytest.raises(NotYours):
            service(**about(ours, own), intake_id=intake.pk, **more)
    assert Intake.objects.get().title == "Spring"


def test_dates_are_the_councils_once_all_is_decided(ours):
    programme = start(ours)
    ListingChange.objects.update(state="done", ended_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))

    with pytest.raises(ChangedMeanwhile):
        services.plan_intake(**about(ours, programme), values=SPRING)


def test_a_draft_has_twenty_intakes_at_most(ours):
    programme = start(ours)
    for number in range(20):
        Intake.objects.create(programme=programme, **SPRING | {"title": f"Number {number}"})

    with pytest.raises(TooManyAtOnce):
        services.plan_intake(**about(ours, programme), values=SPRING)


def test_what_is_cleared_in_a_draft_is_no_proposal(ours):
    programme = start(ours)
    fill_in(ours, programme)
    fill_in(ours, programme, cover="")

    assert "cover" not in fields_of(programme)
    assert fields_of(programme)["title"] == NEW["title"]
