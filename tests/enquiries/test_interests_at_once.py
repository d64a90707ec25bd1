"""Two officers, or fifty, at one programme or one place: one of them gets it, the others are told."""

import pytest

from enquiries import services
from enquiries.exceptions import ChangedMeanwhile, GroupIsFull
from enquiries.models import Interest
from tests.enquiries.crowd import at_once
from tests.factories import EnquiryFactory, IntakeFactory, InterestFactory, PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_step_from_a_page_that_showed_another_state_is_refused_with_what_happened(interest, officer):
    """CO1, CO2."""
    shown, colleague = interest.shown_as, UserFactory(officer=True, name="A colleague")
    services.withdraw(interest_id=interest.pk, officer=colleague, shown=shown)

    with pytest.raises(ChangedMeanwhile, match="Withdrawn, by A colleague, at "):
        services.reopen_interest(interest_id=interest.pk, officer=officer, shown=shown)

    interest.refresh_from_db()
    assert interest.state == "withdrawn"


def test_a_second_referral_counts_as_a_change_too(interest, partner, officer):
    """The state has the same name, but it is another partner."""
    other = PartnerFactory()
    interest.programme.partners.add(other)
    services.refer(interest_id=interest.pk, officer=officer, partner_id=partner.pk)
    shown = Interest.objects.get().shown_as
    services.refer(interest_id=interest.pk, officer=officer, partner_id=other.pk)

    with pytest.raises(ChangedMeanwhile):
        services.withdraw(interest_id=interest.pk, officer=officer, shown=shown)


def test_a_step_of_the_enquiry_from_an_old_page_is_refused_too(officer):
    """CO1."""
    enquiry, colleague = EnquiryFactory(in_triage=True), UserFactory(officer=True, name="A colleague")
    shown = enquiry.shown_as
    services.take_over(enquiry_id=enquiry.pk, officer=colleague, shown=shown)

    with pytest.raises(ChangedMeanwhile, match="Taken over from a colleague, by A colleague, at "):
        services.close(enquiry_id=enquiry.pk, officer=officer, shown=shown)


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_offers_of_one_place_give_one():
    """Issue: 50 at once, one place."""
    last = IntakeFactory(capacity=5, places_taken=4)
    officer = UserFactory(officer=True)
    interests = [InterestFactory(in_hand=True, programme=last.programme) for _ in range(50)]

    def offer(interest):
        return lambda: services.offer(interest_id=interest.pk, officer=officer, intake_id=last.pk)

    results = at_once(*map(offer, interests))

    last.refresh_from_db()
    assert sum(isinstance(result, GroupIsFull) for result in results) == 49
    assert last.places_taken == 5
    assert Interest.objects.filter(state="offered", offered_intake=last).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_against_a_decision_has_one_end_and_both_are_told():
    """CO5."""
    interest, officers = InterestFactory(in_hand=True), [UserFactory(officer=True) for _ in range(2)]
    place = IntakeFactory(programme=interest.programme, capacity=1)
    shown = interest.shown_as

    results = at_once(
        lambda: services.withdraw(interest_id=interest.pk, officer=officers[0], shown=shown),
        lambda: services.offer(interest_id=interest.pk, officer=officers[1], intake_id=place.pk, shown=shown),
    )

    interest.refresh_from_db()
    place.refresh_from_db()
    assert sorted(type(result).__name__ for result in results) == ["ChangedMeanwhile", "Interest"]
    assert place.places_taken == (interest.state == "offered")
    assert interest.enquiry.events.count() == 2
