from django.db import migrations

from careportal.kit.cleaning import fold

BATCH = 1000


def fill(apps, schema_editor):
    """What enquiries from before are searched by, in batches, so that memory does not matter."""
    enquiries = apps.get_model("enquiries", "Enquiry").objects.filter(search_text="").select_related("provider")
    while batch := list(enquiries.order_by("pk")[:BATCH]):
        for enquiry in batch:
            enquiry.search_text = _searched(enquiry)
        enquiries.model.objects.bulk_update(batch, ["search_text"], batch_size=200)


def _searched(enquiry):
    """As the model did it when this was written."""
    telephone, provider = enquiry.contact_telephone, enquiry.provider
    parts = [
        *(enquiry.reference, enquiry.organisation, enquiry.postcode, enquiry.postcode.replace(" ", "")),
        *(enquiry.contact_name, enquiry.contact_email, telephone, telephone.replace("+44", "0", 1)),
        *((provider.name, provider.cqc_provider_id) if provider else ()),
        enquiry.message,
    ]
    return fold(" ".join(parts))


class Migration(migrations.Migration):

    dependencies = [("enquiries", "0014_saved_views"), ("providers", "0001_providers_and_members")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
