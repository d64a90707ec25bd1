"""The chained tables: rows are sealed one to the next, and what SQL does to them is found."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from careportal.accounts.models import AccountEvent, AuditEntry
from careportal.kit import chain
from careportal.kit.models import Chain
from careportal.kit.verifying import verify
from enquiries.models import Enquiry, Event
from tests.factories import EnquiryFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(officer):
    """Five sealed entries of the trail, in their order."""
    made = [AuditEntry.objects.create(kind="opened", by=officer, about="enquiries.enquiry", row=n) for n in range(5)]
    chain.seal_new(AuditEntry)
    return made


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def problems(model=AuditEntry):
    return verify(model).problems


def sealed(model=AuditEntry):
    return list(model.objects.order_by("number").values_list("number", flat=True))


def test_rows_are_numbered_in_their_order_and_nothing_is_found(rows):
    """AD8."""
    assert sealed() == [1, 2, 3, 4, 5]
    assert (verify(AuditEntry).sealed, verify(AuditEntry).unsealed, problems()) == (5, 0, [])


def test_what_comes_later_goes_on_where_the_chain_ends(rows, officer):
    AuditEntry.objects.bulk_create([AuditEntry(kind="listed", by=officer, about="x") for _ in range(3)])

    assert (chain.seal_new(AuditEntry), chain.seal_new(AuditEntry)) == (3, 0)
    assert sealed() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert problems() == []


def test_more_rows_than_one_transaction_takes_are_all_sealed(officer, monkeypatch):
    monkeypatch.setattr(chain, "ROWS_AT_ONCE", 2)
    AuditEntry.objects.bulk_create([AuditEntry(kind="listed", by=officer, about="x") for _ in range(5)])

    assert chain.seal_new(AuditEntry) == 5
    assert problems() == []


def test_a_history_is_only_ever_added_to(rows, officer):
    """AD8."""
    enquiry = EnquiryFactory()
    for attempt in (
        lambda: rows[0].save(),
        lambda: rows[0].delete(),
        lambda: AuditEntry.objects.update(count=1),
        lambda: AuditEntry.objects.filter(pk=1).delete(),
        lambda: enquiry.events.update(by=officer),
        lambda: enquiry.events.all().delete(),
        lambda: AccountEvent.objects.bulk_update([], ["kind"]) or AccountEvent.objects.update(kind="x"),
    ):
        with pytest.raises(TypeError):
            attempt()


@pytest.mark.parametrize(
    ("column", "value"),
    [("row", 77), ("kind", "listed"), ("about", "x"), ("ids", "[9]"), ("detail", '{"a": 1}'), ("count", 3)],
)
def test_a_changed_row_is_named(rows, column, value):
    """AD8."""
    sql(f'UPDATE accounts_auditentry SET "{column}" = %s WHERE id = %s', value, rows[2].pk)

    assert problems() == [f"row {rows[2].pk} (number 3) was changed, moved or put in"]


def test_a_row_that_is_given_to_somebody_else_or_another_time_is_named(rows):
    """AD8."""
    other = UserFactory(officer=True)
    sql("UPDATE accounts_auditentry SET by_id = %s WHERE number = 2", other.pk)
    sql("UPDATE accounts_auditentry SET at = %s WHERE number = 4", timezone.now() - dt.timedelta(days=1))

    assert [text.partition("(")[2][:8] for text in problems()] == ["number 2", "number 4"]


def test_removed_rows_are_named(rows):
    """AD8."""
    sql("DELETE FROM accounts_auditentry WHERE number IN (2, 3)")

    assert problems() == ["numbers 2 to 3 are missing"]


def test_a_gap_that_was_closed_by_counting_anew_is_found(rows):
    """AD8."""
    sql("DELETE FROM accounts_auditentry WHERE number = 3")
    sql("UPDATE accounts_auditentry SET number = 3 WHERE number = 4")
    sql("UPDATE accounts_auditentry SET number = 4 WHERE number = 5")

    assert any("number 3" in text for text in problems())
    assert "number 5 is missing" in problems()


def test_a_removed_end_is_found(rows):
    """AD8."""
    sql("DELETE FROM accounts_auditentry WHERE number > 3")

    assert problems() == ["numbers 4 to 5 are missing"]


def test_a_removed_end_is_found_also_when_the_record_of_the_end_was_edited(rows):
    """AD8."""
    sql("DELETE FROM accounts_auditentry WHERE number = 5")
    sql(
        "UPDATE kit_chain SET number = 4, seal = %s WHERE \"table\" = 'accounts.AuditEntry'",
        AuditEntry.objects.get(number=4).seal,
    )

    assert problems() == ["the end of its chain was changed"]


def test_a_removed_record_of_the_end_is_found(rows):
    """AD8."""
    sql("DELETE FROM kit_chain WHERE \"table\" = 'accounts.AuditEntry'")

    assert "the end of its chain is missing: rows may be missing too" in problems()
    assert any("there are rows up to number 5" in text for text in problems())


def test_rows_in_another_order_are_named(rows):
    """AD8."""
    sql("UPDATE accounts_auditentry SET number = NULL WHERE number = 2")
    sql("UPDATE accounts_auditentry SET number = 2 WHERE number = 4")
    sql("UPDATE accounts_auditentry SET number = 4 WHERE number IS NULL")

    found = problems()
    assert any("(number 2)" in text for text in found)
    assert any("(number 4)" in text for text in found)


def test_a_row_that_was_put_in_is_never_sealed_and_is_named(rows, officer):
    """AD8."""
    old = Chain.objects.get(table="accounts.AuditEntry")
    with time_machine.travel(old.began_at + dt.timedelta(days=2)):
        AuditEntry._base_manager.bulk_create([AuditEntry(kind="opened", by=officer, about="x", seal="0" * 64)])
        AuditEntry._base_manager.bulk_create([AuditEntry(kind="opened", by=officer, about="y")])
        chain.seal_new(AuditEntry)

        assert {number for number in sealed() if number} == {1, 2, 3, 4, 5}
        assert len([text for text in problems() if "was put in or changed before it was sealed" in text]) == 2


def test_a_row_that_was_put_in_at_the_end_with_a_number_is_found(rows, officer):
    """AD8."""
    AuditEntry._base_manager.bulk_create([AuditEntry(kind="opened", by=officer, about="x", number=6, seal="0" * 64)])

    assert problems() == ["there are rows up to number 6, but numbers were given up to 5 only"]


def test_a_row_that_was_changed_before_it_was_sealed_is_named(rows, officer):
    """AD8."""
    entry = AuditEntry.objects.create(kind="opened", by=officer, about="x")
    sql("UPDATE accounts_auditentry SET about = 'y' WHERE id = %s", entry.pk)
    chain.seal_new(AuditEntry)

    assert problems() == [f"row {entry.pk} was put in or changed before it was sealed"]


def test_what_waits_too_long_for_its_seal_is_told(rows, officer):
    with time_machine.travel(timezone.now() - dt.timedelta(minutes=11)):
        AuditEntry.objects.create(kind="opened", by=officer, about="x")
    AuditEntry.objects.create(kind="opened", by=officer, about="x")

    assert verify(AuditEntry).unsealed == 2
    assert problems() == ["1 not sealed after ten minutes: the job that seals does not run, or not well"]


def test_rows_of_a_version_without_marks_are_taken_in_on_the_first_day(officer):
    enquiry = EnquiryFactory()
    Event._base_manager.bulk_create([Event(enquiry=enquiry, kind="noted") for _ in range(3)])

    assert chain.seal_new(Event) == 4
    assert problems(Event) == []


def test_seals_made_with_the_key_before_are_known_while_it_is_a_fallback(rows, settings):
    old, settings.SECRET_KEY = settings.SECRET_KEY, "a new key " * 6

    assert len(problems()) == 6
    settings.SECRET_KEY_FALLBACKS = [old]
    assert problems() == []


def test_an_empty_portal_has_nothing_to_tell(db):
    chain.seal_all()

    assert [(verify(model).sealed, verify(model).problems) for model in chain.tables()] == [(0, [])] * 4


def test_every_history_of_who_did_what_is_chained():
    """AD8."""
    assert {model._meta.label for model in chain.tables()} == {
        "accounts.AccountEvent",
        "accounts.AuditEntry",
        "enquiries.Event",
        "enquiries.Report",
    }


def test_what_was_sent_and_its_events_stay_when_a_person_is_to_be_deleted(officer):
    """Who did something is never taken out of the history."""
    enquiry = EnquiryFactory()
    enquiry.record(Event.Kind.TAKEN, by=officer)

    with pytest.raises(Exception, match="protected"):
        officer.delete()
    assert Enquiry.objects.filter(pk=enquiry.pk).exists()
