"""What the banner of the officers' pages asks, in one query."""

import datetime as dt

import pytest
from django.utils import timezone

from enquiries import queries
from enquiries.models import Enquiry
from tests.factories import EnquiryFactory, MailFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("lost", [0, 2])
@pytest.mark.parametrize("waiting", [(), (10,), (10, 3600)])
def test_one_query_tells_what_two_would(lost, waiting, django_assert_num_queries):
    for _ in range(3):
        MailFactory(sent=True)
    for _ in range(lost):
        Enquiry.objects.filter(pk=EnquiryFactory().pk).update(undelivered=True)
    for seconds in waiting:
        MailFactory(queued_at=timezone.now() - dt.timedelta(seconds=seconds))

    with django_assert_num_queries(1):
        undelivered, oldest = queries.trouble()

    assert undelivered == queries.undelivered() == lost
    assert oldest == pytest.approx(queries.oldest_due_seconds(), abs=5) if waiting else oldest is None
