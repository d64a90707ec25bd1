"""Leaving an application, and coming back to it by a code on any device."""

import datetime as dt
import re

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from enquiries import codes, services
from enquiries.models import Draft, Enquiry, OutgoingMail, Try
from enquiries.services import tries
from tests.applying import Applicant, errors
from tests.enquiries.codes import mailed, return_code

pytestmark = pytest.mark.django_db

ADDRESS = "applicant@example.org"


def leave(applicant, address=ADDRESS):
    """Press "Save and come back later" on the page this browser is on, and give an address."""
    applicant.answer({"save": "yes"}) if applicant.at != "save" else None
    return applicant.answer({**applicant.hidden(), "email": address})


def come_back(code, *, address=ADDRESS, client=None):
    """Another browser, unless one is given, types the code."""
    client = client or Client()
    return client, client.post("/return/", {"email": address, "code": code})


@pytest.fixture
def half_done(open_programme):
    """An application that is filled in up to the organisation's name."""
    return Applicant().begin("open").go_to("organisation")


# --- Saving --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["service", "postcode", "eligibility", "organisation", "contact", "message", "check"])
def test_every_page_of_the_application_can_be_left(open_programme, page):
    applicant = Applicant().begin("open").go_to(page)
    assert "Save and come back later" in applicant.client.get(applicant.page).content.decode()

    applicant.answer({"save": "yes"})

    assert applicant.at == "save"


def test_saving_sends_the_way_back_and_says_that_nothing_was_received_yet(half_done, settings):
    """RULES, trap 18: it ends on a page that says how to come back, not on the start page."""
    leave(half_done)

    (mail,) = mailed()
    until = f"{Draft.objects.get().expires_at:%A} {timezone.localtime(Draft.objects.get().expires_at).day}"
    assert f"{settings.BASE_URL}/return/" in mail.text
    assert until in mail.text
    assert "We have not received your application yet" in mail.text
    page = half_done.client.get(half_done.page).content.decode()
    assert half_done.at == "saved"
    for told in ("Your answers are saved", ADDRESS, "/return/", "You have not sent your application yet"):
        assert told in page
    assert not Enquiry.objects.exists()


def test_the_mail_holds_nothing_that_was_typed_and_no_link_that_does_anything(half_done):
    """RULES, traps 1 and 20: whoever typed the address may be a stranger."""
    leave(half_done)

    (mail,) = mailed()
    assert re.findall(r"https?://\S+", mail.text) == [re.search(r"http\S+/return/", mail.text)[0]]
    for typed in ("Example care home", "RM10", "Example Applicant", str(half_done.draft_id)):
        assert typed not in mail.text + mail.subject
    assert mail.enquiry is None
    assert mail not in OutgoingMail.objects.readable_by_officers()


def test_the_code_is_stored_as_a_keyed_hash_alone(half_done):
    leave(half_done)

    stored, code = Draft.objects.get().return_code, return_code()
    assert code not in stored
    assert codes.bare(code) not in str(Draft.objects.values().get())
    assert re.fullmatch(r"[0-9a-f]{64}", stored)


def test_a_code_has_forty_bits_and_no_letter_that_looks_like_another():
    """AZ6, SE10."""
    drawn = {codes.new_return_code() for _ in range(1000)}

    assert len(drawn) == 1000
    assert all(re.fullmatch(r"[234679CFHJKMPRTWXY]{5}-[234679CFHJKMPRTWXY]{5}", code) for code in drawn)
    assert 18**10 >= 2**40


def test_what_was_typed_on_the_page_that_is_left_is_kept(half_done):
    leave_page = half_done.answer({"organisation": "A name to keep", "save": "yes"})

    assert leave_page.status_code == 302
    assert Draft.objects.get().cleaned("organisation") == {"organisation": "A name to keep"}


def test_a_page_that_is_left_before_it_is_complete_comes_back_as_it_was_typed_without_errors(open_programme):
    """FI23: not even the current page is lost; and it still wants an answer."""
    applicant = Applicant().begin("open").go_to("contact")
    applicant.answer({"full_name": "Half an Answer", "email": "", "save": "yes"})
    leave(applicant)

    client, answer = come_back(return_code())

    assert answer["Location"].endswith("/contact/")
    page = client.get(answer["Location"]).content.decode()
    assert "Half an Answer" in page
    assert "There is a problem" not in page
    assert client.get(applicant.url("check"))["Location"].endswith("/contact/")


