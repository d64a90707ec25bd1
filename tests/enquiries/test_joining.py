"""Two enquiries about the same: one is closed, the other goes on for both, with the earliest clock."""

import datetime as dt

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from careportal.kit.working_days import is_working_day
from enquiries import duplicates, queries, services
from enquiries.exceptions import ChangedMeanwhile, TransitionNotAllowed
from enquiries.models import Enquiry, Interest
from enquiries.services import submitted
from tests.factories import EnquiryFactory, InterestFactory, PartnerFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
State = Interest.State
SAME = "same@example.org"


@pytest.fixture
def programme():
    return ProgrammeFactory(title="The same programme")


@pytest.fixture
def first(programme):
    return InterestFactory(programme=programme, enquiry=EnquiryFactory(in_triage=True, contact_email=SAME)).enquiry


@pytest.fixture
def second(programme):
    return InterestFactory(programme=programme, enquiry=EnquiryFactory(contact_email=SAME)).enquiry


def join(one, other, officer, **more):
    services.join(enquiry_id=one.pk, into=other.reference, officer=officer, **more)
    one.refresh_from_db()
    other.refresh_from_db()


def test_one_is_closed_the_other_goes_on_and_both_say_so(first, second, officer):
    join(second, first, officer)

    assert (second.state, second.joined_to, first.state) == ("closed", first, "in_triage")
    assert second.events.last().detail == {"to": first.pk, "before": "new", "after": "closed"}
    assert (first.events.last().kind, first.events.last().detail["taken_from"]) == ("joined", second.pk)


def test_the_earliest_clock_holds(first, second, officer):
    early = timezone.localdate() - dt.timedelta(days=3)
    Enquiry.objects.filter(pk=second.pk).update(reply_due_on=early, decision_due_on=early)

    join(second, first, officer)

    assert (first.reply_due_on, first.decision_due_on) == (early, early)


def test_a_reply_to_one_was_a_reply_to_both(first, second, officer):
    services.note_first_reply(enquiry_id=second.pk, officer=officer)

    join(second, first, officer)

    assert first.replied_at


def test_what_only_the_closed_one_asks_for_is_asked_for_in_the_other(first, second, officer):
    other = InterestFactory(enquiry=second, answers=[["How many?", "12"]])

    join(second, first, officer)

    added = first.interests.get(programme=other.programme)
    assert (added.state, added.answers, added.inbox) == ("received", [["How many?", "12"]], other.inbox)
    assert first.interests.count() == 2
    assert first.events.last().detail["interests"] == [added.pk]
    assert second.interests.count() == 2  # kept as it was asked


def test_what_was_sent_is_still_what_was_sent_after_joining(first, second, officer):
    """DI6: what is taken over is compared with where it was asked."""
    source = InterestFactory(enquiry=second, answers=[["How many?", "12"]])
    for enquiry in (first, second):
        enquiry.record("received", digest=submitted.digest_of(enquiry, enquiry.interests.all()))

    join(second, first, officer)

    assert list(submitted.differences()) == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE enquiries_interest SET answers = '[]' WHERE copied_from_id = %s", [source.pk])
    assert f"enquiry {first.pk}: what it took over" in "".join(submitted.differences())


def test_a_new_programme_starts_the_clock_of_the_decision_again(first, second, officer):
    services.withdraw(interest_id=first.interests.get().pk, officer=officer)
    InterestFactory(enquiry=second)

    join(second, first, officer)

    assert first.decided_at is None


def test_who_waited_longest_keeps_that_place(first, second, officer):
    for enquiry in (second, first):  # the second one waits longer
        services.take(enquiry_id=enquiry.pk, officer=officer) if enquiry.state == "new" else None
        services.put_on_waiting_list(interest_id=enquiry.interests.get().pk, officer=officer)
    longest = second.interests.get().waiting_since

    join(second, first, officer)

    assert first.interests.get().waiting_since == longest


