"""One code, many at one moment: once is once."""

import pytest

from enquiries import services
from enquiries.exceptions import TooMany
from enquiries.models import Draft, Try
from tests.enquiries.codes import follow_code, return_code
from tests.enquiries.crowd import at_once
from tests.factories import EnquiryFactory

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "applicant@example.org"


def test_twenty_posts_of_one_code_open_the_enquiry_once():
    """CO9."""
    enquiry = EnquiryFactory(contact_email=ADDRESS)
    code_id = services.ask_for_code(reference=enquiry.reference, address=ADDRESS)
    code = follow_code(ADDRESS)

    results = at_once(*[lambda: services.prove(code_id=code_id, code=code)] * 20)

    assert [result for result in results if result] == [enquiry]
    assert len(results) == 20


def test_twenty_wrong_codes_at_once_are_three_tries():
    """SE10, CO9."""
    enquiry = EnquiryFactory(contact_email=ADDRESS)
    code_id = services.ask_for_code(reference=enquiry.reference, address=ADDRESS)
    wrong = f"{(int(follow_code(ADDRESS)) + 1) % 10**6:06}"

    at_once(*[lambda: services.prove(code_id=code_id, code=wrong)] * 20)

    assert not services.may_try(code_id)
    assert services.prove(code_id=code_id, code=follow_code(ADDRESS)) is None


def test_no_more_tries_slip_through_at_once_than_one_by_one():
    """AZ7."""

    def attempt():
        services.note_try(Try.What.FOLLOW, origin="a network", about="a reference")
        return "let through"

    results = at_once(*[attempt] * 20)

    let_through = results.count("let through")
    assert let_through <= 10
    assert sum(isinstance(result, TooMany) for result in results) == 20 - let_through


def test_two_devices_that_come_back_at_once_leave_the_application_with_one_of_them():
    draft = Draft.objects.create(owner="phone", origin="", answers={})
    services.save_for_later(draft_id=draft.pk, owner="phone", address=ADDRESS, shown=draft.saved_as)
    code = return_code()

    at_once(
        lambda: services.come_back(address=ADDRESS, code=code, owner="office"),
        lambda: services.come_back(address=ADDRESS, code=code, owner="home"),
    )

    assert Draft.objects.get().owner in {"office", "home"}