@pytest.mark.parametrize("typed", ["a\0b", "\ud800", "x" * 200_000], ids=["NUL", "half a character", "very long"])
def test_strange_things_on_a_page_that_is_left_are_no_error(half_done, typed):
    """FI5."""
    body = "save=yes&organisation=" + "".join(f"%{byte:02X}" for byte in typed[:50].encode("utf-8", "surrogatepass"))
    response = half_done.client.post(
        half_done.page, data=body + "x" * (len(typed) - 50), content_type="application/x-www-form-urlencoded"
    )

    assert response["Location"].endswith("/save/")
    assert half_done.client.get(half_done.page).status_code == 200
    assert len(str(Draft.objects.get().answers)) < 20_000


def test_an_address_that_was_given_is_not_asked_for_again(open_programme):
    applicant = Applicant().begin("open").go_to("message")
    applicant.answer({"save": "yes"})

    assert 'value="applicant@example.org"' in applicant.client.get(applicant.page).content.decode()


def test_the_address_it_was_saved_under_stands_in_the_contact_details(half_done):
    """Nothing is asked twice."""
    left_at = half_done.page
    leave(half_done, "saved@example.org")

    half_done.page = left_at
    half_done.go_to("contact")

    assert 'value="saved@example.org"' in half_done.client.get(half_done.page).content.decode()


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("", "Enter your email address"),
        ("nobody", "Enter one email address in the correct format, like name@example.com"),
        ("a@example.org\nBcc: b@example.org", "Enter one email address in the correct format, like name@example.com"),
        ("businessforum@lbbd.gov.uk", "Enter your own email address, not one of this service"),
        ("x" * 100_000, "Email address must be 254 characters or less"),
    ],
    ids=["nothing", "no address", "a header", "our own", "very long"],
)
def test_an_address_that_cannot_be_written_to_is_asked_for_again(half_done, address, message):
    answer = leave(half_done, address)

    assert errors(answer) == [message]
    assert mailed() == []


def test_pressed_twice_one_mail_goes(half_done):
    """CO3; RULES, trap 16: a refresh, or the back button, sends no second one."""
    half_done.answer({"save": "yes"})
    typed = {**half_done.hidden(), "email": ADDRESS}

    answers = [half_done.client.post(half_done.page, typed) for _ in range(3)]

    assert {answer["Location"] for answer in answers} == {half_done.url("saved")}
    assert len(mailed()) == 1


def test_a_new_code_ends_the_one_before_it(half_done):
    """SE9."""
    leave(half_done)
    first = return_code()
    half_done.page = half_done.url("save")
    leave(half_done)

    assert errors(come_back(first)[1])
    assert come_back(return_code())[1].status_code == 302
    assert Draft.objects.count() == 1


def test_one_address_gets_five_codes_an_hour_and_then_is_told_to_use_the_newest(open_programme):
    """RULES, trap 20; whatever capitals and plus tags it is typed with."""
    for number in range(5):
        leave(Applicant().begin("open"), f"Victim+{number}@example.org")

    answer = leave(Applicant().begin("open"), "victim@example.org")

    assert answer.status_code == 429
    assert 3500 < int(answer["Retry-After"]) <= 3600
    assert "it still works" in answer.content.decode()
    assert OutgoingMail.objects.filter(kind="account").count() == 5


def test_one_network_cannot_have_mails_sent_to_everybody(open_programme, monkeypatch):
    """RULES, trap 20."""
    monkeypatch.setitem(tries.MOST, Try.What.SAVE, (3, 5))
    for number in range(3):
        leave(Applicant().begin("open"), f"stranger-{number}@example.org")

    answer = leave(Applicant().begin("open"), "stranger-4@example.org")

    assert answer.status_code == 429
    assert OutgoingMail.objects.filter(kind="account").count() == 3


def test_an_application_that_was_sent_cannot_be_saved_for_later(open_programme):
    applicant = Applicant().begin("open").go_to("check")
    applicant.answer({"save": "yes"})
    typed = {**applicant.hidden(), "email": ADDRESS}
    applicant.page = applicant.url("check")
    applicant.send()

    for page in ("save", "saved"):
        assert applicant.client.get(applicant.url(page))["Location"] == applicant.url("sent")
    assert applicant.client.post(applicant.url("save"), typed)["Location"] == applicant.url("sent")
    assert mailed() == []


@pytest.mark.parametrize("page", ["save", "saved"])
def test_another_browsers_application_is_not_there(half_done, page):
    """AZ2."""
    leave(half_done)
    stranger = Applicant().begin("open").client

    for method in ("get", "post"):
        answer = getattr(stranger, method)(half_done.url(page), {"email": "thief@example.org"})
        assert answer.status_code in {404, 405}
    assert mailed("thief@example.org") == []


def test_there_is_no_page_about_a_code_before_one_was_sent(half_done):
    assert half_done.client.get(half_done.url("saved"))["Location"] == half_done.url("save")