def test_what_was_offered_or_referred_is_not_joined_away(first, second, officer, programme):
    partner = PartnerFactory()
    programme.partners.add(partner)
    services.refer(interest_id=first.interests.get().pk, partner_id=partner.pk, officer=officer)

    with pytest.raises(TransitionNotAllowed, match=f"Join {second} to {first} instead"):
        join(first, second, officer)

    first.refresh_from_db()
    assert (first.state, first.joined_to) == ("in_triage", None)


def test_where_the_provider_was_asked_the_answer_is_not_joined_away(first, second, officer):
    """Neither while it waits for the answer, nor while nobody has read it."""
    in_days = timezone.localdate() + dt.timedelta(days=7)
    by = next(day for day in (in_days, in_days + dt.timedelta(days=3)) if is_working_day(day))
    question = services.ask_provider(enquiry_id=first.pk, officer=officer, text="How many?", answer_by=by)
    with pytest.raises(TransitionNotAllowed, match=f"join {second} to {first} instead"):
        join(first, second, officer)

    services.receive_answer(question_id=question.pk, text="Four.")
    with pytest.raises(TransitionNotAllowed, match="Deal with the answer first"):
        join(first, second, officer)

    join(second, first, officer)
    assert first.answered_at


def test_who_waits_in_the_one_waits_in_the_other_too(first, second, officer):
    services.put_on_waiting_list(interest_id=first.interests.get().pk, officer=officer)
    since = first.interests.get().waiting_since

    join(first, second, officer)

    twin = second.interests.get()
    assert (twin.state, twin.waiting_since) == ("waiting_list", since)


def test_a_partner_that_still_has_it_is_not_forgotten(first, second, officer, programme):
    partner = PartnerFactory()
    programme.partners.add(partner)
    interest = first.interests.get()
    services.refer(interest_id=interest.pk, partner_id=partner.pk, officer=officer)
    services.put_on_waiting_list(interest_id=interest.pk, officer=officer)

    with pytest.raises(TransitionNotAllowed, match="is with a partner here"):
        join(first, second, officer)


def test_what_went_further_in_both_is_taken_back_in_one_first(first, second, officer):
    services.take(enquiry_id=second.pk, officer=officer)
    for enquiry in (first, second):
        services.offer(interest_id=enquiry.interests.get().pk, officer=officer)

    with pytest.raises(TransitionNotAllowed, match="went further in both"):
        join(first, second, officer)


def test_what_went_on_elsewhere_is_not_opened_again(first, second, officer):
    """Otherwise the provider would stand in line twice."""
    InterestFactory(enquiry=second)
    join(second, first, officer)

    with pytest.raises(TransitionNotAllowed, match=f"{first} goes on with what {second} asks for"):
        services.reopen(enquiry_id=second.pk, officer=officer)


def test_what_is_taken_over_was_routed_where_it_was_asked(first, second, officer):
    """DI9."""
    InterestFactory(enquiry=second, inbox="elsewhere@lbbd.gov.uk")
    before = [line for line in queries.balance().differences if first.reference in line]

    join(second, first, officer)

    assert [line for line in queries.balance().differences if first.reference in line] == before


def test_it_stands_on_its_own_again_when_it_is_opened_again(first, second, officer):
    join(second, first, officer)

    services.reopen(enquiry_id=second.pk, officer=officer)

    second.refresh_from_db()
    assert (second.state, second.joined_to) == ("in_triage", None)


@pytest.mark.parametrize("closed", ["first", "second"])
def test_a_closed_enquiry_is_not_joined(first, second, officer, closed):
    services.take(enquiry_id=second.pk, officer=officer)
    services.close(enquiry_id={"first": first, "second": second}[closed].pk, officer=officer)

    with pytest.raises(TransitionNotAllowed, match="is closed"):
        join(second, first, officer)


def test_an_enquiry_is_not_joined_to_itself_or_to_nothing(first, officer):
    with pytest.raises(TransitionNotAllowed, match="to itself"):
        join(first, first, officer)
    with pytest.raises(TransitionNotAllowed, match="no enquiry with this reference"):
        services.join(enquiry_id=first.pk, into="AAA-AAA-AAA", officer=officer)


