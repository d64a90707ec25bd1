"""National funding that providers may claim afterwards: told only where somebody entered it (N24)."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from careportal.kit.packfile import PackError
from programmes.models import Programme
from programmes.services import load_listings
from tests.factories import ProgrammeFactory

pytestmark = pytest.mark.django_db

PACK = """
partners: []
programmes:
  - slug: a-programme
    title: A programme
    summary: In a sentence.
    description: At length.
    theme: training
    audience: managers
    who_for: Managers.
    funding_name: Example fund
    funding_link: https://www.example.org/fund
    funding_note: Register first.
    funding_months: 3
"""


@pytest.mark.parametrize(
    ("over_on", "months", "claim_by"),
    [
        (dt.date(2026, 6, 1), 3, dt.date(2026, 9, 1)),
        (dt.date(2026, 11, 30), 3, dt.date(2027, 2, 28)),
        (dt.date(2026, 6, 1), None, None),
    ],
)
def test_funding_is_claimed_within_months_of_the_end(over_on, months, claim_by):
    assert Programme(funding_months=months).claim_by(over_on) == claim_by


def test_nothing_is_told_of_funding_that_nobody_entered(client, open_programme):
    assert "National funding" not in client.get(open_programme.get_absolute_url()).content.decode()

    open_programme.funding_name = "Example fund"
    open_programme.save()

    assert "National funding you may claim" in client.get(open_programme.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "broken",
    [
        {"funding_months": 3},
        {"funding_link": "https://www.example.org"},
        {"funding_note": "Register first."},
        {"funding_name": "Example fund", "funding_months": 0},
        {"funding_name": "Example fund", "funding_months": 25},
    ],
    ids=["no name", "no name, a link", "no name, a note", "no time", "too long"],
)
def test_the_database_refuses_funding_that_cannot_be(broken):
    """DI3."""
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeFactory(**broken)


def test_a_link_to_funding_is_a_web_address():
    with pytest.raises(ValidationError) as refused:
        ProgrammeFactory.build(funding_name="Example fund", funding_link="javascript:alert(1)").clean_fields()

    assert list(refused.value.error_dict) == ["funding_link"]


def test_a_pack_may_say_where_funding_is_claimed(tmp_path):
    path = tmp_path / "programmes.yaml"
    path.write_text(PACK)
    load_listings(path)

    programme = Programme.objects.get()
    assert (programme.funding_name, programme.funding_months) == ("Example fund", 3)
    assert (programme.funding_link, programme.funding_note) == ("https://www.example.org/fund", "Register first.")

    path.write_text(PACK.replace("a-programme", "another").replace("funding_months: 3", "funding_months: 99"))
    with pytest.raises(PackError, match="funding_months"):
        load_listings(path)
