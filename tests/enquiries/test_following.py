"""Who may follow an application: a browser that proved it, or a member of its provider. For others there is none."""

import time

import pytest
from django.test import Client

from enquiries.following import IDLE_SECONDS, PROVED
from providers.models import Membership
from tests.factories import EnquiryFactory, InterestFactory, ProviderFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGES = ["", "copy/"]


@pytest.fixture
def enquiry():
    enquiry = EnquiryFactory(organisation="canary-home", contact_name="Canary Applicant", postcode="RM10 9ZZ")
    return InterestFactory(enquiry=enquiry, programme_title="canary-programme").enquiry


def who_proved(enquiry, *, seconds_ago=0):
    client = Client()
    session = client.session
    session[PROVED] = {enquiry.reference: time.time() - seconds_ago}
    session.save()
    return client


def member_of(provider):
    client, user = Client(), UserFactory()
    Membership.objects.create(provider=provider, user=user)
    client.force_login(user)
    return client


@pytest.mark.parametrize("page", PAGES)
def test_a_browser_that_proved_it_may_follow_its_enquiry(enquiry, page):
    answer = who_proved(enquiry).get(f"/follow/{enquiry.reference}/{page}")

    assert answer.status_code == 200
    assert enquiry.reference in answer.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_a_member_of_its_provider_may_follow_it_and_a_leaver_not_from_the_next_click(enquiry, page):
    enquiry.provider = ProviderFactory()
    enquiry.save(update_fields=["provider"])
    member = member_of(enquiry.provider)
    assert member.get(f"/follow/{enquiry.reference}/{page}").status_code == 200

    Membership.objects.all().delete()

    assert member.get(f"/follow/{enquiry.reference}/{page}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["nobody", "other applicant", "member elsewhere", "member of none", "officer"])
def test_to_everybody_else_it_is_as_if_there_were_none(enquiry, page, who, officer, browser_of):
    """AZ2, AZ6: a reference alone shows nothing."""
    browsers = {
        "nobody": Client,
        "other applicant": lambda: who_proved(EnquiryFactory()),
        "member elsewhere": lambda: member_of(ProviderFactory()),
        "member of none": lambda: member_of(EnquiryFactory(provider=ProviderFactory()).provider),
        "officer": lambda: browser_of(officer),
    }
    browser = browsers[who]()

    theirs = browser.get(f"/follow/{enquiry.reference}/{page}")
    nobodys = browser.get(f"/follow/222-222-222/{page}")

    assert theirs.status_code == nobodys.status_code == 404
    assert without_ids(theirs) == without_ids(nobodys)
    assert b"anary" not in theirs.content
    assert b'href="/follow/"' in theirs.content


def without_ids(answer):
    return answer.content.decode().replace(answer["X-Request-ID"], "")


@pytest.mark.parametrize("reference", ["x", "a" * 5000, "É" * 3, "222-222-222%00", "-", "code-leave", "222--222"])
def test_strange_references_are_not_there_and_no_error(client, reference):
    """FI5."""
    assert client.get(f"/follow/{reference}/").status_code in {400, 404}


def test_a_proof_ends_when_it_is_not_used_for_two_hours(enquiry):
    """AZ6: somebody else sits down at the same computer."""
    assert who_proved(enquiry, seconds_ago=IDLE_SECONDS - 60).get(f"/follow/{enquiry.reference}/").status_code == 200
    assert who_proved(enquiry, seconds_ago=IDLE_SECONDS + 1).get(f"/follow/{enquiry.reference}/").status_code == 404


def test_a_proof_lasts_while_it_is_used(enquiry):
    browser = who_proved(enquiry, seconds_ago=IDLE_SECONDS - 60)

    browser.get(f"/follow/{enquiry.reference}/")

    assert time.time() - browser.session[PROVED][enquiry.reference][0] < 60


def test_who_signs_in_next_at_the_same_computer_has_not_the_proof_of_the_one_before(enquiry):
    """AZ2, SE17."""
    browser = who_proved(enquiry)
    assert browser.get(f"/follow/{enquiry.reference}/").status_code == 200

    browser.force_login(UserFactory())

    assert browser.get(f"/follow/{enquiry.reference}/").status_code == 404


def test_a_proof_from_a_time_to_come_counts_for_nothing(enquiry):
    """A clock was wrong when it was noted."""
    assert who_proved(enquiry, seconds_ago=-3600).get(f"/follow/{enquiry.reference}/").status_code == 404


def test_several_applications_can_be_followed_in_one_browser(enquiry):
    other, browser = EnquiryFactory(), who_proved(enquiry)
    session = browser.session
    session[PROVED] |= {other.reference: time.time()}
    session.save()

    for one in (enquiry, other):
        assert browser.get(f"/follow/{one.reference}/").status_code == 200


def test_leaving_closes_what_this_browser_was_shown(enquiry):
    browser = who_proved(enquiry)

    assert browser.post("/follow/leave/")["Location"] == "/follow/"

    assert browser.get(f"/follow/{enquiry.reference}/").status_code == 404


def test_leaving_takes_a_button(enquiry):
    """AZ17: a scanner, or a page of somebody else, cannot do it by an address."""
    browser = who_proved(enquiry)

    assert browser.get("/follow/leave/").status_code == 405
    assert browser.get(f"/follow/{enquiry.reference}/").status_code == 200
    assert Client(enforce_csrf_checks=True).post("/follow/leave/").status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_kept_by_no_cache_and_found_by_no_search(enquiry, page):
    """HC6, MO9."""
    answer = who_proved(enquiry).get(f"/follow/{enquiry.reference}/{page}")

    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}