# --- Coming back ---------------------------------------------------------------------------------------------------


def test_the_code_brings_another_browser_to_the_page_that_was_left(half_done):
    """N14."""
    leave(half_done)

    client, answer = come_back(return_code())

    assert answer["Location"] == half_done.url("organisation")
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    "change", [str.lower, lambda code: code.replace("-", " "), lambda code: f"  {code[:5]}{code[6:]} "]
)
def test_capitals_spaces_and_the_hyphen_do_not_matter(half_done, change):
    leave(half_done)

    assert come_back(change(return_code()), address="Applicant@EXAMPLE.org")[1].status_code == 302


def test_the_code_works_as_often_as_needed_and_one_browser_has_the_application_at_a_time(half_done):
    """What was begun on a borrowed telephone cannot be read on it any more."""
    leave(half_done)
    office, _ = come_back(return_code())
    assert half_done.client.get(half_done.url("organisation")).status_code == 404
    assert b"/return/" in half_done.client.get(half_done.url("organisation")).content

    come_back(return_code(), client=half_done.client)

    assert half_done.client.get(half_done.url("organisation")).status_code == 200
    assert office.get(half_done.url("organisation")).status_code == 404


def test_two_applications_saved_under_one_address_have_a_code_each(open_programme):
    one = Applicant(organisation={"organisation": "The first"}).begin("open").go_to("contact")
    other = Applicant(organisation={"organisation": "The second"}).begin("open").go_to("contact")
    leave(one)
    code_of_one = return_code()
    leave(other)

    assert come_back(code_of_one)[1]["Location"] == one.url("contact")
    assert come_back(return_code())[1]["Location"] == other.url("contact")


def test_coming_back_leaves_what_else_this_browser_has_begun(half_done):
    leave(half_done)
    busy = Applicant().begin("open").go_to("postcode")

    come_back(return_code(), client=busy.client)

    assert busy.client.get(busy.page).status_code == 200
    assert busy.client.get(half_done.url("organisation")).status_code == 200


def test_it_can_be_finished_and_sent_after_coming_back(half_done):
    """RULES, trap 17."""
    leave(half_done)
    client, answer = come_back(return_code())
    back = Applicant(client)
    back.page = answer["Location"]

    back.go_to("check").send()

    assert Enquiry.objects.get().organisation == "Example care home"
    assert back.at == "sent"


@pytest.mark.parametrize(
    "buttons",
    [
        ["leave", "back", "leave", "back", "finish"],
        ["leave", "go on", "leave", "back", "finish"],
        ["go on", "leave", "back", "change", "leave", "back", "finish"],
        ["leave", "back", "check", "leave", "back", "finish"],
    ],
    ids=" ".join,
)
def test_in_whatever_order_buttons_are_pressed_it_can_be_sent_once(open_programme, buttons):
    """RULES, trap 17."""
    applicant = Applicant().begin("open").go_to("postcode")
    for button in buttons:
        press(applicant, button)

    assert Enquiry.objects.count() == Draft.objects.count() == 1


def press(applicant, button):
    if button == "leave":
        leave(applicant)
    elif button == "back":
        applicant.client, answer = come_back(return_code())
        applicant.page = answer["Location"]
    elif button == "go on":
        applicant.page = applicant.url("check")
        applicant.page = applicant.client.get(applicant.page).headers.get("Location", applicant.page)
        applicant.answer()
    elif button == "change":
        applicant.page = applicant.url("postcode")
        applicant.answer({"postcode": "RM10 8XE"})
    elif button == "check":
        applicant.go_to("check")
    else:
        applicant.go_to("check").send()


def test_one_that_was_sent_meanwhile_says_so_and_leads_to_following_it(open_programme):
    applicant = Applicant().begin("open").go_to("check")
    leave(applicant)
    applicant.page = applicant.url("check")
    applicant.send()

    client, answer = come_back(return_code())

    page = answer.content.decode()
    assert "You have sent this application already" in page
    assert Enquiry.objects.get().reference in page
    assert 'href="/follow/"' in page
    assert client.get(applicant.url("sent")).status_code == 404
    assert Enquiry.objects.count() == 1


def test_a_wrong_code_a_wrong_address_and_what_never_was_are_answered_alike(half_done):
    """AZ7: nobody learns who saved an application."""
    leave(half_done)
    wrong = [
        come_back("22222-22222"),
        come_back(return_code(), address="somebody.else@example.org"),
        come_back("33333-33333", address="nobody@example.org"),
    ]

    assert {answer.status_code for _, answer in wrong} == {200}
    (told,) = {tuple(errors(answer)) for _, answer in wrong}
    assert "do not belong together" in told[0]


