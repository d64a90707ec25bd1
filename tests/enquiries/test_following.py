"""Who may follow an application: a browser that has proved it, or a member of its provider; for all others it is not
there."""

import pytest
from django.test import Client

from enquiries.following import IDLE_SECONDS, PROVED
from providers.models import Membership
from tests.factories import EnquiryFactory, ProviderFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGES = ["", "copy/"]


@pytest.fixture
def enquiry():
    return EnquiryFactory(organisation="canary-home", contact_name="Canary Applicant")


@pytest.fixture
def follower(enquiry):
    """A browser that proved a moment ago that the enquiry is its own."""
    return following(enquiry)


def following(enquiry, *, ago=0):
    import time

    client = Client()
    session = client.session
    session[PROVED] = {enquiry.reference: time.time() - ago}
    session.save()
    return client


@pytest.mark.parametrize("page", PAGES)
def test_a_browser_that_proved_it_may_follow_its_enquiry(enquiry, follower, page):
    answer = follower.get(f"/follow/{enquiry.reference}/{page}")

    assert answer.status_code == 200
    assert enquiry.reference in answer.content.decode()
