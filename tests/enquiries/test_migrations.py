"""Data moves of migrations: what was there before is right afterwards.

Going back takes long, so it is done once, to before the first of these moves, with something in the database for each.
"""

import datetime as dt

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from enquiries.models import Enquiry, Event
from tests.factories import EnquiryFactory, MailFactory

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


def back_and_forth(name):
    """To the state after this migration, and to today's again."""
    try:
        one_by_one().migrate([("enquiries", name)])
    finally:
        executor = one_by_one()
        executor.migrate(executor.loader.graph.leaf_nodes())


def one_by_one():
    """Through the migrations of every version, as an installation from before goes."""
    executor = MigrationExecutor(connection)
    executor.loader.replace_migrations = False
    executor.loader.build_graph()
    return executor


def test_enquiries_from_before_know_of_their_mail_when_they_were_due_since_when_they_wait_and_are_found():
    lost, arrived, acknowledgement = MailFactory(failed=True), MailFactory(sent=True), MailFactory(acknowledgement=True)
    enquiry, waiting = EnquiryFactory(received_at=MONDAY), EnquiryFactory(waiting=True, received_at=MONDAY)
    Event.objects.create(enquiry=waiting, kind="waiting", at=MONDAY + dt.timedelta(days=1, hours=15))
    cafe = EnquiryFactory(organisation="Café by the river", contact_telephone="+442079460958")
    as_saved = cafe.search_text
    Enquiry.objects.update(search_text="")

    back_and_forth("0002_delivery_under_faults")

    undelivered = set(Enquiry.objects.filter(undelivered=True).values_list("pk", flat=True))
    assert undelivered == {lost.enquiry_id}
    assert {arrived.enquiry_id, acknowledgement.enquiry_id}.isdisjoint(undelivered)
    for row in (enquiry, waiting, cafe):
        row.refresh_from_db()
    for row in (enquiry, waiting):
        assert (row.reply_due_on, row.decision_due_on) == (dt.date(2026, 11, 30), dt.date(2026, 12, 21))
    assert (enquiry.paused_on, waiting.paused_on) == (None, dt.date(2026, 11, 25))
    assert cafe.search_text == as_saved
    assert list(Enquiry.objects.matching("cafe 02079460958")) == [cafe]
