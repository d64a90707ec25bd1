"""What an applicant sent never changes, and an edit by SQL is found."""

import json

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from careportal.kit import chain
from enquiries import jobs, services
from enquiries.models import Enquiry, Event, Interest
from enquiries.services import submitted
from tests.applying import Applicant
from tests.factories import EnquiryFactory, InterestFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(open_programme):
    return Applicant(message={"message": "Please call after noon."}).apply("open")


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def verify(*arguments):
    """The exit code, and what the command says."""
    try:
        call_command("verify_audit", *arguments)
    except SystemExit as end:
        return end.code
    return 0


def test_nothing_is_found_in_what_was_sent_and_worked_on(sent, officer):
    """DI6."""
    services.take(enquiry_id=sent.pk, officer=officer)
    services.decline(
        interest_id=sent.interests.get().pk, officer=officer, reason="no_money", onward_options="Ask again."
    )
    services.close(enquiry_id=sent.pk, officer=officer)

    assert list(submitted.differences()) == []
    assert len(Event.objects.get(kind="received").detail["digest"]) == 64


def test_sums_of_before_a_question_was_asked_still_fit(open_programme, monkeypatch):
    """DI6."""
    asked_then = tuple(name for name in Enquiry.SUBMITTED if name not in Enquiry.SUBMITTED_SINCE)
    with monkeypatch.context() as then:
        then.setattr(Enquiry, "SUBMITTED", asked_then)
        old = Applicant().apply("open")

    assert list(submitted.differences()) == []
    sql("UPDATE enquiries_enquiry SET size_band = 'under_10'")
    assert list(submitted.differences()) == [f"enquiry {old.pk} or what it asks for was changed after it was sent"]


CHANGES = {name: "x" for name in Enquiry.SUBMITTED} | {
    "channel": "email",
    "declared_at": "2026-01-01 00:00:00+00:00",
    "place_of_care": "funded",
    "size_band": "under_10",
}


@pytest.mark.parametrize("column", CHANGES)
def test_every_column_that_was_sent_is_compared(sent, column):
    """DI6."""
    sql(f"UPDATE enquiries_enquiry SET {column} = %s", CHANGES[column])

    assert list(submitted.differences()) == [f"enquiry {sent.pk} or what it asks for was changed after it was sent"]


@pytest.mark.parametrize(
    ("column", "value"), [("answers", '[["How many?", "4"]]'), ("programme_title", "x"), ("wants_second_look", True)]
)
def test_what_it_asks_for_is_compared(sent, column, value):
    """DI6."""
    sql(f"UPDATE enquiries_interest SET {column} = %s", value)

    assert len(list(submitted.differences())) == 1


def test_a_programme_that_was_taken_away_or_put_in_is_found(sent):
    """DI6."""
    other = InterestFactory(enquiry=sent)
    assert len(list(submitted.differences())) == 1

    other.delete()
    assert list(submitted.differences()) == []
    sent.interests.all().delete()
    assert len(list(submitted.differences())) == 1


def test_an_enquiry_that_was_put_in_by_sql_has_no_arrival(sent):
    """DI6."""
    put_in = EnquiryFactory()
    sql("DELETE FROM enquiries_event WHERE enquiry_id = %s", put_in.pk)

    assert list(submitted.differences()) == [f"enquiry {put_in.pk} has no event of its arrival"]


def test_enquiries_that_came_before_there_were_digests_are_not_compared(db):
    EnquiryFactory()

    assert list(submitted.differences()) == []


def test_no_code_saves_or_updates_what_was_sent(sent):
    """DI6: neither a page nor a service nor a shell."""
    interest = sent.interests.get()
    sent.contact_name, interest.answers = "Somebody else", [["a", "b"]]

    for attempt in (
        lambda: sent.save(),
        lambda: sent.save(update_fields=["contact_name", "state"]),
        lambda: Enquiry.objects.update(message="x"),
        lambda: Enquiry.objects.bulk_update([sent], ["postcode"]),
        lambda: interest.save(),
        lambda: interest.save(update_fields=["answers"]),
        lambda: sent.interests.update(programme_title="x"),
        lambda: Interest.objects.bulk_update([interest], ["answers"]),
    ):
        with pytest.raises(TypeError, match="hat was sent never changes"), transaction.atomic():
            attempt()
    assert list(submitted.differences()) == []


# --- The command --------------------------------------------------------------------------------------------------


def test_the_command_says_how_much_it_read_and_that_nothing_was_found(sent, capsys):
    """AD8."""
    chain.seal_all()

    assert verify() == 0
    told = capsys.readouterr().out
    assert "enquiries.Event: 1 rows sealed, 0 not sealed yet" in told
    assert "Nothing was changed, removed or put in." in told


def test_the_command_names_what_was_changed_and_fails(sent, capsys):
    """AD8, DI6."""
    chain.seal_all()
    event = Event.objects.get()
    sql("UPDATE enquiries_event SET kind = 'closed' WHERE id = %s", event.pk)
    sql("UPDATE enquiries_enquiry SET contact_name = 'x'")

    assert verify() == 1
    told = capsys.readouterr().out
    assert f"enquiries.Event: row {event.pk} (number 1) was changed, moved or put in" in told
    assert f"enquiry {sent.pk} has no event of its arrival" in told
    assert "2 problems found." in told


def test_programs_get_the_same(sent, capsys):
    chain.seal_all()
    sql("DELETE FROM enquiries_event")

    assert verify("--json") == 1
    told = json.loads(capsys.readouterr().out)
    (events,) = [table for table in told["tables"] if table["table"] == "enquiries.Event"]
    assert events == {
        "table": "enquiries.Event",
        "sealed": 0,
        "unsealed": 0,
        "problems": ["number 1 is missing"],
    }
    assert told["submitted"] == [f"enquiry {sent.pk} has no event of its arrival"]


def test_the_job_that_seals_is_among_those_that_come_again(sent):
    """AD8."""
    jobs.run_due()

    assert not Event.objects.filter(number=None).exists()
