"""An officer corrects whom we write to, as the provider told them (G5). The old address is told, and opens nothing."""

import pytest

from enquiries import services
from enquiries.exceptions import AddressRefused, ChangedMeanwhile
from enquiries.models import AddressChange, ContactVersion, Enquiry, Event, FollowCode, HowTold, OutgoingMail
from tests.applying import errors
from tests.enquiries.follower import following
from tests.enquiries.letters import read, to_provider
from tests.factories import EnquiryFactory, InterestFactory, MailFactory

pytestmark = pytest.mark.django_db

OLD, NEW = "canary-odl@example.org", "canary-new@example.org"
TYPED = {"name": "Ada Canary", "email": NEW, "telephone": "", "told": "phone", "shown": ""}


@pytest.fixture
def enquiry():
    enquiry = EnquiryFactory(in_triage=True, contact_name="Ada Canary", contact_email=OLD)
    return InterestFactory(enquiry=enquiry).enquiry


@pytest.fixture
def lost(enquiry):
    """The acknowledgement came back."""
    return MailFactory(failed=True, acknowledgement=True, enquiry=enquiry, recipient=OLD, recipient_key=OLD)


def page(enquiry):
    return f"/admin/enquiries/enquiry/{enquiry.pk}/contact/"


def correct(enquiry, officer, **changed):
    told = {**TYPED, "told": HowTold.PHONE, **changed}
    return services.correct_contact(enquiry_id=enquiry.pk, officer=officer, **told)


def test_we_write_to_the_new_address_and_the_history_says_who_and_how_they_were_told(enquiry, officer):
    correct(enquiry, officer, telephone="+442079460958")

    now = Enquiry.objects.get()
    assert (now.contact.email, now.contact.telephone, now.contact_email) == (NEW, "+442079460958", OLD)
    event = Event.objects.get(kind="contact_changed")
    assert (event.by, event.detail) == (officer, {"changed": ["email", "telephone"], "told": "phone"})
    assert [found.pk for found in Enquiry.objects.matching(NEW)] == [enquiry.pk]


def test_the_old_address_is_told_and_not_of_the_new_one(enquiry, officer):
    """SE15: whoever reads the old address learns of it, should an officer have been misled."""
    correct(enquiry, officer)

    (told,) = to_provider()
    text = read(told).get_content()
    assert told.recipient == OLD
    assert "We were asked to do so by telephone." in text
    assert NEW not in text


def test_an_address_at_which_mail_is_lost_is_told_nothing(enquiry, officer, lost):
    correct(enquiry, officer)

    assert OutgoingMail.objects.get() == lost


def test_what_the_old_address_opened_is_over(enquiry, officer):
    """SE15: proofs, codes on their way, and an address that waits for its code."""
    browser = following(enquiry)
    code = services.ask_for_code(reference=enquiry.reference, address=OLD)
    services.ask_for_address(enquiry_id=enquiry.pk, address="canary-other@example.org", browser="x")

    correct(enquiry, officer)

    assert browser.get(f"/follow/{enquiry.reference}/").status_code == 404
    assert not services.may_try(code)
    assert not AddressChange.objects.exists()
    services.ask_for_code(reference=enquiry.reference, address=NEW)
    assert FollowCode.objects.get().enquiry == enquiry


def test_a_name_alone_tells_nobody_and_ends_nothing(enquiry, officer):
    browser = following(enquiry)

    correct(enquiry, officer, name="Bea Canary", email=OLD)

    assert browser.get(f"/follow/{enquiry.reference}/").status_code == 200
    assert not OutgoingMail.objects.exists()
    assert Event.objects.get(kind="contact_changed").detail["changed"] == ["name"]


def test_what_is_as_it_was_leaves_no_trace(enquiry, officer):
    correct(enquiry, officer, email=OLD)

    assert not ContactVersion.objects.exists()
    assert not Event.objects.filter(kind="contact_changed").exists()


@pytest.mark.parametrize("address", ["businessforum@lbbd.gov.uk", "no-reply@example.org"])
def test_our_own_inbox_and_nobodys_are_refused(enquiry, officer, address):
    """FI12."""
    with pytest.raises(AddressRefused):
        correct(enquiry, officer, email=address)
    assert Enquiry.objects.get().contact.email == OLD


def test_what_the_provider_changed_meanwhile_is_not_written_over(enquiry, officer, browser_of):
    services.change_contact(enquiry_id=enquiry.pk, name="Bea Canary", telephone="")

    with pytest.raises(ChangedMeanwhile):
        correct(enquiry, officer)
    shown = browser_of(officer).post(page(enquiry), TYPED, follow=True).content.decode()
    assert "changed meanwhile" in shown
    assert 'value="Bea Canary"' in shown
    assert Enquiry.objects.get().contact.email == OLD


def test_an_officer_changes_it_on_the_page_and_is_led_to_what_did_not_arrive(enquiry, officer, browser_of, lost):
    browser = browser_of(officer)
    assert page(enquiry) in browser.get(enquiry.get_absolute_url()).content.decode()
    assert f'value="{OLD}"' in browser.get(page(enquiry)).content.decode()

    shown = browser.post(page(enquiry), TYPED, follow=True).content.decode()

    assert "1 mail to the old address has not arrived." in shown
    assert "(email address, told by telephone)" in shown
    assert f"Sent with the application: Ada Canary, {OLD}" in shown
    elsewhere = browser.get(f"/admin/enquiries/outgoingmail/{lost.pk}/another-address/").content.decode()
    assert f'value="{NEW}"' in elsewhere


def test_an_officer_hears_of_other_open_enquiries_at_the_old_address(enquiry, officer, browser_of):
    """G5: all open cases follow. Closed ones, and those that are written to elsewhere by now, do not count."""
    EnquiryFactory(in_triage=True, contact_email=OLD)
    EnquiryFactory(closed=True, contact_email=OLD)
    correct(EnquiryFactory(in_triage=True, contact_email=OLD), officer, email="canary-third@example.org")

    shown = browser_of(officer).post(page(enquiry), TYPED, follow=True).content.decode()

    assert "1 other open enquiry is written to at the old address too." in shown


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"email": "canary@example.org, b@example.org"}, "Enter one email address"),
        ({"email": "no-reply@example.org"}, "at which people of the service read mail"),
        ({"name": ""}, "Enter the full name"),
        ({"told": ""}, "Select how the provider told you"),
        ({"told": "dream"}, "Select how the provider told you"),
        ({"telephone": "12"}, "telephone number"),
        ({"shown": "x" * 30}, ""),
    ],
)
def test_bad_input_is_explained_and_changes_nothing(enquiry, officer, browser_of, typed, words):
    answer = browser_of(officer).post(page(enquiry), {**TYPED, **typed})

    assert answer.status_code == 200
    assert words in errors(answer)[0]
    assert not ContactVersion.objects.exists()


def test_whoever_may_only_look_changes_no_contact(enquiry, viewer, browser_of, client):
    assert browser_of(viewer).post(page(enquiry), TYPED).status_code == 403
    assert client.post(page(enquiry), TYPED).status_code == 302
    assert browser_of(viewer).get("/admin/enquiries/enquiry/999999/contact/").status_code == 403
    assert not ContactVersion.objects.exists()


def test_an_enquiry_that_is_not_there_is_not_found(officer, browser_of):
    assert browser_of(officer).get("/admin/enquiries/enquiry/999999/contact/").status_code == 404
