from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("enquiries", "0017_exports")]

    operations = [
        migrations.AddIndex("enquiry", models.Index(fields=["received_at"], name="enquiry_received")),
    ]
