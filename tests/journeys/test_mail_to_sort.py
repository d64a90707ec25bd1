"""An officer clears the tray of mail that came in: five mails of five kinds, by keyboard alone and on a telephone."""

import pytest

from careportal.accounts.services import give_second_factor
from enquiries.models import Enquiry, IncomingMail
from tests.accounts.journeys import app_code
from tests.enquiries.mails_that_came import with_attachments
from tests.factories import EnquiryFactory, IncomingMailFactory
from tests.journeys.accessibility import findings
from tests.journeys.test_accessibility import mailed_to
from tests.journeys.test_clearing_my_day import go
from tests.journeys.visitor import DESK, PHONE
from tests.journeys.walking import ask_for_code, give_code

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

TRAY = "/admin/enquiries/incomingmail/"
HOSTILE = (
    "<script>alert(1)</script><svg onload=alert(2)><base href=//x.example><meta http-equiv=refresh content=0>"
    "<style>@import '//x.example/x.css'</style><img src=cid:x onerror=alert(3)><form action=//x.example><iframe>"
)
UNBROKEN = "https://example.org/" + "x" * 180


@pytest.fixture
def signed_in(visit, colleague):
    secret = give_second_factor(colleague)

    def arrive(size):
        officer = visit(size=size)
        ask_for_code(officer.open("/account/login/?next=/admin/"), colleague.email)
        give_code(officer, mailed_to(colleague))
        give_code(officer, app_code(secret))
        return officer

    return arrive


def a_full_tray():
    """A near miss, an answer of the contact, one of a stranger, something that is no application, and rubbish."""
    theirs = EnquiryFactory(in_triage=True, contact_email="known@example.org")
    known = {"sender": "known@example.org", "subject": f"Re: {theirs.reference}"}
    IncomingMailFactory(to_sort=True, subject="Care sector suport", sender="asks@example.org")
    IncomingMailFactory(state="sort", why="same_id", enquiry=theirs, **known)
    IncomingMailFactory(from_stranger=True, subject="On behalf of my manager")
    IncomingMailFactory(state="sort", why="in_text", subject="Request for information")
    IncomingMailFactory(state="sort", why="too_many", subject="Cheap loans")
    return theirs


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["360", "1280"])
def test_five_mails_are_sorted_by_keyboard_alone(signed_in, size):
    """J-O4, N1."""
    theirs = a_full_tray()
    officer = signed_in(size)
    assert officer.page.get_by_role("link", name="5 Mail to sort").is_visible()

    go(officer, "Care sector suport")
    go(officer, "Make an enquiry of it")
    go(officer, "Next: Re:")
    go(officer, f"Add to {theirs.reference}")
    assert "Nothing has been done yet" in officer.text
    go(officer, f"Add it to {theirs.reference}")
    go(officer, "Next: On behalf of my manager")
    assert "The sender is not its contact." in officer.text
    go(officer, "Dealt with elsewhere")
    go(officer, "Take it back")
    go(officer, "Dealt with elsewhere")
    go(officer, "Next: Request for information")
    go(officer, "Dealt with elsewhere")
    go(officer, "Next: Cheap loans")
    go(officer, "Unwanted")
    go(officer, "No other to sort")

    assert "Nothing is to sort." in officer.text
    assert Enquiry.objects.get(channel="email").contact_email == "asks@example.org"
    assert theirs.messages.count() == 1
    states = IncomingMail.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["enquiry", "message", "other", "other", "spam"]


def test_a_flood_is_cleared_and_what_was_wanted_comes_back(signed_in):
    """MI17."""
    for number in range(4):
        IncomingMailFactory(state="sort", why="too_many", subject=f"Cheap loans {number}")
    officer = signed_in(PHONE).open(f"{TRAY}?why=too_many")

    for box in officer.page.locator("[name=pick]").all():
        box.check()
    officer.press("Unwanted").press("Unwanted").follow("Take some of them back")
    officer.page.locator("[name=pick]").first.check()
    officer.press("Take it back").press("Take it back")

    assert IncomingMail.objects.to_sort().count() == 1
    assert IncomingMail.objects.filter(state="spam").count() == 3


def test_hostile_mail_does_nothing_to_whoever_opens_it(signed_in):
    """MI8: no dialog, no request to elsewhere, no other page. What is wrong with a page is found by `visit`."""
    mail = IncomingMailFactory(to_sort=True, subject=HOSTILE, sender_name=HOSTILE[:200], text=HOSTILE)
    officer, dialogs = signed_in(DESK), []
    officer.page.on("dialog", lambda dialog: dialogs.append(dialog.message) or dialog.dismiss())

    for address in (f"{TRAY}{mail.pk}/change/", TRAY, "/admin/", f"{TRAY}{mail.pk}/add-to/"):
        officer.open(address)
        officer.page.wait_for_load_state("networkidle")
        assert officer.page.url.endswith(address)
        assert "<script>alert(1)</script>" in officer.text

    assert dialogs == []


def test_every_page_of_the_tray_can_be_used_by_everybody(signed_in):
    """HC2, HC9: with everything long, and in every state."""
    theirs = a_full_tray()
    attached = with_attachments(("rota.pdf", "application/pdf"), (f"{'x' * 150}.exe", "application/pdf"))
    long = {"subject": f"{UNBROKEN} {theirs.reference}", "sender_name": UNBROKEN, "text": f"{UNBROKEN}\n{UNBROKEN}"}
    mail = IncomingMailFactory(from_stranger=True, sender=f"{'x' * 200}@example.org", raw=attached, **long)
    made = IncomingMailFactory(became_enquiry=True, sender_check="failed")
    for trait in ("automatic", "elsewhere", "unwanted"):
        IncomingMailFactory(**{trait: True})
    officer = signed_in(DESK)

    pages = ["", "?state=spam", "?state=all", f"{mail.pk}/change/", f"{made.pk}/change/", f"{mail.pk}/add-to/"]
    found = {page: findings(officer.open(TRAY + page)) for page in pages}
    found["no reference"] = findings(officer.open(f"{TRAY}{mail.pk}/add-to/").press("Continue"))
    officer.type("Reference of the enquiry", theirs.reference).press("Continue")
    found["read over"] = findings(officer)
    officer.open(TRAY).page.locator("[name=pick]").first.check()
    found["many"] = findings(officer.press("Unwanted"))
    found["many done"] = findings(officer.press("Unwanted"))
    found["my day"] = findings(officer.open("/admin/"))
    for enquiry in (made.enquiry, mail.enquiry):
        found[enquiry.reference] = findings(officer.open(enquiry.get_absolute_url()))

    assert {page: problems for page, problems in found.items() if problems} == {}
