"""Documents: added by whoever follows the application, stored in the database, and only ever handed out as files."""

import uuid

import pytest
from django.test import Client

from careportal.accounts.models import AuditEntry
from enquiries import services
from enquiries.exceptions import DocumentRefused, TransitionNotAllowed
from enquiries.models import Attachment, AttachmentPiece, Event, OutgoingMail
from tests.applying import errors
from tests.enquiries.crowd import at_once
from tests.enquiries.follower import following
from tests.enquiries.papers import GOOD, file, pdf, png
from tests.factories import EnquiryFactory, InterestFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enquiry():
    return InterestFactory(enquiry__in_triage=True).enquiry


@pytest.fixture
def browser(enquiry):
    return following(enquiry)


@pytest.fixture
def document(enquiry):
    return add(enquiry)


def add(enquiry, name="plan.pdf", content=None):
    content = pdf() if content is None else content
    return services.add_document(enquiry_id=enquiry.pk, file=file(name, content), kind="pdf")


def page(enquiry):
    return f"/follow/{enquiry.reference}/documents/"


def body(answer):
    return b"".join(answer.streaming_content)


def test_a_document_is_kept_and_waits_for_an_officer(enquiry):
    document = add(enquiry, content=pdf(b"%" + b"x" * 150_000 + b"\n"))

    enquiry.refresh_from_db()
    assert enquiry.answered_at
    assert [len(piece.content) for piece in document.pieces.order_by("number")] == [
        65536,
        65536,
        document.size - 131072,
    ]
    assert Event.objects.get(kind="document_added").detail == {
        "by": "provider",
        "attachment": document.pk,
        "type": "pdf",
    }
    assert OutgoingMail.objects.get(kind="news").subject.startswith("care sector support: a document from the provider")


def test_ten_are_enough(enquiry):
    for _ in range(10):
        add(enquiry)

    with pytest.raises(DocumentRefused, match="10 files already"):
        add(enquiry)


@pytest.mark.django_db(transaction=True)
def test_ten_are_enough_also_at_once():
    """FI17."""
    enquiry = InterestFactory(enquiry__in_triage=True).enquiry

    at_once(*[lambda: add(enquiry)] * 12)

    assert Attachment.objects.count() == 10


def test_a_closed_enquiry_takes_none():
    with pytest.raises(TransitionNotAllowed):
        add(EnquiryFactory(closed=True))
    assert not AttachmentPiece.objects.exists()


def test_who_follows_adds_one_and_gets_it_back(enquiry, browser):
    answer = browser.post(page(enquiry), {"document": file("Our plan.PDF", pdf())}, follow=True)

    document = Attachment.objects.get()
    assert "We have your file" in answer.content.decode()
    assert f"{page(enquiry)}{document.number}/" in answer.content.decode()
    assert body(browser.get(f"{page(enquiry)}{document.number}/")) == pdf()


@pytest.mark.parametrize("name", GOOD)
def test_it_is_a_download_of_a_fixed_type(enquiry, browser, name):
    """EX8, FI17: nothing of what came is ever shown as a page of ours."""
    browser.post(page(enquiry), {"document": file(name, GOOD[name])})
    document = Attachment.objects.get()

    answer = browser.get(f"{page(enquiry)}{document.number}/")

    assert body(answer) == GOOD[name]
    assert answer["Content-Type"] == document.media_type
    assert answer["Content-Disposition"].startswith('attachment; filename="')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name", ['a"; filename="x.exe.pdf', "a\r\nSet-Cookie: x=1.pdf", "\u202efdp.exe.pdf", "../../x.pdf", "Zoë.pdf"]
)
def test_names_make_safe_headers(enquiry, browser, name):
    """EX8."""
    document = Attachment.objects.create(enquiry=enquiry, kind="pdf", name=name, size=1)

    header = browser.get(f"{page(enquiry)}{document.number}/").headers["Content-Disposition"]

    assert header.count('"') == 2
    assert header.isascii()
    assert header.endswith('.pdf"')
    assert not set(header) & set("\r\n/\\")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("plan.pdf", b"", "The selected file is empty"),
        ("plan.pdf", png(), "its name says something else"),
        ("plan.exe", b"MZ", "The selected file must be a PDF"),
    ],
)
def test_a_refused_document_says_what_to_do_and_stores_nothing(enquiry, browser, name, content, words):
    answer = browser.post(page(enquiry), {"document": file(name, content)})

    assert answer.status_code == 200
    assert words in " ".join(errors(answer))
    assert not Attachment.objects.exists()


