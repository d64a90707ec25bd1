"""Officers' notes on an enquiry: kept, shown to officers, and to nobody else."""

import pytest
from django.db import Error, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from careportal.accounts.services import deactivate
from enquiries import letters, services
from enquiries.models import Note, OutgoingMail
from tests.applying import Applicant
from tests.factories import EnquiryFactory, MailFactory, UserFactory

pytestmark = pytest.mark.django_db

CANARY = "canary-in-a-note"


def address(enquiry):
    return f"/admin/enquiries/enquiry/{enquiry.pk}/note/"


def write(browser, enquiry, text):
    return browser.post(address(enquiry), {"text": text}, follow=True).content.decode()


def test_a_note_is_shown_in_the_story_with_who_wrote_it(officer, browser_of):
    officer.name = "The officer"
    officer.save()
    enquiry = EnquiryFactory()

    shown = write(browser_of(officer), enquiry, "Called back.\nThey want <b>two</b> places.")

    for text in ("Called back.<br>They want &lt;b&gt;two&lt;/b&gt; places.", "The officer", "Note written"):
        assert text in shown
    event = enquiry.events.last()
    assert (event.kind, event.by, event.detail) == ("noted", officer, {"note": Note.objects.get().pk})


@pytest.mark.parametrize(
    ("text", "message"), [("", "Enter a note"), (" \n ", "Enter a note"), ("x" * 4001, "4,000 characters or less")]
)
def test_a_note_that_cannot_be_kept_comes_back_with_the_reason(officer, browser_of, text, message):
    enquiry = EnquiryFactory()

    shown = write(browser_of(officer), enquiry, text)

    assert message in shown
    assert enquiry.reference in shown
    assert text in shown
    assert not Note.objects.exists()


def test_notes_stay_as_they_were_written(browser_of):
    """Nobody, however mighty, has an address to change or delete one."""
    note = services.add_note(enquiry_id=EnquiryFactory().pk, officer=UserFactory(officer=True), text="As it was")
    browser = browser_of(UserFactory(administrator=True))

    for path in ("", f"{note.pk}/change/", f"{note.pk}/delete/"):
        assert browser.get(f"/admin/enquiries/note/{path}").status_code == 404
    for action in ("add", "delete"):
        assert not UserFactory(administrator=True).has_perm(f"enquiries.{action}_note")


def test_the_database_keeps_no_empty_note():
    """DI3."""
    with pytest.raises(Error), transaction.atomic():
        Note.objects.create(enquiry=EnquiryFactory(), text="")


def test_a_note_outlives_its_writer(officer, browser_of):
    """DI8."""
    leaver, enquiry = UserFactory(officer=True, name="The leaver"), EnquiryFactory()
    services.add_note(enquiry_id=enquiry.pk, officer=leaver, text="Before I left")
    with pytest.raises(ProtectedError):
        leaver.delete()
    deactivate(user_id=leaver.pk)

    shown = browser_of(officer).get(enquiry.get_absolute_url()).content.decode()

    assert "Before I left" in shown
    assert "The leaver" in shown


def test_nobody_but_officers_writes_notes_and_looking_writes_none(officer, viewer, browser_of):
    enquiry = EnquiryFactory()

    assert Client().post(address(enquiry), {"text": "x"}).status_code == 302
    assert browser_of(UserFactory()).post(address(enquiry), {"text": "x"}).status_code == 403
    assert browser_of(viewer).post(address(enquiry), {"text": "x"}).status_code == 403
    assert browser_of(officer).get(address(enquiry)).status_code == 405
    assert browser_of(officer).post("/admin/enquiries/enquiry/999999/note/", {"text": "x"}).status_code == 404
    assert not Note.objects.exists()
    assert "Add a note" not in browser_of(viewer).get(enquiry.get_absolute_url()).content.decode()


def test_what_is_in_a_note_leaves_the_office_in_no_mail_and_on_no_page(officer, viewer, browser_of, open_programme):
    """AZ9: a canary. It is read by officers, those who may only look included, and by nobody else."""
    applicant = Applicant()
    enquiry = applicant.apply("open")
    browser = browser_of(officer)
    assert CANARY in write(browser, enquiry, CANARY)
    assert CANARY in browser_of(viewer).get(enquiry.get_absolute_url()).content.decode()
    MailFactory(enquiry=enquiry, failed=True, recipient="training@lbbd.gov.uk")

    pages = [applicant.page, "/", "/programmes/", open_programme.get_absolute_url(), "/contact/", reverse("privacy")]
    told = [applicant.client.get(page).content.decode() for page in pages]
    told += [browser_of(UserFactory()).get(enquiry.get_absolute_url()).content.decode()]
    told += [letters.build(mail).decode() for mail in OutgoingMail.objects.all()]
    told += [browser.get("/admin/enquiries/enquiry/").content.decode()]

    assert OutgoingMail.objects.count() == 3
    assert all(enquiry.reference in mail for mail in told[-4:-1])
    assert not [text for text in told if CANARY in text]
