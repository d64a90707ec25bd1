"""What people ask about their information: taken in from anybody, with a clock by law, answered step by step."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from careportal.kit.signals import restored
from enquiries import my_day
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import OutgoingMail, RightsRequest
from enquiries.models.rights import months_after
from enquiries.services import held
from enquiries.services import rights as services
from tests.enquiries.codes import follow_code
from tests.enquiries.test_your_information import ADDRESS, OTHER, ask, give, reading
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

TYPED = {
    "kind": "object",
    "text": "Do not use my telephone number.",
    "full_name": "Example Applicant",
    "email": ADDRESS,
}
TUESDAY = dt.datetime(2026, 12, 1, 11, tzinfo=dt.UTC)


def send(client=None, **changed):
    return (client or Client()).post("/your-information/ask/", {**TYPED, **changed})


def made(kind="object", **values):
    return RightsRequest.objects.create(kind=kind, name="Example Applicant", email=ADDRESS, **values)


def in_hand(officer, kind="object", **values):
    request = made(kind, **values)
    return services.take_request(request_id=request.pk, officer=officer)


def mails_of(kind):
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk"))


# --- Asking ----------------------------------------------------------------------------------------------------------


def test_anybody_objects_without_an_account_and_is_told_at_once_by_when_there_is_an_answer(settings):
    """J-P9; G2: the form works without an account. The inbox is told, without what was written."""
    client = Client()
    with time_machine.travel(TUESDAY, tick=False):
        page = client.post("/your-information/ask/", TYPED, follow=True).content.decode()

    request = RightsRequest.objects.get()
    assert (request.kind, request.text, request.due_on) == ("object", TYPED["text"], dt.date(2027, 1, 4))
    assert request.reference in page
    assert "Monday 4 January 2027" in page
    (received,) = mails_of("rights_received")
    (news,) = mails_of("notice")
    assert (received.recipient, news.recipient) == (ADDRESS, settings.BUSINESS_FORUM_INBOX)
    assert "Monday 4 January 2027" in received.text
    assert f"/admin/information-requests/{request.pk}/" in news.text
    for mail in (received, news):
        for typed in (TYPED["text"], TYPED["full_name"], ADDRESS):
            assert typed not in mail.subject + mail.text


def test_a_complaint_is_acknowledged_at_once_and_due_within_30_days():
    """G27, PR14, U66."""
    with time_machine.travel(TUESDAY, tick=False):
        page = send(kind="complaint")
        assert page.status_code == 302
    request = RightsRequest.objects.get()
    assert request.due_on == dt.date(2026, 12, 31)
    (received,) = mails_of("rights_received")
    assert "complaint" in received.subject
    assert "Thursday 31 December 2026" in received.text


@pytest.mark.parametrize(
    ("day", "kind", "due_on"),
    [
        ((2026, 12, 1), "access", (2027, 1, 4)),  # 1 January is a bank holiday, then comes a weekend
        ((2027, 1, 31), "access", (2027, 3, 1)),  # February has no 31st; the 28th is a Sunday
        ((2026, 11, 25), "delete", (2026, 12, 29)),  # Christmas, Boxing Day and what is observed for it
        ((2026, 11, 26), "complaint", (2026, 12, 29)),  # 26 December and what is observed for it
        ((2026, 12, 3), "complaint", (2027, 1, 4)),  # 2 January 2027 is a Saturday
        ((2026, 12, 8), "complaint", (2027, 1, 7)),
    ],
)
def test_the_time_ends_on_a_working_day(day, kind, due_on):
    """U64, U66: the clock, with ends on days on which nobody works."""
    assert made(kind, received_on=dt.date(*day)).due_on == dt.date(*due_on)


def test_a_month_later_is_the_same_day_or_the_last_one():
    assert months_after(dt.date(2027, 12, 31), 2) == dt.date(2028, 2, 29)
    assert months_after(dt.date(2026, 11, 15), 1) == dt.date(2026, 12, 15)
    assert months_after(dt.date(2026, 12, 1), 13) == dt.date(2028, 1, 1)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"kind": ""}, "Select what you want us to do"),
        ({"kind": "everything"}, "Select what you want us to do"),
        ({"email": "nobody"}, "email address"),
        ({"full_name": ""}, "Enter your name"),
        ({"text": "x" * 4001}, "4,000 characters"),
    ],
)
def test_bad_input_is_told_and_kept(changed, words):
    page = send(**changed).content.decode()
    assert "There is a problem" in page
    assert words in page
    assert changed.get("text", TYPED["text"]) in page
    assert not RightsRequest.objects.exists()


@pytest.mark.parametrize("what", ["objection", "'<b>", "complaint"])
def test_the_address_may_say_what_is_asked_and_anything_else_is_no_error(client, what):
    assert client.get("/your-information/ask/", {"what": what}).status_code == 200


def test_sent_twice_it_is_one_request():
    key = str(uuid.uuid4())
    send(key=key)
    send(key=key)
    assert RightsRequest.objects.count() == 1
    assert len(mails_of("rights_received")) == 1


def test_sent_twice_at_one_moment_it_is_one_request(monkeypatch):
    """The second has looked before the first was stored."""
    key = uuid.uuid4()
    send(key=str(key))
    monkeypatch.setattr("enquiries.services.rights._stored", lambda key: None)
    assert send(key=str(key)).status_code == 302
    assert RightsRequest.objects.count() == 1
    assert len(mails_of("rights_received")) == 1


def test_what_a_program_fills_in_is_thanked_for_and_not_kept():
    assert send(website="x").status_code == 302
    assert not RightsRequest.objects.exists()


def test_one_address_asks_five_times_an_hour():
    for number in range(5):
        assert send(email=ADDRESS.replace("@", f"+{number}@")).status_code == 302  # one mailbox
    refused = send()
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert TYPED["text"] in refused.content.decode()  # nothing typed is lost


def test_the_page_after_sending_tells_its_reference_to_nobody_else():
    send()
    assert RightsRequest.objects.get().reference not in Client().get("/your-information/asked/").content.decode()


# --- Who asks --------------------------------------------------------------------------------------------------------


def test_whoever_has_proved_the_address_is_known():
    send(reading())
    assert RightsRequest.objects.get().proof == "code"


def test_a_proof_of_another_address_proves_nothing():
    send(reading(OTHER))
    assert RightsRequest.objects.get().proof == ""
    assert "/your-information/" in mails_of("rights_received")[0].text


def test_a_code_given_later_proves_what_was_asked_before():
    """G9: identity proved by a mail to the address on file."""
    request, other = made("access"), RightsRequest.objects.create(kind="access", name="Somebody", email=OTHER)
    client, _ = ask()
    give(client, follow_code(ADDRESS))
    request.refresh_from_db()
    other.refresh_from_db()
    assert (request.proof, other.proof) == ("code", "")


@pytest.mark.parametrize("kind", ["access", "correct", "delete", "restrict"])
def test_nothing_is_given_or_changed_for_somebody_who_is_not_proved(officer, kind):
    """U64: an identity check first."""
    request = in_hand(officer, kind)
    with pytest.raises(TransitionNotAllowed, match="make sure"):
        services.answer_request(request_id=request.pk, officer=officer, outcome="agreed", answer="Done.")
    services.note_identity(request_id=request.pk, officer=officer)
    services.answer_request(request_id=request.pk, officer=officer, outcome="agreed", answer="Done.")
    request.refresh_from_db()
    assert (request.state, request.proof) == ("answered", "officer")


@pytest.mark.parametrize("kind", ["object", "complaint"])
def test_an_objection_and_a_complaint_need_no_proof(officer, kind):
    request = in_hand(officer, kind)
    services.answer_request(request_id=request.pk, officer=officer, outcome="agreed", answer="We stopped it.")


# --- What officers do ------------------------------------------------------------------------------------------------


def test_an_answer_says_the_outcome_and_where_to_go_who_does_not_agree(officer):
    """G27: outcome with the right to go to the regulator."""
    request = in_hand(officer, "complaint")
    services.answer_request(request_id=request.pk, officer=officer, outcome="in_part", answer="We changed the form.")

    request.refresh_from_db()
    assert request.is_over
    (mail,) = mails_of("rights")
    assert mail.recipient == ADDRESS
    for words in ("Agreed in part", "We changed the form.", "Information Commissioner", "Ombudsman"):
        assert words in mail.text
    with pytest.raises(TransitionNotAllowed):
        services.answer_request(request_id=request.pk, officer=officer, outcome="agreed", answer="Again.")


def test_two_more_months_once_with_a_reason_that_is_told(officer):
    """U64: extendable by two."""
    with time_machine.travel(TUESDAY, tick=False):
        request = in_hand(officer, "access")
        request = services.extend_request(request_id=request.pk, officer=officer, why="There are many files.")
        assert request.due_on == dt.date(2027, 3, 1)
        (mail,) = mails_of("rights")
        assert "There are many files." in mail.text
        assert "Monday 1 March 2027" in mail.text
        with pytest.raises(TransitionNotAllowed, match="once"):
            services.extend_request(request_id=request.pk, officer=officer, why="More.")


def test_no_time_is_added_after_it_is_over_nor_to_a_complaint(officer):
    with time_machine.travel(TUESDAY, tick=False):
        late, complaint = in_hand(officer, "access"), in_hand(officer, "complaint")
    with time_machine.travel(TUESDAY + dt.timedelta(days=60), tick=False):
        for request in (late, complaint):
            with pytest.raises(TransitionNotAllowed):
                services.extend_request(request_id=request.pk, officer=officer, why="Late.")


def test_the_clock_stands_still_while_the_person_makes_clear_what_is_meant(officer):
    """U64, G9: clock and pause."""
    with time_machine.travel(TUESDAY, tick=False):
        request = in_hand(officer, "access")
        request = services.ask_what_is_meant(request_id=request.pk, officer=officer, question="Which year?")
        assert "Which year?" in mails_of("rights")[0].text
    with time_machine.travel(TUESDAY + dt.timedelta(days=40), tick=False):
        request.refresh_from_db()
        assert not request.is_overdue
        request = services.resume_request(request_id=request.pk, officer=officer)
        assert (request.paused_days, request.due_on) == (40, dt.date(2027, 2, 10))
        with pytest.raises(TransitionNotAllowed):
            services.resume_request(request_id=request.pk, officer=officer)


def test_no_day_is_promised_while_the_clock_stands_still(officer, browser_of):
    """U64: the day of the answer is known when there is an answer to our question; then the time can be extended."""
    with time_machine.travel(TUESDAY, tick=False):
        request = in_hand(officer, "access")
        services.ask_what_is_meant(request_id=request.pk, officer=officer, question="Which year?")
    with time_machine.travel(TUESDAY + dt.timedelta(days=40), tick=False):
        assert "Extend the time" not in browser_of(officer).get(page_of(request, None)).content.decode()
        with pytest.raises(TransitionNotAllowed, match="stands still"):
            services.extend_request(request_id=request.pk, officer=officer, why="There are many files.")
        services.resume_request(request_id=request.pk, officer=officer)
        request = services.extend_request(request_id=request.pk, officer=officer, why="There are many files.")
        assert request.due_on == dt.date(2027, 4, 12)  # a Saturday would have been the last day
    assert len(mails_of("rights")) == 2


def test_after_a_restore_an_answer_that_waited_is_not_dropped_but_looked_at(officer, browser_of):
    """G27: an officer finds out whether it arrived, and can send it again."""
    services.close_request(request_id=made().pk, officer=officer, why="You took it back.")
    restored.send(sender=None)
    (mail,) = mails_of("rights")
    assert (mail.state, "You took it back." in mail.text) == ("uncertain", True)
    address = reverse("admin:enquiries_outgoingmail_change", args=[mail.pk])
    browser = browser_of(officer)
    assert "Send again" in browser.get(address).content.decode()
    browser.post(reverse("admin:enquiries_outgoingmail_step", args=[mail.pk, "resend"]))
    assert mails_of("rights")[0].state == "queued"


def test_it_is_closed_without_an_answer_with_words_that_are_told(officer):
    request = made()
    services.close_request(request_id=request.pk, officer=officer, why="You took it back.")
    request.refresh_from_db()
    assert (request.state, request.outcome) == ("closed", "")
    assert "You took it back." in mails_of("rights")[0].text


def test_steps_need_somebody_who_has_taken_it(officer):
    request = made()
    for step in (
        lambda: services.extend_request(request_id=request.pk, officer=officer, why="x"),
        lambda: services.ask_what_is_meant(request_id=request.pk, officer=officer, question="x"),
        lambda: services.answer_request(request_id=request.pk, officer=officer, outcome="agreed", answer="x"),
    ):
        with pytest.raises(TransitionNotAllowed, match="Take this request first"):
            step()
    assert not mails_of("rights")


def test_a_colleague_takes_it_over_and_nobody_takes_it_twice(officer):
    request = in_hand(officer)
    with pytest.raises(TransitionNotAllowed, match="already"):
        services.take_request(request_id=request.pk, officer=officer)
    colleague = UserFactory(officer=True)
    assert services.take_request(request_id=request.pk, officer=colleague).owner == colleague


def test_each_step_is_recorded_with_who_and_nothing_that_was_said(officer):
    """U65: each with record and outcome."""
    request = in_hand(officer)
    services.answer_request(request_id=request.pk, officer=officer, outcome="agreed", answer="We stopped it.")
    entries = AuditEntry.objects.filter(about="enquiries.rightsrequest", row=request.pk, by=officer).order_by("pk")
    assert [entry.detail for entry in entries] == [{"what": "taken"}, {"what": "answered"}]


def test_the_database_keeps_its_rules():
    request = made()
    for wrong in (
        {"kind": "other"},
        {"state": "answered"},
        {"state": "in_hand"},
        {"outcome": "agreed"},
        {"paused_on": dt.date(2026, 12, 1)},
        {"kind": "complaint", "why_extended": "x"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RightsRequest.objects.filter(pk=request.pk).update(**wrong)


# --- The officers' pages ---------------------------------------------------------------------------------------------


def page_of(request, browser, step=""):
    name = "information-request-step" if step else "information-request"
    return reverse(name, args=[request.pk, step] if step else [request.pk])


def test_what_is_overdue_stands_first_with_its_due_date_and_whether_identity_is_proved(browser_of, officer):
    """G27, G9: due date."""
    with time_machine.travel(TUESDAY, tick=False):
        made("access", proof="code")
        made("delete", received_on=dt.date(2026, 10, 1))
        page = browser_of(officer).get("/admin/information-requests/").content.decode()
    assert page.index("Delete my information") < page.index("A copy of everything")
    assert page.index("Overdue") < page.index("A copy of everything")
    assert "By a code to the address" in page
    assert "2 November 2026" in page
    assert ADDRESS not in page
    assert AuditEntry.objects.filter(kind="listed", about="enquiries.rightsrequest", count=2).exists()


def test_an_officer_takes_and_answers_it_on_its_page(browser_of, officer):
    request, browser = made(), browser_of(officer)
    assert TYPED["text"] not in browser.get(page_of(request, browser)).content.decode()
    browser.post(page_of(request, browser, "take"))
    answered = browser.post(
        page_of(request, browser, "answer"), {"outcome": "agreed", "answer": "We stopped it."}, follow=True
    ).content.decode()
    assert "We stopped it." in answered
    assert "Answered, by" in answered
    assert AuditEntry.objects.filter(kind="opened", about="enquiries.rightsrequest", row=request.pk).exists()


def test_its_page_says_whether_the_answer_was_delivered_and_offers_to_send_it_again(browser_of, officer, viewer):
    """G27: as the delivery of an enquiry's mail is told, and back to this page."""
    send()
    request, other = RightsRequest.objects.get(), made()
    for one in (request, other):
        services.close_request(request_id=one.pk, officer=officer, why="You took it back.")
    answer = OutgoingMail.objects.about_information(request.reference).get(kind="rights")
    OutgoingMail.objects.filter(pk=answer.pk).update(state="failed")
    answer.attempts.create(outcome="refused", answer="550 No such user here", ended_at=timezone.now())
    page = page_of(request, None)

    shown = browser_of(officer).get(page).content.decode()

    assert shown.count('class="officers-mail"') == 2  # that it is there, and the answer
    assert shown.index("Queued") < shown.index("Failed") < shown.index("550 No such user here")
    step = reverse("admin:enquiries_outgoingmail_step", args=[answer.pk, "resend"])
    assert f'action="{step}"' in shown
    assert step not in browser_of(viewer).get(page).content.decode()
    assert browser_of(officer).post(step, {"back": page})["Location"] == page
    answer.refresh_from_db()
    assert answer.state == "queued"


