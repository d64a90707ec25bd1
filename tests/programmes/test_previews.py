"""Previews: as the public will see it, for the partner and for whoever has its link, and for nobody else."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from programmes import previews, services
from programmes.models import ListingChange, Programme
from tests.factories import IntakeFactory, PartnerFactory, UserFactory
from tests.programmes.people import NEW, a_partner, browser, change_of, listing_of, path

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return a_partner()


@pytest.fixture
def change(ours):
    partner, editor, programme = ours
    values = {"title": "Blue", "description": "It is **blue**.", "cost_pounds": "5.00"}
    return services.propose(programme_id=programme.pk, partner_id=partner.pk, by=editor, values=values)


def main_of(response):
    return re.search(r'<div class="portal-programme">.*</main>', response.content.decode(), re.DOTALL).group()


def link(change):
    return previews.link_for(change).partition("://")[2].partition("/")[2].join(["/", ""])


def test_the_preview_is_the_public_page_of_after_the_approval(ours, change):
    """J-R3: word for word, but for what would apply."""
    preview = main_of(browser(ours[1]).get(path(ours[2], "preview/")))

    services.submit(change_id=change.pk, by=ours[1], revision=1)
    names = {field.name for field in change.fields.all()}
    services.review(change_id=change.pk, officer=UserFactory(lead=True), revision=1, approved=names, returned={})

    public = main_of(Client().get(ours[2].get_absolute_url()))
    assert re.sub(r'href="/apply/[^"]*"', 'href="#preview"', public) == preview


def test_the_preview_changes_nothing_and_nothing_in_it_applies(ours, change):
    answer = browser(ours[1]).get(path(ours[2], "preview/"))

    page = answer.content.decode()
    assert "Preview: not public" in page
    assert "/apply/" not in page.partition("<main")[2].partition("</main>")[0]
    ours[2].refresh_from_db()
    assert ours[2].title != "Blue"


def test_a_preview_shows_the_partners_that_are_proposed(ours):
    other = listing_of(PartnerFactory(name="The other one")).partners.get()
    services.propose(programme_id=ours[2].pk, partner_id=ours[0].pk, by=ours[1], values={"partners": [other.slug]})

    page = browser(ours[1]).get(path(ours[2], "preview/")).content.decode()

    assert "The other one" in page
    assert ours[0].name not in page.partition("portal-programme")[2].partition("</main>")[0]


def test_a_preview_of_closing_says_so(ours):
    services.propose(programme_id=ours[2].pk, partner_id=ours[0].pk, by=ours[1], values={"closing": True})

    assert b"would be taken off the portal" in browser(ours[1]).get(path(ours[2], "preview/")).content


def test_a_new_programme_is_previewed_as_if_it_were_open(ours):
    draft = services.start_programme(partner_id=ours[0].pk, by=ours[1], title="New one")
    services.propose(programme_id=draft.pk, partner_id=ours[0].pk, by=ours[1], values=NEW)
    IntakeFactory(programme=draft, title="Spring group")

    page = browser(ours[1]).get(path(draft, "preview/")).content.decode()

    for words in ("Supervision for deputies", "Spring group", "Apply now", "You learn to supervise."):
        assert words in page
    assert Programme.objects.get(pk=draft.pk).state == "draft"


def test_a_colleague_with_the_link_sees_the_preview_and_nothing_else(change):
    """PA13: without signing in, not to be listed by a search engine, without a way into the workspace."""
    answer = Client().get(link(change))

    page = answer.content.decode()
    assert "It is <strong>blue</strong>." in page
    assert answer["X-Robots-Tag"] == "noindex, noarchive"
    assert '<meta name="robots" content="noindex, noarchive">' in page
    assert answer["Cache-Control"] == "no-store"
    assert "/partner/" not in page
    assert not answer.cookies


def test_the_link_ends_after_seven_days(change):
    """PA13."""
    address = link(change)
    with time_machine.travel(timezone.now() + dt.timedelta(days=6, hours=23)):
        assert Client().get(address).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(days=7, seconds=1)):
        assert Client().get(address).status_code == 404


def test_the_link_dies_when_it_is_published_or_taken_back(ours, change):
    """PA13."""
    address = link(change)
    services.submit(change_id=change.pk, by=ours[1], revision=1)
    assert Client().get(address).status_code == 200
    names = {field.name for field in change.fields.all()}
    services.review(change_id=change.pk, officer=UserFactory(lead=True), revision=1, approved=names, returned={})
    assert Client().get(address).status_code == 404

    services.propose(programme_id=ours[2].pk, partner_id=ours[0].pk, by=ours[1], values={"title": "Green"})
    second = change_of(ours[2])
    services.discard(change_id=second.pk, by=ours[1], revision=1)
    assert Client().get(link(second)).status_code == 404


def test_the_link_to_a_new_programme_dies_as_soon_as_it_is_public(ours):
    """PA13: also where some of it waits still."""
    draft = services.start_programme(partner_id=ours[0].pk, by=ours[1], title="New one")
    address = link(change_of(draft))
    assert Client().get(address).status_code == 200

    Programme.objects.filter(pk=draft.pk).update(state="published")

    assert Client().get(address).status_code == 404


def test_the_link_dies_with_the_agreement(ours, change):
    ours[0].agreement_ends_on = timezone.localdate() - dt.timedelta(days=1)
    ours[0].save()

    assert Client().get(link(change)).status_code == 404


def test_a_link_that_was_changed_in_any_way_opens_nothing(change, caplog):
    """PA13, AZ3: another number, another signature, none at all."""
    address = link(change)
    token = address.split("/")[-2]
    number, _, rest = token.partition("-")
    others = [f"{int(number) + 1}-{rest}", token[:-1], token + "x", number, "x" * 5000, token.upper()]

    for other in others:
        assert Client().get(f"/partner/preview/{other}/").status_code == 404, other
    assert Client().post(address).status_code == 405
    assert "preview.refused" in caplog.text


def test_where_nothing_is_proposed_there_is_no_preview(ours):
    assert browser(ours[1]).get(path(ours[2], "preview/")).status_code == 404
    assert not ListingChange.objects.exists()
