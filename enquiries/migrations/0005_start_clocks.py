"""Enquiries from before the clocks: when they were due by the officers' own goals, and since when they have waited."""

from django.conf import settings
from django.db import migrations
from django.utils import timezone

from careportal.kit.working_days import add_working_days

BATCH = 500


def start_clocks(apps, schema_editor):
    enquiries, events = apps.get_model("enquiries", "Enquiry").objects, apps.get_model("enquiries", "Event").objects
    batch = []
    for enquiry in enquiries.filter(reply_due_on=None).order_by("pk").iterator(BATCH):
        came_on = timezone.localdate(enquiry.received_at)
        enquiry.reply_due_on = add_working_days(came_on, settings.FIRST_REPLY_DAYS)
        enquiry.decision_due_on = add_working_days(came_on, settings.DECISION_DAYS)
        if enquiry.state == "waiting":
            since = events.filter(enquiry=enquiry, kind="waiting").order_by("-pk").values_list("at", flat=True).first()
            enquiry.paused_on = timezone.localdate(since or enquiry.received_at)
        batch.append(enquiry)
        if len(batch) == BATCH:
            _save(enquiries, batch)
            batch = []
    _save(enquiries, batch)


def _save(enquiries, batch):
    enquiries.bulk_update(batch, ["reply_due_on", "decision_due_on", "paused_on"])


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0004_clocks")]
    operations = [migrations.RunPython(start_clocks, migrations.RunPython.noop)]