def test_an_answer_without_words_is_refused_and_what_was_chosen_is_kept(browser_of, officer):
    request, browser = in_hand(officer), browser_of(officer)
    page = browser.post(page_of(request, browser, "answer"), {"outcome": "not_agreed", "answer": ""}).content.decode()
    assert "Enter your answer" in page
    assert not mails_of("rights")


def test_a_refusal_of_the_rule_is_shown_with_what_was_typed(browser_of, officer):
    request, browser = in_hand(officer, "delete"), browser_of(officer)
    typed = {"outcome": "agreed", "answer": "Everything is deleted."}
    page = browser.post(page_of(request, browser, "answer"), typed).content.decode()
    assert "First make sure that this person reads the address" in page
    assert "Everything is deleted." in page


def test_an_officer_downloads_what_is_held_once_it_is_known_who_asks(browser_of, officer, viewer):
    """G9: the file is ready at once; taking it is recorded."""
    request, browser = made("access"), browser_of(officer)
    path = reverse("information-request-file", args=[request.pk])
    assert browser.get(path).status_code == 404
    assert path not in browser.get(page_of(request, browser)).content.decode()

    services.note_identity(request_id=request.pk, officer=officer)

    assert path in browser.get(page_of(request, browser)).content.decode()
    answer = browser.get(path)
    assert answer["Content-Disposition"].startswith("attachment;")
    assert request.reference in answer.content.decode()
    assert AuditEntry.objects.filter(kind="exported", about="enquiries.rightsrequest", by=officer).exists()
    assert browser_of(viewer).get(path).status_code == 403


