"""Many unproved mails within an hour: they are held apart, and hide nothing (MI17, G15)."""

import datetime as dt

import pytest
from django.utils import timezone

from enquiries import my_day, services
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Enquiry, IncomingMail, OutgoingMail
from enquiries.services import judging
from tests.enquiries.incoming import FAILED, OURS, PHRASE, PROVED, take, written
from tests.enquiries.tray import TRAY, many, page_of, shown, state_of, step, text_of
from tests.factories import EnquiryFactory, IncomingMailFactory, InterestFactory, UserFactory

pytestmark = pytest.mark.django_db

State, Why = IncomingMail.State, IncomingMail.Why
A_FEW = 3


@pytest.fixture(autouse=True)
def our_server(settings):
    settings.MAILBOX_AUTHSERV_ID = OURS
    settings.MAIL_WAVE_AN_HOUR = A_FEW


@pytest.fixture
def browser(officer, browser_of):
    return browser_of(officer)


def unproved(number=1, subject=PHRASE, result=None, **more):
    return take(written(subject, f"Buy {number}", sender=f"spam-{number}@example.net", **more), result)


def wave(of=A_FEW):
    """So many have come; the next one is one too many."""
    return [unproved(number) for number in range(of)]


def held(**facts):
    return IncomingMailFactory(state="held", **{"why": "at_once", **facts})


def test_of_a_thousand_spam_mails_in_an_hour_a_few_reach_officers_and_the_genuine_ones_all_do(officer, settings):
    """MI17, here with 60: with the right subject and with nearly it, and proved mail among them."""
    settings.MAIL_WAVE_AN_HOUR = 10
    genuine = []
    for number in range(60):
        unproved(number, PHRASE if number % 2 else "Care sector suport", FAILED if number % 3 else None)
        if number % 12 == 0:
            genuine.append(take(written(sender=f"home-{number}@example.org"), PROVED))

    assert [mail.state for mail in genuine] == [State.ENQUIRY] * 5
    spam = IncomingMail.objects.exclude(sender_check="proved")
    assert spam.count() == 60
    assert spam.filter(state=State.HELD).count() == 50
    assert OutgoingMail.objects.count() == len(genuine)  # their acknowledgements, and nothing else
    assert [tile.count for tile in my_day.of(officer).tiles if tile.name == "held"] == [50]


def test_what_came_before_the_wave_was_noticed_stays_what_it_is():
    before = wave()

    assert unproved(9).state == State.HELD
    assert [state_of(mail) for mail in before] == [State.ENQUIRY] * A_FEW


@pytest.mark.parametrize(
    ("facts", "why"),
    [({}, Why.AT_ONCE), ({"subject": "care sector suport"}, Why.NEARLY), ({"result": FAILED}, Why.AT_ONCE)],
)
def test_a_held_mail_says_why_it_would_have_been_looked_at(facts, why):
    wave()

    mail = unproved(9, **facts)

    assert (mail.state, mail.why, mail.enquiry) == (State.HELD, why, None)


def test_a_flood_from_one_address_is_held_also_from_one_that_is_known():
    """MI5: the fourth request within an hour waits anyway."""
    EnquiryFactory(contact_email="manager@example.org")

    states = [take(written(sender="manager@example.org"), None).state for _ in range(5)]

    assert states == [State.ENQUIRY] * 3 + [State.HELD] * 2


def test_a_proved_sender_is_never_held():
    wave()

    assert take(written(), PROVED).state == State.ENQUIRY
    assert take(written("care sector suport"), PROVED).state == State.SORT


def test_a_contact_of_an_earlier_application_and_whoever_has_an_account_are_never_held():
    EnquiryFactory(contact_email="Manager@example.org")
    UserFactory(email="owner@example.org")
    wave()

    assert take(written(sender="manager@example.org"), None).state == State.ENQUIRY
    assert take(written(sender="owner@example.org"), None).state == State.ENQUIRY


def test_an_email_makes_its_sender_known_only_once_an_officer_has_taken_the_enquiry(officer):
    first, *_ = wave()
    assert unproved(0).state == State.HELD
    services.take(enquiry_id=first.enquiry_id, officer=officer)

    assert unproved(0).state == State.ENQUIRY


def test_an_answer_about_an_enquiry_is_never_held():
    enquiry = InterestFactory(in_hand=True, enquiry__contact_email="manager@example.org").enquiry
    wave()

    about = f"Re: About your application ({enquiry.reference})"
    assert take(written(about), None).state == State.MESSAGE
    assert take(written(about, sender="stranger@example.net"), None).state == State.SORT


def test_what_a_proved_colleague_forwards_is_never_held():
    wave()
    original = (
        "\n\n-----Original Message-----\nFrom: manager@example.org\nSent: Monday\nTo: inbox\nSubject: Help\n\nHelp us."
    )
    raw = written(f"FW: {PHRASE}", original, sender="officer@lbbd.gov.uk")

    assert take(raw, "dmarc=pass header.from=lbbd.gov.uk").state == State.ENQUIRY


def test_mail_that_has_piled_up_over_days_is_no_wave():
    """MI13: it is read within minutes, and came hours apart."""
    now = timezone.now()
    mails = [
        IncomingMailFactory(raw=written(sender=f"{hours}@example.org"), received_at=now - dt.timedelta(hours=hours))
        for hours in range(9, 0, -1)
    ]
    for mail in mails:
        judging.judge(mail.pk)

    assert Enquiry.objects.count() == len(mails)


