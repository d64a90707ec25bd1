"""`python -m tests.running.visitors`, in an installation's environment: signs people in, and prints their cookies.

An officer with every right, and somebody who administers all partners of the pack. Sign-in itself is tested elsewhere.
"""

import json

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from careportal.accounts import services  # noqa: E402
from careportal.accounts.models import User  # noqa: E402
from programmes.models import Partner, PartnerMembership  # noqa: E402


def session_of(user: User) -> str:
    services.give_second_factor(user)
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def partner_administrator() -> User:
    """Of each partner that there is."""
    user = User.objects.create_user(email="partner-administrator@example.org")
    for partner in Partner.objects.all():
        PartnerMembership.objects.create(partner=partner, user=user, role=PartnerMembership.Role.ADMINISTRATOR)
    return user


if __name__ == "__main__":
    people = {
        "officer": User.objects.get(email="administrator@example.org"),
        "partner": partner_administrator(),
    }
    cookies = {name: session_of(user) for name, user in people.items()}
    print(json.dumps({"cookie": settings.SESSION_COOKIE_NAME, "people": cookies}))