def test_a_page_that_is_out_of_date_joins_nothing(first, second, officer):
    """CO1."""
    shown = second.shown_as
    services.take(enquiry_id=second.pk, officer=officer)

    with pytest.raises(ChangedMeanwhile):
        join(second, first, officer, shown=shown)


def test_the_database_keeps_a_joined_enquiry_closed(first, second):
    with pytest.raises(Error), transaction.atomic():
        Enquiry.objects.filter(pk=first.pk).update(joined_to=second)
    with pytest.raises(Error), transaction.atomic():
        Enquiry.objects.filter(pk=first.pk).update(joined_to=first, state="closed")


# --- Likenesses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "alike",
    [
        {"contact_email": "SAME@example.org"},
        {"contact_telephone": "+442079460000"},
        {"organisation": "The Same HOME", "postcode": "RM8 1AA"},
    ],
)
def test_enquiries_of_the_same_provider_are_found(alike):
    mine = EnquiryFactory(
        contact_email="same@example.org",
        contact_telephone="+442079460000",
        organisation="The same home",
        postcode="RM8 1AA",
    )
    other = EnquiryFactory(**{"contact_email": "other@example.org", **alike})
    EnquiryFactory(contact_email="stranger@example.org", postcode="RM8 1AA")

    assert [likeness.enquiry for likeness in duplicates.like(mine)] == [other]


def test_an_empty_telephone_number_makes_nobody_the_same():
    mine = EnquiryFactory(contact_email="one@example.org", organisation="One", contact_telephone="")
    EnquiryFactory(contact_email="two@example.org", organisation="Two", contact_telephone="")

    assert duplicates.like(mine) == []


# --- Pages ---------------------------------------------------------------------------------------------------------


def address(enquiry):
    return f"/admin/enquiries/enquiry/{enquiry.pk}/join/"


def test_the_page_suggests_the_only_open_one_and_joins_it(first, second, officer, browser_of):
    browser = browser_of(officer)
    page = browser.get(address(second)).content.decode()
    assert f'value="{first.reference}"' in page
    assert "Asks for the same: The same programme" in page

    answer = browser.post(address(second), {"into": first.reference.lower(), "shown": second.shown_as}, follow=True)

    assert answer.redirect_chain == [(first.get_absolute_url(), 302)]
    assert f"{second.reference} is closed. This enquiry goes on for both." in answer.content.decode()
    assert "was joined to this enquiry" in answer.content.decode()
    assert "which goes on for both" in browser.get(second.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter the reference"),
        ("ZZZ-ZZZ-ZZZ", "no enquiry with this reference"),
        ("x" * 30, "Reference must be 20"),
        ("a\x00b", "cannot be read"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told(second, officer, browser_of, typed, message):
    page = browser_of(officer).post(address(second), {"into": typed, "shown": second.shown_as}).content.decode()

    assert message in page
    second.refresh_from_db()
    assert second.joined_to is None


def test_what_looks_like_another_provider_is_joined_only_when_it_is_sent_again(first, officer, browser_of):
    stranger = EnquiryFactory(organisation="Somebody else", contact_email="else@example.org", postcode="RM8 1AA")
    browser, typed = browser_of(officer), {"into": stranger.reference, "shown": first.shown_as}

    page = browser.post(address(first), typed).content.decode()

    assert "is from Somebody else, RM8 1AA" in page
    assert f'name="sure" value="{stranger.reference}"' in page
    first.refresh_from_db()
    assert first.joined_to is None
    browser.post(address(first), {**typed, "sure": stranger.reference})
    first.refresh_from_db()
    assert first.joined_to == stranger


def test_only_officers_who_may_change_enquiries_join_them(first, viewer, officer, browser_of, client):
    assert browser_of(viewer).post(address(first), {"into": "x"}).status_code == 403
    assert client.get(address(first)).status_code == 302
    assert browser_of(officer).get("/admin/enquiries/enquiry/999999/join/").status_code == 404
