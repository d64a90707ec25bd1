"""What partners propose: what is live at once, what waits, and who may do what with it."""

import datetime as dt

import pytest
import time_machine

from careportal.accounts.models import AuditEntry
from programmes import services
from programmes.exceptions import ChangedMeanwhile, NothingToReview, NotYours, TooManyAtOnce, TooManyRevisions
from programmes.models import ClosureDay, ListingChange, ListingRevision, Partner
from programmes.proposals import promise, proposed_values
from tests.factories import PartnerFactory, UserFactory
from tests.programmes.people import a_partner, change_of, editor_of, fields_of, listing_of

pytestmark = pytest.mark.django_db

NUMBER = "+442079460958"
FRIDAY = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)


@pytest.fixture
def ours():
    return a_partner()


@pytest.fixture
def lead(db):
    return UserFactory(lead=True)


def propose(ours, **values):
    partner, editor, programme = ours
    return services.propose(programme_id=programme.pk, partner_id=partner.pk, by=editor, values=values)


def submit(ours):
    change = change_of(ours[2])
    return services.submit(change_id=change.pk, by=ours[1], revision=change.revision)


def review(ours, lead, approved=(), returned=None):
    change = change_of(ours[2])
    return services.review(
        change_id=change.pk,
        officer=lead,
        revision=change.revision,
        approved=set(approved),
        returned=returned or {},
    )


def test_telephone_is_live_at_once_and_eligibility_waits(ours):
    programme = ours[2]

    change = propose(ours, telephone=NUMBER, who_for="Everybody.")

    programme.refresh_from_db()
    assert (programme.telephone, programme.who_for) == (NUMBER, "Managers.")
    assert fields_of(programme) == {"who_for": "Everybody."}
    assert (change.state, change.revision) == ("draft", 1)


def test_what_is_live_at_once_leaves_who_and_which_field(ours):
    propose(ours, telephone=NUMBER)

    entry = AuditEntry.objects.get(about="programmes.programme")
    assert (entry.by, entry.detail) == (ours[1], {"what": "live", "fields": ["telephone"]})
    assert ours[2].history.first().history_user == ours[1]
    assert not ListingChange.objects.exists()


def test_saving_what_is_public_already_proposes_nothing(ours):
    assert propose(ours, summary=ours[2].summary, partners=[ours[0].slug]) is None

    assert not ListingChange.objects.exists()
    assert not AuditEntry.objects.exists()


def test_saving_the_same_twice_makes_one_revision(ours):
    propose(ours, summary="New.")
    propose(ours, summary="New.")

    assert ListingRevision.objects.count() == 1


def test_setting_everything_back_ends_the_proposal(ours):
    propose(ours, summary="New.")

    assert propose(ours, summary=ours[2].summary) is None

    assert ListingChange.objects.get().state == "discarded"


def test_setting_the_returned_rest_back_ends_a_proposal_of_which_some_was_approved(ours, lead):
    propose(ours, summary="New.", title="Other")
    submit(ours)
    review(ours, lead, approved={"summary"}, returned={"title": "Too short."})

    propose(ours, title=ours[2].title)

    assert ListingChange.objects.get().state == "done"


def test_a_name_that_partners_may_not_change_is_left_out(ours):
    """PA2: state, promise, sharing rule and the like are not the partner's, whatever is sent."""
    propose(
        ours, state="archived", slug="x", shared_fields=["email"], sharing_note="x", needs_account=True, checked_on="x"
    )

    ours[2].refresh_from_db()
    assert (ours[2].state, ours[2].slug, ours[2].sharing_note) == ("published", ours[2].slug, "")
    assert not ListingChange.objects.exists()


@pytest.mark.parametrize("whose", ["another partner's", "archived", "nobody's"])
def test_a_listing_that_is_not_ours_is_refused(ours, whose):
    """AZ3: another partner's listing, one that the council took off, one that does not exist."""
    programme = {
        "another partner's": lambda: listing_of(PartnerFactory()),
        "archived": lambda: listing_of(ours[0], archived=True),
        "nobody's": lambda: None,
    }[whose]()

    with pytest.raises(NotYours):
        services.propose(
            programme_id=programme.pk if programme else 0, partner_id=ours[0].pk, by=ours[1], values={"summary": "x"}
        )

    assert not ListingChange.objects.exists()


def test_sending_gives_a_day_by_which_the_council_decides(ours):
    with time_machine.travel(FRIDAY):
        propose(ours, summary="New.")
        change = submit(ours)

    assert (change.state, change.submitted_by, change.due_on) == ("submitted", ours[1], dt.date(2026, 12, 1))


