from django.db import ProgrammingError, migrations, models, transaction

FIRST = ["-undelivered", "state_rank", "-received_at", "-id"]
OPEN = models.Q(("state", "closed"), _negated=True)
INDEXES = [
    ("open_first", FIRST, OPEN),
    ("open_unowned", FIRST, OPEN & models.Q(("owner", None))),
    ("open_owner", ["owner", *FIRST], OPEN),
    ("open_owner_due", ["owner", "next_due_on", "id"], OPEN),
    ("open_state", ["state", *FIRST], OPEN),
    ("open_channel", ["channel", *FIRST], OPEN),
    ("open_due", ["next_due_on", "id"], OPEN),
    ("open_received", ["received_at", "id"], OPEN),
    ("closed_first", FIRST, models.Q(("state", "closed"))),
    ("received", ["received_at", "id"], None),
]


def index_searches(apps, schema_editor):
    """Searching a million enquiries by parts of words: PostgreSQL's trigrams. SQLite carries fewer and needs none."""
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except ProgrammingError as refused:
        raise ProgrammingError(
            "This database account may not add the extension pg_trgm, which comes with PostgreSQL. Ask whoever runs the "
            "database to run CREATE EXTENSION pg_trgm; in it once. Then run manage.py migrate again."
        ) from refused
    schema_editor.execute(
        "CREATE INDEX IF NOT EXISTS enquiry_search ON enquiries_enquiry USING gin (search_text gin_trgm_ops)"
    )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS enquiry_search")


class Migration(migrations.Migration):

    dependencies = [("enquiries", "0016_fill_search_text")]

    operations = [
        *(
            migrations.AddIndex(
                model_name="enquiry", index=models.Index(fields=fields, condition=condition, name=f"enquiry_{name}")
            )
            for name, fields, condition in INDEXES
        ),
        migrations.AddIndex(
            model_name="interest",
            index=models.Index(
                fields=["referred_to", "enquiry"],
                condition=models.Q(("state", "referred")),
                name="interest_with_partner",
            ),
        ),
        migrations.AddIndex(
            model_name="interest",
            index=models.Index(
                fields=["enquiry"], condition=models.Q(("state", "waiting_list")), name="interest_on_a_list"
            ),
        ),
        migrations.RunPython(index_searches, remove),
    ]
