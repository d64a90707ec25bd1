"""What officers decide about mail that came in: one by one or many at once, and the way back."""

import pytest

from careportal.accounts.models import AuditEntry
from enquiries import services
from enquiries.models import Enquiry, IncomingMail
from tests.enquiries.tray import TRAY, add_to, many, shown, state_of, step, text_of
from tests.factories import EnquiryFactory, IncomingMailFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(officer, browser_of):
    return browser_of(officer)


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

    page = text_of(add_to(browser, mail, enquiry.reference.lower().replace("-", " ")))

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

    assert "Nothing of what you selected is in this list any more" in page
    assert state_of(mail) == "sort"


def test_pressed_twice_the_second_answer_says_that_it_was_done_before(browser):
    mail = IncomingMailFactory(to_sort=True)
    picked = {"pick": f"{mail.pk}:{mail.shown_as}", "step": "unwanted", "confirmed": "yes"}
    browser.post(f"{TRAY}many/", picked)

    page = text_of(browser.post(f"{TRAY}many/", picked, follow=True))

    assert "it has been dealt with. Nothing more was done." in page
    assert state_of(mail) == "spam"


@pytest.mark.parametrize("pick", [[], ["x"], ["1"], ["9" * 30 + ":sort-0-0"], ["1:sort-0-0\x00"]])
def test_nonsense_for_many_changes_nothing(browser, pick):
    IncomingMailFactory(to_sort=True)

    posted = {"step": "unwanted", "pick": pick, "confirmed": "yes"}

    assert browser.post(f"{TRAY}many/", posted, follow=True).status_code == 200
    assert browser.post(f"{TRAY}many/", {**posted, "step": "enquiry"}).status_code == 404
    assert not IncomingMail.objects.exclude(state="sort").exists()
