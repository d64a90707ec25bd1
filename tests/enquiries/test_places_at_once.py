"""Places while many want them at one moment: providers, officers, and the portal's own job."""

import pytest
from django.test import Client
from django.utils import timezone

from enquiries import services
from enquiries.application.forms import intake_choice
from enquiries.exceptions import ChangedMeanwhile, GroupIsFull, Refused, TransitionNotAllowed
from enquiries.models import Draft, Enquiry, Event, Interest, Message
from tests.applying import Applicant
from tests.enquiries.crowd import at_once
from tests.enquiries.letters import page_in
from tests.factories import IntakeFactory, InterestFactory, ProgrammeFactory, UserFactory, in_days

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group():
    return IntakeFactory(programme=ProgrammeFactory(slug="wanted"), capacity=1)


def waiting(group):
    since = {"state": "waiting_list", "waiting_since": timezone.now()}
    return InterestFactory(in_hand=True, programme=group.programme, **since)


def offered(group, officer):
    interest = InterestFactory(in_hand=True, programme=group.programme)
    return services.offer(interest_id=interest.pk, officer=officer, intake_id=group.pk)


def count(state):
    return Interest.objects.filter(state=state).count()


def taken(group):
    group.refresh_from_db()
    return group.places_taken


def test_of_fifty_parallel_applications_for_one_place_one_is_accepted_and_the_others_wait(group, settings):
    """CO4: applying takes no place, an offer does; all fifty are stored, one is offered the place."""
    settings.SUBMITS_PER_MINUTE = 1000
    Applicant(about__wanted={"intake": intake_choice(group)}).begin("wanted").go_to("check")
    first = Draft.objects.get()
    drafts = [first] + [Draft.objects.create(owner=first.owner, answers=first.answers) for _ in range(49)]

    def apply(draft):
        return lambda: services.submit_application(draft_id=draft.pk, owner=first.owner, seal=draft.seal())

    references = at_once(*map(apply, drafts))
    assert len(set(references)) == Enquiry.objects.count() == 50
    officer = UserFactory(officer=True)

    def decide(interest):
        def offer_or_wait():
            services.take(enquiry_id=interest.enquiry_id, officer=officer)
            try:
                return services.offer(interest_id=interest.pk, officer=officer, intake_id=group.pk)
            except GroupIsFull:
                return services.put_on_waiting_list(interest_id=interest.pk, officer=officer)

        return offer_or_wait

    results = at_once(*map(decide, Interest.objects.all()))

    assert not [result for result in results if isinstance(result, Refused)]
    assert (count("offered"), count("waiting_list"), taken(group)) == (1, 49, 1)
    assert Message.objects.filter(kind="offer").count() == 1


def test_of_fifty_who_wait_for_one_place_the_first_is_offered_it_however_many_jobs_run(group):
    """CO4, CO6."""
    line = [waiting(group) for _ in range(50)]

    at_once(*[services.look_after_places] * 5)

    assert Interest.objects.get(state="offered") == line[0]
    assert (count("waiting_list"), taken(group)) == (49, 1)
    assert Message.objects.filter(kind="offer").count() == 1


def test_the_job_and_officers_take_turns(group):
    """CO4: ten places, thirty who wait, twenty offered by officers while three jobs run."""
    group.__class__.objects.update(capacity=10)
    line, officer = [waiting(group) for _ in range(30)], UserFactory(officer=True)

    def offer(interest):
        return lambda: services.offer(interest_id=interest.pk, officer=officer, intake_id=group.pk)

    results = at_once(*map(offer, line[10:]), *[services.look_after_places] * 3)

    assert all(isinstance(result, Interest | int | GroupIsFull | TransitionNotAllowed) for result in results)
    assert (count("offered"), taken(group)) == (10, 10)
    assert Message.objects.filter(kind="offer").count() == 10


def test_twenty_posts_of_one_letters_page_are_one_answer(group):
    """CO9."""
    interest = offered(group, UserFactory(officer=True))
    page, typed = page_in(Message.objects.get().mail.text), {"answer": "accept", "shown": interest.shown_as}

    answers = at_once(*[lambda: Client().post(page, typed).status_code] * 20)

    assert (answers.count(302), answers.count(200)) == (1, 19)
    assert Event.objects.filter(kind=Event.Kind.ENROLLED).count() == 1
    assert (count("enrolled"), taken(group)) == (1, 1)


def test_an_answer_against_an_officers_decision_has_one_end(group):
    """CO5: the provider accepts while an officer withdraws it: one of them is told, and one line says what happened."""
    officer = UserFactory(officer=True)
    interest = offered(group, officer)
    shown = interest.shown_as

    results = at_once(
        lambda: services.answer_offer(interest_id=interest.pk, accepts=True, shown=shown),
        lambda: services.withdraw(interest_id=interest.pk, officer=officer, shown=shown),
    )

    interest.refresh_from_db()
    assert sorted(type(result).__name__ for result in results) == ["ChangedMeanwhile", "Interest"]
    assert taken(group) == (interest.state == "enrolled")
    assert interest.enquiry.events.count() == 3


def test_an_answer_while_the_offer_runs_out_comes_too_late_and_the_place_passes_on_once(group):
    """CO5."""
    late, following = offered(group, UserFactory(officer=True)), waiting(group)
    Interest.objects.filter(pk=late.pk).update(answer_by=in_days(-1), remind_on=None)

    results = at_once(
        *[lambda: services.answer_offer(interest_id=late.pk, accepts=True, shown=late.shown_as)] * 5,
        *[services.look_after_places] * 3,
    )

    following.refresh_from_db()
    late.refresh_from_db()
    refused = [result for result in results if isinstance(result, ChangedMeanwhile | TransitionNotAllowed)]
    assert len(refused) == 5
    assert (late.state, following.state, taken(group)) == ("waiting_list", "offered", 1)
    assert Event.objects.filter(kind=Event.Kind.LAPSED).count() == 1


def test_moving_in_both_directions_at_once_ends(group):
    """CO11: groups are locked in one order, so that nobody waits for each other."""
    group.__class__.objects.update(capacity=40)
    other, officer = IntakeFactory(programme=group.programme, capacity=40), UserFactory(officer=True)
    here, there = [offered(group, officer) for _ in range(10)], [offered(other, officer) for _ in range(10)]

    def move(interest, to):
        return lambda: services.move(interest_id=interest.pk, officer=officer, intake_id=to.pk)

    moves = [move(one, other) for one in here] + [move(one, group) for one in there]
    results = at_once(*moves)

    assert all(isinstance(result, Interest) for result in results)
    assert (taken(group), taken(other)) == (10, 10)