# --- Officers


def test_an_officer_makes_an_enquiry_of_a_held_mail(browser):
    mail = held()

    step(browser, mail, "enquiry")

    assert state_of(mail) == State.ENQUIRY


def test_many_at_once_are_put_with_mail_to_sort_and_back(browser):
    mails = [held(), held(why="nearly")]

    many(browser, "release", *mails, filters="state=held", confirmed="yes")
    assert [state_of(mail) for mail in mails] == [State.SORT] * 2
    assert {mail.why for mail in mails} == {"at_once", "nearly"}

    many(browser, "hold", *mails, filters="state=sort", confirmed="yes")
    assert [state_of(mail) for mail in mails] == [State.HELD] * 2


def test_many_at_once_are_unwanted_and_can_be_taken_back(browser):
    mail = held()

    many(browser, "unwanted", mail, filters="state=held", confirmed="yes")
    assert state_of(mail) == State.SPAM
    step(browser, mail, "take-back")

    assert (state_of(mail), mail.why) == (State.SORT, "at_once")


def test_only_what_is_held_is_released_and_what_is_dealt_with_is_not_held(officer):
    with pytest.raises(TransitionNotAllowed, match="not held"):
        services.release_mail(mail_id=IncomingMailFactory(to_sort=True).pk, officer=officer)
    with pytest.raises(TransitionNotAllowed, match="dealt with"):
        services.hold_mail(mail_id=IncomingMailFactory(became_enquiry=True).pk, officer=officer)


def test_held_mail_is_in_a_list_of_its_own_and_the_other_list_says_so_in_one_line(browser):
    waits, mail = IncomingMailFactory(to_sort=True), held()

    assert shown(browser) == [waits]
    assert "1 mail is held, because many came at once" in text_of(browser.get(TRAY))
    assert shown(browser, state="held") == [mail]
    assert "Put it with mail to sort" in text_of(browser.get(page_of(mail)))


def test_mail_that_says_something_of_its_own_comes_before_what_says_the_same_as_many(browser):
    spam = [held(subject="Care sector support!!!") for _ in range(3)]
    failed, genuine = held(subject="Only one", sender_check="failed"), held(subject="Care sector support, dementia")

    rows = shown(browser, state="held")

    assert rows == [genuine, *spam, failed]
    assert "One of 3 with this subject" in text_of(browser.get(TRAY, {"state": "held"}))


def test_my_day_has_one_line_without_any_of_the_mails(browser):
    held(subject="Buy this")
    held()

    page = text_of(browser.get("/admin/"))

    assert "Mail held because many came at once" in page
    assert "Buy this" not in page
    assert "Show all 2" in page


def test_without_held_mail_nothing_is_said_of_it(browser):
    assert "held" not in text_of(browser.get(TRAY)).partition("portal-results__count")[2]
    assert "Mail held" not in text_of(browser.get("/admin/"))


# --- Search


def search(browser, words, filters="state=held"):
    return browser.post(f"{TRAY}search/", {"words": words, "filters": filters}, follow=True)


def test_a_held_mail_is_found_by_sender_and_words_which_do_not_stand_in_the_address(browser):
    held()
    mail = held(sender="manager@goodhome.example", text="Dementia training, please")

    for words in ("GOODHOME", "dementia please"):
        page = search(browser, words)
        assert page.context["rows"] == [mail]
        assert words not in page.request["QUERY_STRING"]


def test_a_step_for_many_is_done_only_to_what_was_found(browser):
    mail, other = held(sender="manager@goodhome.example"), held()
    filters = search(browser, "goodhome").request["QUERY_STRING"]

    many(browser, "release", mail, other, filters=filters, confirmed="yes")

    assert (state_of(mail), state_of(other)) == (State.SORT, State.HELD)


def test_a_search_without_words_says_what_to_enter_and_a_lost_one_finds_nothing(browser, client):
    held()

    assert "Enter what to search for" in text_of(search(browser, ""))
    page = browser.get(TRAY, {"state": "held", "found": "lost2345"})
    assert "This search is not kept any longer" in text_of(page)
    assert page.context["rows"] == []
    assert client.post(f"{TRAY}search/", {"words": "x"}).status_code == 302


def test_who_only_looks_on_may_search_and_may_not_move_anything(browser_of):
    """AD7, AD12."""
    onlooker, mail = browser_of(UserFactory(viewer=True)), held(subject="Dementia training")

    assert search(onlooker, "dementia").context["rows"] == [mail]
    assert step(onlooker, mail, "release").status_code == 403
    assert state_of(mail) == State.HELD


def test_whoever_is_known_is_not_held_for_answering_a_mail_that_was_one_too_many():
    """MI17. The answer is looked at for itself."""
    EnquiryFactory(contact_email="manager@example.org")
    one_too_many = [take(written(sender="manager@example.org"), None) for _ in range(4)][-1]
    wave()

    answer = take(written("Thank you", sender="manager@example.org", In_Reply_To=one_too_many.message_id), None)

    assert (one_too_many.why, answer.state, answer.why) == ("too_many", State.SORT, "answers")


def test_who_put_a_mail_among_the_held_ones_is_said_and_not_that_it_was_taken_back(browser, officer):
    mail = IncomingMailFactory(to_sort=True)
    services.hold_mail(mail_id=mail.pk, officer=officer)

    page = text_of(browser.get(page_of(mail)))

    assert "Put here" in page
    assert "Taken back" not in page
