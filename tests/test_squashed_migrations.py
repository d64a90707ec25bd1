"""A new installation makes all its tables at once. They are the tables of one that went through every version."""

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.writer import MigrationWriter

APPS = ("providers", "programmes", "enquiries")


def tables(*, at_once):
    """Every model after all migrations: its fields, options and what it rests on, in an order of our own."""
    loader = MigrationLoader(None, replace_migrations=at_once)
    state = loader.project_state([node for node in loader.graph.leaf_nodes() if at_once or "_squashed_" not in node[1]])
    return {name: described(model) for name, model in state.models.items() if name[0] in APPS}


def described(model):
    options = {key: value for key, value in model.options.items() if key not in {"indexes", "constraints", "abstract"}}
    return {
        "fields": {name: MigrationWriter.serialize(field)[0] for name, field in model.fields.items()},
        "kept": sorted(
            MigrationWriter.serialize(one)[0] for key in ("indexes", "constraints") for one in model.options[key]
        ),
        "options": options,
        "bases": model.bases,
        "managers": [name for name, _ in model.managers],
    }


def test_all_tables_at_once_are_the_tables_of_every_version():
    at_once, one_by_one = tables(at_once=True), tables(at_once=False)

    assert len(at_once) > 90
    assert at_once.keys() == one_by_one.keys()
    assert [name for name, model in at_once.items() if model != one_by_one[name]] == []


def test_what_is_made_at_once_stands_for_migrations_that_are_still_there():
    loader = MigrationLoader(None, replace_migrations=False)

    for key, migration in loader.disk_migrations.items():
        assert [one for one in migration.replaces if one not in loader.disk_migrations] == [], key
