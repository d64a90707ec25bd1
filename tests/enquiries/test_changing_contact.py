"""A provider changes whom we write to. A new email address is proved first; what was sent stays as it was."""

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from enquiries import services
from enquiries.exceptions import AddressRefused, CodeRefused, TooMany
from enquiries.models import AddressChange, ContactVersion, Enquiry, Event, OutgoingMail
from enquiries.services.upkeep import remove_expired_drafts
from tests.applying import errors
from tests.enquiries.crowd import at_once
from tests.enquiries.follower import following
from tests.enquiries.letters import read, to_provider
from tests.factories import EnquiryFactory, InterestFactory, RoutingRuleFactory

pytestmark = pytest.mark.django_db

NEW = "canary-new@example.org"
HERE = "this browser"


@pytest.fixture
def enquiry():
    return an_enquiry()


def an_enquiry():
    enquiry = EnquiryFactory(in_triage=True, contact_name="Ada Canary", contact_email="old@example.org")
    return InterestFactory(enquiry=enquiry).enquiry


@pytest.fixture
def browser(enquiry):
    return following(enquiry)


def page(enquiry, name="contact/"):
    return f"/follow/{enquiry.reference}/{name}"


def ask(enquiry, address=NEW, browser=HERE):
    services.ask_for_address(enquiry_id=enquiry.pk, address=address, browser=browser)
    return code()


def code():
    """The one that was mailed last."""
    return re.search(r"\b[0-9]{6}\b", OutgoingMail.objects.filter(kind="account").order_by("-pk")[0].text)[0]


def prove(enquiry, code, browser=HERE):
    services.prove_address(enquiry_id=enquiry.pk, code=code, browser=browser)


def test_name_and_telephone_hold_from_now_on(enquiry):
    before = Enquiry.objects.values(*Enquiry.SUBMITTED).get()

    services.change_contact(enquiry_id=enquiry.pk, name="Bea Canary", telephone="+442079460958")

    contact = Enquiry.objects.get().contact
    assert (contact.name, contact.email, contact.telephone) == ("Bea Canary", "old@example.org", "+442079460958")
    assert Enquiry.objects.values(*Enquiry.SUBMITTED).get() == before
    assert Event.objects.get(kind="contact_changed").detail == {"by": "provider", "changed": ["name", "telephone"]}


def test_what_is_as_it_was_leaves_no_trace(enquiry):
    services.change_contact(enquiry_id=enquiry.pk, name="Ada Canary", telephone="")

    assert not ContactVersion.objects.exists()
    assert not Event.objects.filter(kind="contact_changed").exists()


def test_the_page_changes_when_to_call(enquiry, browser):
    """N18: as often as it has to be, and the history keeps each as numbers."""
    typed = {"name": "Ada Canary", "telephone": "020 7946 0958", "call_from": "870", "call_until": "930"}

    browser.post(page(enquiry), {**typed, "call_not_on": ["0"]})

    assert Enquiry.objects.get().call_times == (870, 930, 1)
    told = Event.objects.get(kind="call_times").detail
    assert told == {"by": "provider", "before": [480, 1080, 0], "after": [870, 930, 1]}
    shown = browser.get(page(enquiry)).content.decode()
    assert re.findall(r'<option value="([0-9]+)" selected', shown) == ["870", "930"]


def test_a_time_to_call_needs_a_number(enquiry, browser):
    answer = browser.post(page(enquiry), {"name": "Bea Canary", "telephone": "", "call_from": "870"})

    assert errors(answer) == ["Enter your telephone number, so that we can call you at that time"]
    assert Enquiry.objects.get().contact.name == "Ada Canary"


def test_too_many_new_times_to_call_change_nothing_else_either(enquiry, browser):
    for number in range(10):
        services.change_call_times(enquiry_id=enquiry.pk, call_from=480 + 30 * number, call_until=1050, call_not_on=0)

    answer = browser.post(page(enquiry), {"name": "Bea Canary", "telephone": "020 7946 0958", "call_from": "900"})

    assert answer.status_code == 429
    assert Enquiry.objects.get().contact.name == "Ada Canary"


def test_nobody_is_called_about_a_closed_application(enquiry, browser, officer):
    services.close(enquiry_id=enquiry.pk, officer=officer)

    assert "best to call" not in browser.get(page(enquiry)).content.decode()
    browser.post(page(enquiry), {"name": "Bea Canary", "telephone": "020 7946 0958", "call_from": "900"})

    assert Enquiry.objects.get().contact.name == "Bea Canary"
    assert not Event.objects.filter(kind="call_times").exists()


