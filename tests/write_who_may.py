"""Writes the table of who may open what anew, from what the portal answers now: `python -m tests.write_who_may`."""

import os

import django
from django.test.utils import setup_databases, setup_test_environment, teardown_databases

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests import who_may  # noqa: E402  Django must be set up before


def main() -> None:
    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False)
    try:
        people = who_may.furnish()
        who_may.write({name: who_may.column(person) for name, person in people.items()})
    finally:
        teardown_databases(made, verbosity=0)


if __name__ == "__main__":
    main()