def test_the_promise_is_that_of_the_slowest_fact_in_the_councils_working_days(ours):
    ClosureDay.objects.create(on=dt.date(2026, 12, 2), reason="Stocktaking")

    with time_machine.travel(FRIDAY):
        propose(ours, summary="New.", who_for="Everybody.")
        assert submit(ours).due_on == dt.date(2026, 12, 14)
        assert promise({"summary"}).days == 2


def test_nothing_is_sent_when_nothing_waits(ours, lead):
    propose(ours, summary="New.")
    submit(ours)
    review(ours, lead, returned={"summary": "Too long."})

    with pytest.raises(NothingToReview):
        submit(ours)


def test_what_waits_already_is_not_sent_twice(ours):
    propose(ours, summary="New.")
    submit(ours)

    with pytest.raises(ChangedMeanwhile, match="waits for the council already"):
        submit(ours)


@pytest.mark.parametrize("service", [services.submit, services.discard])
def test_what_a_colleague_changed_meanwhile_is_neither_sent_nor_taken_back(ours, service):
    """PA3: sending and taking back are bound to what was read, as approving is."""
    change = propose(ours, summary="New.")
    propose(ours, summary="Newer.")

    with pytest.raises(ChangedMeanwhile):
        service(change_id=change.pk, by=ours[1], revision=1)

    change.refresh_from_db()
    assert (change.state, change.revision) == ("draft", 2)


@pytest.mark.parametrize("service", [services.submit, services.discard])
def test_what_is_not_there_is_refused(ours, service):
    with pytest.raises(NotYours):
        service(change_id=0, by=ours[1], revision=1)


def test_an_edit_while_it_waits_has_to_be_sent_again(ours):
    propose(ours, summary="New.")
    submit(ours)

    propose(ours, summary="Newer.")

    assert not ListingChange.objects.to_review().exists()
    assert submit(ours).revision == 2


def test_a_live_edit_while_it_waits_leaves_it_waiting(ours):
    propose(ours, summary="New.")
    submit(ours)

    propose(ours, telephone=NUMBER, summary="New.")

    assert ListingChange.objects.to_review().get().revision == 1


def test_what_was_returned_is_amended_sent_again_and_loses_its_reason(ours, lead):
    """J-R4."""
    propose(ours, summary="New.", title="Other")
    submit(ours)
    review(ours, lead, approved={"title"}, returned={"summary": "Too short."})

    propose(ours, summary="A longer one.", title="Other")
    change = submit(ours)

    waiting = change.fields.get(name="summary")
    assert (waiting.state, waiting.reason, waiting.after) == ("proposed", "", "A longer one.")
    assert change.fields.get(name="title").state == "approved"


def returned(ours, lead):
    """A summary that the council gave back, and a title that it approved."""
    propose(ours, summary="New.", title="Other")
    submit(ours)
    return review(ours, lead, approved={"title"}, returned={"summary": "Are you sure?"})


def test_what_was_returned_is_proposed_again_as_it_is_once_the_partner_has_said_why(ours, lead):
    """J-R4."""
    change = returned(ours, lead)

    services.propose_again(change_id=change.pk, by=ours[1], revision=change.revision, name="summary")
    review(ours, lead, approved={submit(ours).fields.get(state="proposed").name})

    ours[2].refresh_from_db()
    assert ours[2].summary == "New."
    assert [one.reason for one in change.decisions.filter(name="summary")] == ["Are you sure?", ""]
    assert change.revisions.last().values == {"summary": "New."}


@pytest.mark.parametrize(
    ("name", "older"), [("title", 0), ("who_for", 0), ("\x00", 0), ("summary", 1)], ids=["approved", "no", "NUL", "old"]
)
def test_only_what_is_returned_is_proposed_again_and_only_as_it_was_read(ours, lead, name, older):
    """PA3."""
    change = returned(ours, lead)

    with pytest.raises(ChangedMeanwhile):
        services.propose_again(change_id=change.pk, by=ours[1], revision=change.revision - older, name=name)

    assert change_of(ours[2]).state == "returned"


def test_taking_back_leaves_the_public_page_and_what_was_approved(ours, lead):
    propose(ours, summary="New.", title="Other")
    submit(ours)
    review(ours, lead, approved={"title"}, returned={"summary": "No."})
    change = change_of(ours[2])

    services.discard(change_id=change.pk, by=ours[1], revision=change.revision)

    ours[2].refresh_from_db()
    assert (ours[2].title, ours[2].summary, ours[2].state) == ("Other", "What it is in a sentence.", "published")
    with pytest.raises(ChangedMeanwhile):
        services.discard(change_id=change.pk, by=ours[1], revision=change.revision)


