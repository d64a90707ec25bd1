"""Partners who are asked whether their listings are still correct."""

import datetime as dt

from django.utils import timezone

from programmes.models import Programme
from programmes.services import freshness
from tests.programmes.partners import code_in, letters_to, page_of, partner_with

KEEPER = "keeper@example.org"
MONDAY = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def due(*titles, **options):
    """A partner whose listings are due on the Monday of these tests."""
    partner = partner_with(*titles, **options)
    Programme.objects.update(review_due_on=MONDAY.date())
    return partner


def asked(*titles, **options):
    """The page to which the letter of today leads."""
    due(*titles, **options)
    Programme.objects.update(review_due_on=timezone.localdate())
    freshness.ask_partners()
    return page_of(letters_to(options.get("address", KEEPER))[-1])


def opened(client, page, address=KEEPER):
    """The page with the buttons, by way of the code."""
    client.post(page)
    return client.post("/partner/still-correct/code/", {"code": code_in(letters_to(address)[-1])}).url
