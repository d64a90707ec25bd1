"""Which enquiries a mail that came in may belong to."""

import pytest
from django.utils import timezone

from enquiries import belonging
from enquiries.references import references_in
from tests.factories import EnquiryFactory, IncomingMailFactory, ProviderFactory

pytestmark = pytest.mark.django_db

REFERENCE = "4K7-RWX-92M"


def enquiries_for(**mail):
    return [one.enquiry for one in belonging.likely(IncomingMailFactory(to_sort=True, **mail))]


@pytest.mark.parametrize(
    "subject", [REFERENCE, f"Re: your enquiry ({REFERENCE.lower()})", f"FW:{REFERENCE},", "４K7-RWX-92M"]
)
def test_a_reference_in_the_subject_is_found_however_it_is_written(subject):
    """J-O4."""
    assert references_in(subject) == [REFERENCE]


@pytest.mark.parametrize("subject", ["", "4K7-RWX", f"X{REFERENCE}", f"{REFERENCE}4", "AAA-AAA-AAA", "9" * 500])
def test_what_only_resembles_a_reference_is_none(subject):
    assert references_in(subject) == []


def test_an_enquiry_is_found_by_the_address_that_its_provider_changed_to():
    enquiry = EnquiryFactory(contact_email="old@example.org")
    enquiry.contact_versions.create(name="Applicant", email="New@example.org")

    (found,) = belonging.likely(IncomingMailFactory(to_sort=True, sender="new@example.org"))

    assert (found.enquiry, found.why, found.is_from_contact) == (enquiry, "From the same address", True)
    (old,) = belonging.likely(IncomingMailFactory(to_sort=True, sender="old@example.org"))
    assert not old.is_from_contact


def test_the_proved_second_contact_may_write_too():
    second = {"second_email": "second@example.org", "second_proved_at": timezone.now()}
    enquiry = EnquiryFactory(provider=ProviderFactory(**second))

    assert belonging.is_from(IncomingMailFactory(sender="Second@example.org"), enquiry)
    assert not belonging.is_from(IncomingMailFactory(sender=""), enquiry)


def test_open_ones_come_before_closed_ones_and_each_comes_once():
    closed = EnquiryFactory(closed=True, contact_email="sender@example.org")
    open_ = EnquiryFactory(contact_email="sender@example.org")

    found = enquiries_for(sender="sender@example.org", subject=f"{open_.reference} {closed.reference}", enquiry=closed)

    assert found == [open_, closed]


def test_a_mail_without_sender_or_reference_belongs_to_none():
    EnquiryFactory()

    assert enquiries_for(sender="", subject="") == []