def test_ten_changes_an_hour_are_enough(enquiry):
    for number in range(10):
        services.change_contact(enquiry_id=enquiry.pk, name=f"Ada {number}", telephone="")

    with pytest.raises(TooMany):
        services.change_contact(enquiry_id=enquiry.pk, name="Ada again", telephone="")


def test_letters_go_to_a_new_address_once_it_is_proved(enquiry, officer):
    """SE15."""
    prove(enquiry, ask(enquiry))

    services.write_to_provider(enquiry_id=enquiry.pk, officer=officer, text="Hello.")

    assert [mail.recipient for mail in to_provider()] == ["old@example.org", NEW]
    assert Enquiry.objects.get().contact_email == "old@example.org"


def test_nothing_changes_before_it_is_proved(enquiry):
    """SE15."""
    ask(enquiry)

    assert Enquiry.objects.get().contact.email == "old@example.org"
    assert Event.objects.get(kind="address_given").detail == {"by": "provider"}


def test_the_old_address_is_told_and_not_of_the_new_one(enquiry):
    """SE15."""
    prove(enquiry, ask(enquiry))

    (told,) = to_provider()
    text = read(told).get_content()
    assert (told.recipient, told.subject) == (
        "old@example.org",
        f"Your contact details have changed ({enquiry.reference})",
    )
    assert "call 020 " in text
    assert "canary" not in text


def test_the_mail_with_the_code_holds_nothing_that_was_typed(enquiry):
    """Trap 20. Nor a link: opening a mail does nothing (SE11)."""
    ask(enquiry)

    mail = OutgoingMail.objects.get(kind="account")
    assert "Canary" not in mail.text + mail.subject
    assert enquiry.organisation not in mail.text
    assert "http" not in mail.text
    assert code() not in mail.subject


def test_officers_find_it_by_the_new_contact(enquiry):
    EnquiryFactory()
    prove(enquiry, ask(enquiry))
    services.change_contact(enquiry_id=enquiry.pk, name="Quetzal", telephone="+442079460958")

    for words in (NEW, NEW.upper(), "quetzal", "02079460958", "old@example.org"):
        assert [found.pk for found in Enquiry.objects.matching(words)] == [enquiry.pk]


def test_a_code_is_good_once(enquiry):
    right = ask(enquiry)
    prove(enquiry, right)

    with pytest.raises(CodeRefused):
        prove(enquiry, right)


def test_a_code_is_good_for_ten_minutes(enquiry):
    """SE9."""
    right = ask(enquiry)

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=10)), pytest.raises(CodeRefused):
        prove(enquiry, right)


def test_three_wrong_codes_end_it(enquiry):
    """SE9."""
    right = ask(enquiry)
    for _ in range(3):
        with pytest.raises(CodeRefused):
            prove(enquiry, "none")

    with pytest.raises(CodeRefused):
        prove(enquiry, right)


def test_a_code_is_good_only_where_it_was_asked_for(enquiry):
    """SE15: refused for anybody else."""
    right = ask(enquiry)

    for somewhere_else in ("another browser", ""):
        with pytest.raises(CodeRefused):
            prove(enquiry, right, browser=somewhere_else)
    other = an_enquiry()
    ask(other, address="other@example.org")
    with pytest.raises(CodeRefused):
        prove(other, right)


def test_a_new_code_ends_the_one_before(enquiry):
    """SE10."""
    first = ask(enquiry)
    second = ask(enquiry, address="newer@example.org")

    if first != second:
        with pytest.raises(CodeRefused):
            prove(enquiry, first)
    prove(enquiry, second)
    assert Enquiry.objects.get().contact.email == "newer@example.org"


def test_of_a_code_only_a_keyed_sum_is_stored(enquiry):
    right = ask(enquiry)

    assert right not in str(AddressChange.objects.values().get())
    assert len(AddressChange.objects.get().digest) == 64


def test_what_nobody_proved_is_forgotten(enquiry):
    ask(enquiry)

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        remove_expired_drafts()

    assert not AddressChange.objects.exists()


