"""The front page of a partner's pages: what waits, and the ways to everything else."""

import pytest
from django.test import Client
from django.utils import timezone

from programmes import services
from programmes.exceptions import NotYours
from programmes.models import LinkCheck, LinkPlace, ListingCheck, ListingReport, Programme
from tests.accounts.journeys import sign_in_by_code
from tests.factories import InterestFactory, PartnerMembershipFactory, ProgrammeFactory, UserFactory
from tests.programmes.proposing import a_partner, programme_of, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return a_partner()


def page(browser: Client) -> str:
    return browser.get("/partner/").content.decode()


def test_without_anything_to_do_it_says_so(member, browser_of):
    shown = page(browser_of(member.user))

    assert "Nothing waits for you" in shown
    assert "/partner/listings/" in shown


def test_it_counts_what_waits_and_leads_there(member, browser_of):
    programme = programme_of(member.partner)
    now = timezone.now()
    InterestFactory(programme=programme, in_hand=True, state="referred", referred_to=member.partner, referred_at=now)
    save(member, summary="Other words.")
    ListingReport.objects.create(programme=programme, kind="other", text="Wrong")
    link = LinkCheck.objects.create(
        url="https://www.example.org/", url_digest="0" * 64, state="broken", since=now, checked_at=now
    )
    LinkPlace.objects.create(link=link, programme=programme, field="link")
    Programme.objects.filter(pk=programme.pk).update(asked_times=1, answer_by=timezone.localdate())

    shown = page(browser_of(member.user))

    for words in (
        "1 referral to acknowledge",
        "1 listing to check: still correct?",
        "1 listing with changes not sent yet",
        "1 report that something is wrong",
        "1 link that does not work as it should",
    ):
        assert words in shown, words


def test_nothing_of_another_partner_is_counted(member, browser_of):
    """AZ3."""
    save(member, summary="Other words.")
    ListingReport.objects.create(programme=programme_of(member.partner), kind="other", text="Wrong")

    assert "Nothing waits for you" in page(browser_of(PartnerMembershipFactory().user))


def test_whoever_acts_for_a_partner_begins_there_when_they_sign_in(member, client):
    sign_in_by_code(client, member.user)

    assert client.get("/account/login/").url == "/partner/"


def test_who_is_no_member_finds_nothing_and_strangers_sign_in(db, browser_of):
    """AZ1."""
    assert browser_of(UserFactory()).get("/partner/").status_code == 404
    assert Client().get("/partner/").status_code == 302


# --- Still correct, said on the page of the listing


def test_a_member_says_that_a_listing_is_correct_and_the_public_reads_it(member, browser_of):
    programme = programme_of(member.partner)
    Programme.objects.filter(pk=programme.pk).update(asked_times=3, answer_by="2026-01-02")
    assert "Ask the council first" in Client().get(programme.get_absolute_url()).content.decode()

    answer = browser_of(member.user).post(f"/partner/listings/{programme.pk}/correct/", follow=True)

    assert "checked it today" in answer.content.decode()
    assert f"by {member.partner}" in Client().get(programme.get_absolute_url()).content.decode()
    assert "Ask the council first" not in Client().get(programme.get_absolute_url()).content.decode()
    check = ListingCheck.objects.get()
    assert (check.by, check.way, check.partner) == (member.user, "page", member.partner)


def test_only_what_is_public_and_theirs_is_confirmed(member, browser_of):
    """AZ3."""
    programme = programme_of(member.partner)
    other = ProgrammeFactory()
    with pytest.raises(NotYours):
        services.confirm_listing(programme_id=other.pk, partner_id=member.partner_id, by=member.user)
    assert browser_of(member.user).post(f"/partner/listings/{other.pk}/correct/").status_code == 404

    Programme.objects.filter(pk=programme.pk).update(state="draft", proposed_by=member.partner)
    browser_of(member.user).post(f"/partner/listings/{programme.pk}/correct/")

    assert not ListingCheck.objects.exists()
