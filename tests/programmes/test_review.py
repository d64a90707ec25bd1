"""An officer decides about what a partner proposes: each fact by itself, bound to what was read."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from programmes import reading, services
from programmes.exceptions import (
    CannotBePublished,
    ChangedMeanwhile,
    NoReason,
    NotForThisRole,
    NotYours,
    OwnChange,
    TooManyAtOnce,
)
from programmes.models import ListingChange, ListingDecision, Partner, PartnerMembership, Programme, ProposedField
from tests.enquiries.crowd import at_once
from tests.factories import PartnerFactory, PartnerMembershipFactory, UserFactory, in_days
from tests.programmes.proposing import a_partner, hand_in, programme_of, review, save

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 11, 30, 10, tzinfo=dt.UTC)


@pytest.fixture
def member():
    return a_partner()


@pytest.fixture
def lead(db):
    return UserFactory(lead=True)


def states(change):
    return dict(change.fields.values_list("name", "state"))


# --- What happens


def test_what_is_approved_is_public_and_what_is_returned_is_not(member, lead):
    change = hand_in(member, summary="New summary.", who_for="Everybody.")

    review(change, lead, approved={"summary"}, returned={"who_for": "Say which kind of care."})

    programme = programme_of(member.partner)
    assert (programme.summary, programme.who_for) == ("New summary.", "Managers.")
    change.refresh_from_db()
    assert change.state == ListingChange.State.RETURNED
    assert states(change) == {"summary": "approved", "who_for": "returned"}
    assert change.fields.get(name="who_for").reason == "Say which kind of care."


def test_what_is_not_named_waits_on_until_the_day_that_was_promised_for_it(member, lead):
    with time_machine.travel(MONDAY):
        change = hand_in(member, summary="New summary.", who_for="Everybody.")
        full_review_by = change.due_on
        review(change, lead, approved={"who_for"})

    change.refresh_from_db()
    assert change.state == ListingChange.State.SUBMITTED
    assert change.due_on < full_review_by  # what is left needs a quick look only
    assert states(change) == {"summary": "proposed", "who_for": "approved"}


def test_with_everything_approved_the_change_has_ended(member, lead):
    change = hand_in(member, summary="New summary.", who_for="Everybody.")

    review(change, lead, approved={"summary", "who_for"})

    change.refresh_from_db()
    assert (change.state, change.due_on) == (ListingChange.State.DONE, None)
    assert change.ended_at is not None


def test_who_approved_it_is_in_the_history_of_the_programme_and_in_the_trail(member, lead):
    change = hand_in(member, summary="New summary.")

    review(change, lead, approved={"summary"})

    assert programme_of(member.partner).history.first().history_user == lead
    entry = AuditEntry.objects.filter(about="programmes.listingchange", by=lead).last()
    assert entry.detail == {"what": "reviewed", "revision": 1, "approved": ["summary"], "returned": []}


def test_who_runs_it_changes_when_that_is_approved(member, lead):
    other = PartnerFactory()
    change = hand_in(member, partners=sorted([member.partner.slug, other.slug]))

    review(change, lead, approved={"partners"})

    assert set(programme_of(member.partner).partners.all()) == {member.partner, other}


def test_a_programme_is_closed_for_good_when_that_is_approved(member, lead):
    change = hand_in(member, closing=True)

    review(change, lead, approved={"closing"})

    assert programme_of(member.partner).state == Programme.State.ARCHIVED


def test_reasons_stay_when_the_partner_proposes_anew(member, lead):
    change = hand_in(member, summary="New summary.")
    review(change, lead, returned={"summary": "Too short."})

    again = hand_in(member, summary="A longer summary.")
    review(again, lead, approved={"summary"})

    kept = list(ListingDecision.objects.values_list("revision", "name", "is_approved", "reason", "by"))
    assert kept == [(1, "summary", False, "Too short.", lead.pk), (2, "summary", True, "", lead.pk)]


def test_an_officer_decides_what_only_needs_a_quick_look(member, officer):
    change = hand_in(member, summary="New summary.", who_for="Everybody.")

    review(change, officer, approved={"summary"})

    assert programme_of(member.partner).summary == "New summary."


# --- Letters


def test_when_something_is_handed_in_the_team_gets_the_address_of_the_page_and_nothing_else(member, settings):
    change = hand_in(member, summary="Quetzal summary.")

    (letter,) = mail.outbox
    assert letter.to == [settings.BUSINESS_FORUM_INBOX]
    assert f"/admin/programmes/listingchange/{change.pk}/change/" in letter.body
    for typed in ("Quetzal", member.partner.name, member.user.email):
        assert typed not in letter.subject + letter.body


def test_everybody_who_acts_for_the_partner_is_told_of_the_decision(member, lead):
    colleague = PartnerMembershipFactory(partner=member.partner)
    change = hand_in(member, summary="Quetzal summary.")
    mail.outbox.clear()

    review(change, lead, returned={"summary": "Quetzals are birds."})

    assert {tuple(letter.to) for letter in mail.outbox} == {(member.user.email,), (colleague.user.email,)}
    assert "Quetzal" not in "".join(letter.subject + letter.body for letter in mail.outbox)
    assert f"/partner/listings/{change.programme_id}/" in mail.outbox[0].body


def test_where_the_partner_shares_an_address_one_letter_goes_there_while_its_agreement_runs(member, lead):
    """J-R11: its people do not each get the same letter."""
    partner = member.partner
    PartnerMembershipFactory(partner=partner)
    partner.email = "office@example.org"
    partner.save()
    for last_day, told in ((None, [["office@example.org"]]), (in_days(-1), [])):
        change = hand_in(member, summary=f"Summary until {last_day}.")
        Partner.objects.filter(pk=partner.pk).update(agreement_ends_on=last_day)
        mail.outbox.clear()
        review(change, lead, returned={"summary": "Too short."})
        assert [letter.to for letter in mail.outbox] == told


@pytest.mark.parametrize("how", ["closed account", "agreement over", "staff"])
def test_nobody_is_told_whose_time_is_over(member, lead, how):
    """AZ11."""
    change = hand_in(member, summary="New summary.")
    mail.outbox.clear()
    if how == "agreement over":
        Partner.objects.update(agreement_ends_on=timezone.localdate() - dt.timedelta(days=1))
    else:
        values = {"is_active": False} if how == "closed account" else {"role": "officer"}
        type(member.user).objects.filter(pk=member.user.pk).update(**values)

    review(change, lead, approved={"summary"})

    assert mail.outbox == []


def test_both_sides_write_and_each_is_told_without_the_words(member, officer, settings):
    change = hand_in(member, summary="New summary.")
    mail.outbox.clear()

    services.discuss(change_id=change.pk, by=officer, text="Quetzal question?", is_from_council=True)
    services.discuss(change_id=change.pk, by=member.user, text="Quetzal answer.", is_from_council=False)

    assert list(change.messages.values_list("text", "is_from_council")) == [
        ("Quetzal question?", True),
        ("Quetzal answer.", False),
    ]
    assert [letter.to for letter in mail.outbox] == [[member.user.email], [settings.BUSINESS_FORUM_INBOX]]
    assert "Quetzal" not in "".join(letter.subject + letter.body for letter in mail.outbox)


def test_a_partner_that_writes_without_end_is_stopped_for_an_hour(member):
    change = hand_in(member, summary="New summary.")
    for number in range(30):
        services.discuss(change_id=change.pk, by=member.user, text=f"{number}", is_from_council=False)

    with pytest.raises(TooManyAtOnce):
        services.discuss(change_id=change.pk, by=member.user, text="Once more", is_from_council=False)


# --- What is refused


def refused(exception, change, officer, **decisions):
    """And nothing has changed by it."""
    before = (Programme.objects.values().get(pk=change.programme_id), list(change.fields.values()))

    with pytest.raises(exception) as refusal:
        review(change, officer, **decisions)

    assert (Programme.objects.values().get(pk=change.programme_id), list(change.fields.values())) == before
    assert not change.decisions.exists()
    return refusal.value


def test_approval_is_refused_when_the_partner_has_saved_since_it_was_read(member, lead):
    """PA3."""
    change = hand_in(member, summary="What was read.")
    hand_in(member, summary="What was not.")

    refused(ChangedMeanwhile, change, lead, revision=1, approved={"summary"})


def test_approval_is_refused_while_the_partner_is_writing_again(member, lead):
    """PA3: also for the newest revision, which nobody has handed in."""
    change = hand_in(member, summary="What was read.")
    newest = save(member, summary="Not handed in.")

    refused(ChangedMeanwhile, change, lead, revision=newest.revision, approved={"summary"})


def test_approval_is_refused_when_the_public_text_has_changed_since_it_was_read(member, lead):
    change = hand_in(member, summary="New summary.")
    read = reading.mark_of_public(programme_of(member.partner), ["summary"])
    Programme.objects.update(summary="Changed by a colleague.")

    refused(ChangedMeanwhile, change, lead, approved={"summary"}, public=read)


def test_nobody_approves_what_they_handed_in_themselves(member, lead):
    """PA4."""
    change = hand_in(member, summary="New summary.")
    ListingChange.objects.update(submitted_by=lead)

    refused(OwnChange, change, lead, approved={"summary"})


def test_nobody_approves_what_they_wrote_and_a_colleague_handed_in(member, lead):
    """PA4."""
    change = hand_in(member, summary="New summary.")
    change.revisions.update(by=lead)

    refused(OwnChange, change, lead, approved={"summary"})


@pytest.mark.parametrize("role", PartnerMembership.Role.values)
def test_an_officer_who_belongs_to_the_partner_decides_nothing_of_it(member, lead, role):
    """PA4: neither yes nor no."""
    change = hand_in(member, summary="New summary.")
    PartnerMembershipFactory(partner=member.partner, user=lead, role=role)

    refused(OwnChange, change, lead, approved={"summary"})
    refused(OwnChange, change, lead, returned={"summary": "No."})


@pytest.mark.parametrize("name", ["who_for", "partners", "closing", "title"])
def test_what_needs_a_full_review_is_not_for_every_officer(member, officer, name):
    given = {"who_for": "All.", "partners": [PartnerFactory().slug], "closing": True, "title": "Another title"}
    change = hand_in(member, **{name: given[name]}, summary="New summary.")

    refused(NotForThisRole, change, officer, approved={name})
    refused(NotForThisRole, change, officer, returned={name: "No."})
    refused(NotForThisRole, change, officer, approved={"summary", name})  # all or nothing


@pytest.mark.parametrize("role", ["", "viewer"])
def test_whoever_may_only_look_or_is_no_staff_decides_nothing(member, role):
    """AD7."""
    change = hand_in(member, summary="New summary.")

    refused(NotForThisRole, change, UserFactory(role=role), approved={"summary"})


@pytest.mark.parametrize("reason", ["", " ", "\n\t"])
def test_nothing_is_returned_without_a_reason(member, lead, reason):
    change = hand_in(member, summary="New summary.")

    refused(NoReason, change, lead, returned={"summary": reason})


def test_a_reason_is_asked_for_by_the_model_too(member, lead):
    field = hand_in(member, summary="New summary.").fields.get()

    with pytest.raises(NoReason):
        field.give_back(by=lead, reason=" ")


@pytest.mark.parametrize(
    "decisions",
    [
        {},
        {"approved": {"description"}},
        {"approved": {"state"}},
        {"approved": {"summary"}, "returned": {"summary": "Both at once."}},
        {"approved": {"summary", "telephone"}},
    ],
)
def test_what_is_not_proposed_is_not_decided(member, lead, decisions):
    """PA2."""
    refused(ChangedMeanwhile, hand_in(member, summary="New summary."), lead, **decisions)


def test_what_is_decided_is_not_decided_again(member, lead):
    change = hand_in(member, summary="New summary.", cover="The council")
    review(change, lead, approved={"summary"})

    with pytest.raises(ChangedMeanwhile):
        review(change, lead, returned={"summary": "After all not."})

    assert states(change) == {"summary": "approved", "cover": "proposed"}


def test_a_change_that_ended_is_not_decided(member, lead):
    change = hand_in(member, summary="New summary.")
    services.discard(change_id=change.pk, by=member.user, revision=change.revision)

    refused(ChangedMeanwhile, change, lead, approved={"summary"})


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("link", "javascript:alert(1)", "Enter a web address"),
        ("summary", "x" * 251, "at most 250 characters"),
        ("cost_pounds", "many", "no meaning"),
        ("cost_pounds", "-1.00", "greater than or equal to 0"),
        ("theme", "another", "not a valid choice"),
        ("partners", ["nobody-here"], "not there"),
        ("partners", [], "none at all"),
    ],
)
def test_what_would_be_no_valid_listing_is_not_published(member, lead, name, value, why):
    change = hand_in(member, **{name: value})

    assert why in str(refused(CannotBePublished, change, lead, approved={name}))


def test_a_change_that_is_not_there_is_nobodys(lead):
    for missing in (0, 987654321):
        with pytest.raises(NotYours):
            services.review(change_id=missing, officer=lead, revision=1, approved={"summary"}, returned={})


def test_the_database_refuses_a_return_without_a_reason(member, lead):
    field = hand_in(member, summary="New summary.").fields.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        ProposedField.objects.filter(pk=field.pk).update(state="returned", decided_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        ListingDecision.objects.create(change_id=field.change_id, revision=1, name="summary", is_approved=False)


# --- At once


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_decide_at_once_one_does_and_the_other_is_told():
    """CO1."""
    member, officers = a_partner(), [UserFactory(lead=True), UserFactory(lead=True)]
    change = hand_in(member, summary="New summary.")

    results = at_once(
        lambda: review(change, officers[0], approved={"summary"}),
        lambda: review(change, officers[1], returned={"summary": "No."}),
    )

    assert sorted(type(result).__name__ for result in results) == ["ChangedMeanwhile", "ListingChange"]
    assert change.decisions.count() == 1
    is_approved = change.decisions.get().is_approved
    assert programme_of(member.partner).summary == ("New summary." if is_approved else "Old summary.")


@pytest.mark.django_db(transaction=True)
def test_a_partner_who_saves_while_an_officer_decides_never_publishes_what_was_not_read():
    """PA3: whichever comes first, and neither waits for the other for ever."""
    member, lead = a_partner(), UserFactory(lead=True)
    for number in range(5):
        change = hand_in(member, summary=f"Read {number}.")
        decide = {"approved": {"summary"}, "revision": change.revision}

        at_once(
            lambda change=change, decide=decide: review(change, lead, **decide),
            lambda number=number: save(member, summary=f"Not read {number}."),
        )

        assert "Not read" not in programme_of(member.partner).summary
