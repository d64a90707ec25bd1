"""`python -m tests.faults.officers 2`, in an installation's environment: makes officers and signs them in.

Prints the name of the session cookie and a cookie for each. Sign-in itself is tested elsewhere.
"""

import json
import sys
import uuid

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from careportal.accounts import services  # noqa: E402
from careportal.accounts.roles import Role  # noqa: E402


def new_session() -> str:
    officer = services.create_officer(email=f"officer-{uuid.uuid4().hex}@example.org", role=Role.LEAD)
    services.give_second_factor(officer)
    client = Client()
    client.force_login(officer)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


if __name__ == "__main__":
    cookies = [new_session() for _ in range(int(sys.argv[1]))]
    print(json.dumps({"name": settings.SESSION_COOKIE_NAME, "csrf": settings.CSRF_COOKIE_NAME, "cookies": cookies}))
