"""The officers' tray of mail that came in: what is to sort, each mail, what it says of an enquiry, and who may look."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from careportal.accounts.models import AuditEntry
from tests.enquiries.mails_that_came import with_attachments
from tests.enquiries.tray import TRAY, add_to, ago, many, page_of, shown, state_of, step, text_of
from tests.factories import EnquiryFactory, IncomingMailFactory, MailFactory, UserFactory

pytestmark = pytest.mark.django_db

PAYLOAD = "<script>alert(1)</script><svg onload=alert(2)><base href=//x.example><iframe src=//x.example></iframe>"


@pytest.fixture
def browser(officer, browser_of):
    return browser_of(officer)


# --- The list


def test_the_list_shows_what_is_to_sort_the_oldest_first_and_nothing_else(browser):
    """J-O4."""
    new, old = IncomingMailFactory(to_sort=True), IncomingMailFactory(to_sort=True, received_at=ago(days=2))
    for trait in ("became_enquiry", "automatic", "elsewhere", "unwanted"):
        IncomingMailFactory(**{trait: True})
    IncomingMailFactory()

    assert shown(browser) == [old, new]


def test_a_row_says_from_whom_why_it_is_here_and_when_it_came(browser):
    """MI6, MI15: the real address stands beside the name, and whether anybody has verified it."""
    mail = IncomingMailFactory(from_stranger=True, sender="stranger@example.org", sender_name="The Council Officer")

    page = text_of(browser.get(TRAY))

    for part in (
        "1 mail to sort",
        "<strong><bdi>stranger@example.org</bdi></strong>",
        "Name given: <bdi>The Council Officer</bdi>",
        "Sender not verified",
        "It answers about an enquiry, from an address that is not the enquiry’s",
        mail.enquiry.reference,
        f'href="{page_of(mail)}"',
    ):
        assert part in page, part


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("proved", "Sender verified"),
        ("unknown", "Sender not verified"),
        ("failed", "The check of our mail server failed."),
    ],
)
def test_the_check_of_the_sender_is_told_in_words(browser, check, words):
    """MI6, U95."""
    mail = IncomingMailFactory(to_sort=True, sender_check=check)

    for address in (TRAY, page_of(mail)):
        assert words in text_of(browser.get(address))


def test_an_address_with_letters_that_only_look_plain_is_pointed_out(browser):
    """MI15."""
    mail = IncomingMailFactory(to_sort=True, sender="offiсer@example.org")

    assert "Check it letter by letter" in text_of(browser.get(page_of(mail)))


@pytest.mark.parametrize(
    ("asked", "traits"),
    [
        ("sort", {"to_sort"}),
        ("enquiry", {"became_enquiry"}),
        ("automatic", {"automatic"}),
        ("other", {"elsewhere"}),
        ("spam", {"unwanted"}),
        ("all", {"to_sort", "became_enquiry", "automatic", "elsewhere", "unwanted"}),
        ("nonsense", {"to_sort"}),
    ],
)
def test_other_mail_is_shown_when_it_is_asked_for(browser, asked, traits):
    """MI17: what is unwanted has a list of its own, and is in no other."""
    made = {
        trait: IncomingMailFactory(**{trait: True})
        for trait in ("to_sort", "became_enquiry", "automatic", "elsewhere", "unwanted")
    }

    assert set(shown(browser, state=asked)) == {made[trait] for trait in traits}


def test_the_list_is_narrowed_by_why_mail_is_there(browser):
    IncomingMailFactory(to_sort=True)
    flood = IncomingMailFactory(state="sort", why="too_many")

    assert shown(browser, why="too_many") == [flood]
    assert len(shown(browser, why="nonsense")) == 2


def test_an_empty_list_says_why(browser):
    assert "Nothing is to sort. Mail with “care sector support” in its subject" in text_of(browser.get(TRAY))
    assert "No mail fits what you chose." in text_of(browser.get(TRAY, {"state": "spam"}))


def test_the_list_takes_no_more_queries_for_fifty_rows_than_for_one(browser):
    def queries():
        with CaptureQueriesContext(connection) as made:
            assert browser.get(TRAY).status_code == 200
        return len(made)

    IncomingMailFactory(from_stranger=True)
    one = queries()
    for _ in range(49):
        IncomingMailFactory(from_stranger=True)

    assert queries() == one <= 8


def test_a_long_list_has_pages_that_keep_the_filter(browser):
    for _ in range(51):
        IncomingMailFactory(unwanted=True)

    assert len(shown(browser, state="spam", page=2)) == 1
    assert "state=spam&amp;page=2" in browser.get(TRAY, {"state": "spam"}).content.decode()


def test_who_saw_which_mail_is_recorded(browser, officer):
    """AD9."""
    mail = IncomingMailFactory(to_sort=True)

    browser.get(TRAY)
    browser.get(page_of(mail))

    about = "enquiries.incomingmail"
    listed, opened = AuditEntry.objects.order_by("pk")
    assert (listed.kind, listed.by, listed.about, listed.ids) == ("listed", officer, about, [mail.pk])
    assert (opened.kind, opened.by, opened.about, opened.row) == ("opened", officer, about, mail.pk)


# --- One mail


def test_a_mail_is_shown_as_plain_text_whatever_it_holds(browser):
    """MI8: nothing that a mail says is ever part of the page."""
    mail = IncomingMailFactory(
        to_sort=True, subject=PAYLOAD, sender=f'"{PAYLOAD}"@example.org', sender_name=PAYLOAD, text=PAYLOAD
    )

    for address in (page_of(mail), TRAY, "/admin/", f"{TRAY}{mail.pk}/add-to/"):
        page = browser.get(address).content.decode()
        assert "&lt;script&gt;alert(1)" in page, address
        for live in ("<script>alert", "<svg onload", "<base ", "<iframe"):
            assert live not in page, (address, live)


def test_a_mail_without_subject_sender_or_text_is_still_a_page(browser):
    mail = IncomingMailFactory(state="sort", why="unreadable", subject="", sender="", sender_name="", text="")

    for part in ("No subject", "No sender address", "It cannot be read", "It has no text that can be shown here."):
        assert part in text_of(browser.get(page_of(mail))), part


def test_without_an_address_nothing_is_said_of_a_check(browser):
    """MI15: there is no sender who could be verified."""
    mail = IncomingMailFactory(state="sort", why="unreadable", sender="", sender_check="proved")

    assert "Sender verified" not in text_of(browser.get(page_of(mail)))


@pytest.mark.parametrize("number", ["987654", "0", "99999999999999999999", "nobody"])
def test_what_is_not_there_is_not_there(browser, number):
    for address in ("change/", "raw/", "attached/1/", "add-to/"):
        assert browser.get(f"{TRAY}{number}/{address}").status_code == 404, address


def test_who_wrote_a_forwarded_mail_first_is_told(browser):
    """N1: an enquiry made of it is from whoever wrote it first."""
    raw = (
        b"From: officer@lbbd.gov.uk\r\nSubject: FW: training\r\n\r\nFor you.\r\n\r\n"
        b"From: Example Manager <manager@example.org>\r\nSent: 3 November 2026 10:00\r\n"
        b"To: Officer <officer@lbbd.gov.uk>\r\nSubject: training\r\n\r\nWe need training.\r\n"
    )
    mail = IncomingMailFactory(to_sort=True, sender="officer@lbbd.gov.uk", raw=raw)

    page = text_of(browser.get(page_of(mail)))

    assert "<dt>First written by</dt><dd><strong><bdi>manager@example.org</bdi></strong>" in page


def test_the_enquiries_that_it_may_belong_to_are_told_with_the_reason(browser):
    """J-O4, MI7: a reference in the subject is a hint and no proof."""
    theirs = EnquiryFactory(contact_email="Sender@example.org", organisation="Theirs")
    named = EnquiryFactory(organisation="Named")
    EnquiryFactory(organisation="Neither")
    mail = IncomingMailFactory(to_sort=True, sender="sender@example.org", subject=f"re: {named.reference.lower()}")

    page = text_of(browser.get(page_of(mail)))

    assert "Theirs" in page
    assert "From the same address" in page
    assert "Its reference is in the subject. Received" in page
    assert page.count("The sender is not its contact.") == 1
    assert "Neither" not in page
    assert page.index("Theirs") < page.index("Named"), "the surest comes first"
    assert f"Add to {theirs.reference}" in page


def test_one_goes_from_each_mail_to_the_next_and_past_what_is_left_alone(browser):
    first, second, third = (IncomingMailFactory(to_sort=True, received_at=ago(hours=hours)) for hours in (3, 2, 1))

    assert browser.get(page_of(first)).context["next"] == second
    step(browser, second, "unwanted")
    assert browser.get(page_of(second)).context["next"] == third
    last = browser.get(page_of(third))
    assert "None came after this one." in text_of(last)
    assert "1 other to sort" in text_of(last)


# --- Who may


def test_who_may_only_look_reads_and_decides_nothing(viewer, browser_of):
    """AD7, AZ1."""
    mail = IncomingMailFactory(from_stranger=True, raw=with_attachments(("rota.pdf", "application/pdf")))
    browser = browser_of(viewer)

    for address in (TRAY, page_of(mail)):
        page = text_of(browser.get(address))
        assert mail.sender in page
        assert 'name="pick"' not in page
        assert "Unwanted</button>" not in page
        assert "Add to" not in page
    assert browser.get(f"{TRAY}{mail.pk}/attached/1/").status_code == 200
    assert browser.get(f"{TRAY}{mail.pk}/raw/").status_code == 403
    assert browser.get(f"{TRAY}{mail.pk}/add-to/").status_code == 403
    for answer in (step(browser, mail, "unwanted"), add_to(browser, mail, "x"), many(browser, "unwanted", mail)):
        assert answer.status_code == 403
    assert state_of(mail) == "sort"


def test_strangers_and_people_who_are_no_staff_get_nowhere(browser_of):
    """AZ1."""
    mail = IncomingMailFactory(to_sort=True, raw=with_attachments(("rota.pdf", "application/pdf")))

    for address in ("", f"{mail.pk}/change/", f"{mail.pk}/raw/", f"{mail.pk}/attached/1/", f"{mail.pk}/add-to/"):
        assert Client().get(TRAY + address).url.startswith("/account/")
        assert browser_of(UserFactory()).get(TRAY + address).status_code == 403
    for address in (f"{mail.pk}/do/unwanted/", f"{mail.pk}/add-to/", "many/"):
        assert Client().post(TRAY + address).url.startswith("/account/")
        assert browser_of(UserFactory()).post(TRAY + address).status_code == 403
    assert state_of(mail) == "sort"


# --- On the enquiry's page


def test_an_enquiry_that_came_by_mail_leads_to_it_and_says_that_nobody_was_told(browser):
    """MI6, MI16: no acknowledgement goes to an address that is not verified, until an officer decides."""
    mail = IncomingMailFactory(became_enquiry=True)

    page = text_of(browser.get(mail.enquiry.get_absolute_url()))

    for part in (
        f'href="{page_of(mail)}"',
        "Sender not verified",
        "Details are still to be filled in.",
        "No acknowledgement was sent, because the sender is not verified.",
        "Send the acknowledgement",
    ):
        assert part in page, part


def test_once_it_is_acknowledged_there_is_no_button(browser):
    mail = IncomingMailFactory(became_enquiry=True, proved=True)
    MailFactory(enquiry=mail.enquiry, acknowledgement=True, sent=True)

    page = text_of(browser.get(mail.enquiry.get_absolute_url()))

    assert "See the mail it came by" in page
    assert "Sender not verified" not in page
    assert "Send the acknowledgement" not in page


def test_an_officer_sends_the_acknowledgement_by_hand(browser):
    """MI16."""
    mail = IncomingMailFactory(became_enquiry=True)
    address = f"{mail.enquiry.get_absolute_url().removesuffix('change/')}acknowledge/"

    page = text_of(browser.post(address, follow=True))
    again = text_of(browser.post(address, follow=True))

    assert "The acknowledgement is on its way." in page
    assert [sent.recipient for sent in mail.enquiry.mails.filter(kind="acknowledgement")] == [mail.sender]
    assert "govuk-notification-banner" in again
    assert browser.get(address).status_code == 405


def test_who_may_only_look_sends_no_acknowledgement(viewer, browser_of):
    """AD7."""
    mail, browser = IncomingMailFactory(became_enquiry=True), browser_of(viewer)

    page = text_of(browser.get(mail.enquiry.get_absolute_url()))

    assert "No acknowledgement was sent" in page
    assert "Send the acknowledgement" not in page
    assert browser.post(f"/admin/enquiries/enquiry/{mail.enquiry_id}/acknowledge/").status_code == 403
    assert not mail.enquiry.mails.exists()


def test_mail_that_may_belong_to_an_enquiry_is_pointed_out_on_its_page(browser):
    mail = IncomingMailFactory(from_stranger=True)

    page = text_of(browser.get(mail.enquiry.get_absolute_url()))

    assert "A mail that may belong to this enquiry is still to be sorted." in page
    assert "It came by email" not in page


def test_a_message_that_came_by_mail_leads_to_it_and_says_from_whom_and_who_added_it(browser, officer):
    """MI15: it need not be from the provider's own address."""
    mail, enquiry = IncomingMailFactory(to_sort=True), EnquiryFactory(in_triage=True)
    add_to(browser, mail, enquiry.reference, confirmed="yes")

    page = text_of(browser.get(enquiry.get_absolute_url()))

    assert f'<a class="govuk-link" href="{page_of(mail)}"' in page
    assert f"It came by email from <bdi>{mail.sender}</bdi>, added by {officer}." in page


@pytest.mark.parametrize(("traits", "is_said"), [({}, True), ({"proved": True}, False)])
def test_beside_a_message_that_came_by_mail_stands_whether_its_sender_is_verified(browser, traits, is_said):
    """MI6: whoever reads it as the provider's word is told that nobody has checked that."""
    mail, enquiry = IncomingMailFactory(to_sort=True, **traits), EnquiryFactory(in_triage=True)
    add_to(browser, mail, enquiry.reference, confirmed="yes")

    assert ("Sender not verified" in text_of(browser.get(enquiry.get_absolute_url()))) == is_said
