"""What tests of all apps use."""

import pytest
from django.test import Client

from careportal.accounts.models import User
from careportal.accounts.services import give_second_factor
from tests.factories import ProgrammeFactory, UserFactory

pytest_plugins = ["tests.plugin_services"]


@pytest.fixture
def officer(db: None) -> User:
    return UserFactory(officer=True)


@pytest.fixture
def viewer(db: None) -> User:
    return UserFactory(viewer=True)


@pytest.fixture
def open_programme(db: None):
    """A programme that is simply open: no intakes, no rules, no questions."""
    return ProgrammeFactory(slug="open", title="Open programme")


@pytest.fixture
def browser_of():
    """A signed-in browser of somebody, with a second factor where one is asked for."""

    def signed_in(user: User) -> Client:
        if user.needs_second_factor:
            give_second_factor(user)
        client = Client()
        client.force_login(user)
        return client

    return signed_in