def test_opening_a_step_changes_nothing_and_a_step_that_is_none_is_not_there(browser_of, officer):
    request, browser = made(), browser_of(officer)
    for step in ("take", "proved", "answer", "close"):
        browser.get(page_of(request, browser, step))
    request.refresh_from_db()
    assert (request.state, request.proof) == ("received", "")
    assert browser.get(page_of(request, browser, "steal")).status_code == 404


def test_who_only_looks_changes_nothing_and_others_see_nothing(browser_of, viewer):
    request, browser = made(), browser_of(viewer)
    assert browser.get(page_of(request, browser)).status_code == 200
    assert "Take it" not in browser.get(page_of(request, browser)).content.decode()
    assert browser.post(page_of(request, browser, "take")).status_code == 403
    assert browser_of(UserFactory()).get("/admin/information-requests/").status_code == 403
    assert Client().get("/admin/information-requests/").status_code == 302


def test_my_day_shows_a_tile_while_one_is_open(officer, viewer):
    assert "rights" not in {tile.name for tile in my_day.of(officer).tiles}
    request = made()
    (tile,) = [tile for tile in my_day.of(officer).tiles if tile.name == "rights"]
    assert (tile.count, tile.rights) == (1, [request])
    assert "rights" not in {tile.name for tile in my_day.of(viewer).tiles}


def test_my_day_page_leads_to_it(browser_of, officer):
    request = made()
    page = browser_of(officer).get("/admin/").content.decode()
    assert f"/admin/information-requests/{request.pk}/" in page


def test_held_prove_only_open_requests():
    request = made("access")
    RightsRequest.objects.filter(pk=request.pk).update(state="closed", answer="x", ended_at=TUESDAY)
    held._prove_requests(ADDRESS)
    request.refresh_from_db()
    assert request.proof == ""