@pytest.mark.parametrize(
    "address", ["businessforum@lbbd.gov.uk", "training+x@lbbd.gov.uk", "no-reply@example.org", "old@example.org"]
)
def test_our_own_inboxes_and_nobodys_are_refused(enquiry, address):
    """FI12."""
    RoutingRuleFactory(programme=InterestFactory().programme)

    with pytest.raises(AddressRefused):
        ask(enquiry, address=address)
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org, b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a@localhost",
        "a@[127.0.0.1]",
        "x" * 250 + "@example.org",
        "a\x00@example.org",
    ],
)
def test_what_is_no_address_is_refused_on_the_page(enquiry, browser, address):
    """FI12."""
    answer = browser.post(page(enquiry, "contact/email/"), {"address": address})

    assert len(errors(answer)) == 1
    assert not OutgoingMail.objects.exists()


def test_three_codes_an_hour_for_one_application(enquiry):
    """Trap 20."""
    for number in range(3):
        ask(enquiry, address=f"new-{number}@example.org")

    with pytest.raises(TooMany):
        ask(enquiry)


def test_five_codes_an_hour_to_one_address_from_wherever_they_are_asked_for():
    """Trap 20."""
    for number in range(5):
        ask(an_enquiry(), address=f"canary-new+{number}@example.org")

    with pytest.raises(TooMany):
        ask(an_enquiry())


@pytest.mark.django_db(transaction=True)
def test_one_code_many_times_at_once_changes_it_once():
    """CO9."""
    enquiry = an_enquiry()
    right = ask(enquiry)

    results = at_once(*[lambda: prove(enquiry, right)] * 20)

    assert sum(isinstance(result, CodeRefused) for result in results) == 19
    assert ContactVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_none_is_lost():
    """SE15, CO1: the one is built on the other."""
    enquiry = an_enquiry()
    right = ask(enquiry)

    at_once(
        lambda: prove(enquiry, right),
        lambda: services.change_contact(enquiry_id=enquiry.pk, name="Bea Canary", telephone=""),
    )

    contact = Enquiry.objects.get().contact
    assert (contact.name, contact.email) == ("Bea Canary", NEW)


def test_who_follows_changes_everything_on_its_pages(enquiry, browser):
    browser.post(page(enquiry), {"name": "Bea Canary", "telephone": "020 7946 0958"})
    answer = browser.post(page(enquiry, "contact/email/"), {"address": NEW}, follow=True)
    assert "We have sent a code" in answer.content.decode()

    wrong = browser.post(page(enquiry, "contact/email/code/"), {"code": "none"})
    assert errors(wrong) == ["The code is not right, or not good any more. Check it, or ask for a new one."]
    right = browser.post(page(enquiry, "contact/email/code/"), {"code": f" {code()[:3]} {code()[3:]} "}, follow=True)

    assert "We write to the new email address from now on" in right.content.decode()
    contact = Enquiry.objects.get().contact
    assert (contact.name, contact.email, contact.telephone) == ("Bea Canary", NEW, "+442079460958")


def test_extra_fields_change_nothing(enquiry, browser):
    """FI7: the address is changed only by proof."""
    browser.post(page(enquiry), {"name": "Bea", "telephone": "", "email": NEW, "contact_email": NEW, "reference": "X"})

    assert Enquiry.objects.get().contact.email == "old@example.org"


def test_officers_see_what_was_sent_beside_what_holds_now(enquiry, browser_of, officer):
    prove(enquiry, ask(enquiry))

    shown = browser_of(officer).get(enquiry.get_absolute_url()).content.decode()

    assert NEW in shown
    assert "Sent with the application: Ada Canary, old@example.org" in shown


def test_other_browsers_that_proved_the_old_address_follow_it_no_more(enquiry, browser):
    """SE15. Codes on their way to the old address are dead, too."""
    other = following(enquiry)
    sent = services.ask_for_code(reference=enquiry.reference, address="old@example.org")
    browser.post(page(enquiry, "contact/email/"), {"address": NEW})
    browser.post(page(enquiry, "contact/email/code/"), {"code": code()})

    assert browser.get(page(enquiry)).status_code == 200
    assert other.get(page(enquiry)).status_code == 404
    assert not services.may_try(sent)


def test_an_application_is_followed_by_its_new_address(enquiry):
    prove(enquiry, ask(enquiry))

    services.ask_for_code(reference=enquiry.reference, address="old@example.org")
    services.ask_for_code(reference=enquiry.reference, address=NEW)

    assert [mail.recipient for mail in OutgoingMail.objects.filter(kind="account").order_by("pk")] == [NEW, NEW]