def test_no_document_is_told(enquiry, browser):
    for typed in ({}, {"document": "not a file"}):
        assert errors(browser.post(page(enquiry), typed)) == ["Select a file"]


def test_one_that_is_too_large_is_told_on_the_page(enquiry, browser, settings):
    """It is never kept: not in memory, and no further on the disk than the largest that is taken."""
    settings.DOCUMENT_BYTES = 300_000

    answer = browser.post(page(enquiry), {"document": file("plan.pdf", pdf(b"x" * 900_000))})

    assert "smaller than" in " ".join(errors(answer))
    assert not Attachment.objects.exists()


def test_far_more_than_that_is_refused_before_it_is_read(enquiry, browser, settings):
    settings.DOCUMENT_BYTES = 300_000

    assert browser.post(page(enquiry), {"document": file("plan.pdf", b"x" * 2_000_000)}).status_code == 413


def test_no_other_page_takes_files(enquiry, browser):
    assert (
        browser.post(f"/follow/{enquiry.reference}/write/", {"text": file("a.txt", b"x" * 300_000)}).status_code == 413
    )


def test_a_hundred_at_once_are_refused(enquiry, browser):
    """FI17."""
    answer = browser.post(page(enquiry), {"document": [file("plan.pdf", pdf()) for _ in range(100)]})

    assert answer.status_code == 413
    assert not Attachment.objects.exists()


def test_a_document_is_there_for_nobody_else(enquiry, document):
    """AZ2, AZ4, AZ19: another session, no session, another enquiry's address, a guessed number."""
    own, other = following(enquiry), EnquiryFactory()
    stranger = following(other)

    asked = [
        (Client(), f"{page(enquiry)}{document.number}/"),
        (stranger, f"{page(enquiry)}{document.number}/"),
        (stranger, f"{page(other)}{document.number}/"),
        (own, f"{page(enquiry)}{uuid.uuid4()}/"),
        (own, f"{page(enquiry)}{document.pk}/"),
        (own, f"{page(enquiry)}..%2f{document.name}"),
        (own, f"/static/{document.name}"),
        (own, f"/static/{document.number}"),
        (own, f"/media/{document.name}"),
    ]

    assert [browser.get(address).status_code for browser, address in asked] == [404] * len(asked)


def test_officers_see_it_and_each_opening_is_written_down(enquiry, document, browser_of, officer):
    """AZ19."""
    browser, address = (
        browser_of(officer),
        f"{enquiry.get_absolute_url().replace('change/', '')}documents/{document.number}/",
    )
    assert address in browser.get(enquiry.get_absolute_url()).content.decode()

    answer = browser.get(address)

    assert body(answer) == pdf()
    assert answer["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    noted = AuditEntry.objects.filter(about="enquiries.attachment")
    assert [(entry.kind, entry.row, entry.by) for entry in noted] == [("opened", document.pk, officer)]


def test_officers_find_it_only_under_its_own_enquiry(enquiry, document, browser_of, officer):
    """AZ4."""
    other = EnquiryFactory(in_triage=True)

    answer = browser_of(officer).get(f"/admin/enquiries/enquiry/{other.pk}/documents/{document.number}/")

    assert answer.status_code == 404


def test_others_who_sign_in_get_nothing(enquiry, document, browser_of):
    """AZ19."""
    address = f"/admin/enquiries/enquiry/{enquiry.pk}/documents/{document.number}/"

    for somebody in (Client(), browser_of(UserFactory())):
        assert somebody.get(address).status_code in (302, 403, 404)
    assert not AuditEntry.objects.filter(about="enquiries.attachment").exists()
