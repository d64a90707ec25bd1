from django.db import ProgrammingError, migrations, models, transaction

SOCIAL_CARE = models.Q(("is_social_care", True))


def index_parts_of_words(apps, schema_editor):
    """PostgreSQL finds parts of words by trigrams. SQLite goes through a short index instead."""
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except ProgrammingError as refused:
        raise ProgrammingError(
            "This database account may not add the extension pg_trgm. Ask whoever runs the database to run "
            "CREATE EXTENSION pg_trgm; in it once. Then run manage.py migrate again."
        ) from refused
    schema_editor.execute(
        "CREATE INDEX IF NOT EXISTS registered_location_words ON providers_registeredlocation "
        "USING gin (search_text gin_trgm_ops) WHERE is_social_care"
    )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS registered_location_words")


class Migration(migrations.Migration):

    dependencies = [("providers", "0002_cqc_directory")]

    operations = [
        migrations.AddIndex(
            model_name="registeredlocation",
            index=models.Index(fields=["search_text"], condition=SOCIAL_CARE, name="registered_location_search"),
        ),
        migrations.AddIndex(
            model_name="registeredlocation",
            index=models.Index(
                fields=["local_authority", "search_text"], condition=SOCIAL_CARE, name="registered_location_local"
            ),
        ),
        migrations.RunPython(index_parts_of_words, remove),
    ]
