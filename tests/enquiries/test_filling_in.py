"""An enquiry that came by email is filled in once, and is then as any other (J-P4, U02)."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import letters, queries, services
from enquiries.exceptions import AccountNeeded, ProgrammesChanged, TransitionNotAllowed
from enquiries.models import Draft, Enquiry, Event, Interest, Message, OutgoingMail
from enquiries.services import submitted
from tests.enquiries.crowd import at_once
from tests.enquiries.emailed import TEXT, draft_for, emailed, filled_in
from tests.factories import EnquiryFactory, InterestFactory, ProgrammeFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enquiry(open_programme):
    return emailed(contact_email="applicant@example.org")


def kinds(enquiry):
    return list(enquiry.events.values_list("kind", flat=True))


def mails(enquiry, kind):
    return enquiry.mails.filter(kind=kind)


# --- What becomes of it ---------------------------------------------------------------------------------------------


def test_what_its_provider_fills_in_is_stored_in_the_same_enquiry(enquiry):
    """One record, whatever the channel (U02)."""
    stored = filled_in(enquiry)

    assert Enquiry.objects.count() == 1
    stored.refresh_from_db()
    assert (stored.organisation, stored.provider_type, stored.postcode) == (
        "Example care home",
        "care_home",
        "RM10 8XD",
    )
    assert (stored.contact_name, stored.channel, stored.is_incomplete) == ("Example Applicant", "email", False)
    assert stored.declared_at
    assert stored.interests.get().programme.slug == "open"
    assert kinds(stored) == ["received", "filled_in"]
    assert stored.events.last().detail["by"] == "provider"


def test_the_words_of_the_email_and_its_address_never_change(enquiry):
    """DI6."""
    stored = filled_in(
        enquiry, message={"message": "Something else"}, contact={"full_name": "A", "email": "b@example.org"}
    )

    stored.refresh_from_db()
    assert (stored.message, stored.contact_email) == (TEXT, "applicant@example.org")


def test_its_inbox_gets_it_whole_and_under_the_email(enquiry):
    """Exactly one routing mail, and no second acknowledgement (MO1)."""
    came_as = enquiry.incoming.get().message_id
    assert not mails(enquiry, "routing").exists()

    filled_in(enquiry)

    routing = mails(enquiry, "routing").get()
    assert routing.subject == f"care sector support: Open programme ({enquiry.reference})"
    whole = letters.build(routing).decode()
    assert f"In-Reply-To: {came_as}" in whole
    assert "the provider has filled in the rest" in whole
    assert not mails(enquiry, "acknowledgement").exists()


@pytest.mark.parametrize("wrong", ["", "<a b@example.org>", "<a@example.org>\nBcc: x@example.org", "plain"])
def test_an_id_that_is_none_costs_the_thread_and_not_the_mail(enquiry, wrong):
    enquiry.incoming.update(message_id=wrong)
    filled_in(enquiry)

    whole = letters.build(mails(enquiry, "routing").get()).decode()

    assert "In-Reply-To" not in whole
    assert "Bcc" not in whole


def test_its_provider_gets_a_short_confirmation(enquiry):
    filled_in(enquiry)

    message = Message.objects.get()
    assert message.mail.recipient == "applicant@example.org"
    assert "Open programme" in message.text
    assert "Example care home" not in message.mail.text  # nothing that was typed is repeated


def test_an_officer_fills_it_in_and_the_provider_gets_no_mail(enquiry, officer):
    stored = filled_in(enquiry, officer=officer)

    event = stored.events.last()
    assert (event.kind, event.by, "by" in event.detail) == ("filled_in", officer, False)
    assert set(stored.mails.values_list("kind", flat=True)) == {"routing"}
    assert "an officer has filled in the rest" in letters.build(mails(stored, "routing").get()).decode()


def test_stored_and_mailed_agree_before_and_after(enquiry):
    """An email that is not filled in is in the inbox already: no routing mail is due (MO1)."""
    assert queries.balance().differences == []

    filled_in(enquiry)
    OutgoingMail.objects.update(state="sent", sent_at=timezone.now())
    assert queries.balance().differences == []

    mails(enquiry, "routing").delete()
    assert queries.balance().differences == [f"{enquiry.reference}: no mail to an inbox it is due to"]


def test_it_is_found_by_what_was_filled_in(enquiry):
    filled_in(enquiry)

    assert list(Enquiry.objects.matching("example care home")) == [enquiry]


def test_whoever_works_on_it_has_something_to_read(officer, open_programme):
    enquiry = emailed(waiting=True)

    stored = filled_in(enquiry)

    stored.refresh_from_db()
    assert (stored.state, stored.answered_at is not None) == ("in_triage", True)
    assert kinds(stored) == ["received", "filled_in", "resumed"]


def test_where_the_provider_gave_another_address_meanwhile_we_go_on_writing_there(enquiry):
    enquiry.contact.changed(email="new@example.org").save()

    stored = filled_in(enquiry)

    assert (stored.contact.name, stored.contact.email) == ("Example Applicant", "new@example.org")
    assert Message.objects.get().mail.recipient == "new@example.org"


# --- Its clocks -------------------------------------------------------------------------------------------------------


def came(days_ago):
    return timezone.now() - dt.timedelta(days=days_ago)


def test_the_programmes_promise_counts_from_the_day_the_email_came():
    ProgrammeFactory(slug="open", first_reply_days=3, decision_days=12)
    enquiry = emailed(received_at=came(8))

    stored = filled_in(enquiry)

    day = timezone.localdate(enquiry.received_at)
    assert (stored.reply_due_on, stored.decision_due_on) == (add_working_days(day, 3), add_working_days(day, 12))
    assert stored.reply_is_promised


def test_as_long_as_the_clocks_stood_still_they_are_put_off_still(settings):
    ProgrammeFactory(slug="open", decision_days=12)
    day = timezone.localdate()
    enquiry = emailed(decision_due_on=add_working_days(day, settings.DECISION_DAYS + 4))
    if settings.COUNCIL.promise.decision:
        pytest.skip("this council promises a day to everybody")

    assert filled_in(enquiry).decision_due_on == add_working_days(day, 12 + 4)


def test_a_day_that_was_promised_does_not_move_back():
    ProgrammeFactory(slug="open", first_reply_days=30)
    enquiry = emailed(reply_is_promised=True)

    stored = filled_in(enquiry)

    assert (stored.reply_due_on, stored.reply_is_promised) == (enquiry.reply_due_on, True)


# --- Once -------------------------------------------------------------------------------------------------------------


def test_however_often_it_is_sent_it_is_filled_in_once(enquiry):
    draft = draft_for(enquiry)

    services.fill_in_enquiry(enquiry_id=enquiry.pk, draft=draft)
    services.fill_in_enquiry(enquiry_id=enquiry.pk, draft=draft)

    assert Interest.objects.count() == 1
    assert mails(enquiry, "routing").count() == Message.objects.count() == 1
    assert kinds(enquiry) == ["received", "filled_in"]


@pytest.mark.django_db(transaction=True)
def test_an_officer_and_the_provider_at_once_fill_it_in_once(officer, open_programme):
    """CO1."""
    enquiry = emailed()
    own, officers = draft_for(enquiry), Draft(answers=draft_for(emailed()).answers)

    results = at_once(
        lambda: services.fill_in_enquiry(enquiry_id=enquiry.pk, draft=own),
        lambda: services.fill_in_enquiry(enquiry_id=enquiry.pk, draft=officers, officer=officer),
    )

    assert sum(isinstance(result, Enquiry) for result in results) == 1
    assert sum(isinstance(result, TransitionNotAllowed) for result in results) == 1
    assert enquiry.events.filter(kind="filled_in").count() == enquiry.interests.count() == 1


def test_starting_again_locks_in_the_order_in_which_sending_does(enquiry):
    """CO1: of two browsers, one that starts and one that sends, none waits for the other for ever."""
    draft = draft_for(enquiry)

    with CaptureQueriesContext(connection) as queries:
        services.begin_filling_in(enquiry_id=enquiry.pk, owner="another", origin="")

    read = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert 'FROM "enquiries_draft"' in read[0]
    assert 'FROM "enquiries_enquiry"' in read[1]
    draft.refresh_from_db()
    assert draft.owner == "another"


# --- Refusals ---------------------------------------------------------------------------------------------------------


def nothing_is_stored(enquiry):
    enquiry.refresh_from_db()
    return enquiry.is_incomplete and not enquiry.interests.exists() and not enquiry.mails.exists()


def test_what_is_complete_is_not_filled_in():
    ProgrammeFactory(slug="open")
    enquiry = InterestFactory().enquiry

    with pytest.raises(TransitionNotAllowed, match="filled in already"):
        filled_in(enquiry)


def test_what_is_closed_is_not_filled_in(open_programme, officer):
    enquiry = emailed(closed=True)
    draft = draft_for(enquiry)

    with pytest.raises(TransitionNotAllowed, match="This application is closed"):
        services.fill_in_enquiry(enquiry_id=enquiry.pk, draft=draft)
    with pytest.raises(TransitionNotAllowed, match="Re-open it first"):
        services.fill_in_enquiry(enquiry_id=enquiry.pk, draft=draft, officer=officer)
    assert nothing_is_stored(enquiry)


def test_a_programme_that_closed_meanwhile_is_refused(enquiry, open_programme):
    draft = draft_for(enquiry)
    open_programme.state = "paused"
    open_programme.paused_because = "The trainer is away."
    open_programme.save()

    with pytest.raises(ProgrammesChanged):
        services.fill_in_enquiry(enquiry_id=enquiry.pk, draft=draft)
    assert nothing_is_stored(enquiry)


def test_a_programme_for_people_with_an_account_needs_one(enquiry, open_programme):
    draft = draft_for(enquiry)
    open_programme.needs_account = True
    open_programme.save()

    with pytest.raises(AccountNeeded):
        services.fill_in_enquiry(enquiry_id=enquiry.pk, draft=draft)
    assert nothing_is_stored(enquiry)
    services.fill_in_enquiry(enquiry_id=enquiry.pk, draft=draft, applicant=UserFactory())


def test_a_key_of_another_enquiry_is_refused(enquiry, officer):
    draft = draft_for(enquiry)
    EnquiryFactory(submit_key=draft.pk)

    with pytest.raises(TransitionNotAllowed, match="Open it again"):
        services.fill_in_enquiry(enquiry_id=enquiry.pk, draft=draft, officer=officer)
    assert nothing_is_stored(enquiry)


def test_the_model_fills_in_nothing_that_the_email_said(enquiry):
    """DI6."""
    for name in ("message", "contact_email", "reference", "channel"):
        with pytest.raises(TypeError, match="never changes"):
            enquiry.fill_in(**{name: "x"})


def test_once_it_is_filled_in_no_code_changes_it(enquiry):
    """DI6."""
    stored = filled_in(enquiry)

    for attempt in (
        lambda: stored.save(update_fields=["organisation"]),
        lambda: Enquiry.objects.filter(pk=stored.pk).update(organisation="x"),
    ):
        with pytest.raises(TypeError, match="never changes"):
            attempt()


# --- The trail --------------------------------------------------------------------------------------------------------


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_an_edit_by_sql_is_found_before_and_after_it_is_filled_in(enquiry):
    """DI6."""
    assert list(submitted.differences()) == []
    sql("UPDATE enquiries_enquiry SET message = 'x'")
    assert len(list(submitted.differences())) == 1
    sql("UPDATE enquiries_enquiry SET message = %s", enquiry.message)

    filled_in(enquiry)
    assert list(submitted.differences()) == []
    sql("UPDATE enquiries_enquiry SET message = 'x'")
    assert len(list(submitted.differences())) == 1


def test_filling_it_in_again_behind_our_back_is_found(enquiry):
    """DI6: the first filling in counts, whatever events come after it."""
    stored = filled_in(enquiry)
    sql("UPDATE enquiries_enquiry SET organisation = 'x'")
    changed = Enquiry.objects.get(pk=stored.pk)
    changed.record(Event.Kind.FILLED_IN, digest=submitted.digest_of(changed, changed.interests.all()))

    assert len(list(submitted.differences())) == 1


# --- Not needed any more ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trait", [{}, {"in_triage": True}, {"waiting": True}])
def test_its_provider_closes_it(trait):
    enquiry = emailed(**trait)

    services.close_for_provider(enquiry_id=enquiry.pk)
    services.close_for_provider(enquiry_id=enquiry.pk)

    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.paused_on) == ("closed", None)
    assert kinds(enquiry) == ["received", "closed"]
    assert sorted(enquiry.mails.values_list("kind", flat=True)) == ["message", "news"]


def test_what_asks_for_programmes_is_withdrawn_instead():
    enquiry = InterestFactory(in_hand=True).enquiry

    with pytest.raises(TransitionNotAllowed):
        services.close_for_provider(enquiry_id=enquiry.pk)


def test_an_officer_opens_it_again(officer):
    enquiry = emailed()
    services.close_for_provider(enquiry_id=enquiry.pk)

    services.reopen(enquiry_id=enquiry.pk, officer=officer)

    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.is_incomplete) == ("in_triage", True)
