"""Somebody leaves: nothing they had is orphaned, and nothing can be given to them any more (J-O10)."""

import pytest
from django.utils import timezone

from careportal.accounts import services as accounts
from careportal.accounts.models import User
from careportal.accounts.roles import Role
from enquiries import services
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Enquiry, Event
from enquiries.services import leavers
from tests.factories import EnquiryFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(db):
    return UserFactory(administrator=True)


@pytest.fixture
def work(officer):
    """Three open enquiries, each in another state, and a closed one."""
    return [
        EnquiryFactory(in_triage=True, owner=officer),
        EnquiryFactory(waiting=True, owner=officer),
        EnquiryFactory(state="with_partner", owner=officer),
        EnquiryFactory(closed=True, owner=officer),
    ]


def owners_and_states():
    return list(Enquiry.objects.order_by("pk").values_list("owner", "state"))


LEAVING = {
    "may not sign in any more": lambda person, by: accounts.deactivate(user_id=person.pk, by=by),
    "is no council staff any more": lambda person, by: accounts.change_role(user_id=person.pk, role=Role.NONE, by=by),
    "only looks from now on": lambda person, by: accounts.change_role(user_id=person.pk, role=Role.VIEWER, by=by),
}


@pytest.mark.parametrize("leaves", LEAVING.values(), ids=LEAVING)
def test_open_work_of_a_leaver_goes_back_to_the_queue_and_closed_work_stays_theirs(
    work, officer, administrator, leaves
):
    theirs = EnquiryFactory(in_triage=True)

    leaves(officer, administrator)

    assert owners_and_states() == [
        (None, "in_triage"),
        (None, "waiting"),
        (None, "with_partner"),
        (officer.pk, "closed"),
        (theirs.owner_id, "in_triage"),
    ]
    returned = Event.objects.filter(kind="returned").order_by("enquiry_id")
    assert [event.enquiry for event in returned] == work[:3]
    assert {event.by for event in returned} == {administrator}
    assert returned[0].detail == {"owner_before": officer.pk, "owner_after": None}


def test_somebody_who_is_promoted_keeps_their_work(work, officer, administrator):
    before = owners_and_states()

    accounts.change_role(user_id=officer.pk, role=Role.LEAD, by=administrator)

    assert owners_and_states() == before
    assert not Event.objects.filter(kind="returned").exists()


def test_the_page_of_a_person_does_it_too(work, officer, administrator, browser_of, monkeypatch):
    monkeypatch.setattr("careportal.accounts.fresh.has_fresh_proof", lambda request: True)
    address = f"/admin/accounts/user/{officer.pk}/change/"

    given = {"email": officer.email, "name": "", "role": "officer"}
    answer = browser_of(administrator).post(address, given)  # the box of "may sign in" is not ticked

    assert answer.status_code == 302
    assert [owner for owner, _ in owners_and_states()] == [None, None, None, officer.pk]


@pytest.mark.parametrize("step", [services.take, services.take_over])
@pytest.mark.parametrize("trait", [{"officer": True, "is_active": False}, {"viewer": True}, {}])
def test_nothing_is_given_to_somebody_who_may_not_work_on_it(step, trait):
    enquiry = EnquiryFactory()

    with pytest.raises(TransitionNotAllowed, match="may not work on enquiries"):
        step(enquiry_id=enquiry.pk, officer=UserFactory(**trait))

    assert owners_and_states() == [(None, "new")]


def test_what_a_leaver_had_closed_is_reopened_without_an_owner(work, officer, administrator):
    accounts.deactivate(user_id=officer.pk, by=administrator)

    services.reopen(enquiry_id=work[3].pk, officer=administrator)

    assert owners_and_states()[3] == (None, "in_triage")


def test_work_that_was_forgotten_is_found_by_the_job(work, officer):
    """Taken in the very moment of leaving, or the role was taken by a shell."""
    User.objects.filter(pk=officer.pk).update(is_active=False)

    assert (leavers.return_forgotten_work(), leavers.return_forgotten_work()) == (3, 0)
    assert [owner for owner, _ in owners_and_states()] == [None, None, None, officer.pk]
    assert {event.by for event in Event.objects.filter(kind="returned")} == {None}


def test_whose_it_was_and_whose_it_is_stands_in_the_history(officer):
    """AD8: from, to, who and when."""
    enquiry, colleague = EnquiryFactory(), UserFactory(officer=True)

    services.take(enquiry_id=enquiry.pk, officer=colleague)
    services.take_over(enquiry_id=enquiry.pk, officer=officer)

    taken, taken_over = enquiry.events.exclude(kind="received")
    assert taken.detail == {
        "before": "new",
        "after": "in_triage",
        "owner_before": None,
        "owner_after": colleague.pk,
    }
    assert (taken_over.detail["owner_before"], taken_over.detail["owner_after"]) == (colleague.pk, officer.pk)
    assert taken_over.by == officer
    assert taken_over.at <= timezone.now()
