"""Who may open what: the whole table."""

import pytest

from careportal import audiences
from tests import who_may

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def people():
    return who_may.furnish()


@pytest.mark.parametrize("name", who_may.PEOPLE)
def test_every_address_answers_everybody_as_the_table_says(people, name):
    """AZ1: an address that the table does not have fails too."""
    expected, found = who_may.read()[name], who_may.column(people[name])

    assert {cell: found[cell] for cell in found if found[cell] != expected.get(cell)} == {}
    assert set(expected) - set(found) == set(), "the table has addresses that are gone"


def test_the_table_is_no_wider_than_what_each_view_says_of_itself():
    """AZ1: the cells agree with `open_to`, so that a table written down wrongly is noticed."""
    table = who_may.read()
    said = {address.pattern: address.who_may for address in audiences.addresses()}
    staff = {"view-only officer", "officer", "lead officer", "administrator"}
    strangers = {
        "partner": set(who_may.PEOPLE) - {"partner editor", "partner administrator"},
        "staff": set(who_may.PEOPLE) - staff,
        "officer": set(who_may.PEOPLE) - staff,
        "lead officer": set(who_may.PEOPLE) - {"lead officer", "administrator"},
        "administrator": set(who_may.PEOPLE) - {"administrator"},
        "signed in": {"signed out"},
        "applicant": set(who_may.PEOPLE),
        "applicant's browser": set(who_may.PEOPLE),
    }

    seen = [
        (pattern, method, name)
        for name, cells in table.items()
        for (pattern, method), answer in cells.items()
        if answer == "200" and name in strangers.get(said[pattern], set())
    ]

    assert seen == []


def test_nothing_that_anybody_asks_for_breaks_the_portal():
    """A 5xx caused by input is a defect."""
    answers = {answer for cells in who_may.read().values() for answer in cells.values()}

    assert {answer for answer in answers if answer.startswith("5")} == set()