def test_what_was_typed_is_kept_when_it_does_not_fit(half_done):
    _, answer = come_back("wrong-code", address="somebody@example.org")

    assert b"somebody@example.org" in answer.content
    assert b"wrong-code" in answer.content


def test_after_its_days_the_code_opens_nothing_and_the_answer_is_the_same(half_done, settings):
    leave(half_done)
    code, never = return_code(), errors(come_back("22222-22222")[1])

    with time_machine.travel(timezone.now() + dt.timedelta(days=settings.DRAFT_DAYS, minutes=1), tick=False):
        assert errors(come_back(code)[1]) == never


def test_saving_gives_the_whole_number_of_days_again(half_done, settings):
    Draft.objects.update(expires_at=timezone.now() + dt.timedelta(hours=1))

    leave(half_done)

    left = Draft.objects.get().expires_at - timezone.now()
    assert left > dt.timedelta(days=settings.DRAFT_DAYS) - dt.timedelta(minutes=1)


def test_a_code_made_with_the_key_before_a_rotation_still_works(half_done, settings):
    leave(half_done)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "another-key-of-good-length-for-this-test",
    )

    assert come_back(return_code())[1].status_code == 302


def test_opening_the_page_changes_nothing_however_often(half_done, client):
    """SE11; RULES, trap 1."""
    leave(half_done)
    before = list(Draft.objects.values())
    for method in ("get", "head", "get"):
        assert getattr(client, method)("/return/", {"email": ADDRESS, "code": return_code()}).status_code == 200

    assert list(Draft.objects.values()) == before
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_ten_tries_an_hour_for_one_address_and_then_it_is_closed(half_done):
    """AZ7: also for the right code, and from wherever they come; nothing that was typed is lost."""
    leave(half_done)
    for number in range(10):
        come_back("22222-22222", client=Client(REMOTE_ADDR=f"192.0.2.{number}"))

    _, answer = come_back(return_code())

    assert answer.status_code == 429
    assert 3500 < int(answer["Retry-After"]) <= 3600
    assert ADDRESS in answer.content.decode()
    assert Draft.objects.get().owner == half_done.client.session["applicant"]


def test_one_network_cannot_try_many_addresses(monkeypatch):
    """AZ7."""
    monkeypatch.setitem(tries.MOST, Try.What.RETURN, (3, 10))
    answers = [come_back("22222-22222", address=f"person-{number}@example.org")[1] for number in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]


def test_tries_count_for_an_hour_and_are_then_forgotten(db, monkeypatch):
    monkeypatch.setitem(tries.MOST, Try.What.RETURN, (1, 1))
    come_back("22222-22222")
    assert come_back("22222-22222")[1].status_code == 429
    assert not Try.objects.filter(key__contains="example").exists()

    Try.objects.update(at=timezone.now() - dt.timedelta(minutes=61))

    assert come_back("22222-22222")[1].status_code == 200
    services.remove_expired_drafts()
    assert Try.objects.count() == 2


def test_a_stranger_who_planted_a_session_does_not_get_the_application(half_done):
    """SE1."""
    leave(half_done)
    victim = Applicant().begin("open").client
    planted = victim.cookies[settings.SESSION_COOKIE_NAME].value
    come_back(return_code(), client=victim)

    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted

    assert thief.get(half_done.url("organisation")).status_code == 404


def test_the_page_asks_for_a_token_of_its_form(client):
    assert Client(enforce_csrf_checks=True).post("/return/", {}).status_code == 403


@pytest.mark.parametrize("how", ["get", "post"])
def test_a_lost_session_says_how_to_come_back(half_done, how):
    """FI23, N14: all pages but the present one are still there."""
    leave(half_done)
    lost = Client(enforce_csrf_checks=True)

    answer = getattr(lost, how)(half_done.url("organisation"), {"organisation": "Typed when the session was gone"})

    assert answer.status_code in {403, 404}
    assert b'href="/return/"' in answer.content
    assert come_back(return_code(), client=None)[1]["Location"] == half_done.url("organisation")


def test_the_pages_are_kept_by_no_cache(half_done):
    """HC6."""
    leave(half_done)
    for answer in (half_done.client.get(half_done.page), Client().get("/return/"), come_back("22222-22222")[1]):
        assert "no-store" in answer["Cache-Control"]


def test_no_page_and_no_log_has_the_code_or_the_address_in_an_address(half_done, caplog):
    """FI11."""
    caplog.set_level("DEBUG")
    leave(half_done)
    _, answer = come_back(return_code())

    for told in (half_done.page, answer["Location"], caplog.text):
        assert ADDRESS not in told
        assert return_code() not in told
