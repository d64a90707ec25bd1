"""The officers' tray of mail that came in: what is to sort, each mail with its steps, and the way back from them."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from enquiries import services
from enquiries.models import Enquiry, IncomingMail
from tests.enquiries.mails_that_came import with_attachments
from tests.factories import EnquiryFactory, IncomingMailFactory, MailFactory, UserFactory

pytestmark = pytest.mark.django_db

TRAY = "/admin/enquiries/incomingmail/"
PAYLOAD = "<script>alert(1)</script><svg onload=alert(2)><base href=//x.example><iframe src=//x.example></iframe>"


@pytest.fixture
def browser(officer, browser_of):
    return browser_of(officer)


def ago(**period):
    return timezone.now() - dt.timedelta(**period)


def page_of(mail):
    return f"{TRAY}{mail.pk}/change/"


def shown(browser, **query):
    return browser.get(TRAY, query).context["rows"]


def text_of(answer):
    return " ".join(answer.content.decode().split())


def step(browser, mail, name, mark=None):
    return browser.post(f"{TRAY}{mail.pk}/do/{name}/", {"shown": mark or mail.shown_as}, follow=True)


def add_to(browser, mail, reference, **more):
    return browser.post(f"{TRAY}{mail.pk}/add-to/", {"into": reference, "shown": mail.shown_as, **more}, follow=True)


def state_of(mail):
    mail.refresh_from_db()
    return mail.state


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


# --- Steps


def test_an_officer_makes_an_enquiry_of_it(browser, officer):
    """J-O4, J-P4."""
    mail = IncomingMailFactory(to_sort=True, sender="sender@example.org")

    page = text_of(step(browser, mail, "enquiry"))

    enquiry = Enquiry.objects.get()
    assert (state_of(mail), mail.enquiry, mail.decided_by) == ("enquiry", enquiry, officer)
    assert (enquiry.channel, enquiry.contact_email) == ("email", "sender@example.org")
    assert "The mail is an enquiry now." in page
    assert enquiry.get_absolute_url() in page


@pytest.mark.parametrize(("name", "state"), [("elsewhere", "other"), ("unwanted", "spam")])
def test_what_was_set_aside_is_taken_back(browser, officer, name, state):
    """J-O4: with undo."""
    mail = IncomingMailFactory(to_sort=True)

    step(browser, mail, name)
    assert (state_of(mail), mail.decided_by) == (state, officer)
    assert shown(browser, state=state) == [mail]
    step(browser, mail, "take-back")

    assert (state_of(mail), mail.why) == ("sort", "nearly")
    assert shown(browser) == [mail]


def test_each_step_leaves_a_line_in_the_trail(browser, officer):
    mail = IncomingMailFactory(to_sort=True)

    step(browser, mail, "unwanted")

    entry = AuditEntry.objects.get(kind="changed")
    assert (entry.by, entry.row, entry.detail) == (officer, mail.pk, {"state": "spam"})


@pytest.mark.parametrize("name", ["enquiry", "elsewhere", "unwanted", "take-back"])
def test_a_step_from_a_page_that_showed_something_else_is_refused(browser, name):
    """CO1."""
    mail, colleague = IncomingMailFactory(to_sort=True), UserFactory(officer=True, name="A colleague")
    before = mail.shown_as
    services.set_aside(mail_id=mail.pk, officer=colleague, state="spam")

    page = text_of(step(browser, mail, name, before))

    assert "This mail changed after you opened the page: Unwanted, by A colleague" in page
    assert (state_of(mail), Enquiry.objects.count()) == ("spam", 0)


def test_a_step_without_what_the_page_showed_is_refused(browser):
    mail = IncomingMailFactory(to_sort=True)

    browser.post(f"{TRAY}{mail.pk}/do/unwanted/")

    assert state_of(mail) == "sort"


def test_a_step_that_makes_no_sense_now_is_refused_in_words(browser):
    mail = IncomingMailFactory(became_enquiry=True)

    assert "govuk-notification-banner" in text_of(step(browser, mail, "unwanted"))
    assert state_of(mail) == "enquiry"


def test_there_are_no_other_steps(browser):
    mail = IncomingMailFactory(to_sort=True)

    assert step(browser, mail, "delete").status_code == 404
    assert browser.get(f"{TRAY}{mail.pk}/do/unwanted/").status_code == 405
    assert browser.get(f"{TRAY}add/").status_code == 403
    assert browser.get(f"{TRAY}{mail.pk}/delete/").status_code == 403


# --- Adding to an enquiry


def test_whose_enquiry_it_is_is_read_over_before_a_mail_is_added(browser):
    """J-O4, MI7."""
    mail, enquiry = IncomingMailFactory(from_stranger=True), EnquiryFactory(organisation="Quetzal House")

    page = text_of(add_to(browser, mail, enquiry.reference.lower()))

    for part in ("Nothing has been done yet", "Quetzal House", enquiry.contact_email, mail.sender):
        assert part in page, part
    assert "The sender is not the contact of this enquiry." in page
    assert (state_of(mail), enquiry.messages.count()) == ("sort", 0)


def test_confirmed_it_is_in_the_correspondence(browser, officer):
    """J-O4."""
    enquiry = EnquiryFactory(contact_email="sender@example.org")
    mail = IncomingMailFactory(to_sort=True, sender="sender@example.org", text="Here is what you asked for.")
    assert "not the contact" not in text_of(add_to(browser, mail, enquiry.reference))

    page = text_of(add_to(browser, mail, enquiry.reference, confirmed="yes"))

    assert f"The mail is added to {enquiry}." in page
    assert (state_of(mail), mail.enquiry, mail.decided_by) == ("message", enquiry, officer)
    assert [message.text for message in enquiry.messages.all()] == ["Here is what you asked for."]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter the reference of the enquiry"),
        ("222-222-222", "No enquiry has this reference."),
        ("<b>x</b>", "No enquiry has this reference."),
        ("x" * 300, "Reference must be 20 characters or less"),
        ("a\x00b", "cannot be read"),
    ],
)
def test_a_reference_that_is_none_stays_typed_with_the_reason_beside_it(browser, typed, words):
    mail = IncomingMailFactory(to_sort=True)

    page = text_of(add_to(browser, mail, typed, confirmed="yes"))

    assert "<title>Error: " in page
    assert words in page.split('id="id_into-error"')[1]
    assert state_of(mail) == "sort"


def test_a_mail_is_not_added_to_an_enquiry_that_is_closed(browser):
    mail, enquiry = IncomingMailFactory(to_sort=True), EnquiryFactory(closed=True)

    page = text_of(add_to(browser, mail, enquiry.reference, confirmed="yes"))

    assert "is closed. Re-open it first" in page
    assert (state_of(mail), enquiry.messages.count()) == ("sort", 0)


def test_adding_from_a_page_that_showed_something_else_is_refused(browser):
    """CO1."""
    mail, enquiry = IncomingMailFactory(to_sort=True), EnquiryFactory()
    services.set_aside(mail_id=mail.pk, officer=UserFactory(officer=True), state="spam")

    page = text_of(add_to(browser, mail, enquiry.reference, confirmed="yes"))

    assert "changed after you opened the page" in page
    assert (state_of(mail), enquiry.messages.count()) == ("spam", 0)


# --- Many at once


def many(browser, name, *mails, filters="", **more):
    pick = [f"{mail.pk}:{mail.shown_as}" for mail in mails]
    return browser.post(f"{TRAY}many/", {"step": name, "pick": pick, "filters": filters, **more}, follow=True)


def test_many_are_read_over_before_they_are_set_aside(browser):
    """AD6."""
    one, other = IncomingMailFactory(to_sort=True), IncomingMailFactory(to_sort=True, subject="Cheap loans")

    page = text_of(many(browser, "unwanted", one, other))

    for part in ("Nothing has been done yet", "Unwanted: 2 mails", "Cheap loans", other.sender):
        assert part in page, part
    assert {state_of(one), state_of(other)} == {"sort"}


def test_many_are_set_aside_and_taken_back(browser):
    """J-O4, MI17: a flood is cleared without losing what is genuine."""
    flood = [IncomingMailFactory(state="sort", why="too_many") for _ in range(5)]
    genuine = IncomingMailFactory(to_sort=True)

    page = text_of(many(browser, "unwanted", *flood, filters="state=sort&why=too_many", confirmed="yes"))

    assert (page.count(chr(62) + "Not done"), page.count('data-label="Done"')) == (0, len(flood))
    assert {state_of(mail) for mail in flood} == {"spam"}
    assert shown(browser) == [genuine]
    many(browser, "take-back", *flood[:2], filters="state=spam", confirmed="yes")
    assert sum(state_of(mail) == "sort" for mail in flood) == 2


def test_one_that_changed_meanwhile_is_left_alone_and_stops_nothing_else(browser):
    """AD6, CO1."""
    one, other = IncomingMailFactory(to_sort=True), IncomingMailFactory(to_sort=True)
    services.set_aside(mail_id=one.pk, officer=UserFactory(officer=True), state="other")
    services.take_back(mail_id=one.pk, officer=UserFactory(officer=True))

    page = text_of(many(browser, "unwanted", one, other, confirmed="yes"))

    assert "Not done" in page
    assert "changed after you opened the page" in page
    assert (state_of(one), state_of(other)) == ("sort", "spam")


@pytest.mark.parametrize("filters", ["state=spam", "why=stranger", "state=automatic"])
def test_numbers_outside_the_list_are_passed_over(browser, filters):
    """AD6."""
    mail = IncomingMailFactory(to_sort=True)

    page = text_of(many(browser, "unwanted", mail, filters=filters, confirmed="yes"))

    assert "Select at least one mail of the list first." in page
    assert state_of(mail) == "sort"


@pytest.mark.parametrize("pick", [[], ["x"], ["1"], ["9" * 30 + ":sort-0-0"], ["1:sort-0-0\x00"]])
def test_nonsense_for_many_changes_nothing(browser, pick):
    IncomingMailFactory(to_sort=True)

    posted = {"step": "unwanted", "pick": pick, "confirmed": "yes"}

    assert browser.post(f"{TRAY}many/", posted, follow=True).status_code == 200
    assert browser.post(f"{TRAY}many/", {**posted, "step": "enquiry"}).status_code == 404
    assert not IncomingMail.objects.exclude(state="sort").exists()


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


def test_a_message_that_came_by_mail_leads_to_it(browser):
    mail, enquiry = IncomingMailFactory(to_sort=True), EnquiryFactory(in_triage=True)
    add_to(browser, mail, enquiry.reference, confirmed="yes")

    page = text_of(browser.get(enquiry.get_absolute_url()))

    assert f'It came by email. <a class="govuk-link" href="{page_of(mail)}"' in page
