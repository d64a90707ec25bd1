"""Enquiries from before the column: which of them have not reached their inbox."""

from django.db import migrations


def note_undelivered(apps, schema_editor):
    mails = apps.get_model("enquiries", "OutgoingMail").objects
    lost = mails.filter(kind="routing", state__in=["failed", "uncertain"]).values("enquiry")
    apps.get_model("enquiries", "Enquiry").objects.filter(pk__in=lost).update(undelivered=True)


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0002_delivery_under_faults")]
    operations = [migrations.RunPython(note_undelivered, migrations.RunPython.noop)]
