"""Data moves of migrations: what was there before is right afterwards."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from enquiries.models import Enquiry
from tests.factories import MailFactory

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
