from django.db import migrations
from django.db.models import OuterRef, Subquery


def note_when_it_came(apps, schema_editor):
    """Who is on a waiting list has waited since the enquiry came in: nothing earlier is known."""
    interests = apps.get_model("enquiries", "Interest").objects.filter(state="waiting_list", waiting_since=None)
    enquiries = apps.get_model("enquiries", "Enquiry").objects.filter(pk=OuterRef("enquiry"))
    interests.update(waiting_since=Subquery(enquiries.values("received_at")))


class Migration(migrations.Migration):

    dependencies = [("enquiries", "0008_correspondence_and_waiting")]

    operations = [migrations.RunPython(note_when_it_came, migrations.RunPython.noop)]
