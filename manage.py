#!/usr/bin/env python
"""Django's command line for the care portal. What the one who runs it can mend is said without a traceback."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, connection

UNREACHABLE = "The database cannot be reached: check DATABASE_URL (for SQLite: DATA_DIR), and that the database runs."


def main() -> None:
    """Run the command. With --traceback everything is shown as Django has it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "careportal.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error))
    except OperationalError:
        if "--traceback" in sys.argv or database_answers():  # then it is something else, such as a missing table
            raise
        sys.exit(UNREACHABLE)


def database_answers() -> bool:
    connection.close()
    try:
        connection.ensure_connection()
    except OperationalError:
        return False
    return True


if __name__ == "__main__":
    main()
