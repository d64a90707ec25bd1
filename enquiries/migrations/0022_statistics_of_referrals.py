from django.db import migrations

NAME = "interest_state_and_partner"


def count_together(apps, schema_editor):
    """A partner is named just while it has the referral. Told so, PostgreSQL plans a partner's list for its true length.

    Without it the list is taken for a handful of rows, which are then looked up one by one.
    """
    if schema_editor.connection.vendor == "postgresql":
        columns = "state, referred_to_id FROM enquiries_interest"
        schema_editor.execute(f"CREATE STATISTICS IF NOT EXISTS {NAME} (dependencies, mcv) ON {columns}")


def count_apart(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP STATISTICS IF EXISTS {NAME}")


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0021_what_providers_do_themselves")]

    operations = [migrations.RunPython(count_together, count_apart)]
