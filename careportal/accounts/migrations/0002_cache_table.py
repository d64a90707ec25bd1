"""Limits on sign-in live in the database cache: every database has its table, tests' too."""

from django.core.management import call_command
from django.db import migrations


def create_cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):

    dependencies = [("accounts", "0001_people")]

    operations = [migrations.RunPython(create_cache_table, migrations.RunPython.noop)]
