"""What is attached to a mail that came in, and the mail itself: handed out as files to keep, or not at all."""

import pytest

from careportal.accounts.models import AuditEntry
from enquiries.models import IncomingMail
from tests.enquiries.mails_that_came import with_attachments
from tests.enquiries.monsters import BROKEN
from tests.enquiries.tray import TRAY, page_of, text_of
from tests.factories import IncomingMailFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(officer, browser_of):
    return browser_of(officer)


# --- What is attached


def test_what_is_on_our_list_is_downloaded_and_never_opened_by_a_browser(browser, officer):
    """MI9."""
    mail = IncomingMailFactory(to_sort=True, raw=with_attachments(("rota.pdf", "text/html")))
    assert "rota.pdf" in text_of(browser.get(page_of(mail)))

    answer = browser.get(f"{TRAY}{mail.pk}/attached/1/")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="rota.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer).startswith(b"%PDF")
    entry = AuditEntry.objects.get(kind="exported")
    assert (entry.by, entry.ids, entry.detail) == (officer, [mail.pk], {"what": "attached", "place": 1})


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "feed.xml", "setup.exe", "no-ending"])
def test_what_is_not_on_our_list_is_named_and_not_handed_out(browser, name):
    """MI9."""
    mail = IncomingMailFactory(to_sort=True, raw=with_attachments((name, "text/html")))

    page = text_of(browser.get(page_of(mail)))
    answer = browser.get(f"{TRAY}{mail.pk}/attached/1/", follow=True)

    assert name in page
    assert "This kind of file is not handed out here." in page
    assert "/attached/1/" not in page
    assert answer.redirect_chain == [(page_of(mail), 302)]
    assert "This attachment cannot be downloaded here." in text_of(answer)


@pytest.mark.parametrize("content", ["program", "test virus", "html"])
def test_what_only_calls_itself_harmless_is_not_handed_out(browser, content):
    """MI9: what it is is found in its content, not in its name."""
    mail = IncomingMailFactory(to_sort=True, raw=with_attachments(("rota.pdf", "application/pdf"), content=content))

    answer = browser.get(f"{TRAY}{mail.pk}/attached/1/", follow=True)

    assert "This attachment cannot be downloaded here." in text_of(answer)
    assert not AuditEntry.objects.filter(kind="exported").exists()


def test_there_is_no_other_attachment(browser):
    mail = IncomingMailFactory(to_sort=True, raw=with_attachments(("rota.pdf", "application/pdf")))

    for place in ("0", "2", "99999999999999999999"):
        assert browser.get(f"{TRAY}{mail.pk}/attached/{place}/").status_code == 404, place


def test_a_mail_that_could_not_be_read_is_not_taken_apart(browser):
    """MI10, MI11."""
    costly = with_attachments(("rota.pdf", "application/pdf")) + b"\nContent-Type: x" * 1000
    mail = IncomingMailFactory(state="sort", why="unreadable", raw=costly)

    assert "rota.pdf" not in text_of(browser.get(page_of(mail)))
    assert browser.get(f"{TRAY}{mail.pk}/attached/1/").status_code == 404


def test_a_mail_that_breaks_the_parser_can_be_looked_at_and_decided_about(browser):
    """MI10: whatever is wrong with it, its page is no error, and an officer can make an enquiry of it."""
    mail = IncomingMailFactory(to_sort=True, raw=BROKEN["a file name that is said twice"])

    assert browser.get(page_of(mail)).status_code == 200
    assert browser.get(f"{TRAY}{mail.pk}/attached/1/").status_code == 404
    assert browser.post(f"{TRAY}{mail.pk}/do/enquiry/", {"shown": mail.shown_as}).status_code == 302
    mail.refresh_from_db()
    assert mail.state == IncomingMail.State.ENQUIRY


def test_the_mail_itself_is_downloaded_as_bytes_that_no_browser_opens(browser, officer):
    """MI9."""
    raw = with_attachments(("page.html", "text/html")) + b"x" * 200_000
    mail = IncomingMailFactory(to_sort=True, raw=raw)

    answer = browser.get(f"{TRAY}{mail.pk}/raw/")

    assert b"".join(answer) == raw
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="mail-{mail.pk}.eml"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert AuditEntry.objects.get(kind="exported").detail == {"what": "raw"}


def test_when_the_copy_is_gone_the_page_says_so(browser):
    mail = IncomingMailFactory(to_sort=True)

    assert "The copy is gone after a while." in text_of(browser.get(page_of(mail)))
    assert browser.get(f"{TRAY}{mail.pk}/raw/").status_code == 404
