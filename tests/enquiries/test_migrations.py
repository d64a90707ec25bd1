"""Data moves of migrations: what was there before is right afterwards."""

import datetime as dt

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from enquiries.models import Enquiry, Event
from tests.factories import EnquiryFactory, MailFactory

pytestmark = pytest.mark.django_db(transaction=True)


def migrated_to(name):
    executor = MigrationExecutor(connection)
    executor.migrate([("enquiries", name)])


def test_enquiries_from_before_learn_whether_their_mail_arrived():
    lost, arrived, acknowledgement = MailFactory(failed=True), MailFactory(sent=True), MailFactory(acknowledgement=True)
    try:
        migrated_to("0002_delivery_under_faults")
        migrated_to("0003_note_undelivered")
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    undelivered = set(Enquiry.objects.filter(undelivered=True).values_list("pk", flat=True))
    assert undelivered == {lost.enquiry_id}
    assert {arrived.enquiry_id, acknowledgement.enquiry_id}.isdisjoint(undelivered)


def test_enquiries_from_before_learn_when_they_were_due_and_since_when_they_wait():
    monday = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
    enquiry, waiting = EnquiryFactory(received_at=monday), EnquiryFactory(waiting=True, received_at=monday)
    Event.objects.create(enquiry=waiting, kind="waiting", at=monday + dt.timedelta(days=1, hours=15))
    try:
        migrated_to("0003_note_undelivered")
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    for row in (enquiry, waiting):
        row.refresh_from_db()
        assert (row.reply_due_on, row.decision_due_on) == (dt.date(2026, 11, 30), dt.date(2026, 12, 21))
    assert (enquiry.paused_on, waiting.paused_on) == (None, dt.date(2026, 11, 25))


def test_enquiries_from_before_are_found_by_searching():
    enquiry = EnquiryFactory(organisation="Café by the river", contact_telephone="+442079460958")
    as_saved = enquiry.search_text
    Enquiry.objects.update(search_text="")
    try:
        migrated_to("0015_saved_views")
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    enquiry.refresh_from_db()
    assert enquiry.search_text == as_saved
    assert list(Enquiry.objects.matching("cafe 02079460958")) == [enquiry]
