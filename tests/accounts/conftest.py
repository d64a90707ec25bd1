"""The people of these tests, and a browser that signs in as they do."""

import datetime as dt

import pytest
import time_machine

from careportal.accounts import services
from careportal.accounts.roles import Role


@pytest.fixture
def administrator(db):
    return services.create_officer(email="administrator@example.org", name="The administrator", role=Role.ADMINISTRATOR)


@pytest.fixture
def second_administrator(db):
    return services.create_officer(email="second@example.org", name="A second one", role=Role.ADMINISTRATOR)


@pytest.fixture
def lead(db):
    return services.create_officer(email="lead@example.org", name="The lead", role=Role.LEAD)


@pytest.fixture
def officer(db):
    return services.create_officer(email="officer@example.org", name="The officer", role=Role.OFFICER)


@pytest.fixture
def partner(db):
    """Somebody who may sign in and is not council staff."""
    return services.create_officer(email="partner@example.org", name="The partner")


@pytest.fixture
def time_machine_moment():
    """A clock that goes on from now, and can be put forward by seconds."""
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=True) as clock:
        yield clock