def test_both_sides_write_to_each_other_until_it_is_decided(ours, lead):
    change = propose(ours, summary="New.")
    services.discuss(change_id=change.pk, by=ours[1], text="Is it long enough?", is_from_council=False)
    services.discuss(change_id=change.pk, by=lead, text="Yes.", is_from_council=True)
    services.discard(change_id=change.pk, by=ours[1], revision=1)

    assert [one.text for one in change.messages.all()] == ["Is it long enough?", "Yes."]
    with pytest.raises(ChangedMeanwhile):
        services.discuss(change_id=change.pk, by=lead, text="Too late.", is_from_council=True)
    with pytest.raises(NotYours):
        services.discuss(change_id=0, by=lead, text="x", is_from_council=True)


def test_the_same_words_twice_by_a_double_click_are_one_message(ours, lead):
    change = propose(ours, summary="New.")
    for is_from_council in (False, False, True, True, False):
        services.discuss(change_id=change.pk, by=ours[1], text="Yes.", is_from_council=is_from_council)

    assert [one.is_from_council for one in change.messages.all()] == [False, True, False]


def test_nobody_floods_the_council_with_messages(ours):
    change = propose(ours, summary="New.")
    for number in range(30):
        services.discuss(change_id=change.pk, by=ours[1], text=f"{number}", is_from_council=False)

    with pytest.raises(TooManyAtOnce):
        services.discuss(change_id=change.pk, by=ours[1], text="x", is_from_council=False)


def test_a_thousand_revisions_are_one_line_to_review_and_thirty_an_hour_at_most(ours):
    """PA15."""
    with time_machine.travel(FRIDAY, tick=False) as clock:
        for number in range(1000):
            if number % 30 == 0:
                clock.shift(3601)
            propose(ours, summary=f"Number {number}.")
        submit(ours)
        assert ListingChange.objects.to_review().count() == 1
        assert fields_of(ours[2]) == {"summary": "Number 999."}

        for number in range(20):
            propose(ours, summary=f"More {number}.")
        with pytest.raises(TooManyRevisions):
            propose(ours, summary="Too much.", telephone=NUMBER)

    ours[2].refresh_from_db()
    assert ours[2].telephone == "", "nothing of a refused save is kept"
    assert change_of(ours[2]).revision == 1020


def test_what_is_live_at_once_is_limited_as_well(ours):
    """PA15."""
    for number in range(30):
        propose(ours, time_needed=f"{number} hours")

    with pytest.raises(TooManyRevisions):
        propose(ours, time_needed="31 hours")


def test_what_somebody_wrote_stays_with_the_partner_when_they_leave(ours):
    """PA14: drafts and what waits belong to the organisation, and a colleague carries on."""
    partner, leaver, programme = ours
    propose(ours, summary="New.")
    submit(ours)

    leaver.partner_memberships.all().delete()

    colleague = editor_of(partner)
    propose((partner, colleague, programme), summary="Newer.")
    assert submit((partner, colleague, programme)).submitted_by == colleague
    assert [one.by for one in ListingRevision.objects.all()] == [leaver, colleague]


def test_two_partners_of_one_programme_propose_each_for_itself(ours):
    other = PartnerFactory()
    ours[2].partners.add(other)
    propose(ours, summary="Ours.")
    propose((other, editor_of(other), ours[2]), summary="Theirs.")

    assert ListingChange.objects.open().count() == 2
    assert Partner.objects.get(pk=other.pk).changes.get().fields.get().after == "Theirs."


def test_what_is_proposed_lies_over_what_is_live(ours):
    change = propose(ours, summary="New.", cost_pounds="12.50")

    values = proposed_values(ours[2], change)

    assert (values["summary"], values["cost_pounds"], values["title"]) == ("New.", "12.50", ours[2].title)


def test_some_of_a_new_programme_is_approved_before_the_rest_is_there(ours, lead):
    """The rest of it is still empty, which a listing must not be."""
    programme = services.start_programme(partner_id=ours[0].pk, by=ours[1], title="New one")
    change = change_of(programme)
    ListingChange.objects.filter(pk=change.pk).update(state="submitted", submitted_at=FRIDAY, due_on=FRIDAY)

    review((ours[0], ours[1], programme), lead, approved={"title"})

    programme.refresh_from_db()
    assert (programme.title, programme.state) == ("New one", "draft")
