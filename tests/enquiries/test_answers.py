"""The page on which a provider answers a question: it needs no account, only the letter."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import links, services
from enquiries.exceptions import ChangedMeanwhile
from enquiries.models import Enquiry, Message
from tests.enquiries.letters import read, to_provider
from tests.factories import EnquiryFactory, InterestFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(officer):
    officer.name = "canary-officer"
    officer.save()
    owned = EnquiryFactory(
        in_triage=True, owner=officer, origin="canary-origin", organisation="canary-home", contact_name="Ada Canary"
    )
    enquiry = InterestFactory(enquiry=owned).enquiry
    services.add_note(enquiry_id=enquiry.pk, officer=officer, text="canary-note")
    return services.ask_provider(
        enquiry_id=enquiry.pk,
        officer=officer,
        text="How many <b>people</b> would come?\nAnd when?",
        answer_by=add_working_days(timezone.localdate(), 5),
    )


@pytest.fixture
def address(question):
    """As it stands in the letter."""
    return re.search(r"/answers/\S+", read(to_provider()[-1]).get_content().replace("=\r\n", ""))[0]


def page(answer):
    return answer.content.decode()


def test_a_step_from_a_page_that_did_not_show_the_answer_is_refused(question, officer):
    """CO1: otherwise nobody would read it."""
    enquiry = Enquiry.objects.get()
    services.resume_triage(enquiry_id=enquiry.pk, officer=officer)
    enquiry.refresh_from_db()
    stale, of_programme = enquiry.shown_as, enquiry.interests.get().shown_as

    services.receive_answer(question_id=question.pk, text="Four.")

    with pytest.raises(ChangedMeanwhile):
        services.close(enquiry_id=enquiry.pk, officer=officer, shown=stale)
    with pytest.raises(ChangedMeanwhile):
        services.withdraw(interest_id=enquiry.interests.get().pk, officer=officer, shown=of_programme)


def test_an_earlier_question_does_not_end_the_wait_for_a_later_one(question, officer):
    services.resume_triage(enquiry_id=question.enquiry_id, officer=officer)
    later = services.ask_provider(
        enquiry_id=question.enquiry_id, officer=officer, text="And who?", answer_by=question.answer_by
    )

    assert list(Message.objects.awaited()) == [later]


def test_the_letters_address_opens_the_question(client, address, question, settings):
    shown = page(client.get(address))

    for told in ("How many &lt;b&gt;people&lt;/b&gt; would come?<br>And when?", question.enquiry.reference):
        assert told in shown
    assert settings.COUNCIL.contact.safeguarding[:40] in shown
    assert settings.COUNCIL.contact.telephone in shown


def test_looking_changes_nothing_however_often_a_scanner_does_it(client, address, question):
    """AZ17; RULES, trap 1."""
    before = list(Enquiry.objects.values())
    for method in ("get", "head", "get"):
        assert getattr(client, method)(address).status_code == 200
    assert client.put(address).status_code == 405

    assert list(Enquiry.objects.values()) == before
    assert Message.objects.count() == 1


def test_an_answer_is_kept_once_however_often_it_is_sent(client, address, question):
    for _ in range(2):
        answer = client.post(address, {"text": "Four,\r\nin <i>May</i>."}, follow=True)
        assert "We have your answer" in page(answer)

    assert Message.objects.get(kind="answer").text == "Four,\nin <i>May</i>."
    assert Enquiry.objects.get().state == "in_triage"
    assert "Four" not in page(client.get(address))


def test_a_second_other_answer_is_given_back_and_not_kept(client, address, question):
    client.post(address, {"text": "Four."})

    shown = page(client.post(address, {"text": "Five & a half."}))

    assert "What you wrote now was not sent" in shown
    assert "Five &amp; a half." in shown
    assert [message.text for message in Message.objects.filter(kind="answer")] == ["Four."]


def test_a_closed_application_says_so_plainly_and_gives_back_what_was_typed(client, address, question, officer):
    services.close(enquiry_id=question.enquiry_id, officer=officer)

    assert "Your application is closed" in page(client.get(address))
    shown = page(client.post(address, {"text": "Four."}))
    assert "Your application is closed" in shown
    assert "Four." in shown
    assert not Message.objects.filter(kind="answer").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Enter your answer"),
        (" \n", "Enter your answer"),
        ("x" * 4001, "4,000 characters"),
        ("a\0b", "cannot be read"),
    ],
)
def test_an_answer_that_cannot_be_kept_is_asked_for_again_with_what_was_typed(client, address, text, message):
    answer = client.post(address, {"text": text})

    assert answer.status_code == 200
    assert message in page(answer)
    assert "There is a problem" in page(answer)
    assert text.replace("\0", "").strip()[:50] in page(answer).replace("\0", "")
    assert not Message.objects.filter(kind="answer").exists()


def test_a_wrong_address_is_not_there_whatever_is_wrong_with_it(client, address, question, officer):
    """AZ20: numbers cannot be tried out, and a token opens its own question alone."""
    other = services.write_to_provider(enquiry_id=question.enquiry_id, officer=officer, text="Hello.")
    number, token = address.split("/")[2:4]
    wrong = [
        f"/answers/{number}/{token[:-1]}x/",
        f"/answers/{int(number) + 1}/{token}/",
        f"/answers/{other.pk}/{links.token_for('answer', other.pk)}/",  # no question
        f"/answers/999999/{links.token_for('answer', 999999)}/",
        f"/answers/{number}/{links.token_for('offer', int(number))}/",
        f"/answers/{'9' * 30}/{token}/",
        f"/answers/{'9' * 5000}/{token}/",
        f"/answers/{number}/{token}%00/",
        f"/answers/-1/{token}/",
    ]
    for path in wrong:
        for method in ("get", "post"):
            assert getattr(client, method)(path, {"text": "x"}).status_code in {400, 404}, path
    assert not Message.objects.filter(kind="answer").exists()


def test_the_page_is_kept_by_no_cache_found_by_no_search_and_told_to_no_other_site(client, address):
    """HC6, MO9."""
    for answer in (client.get(address), client.post(address, {"text": ""}), client.get(f"{address}x")):
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert "noindex" in client.get(address)["X-Robots-Tag"]


def test_the_page_asks_for_a_token_of_its_form(address):
    """Another site cannot answer in the provider's name."""
    assert Client(enforce_csrf_checks=True).post(address, {"text": "x"}).status_code == 403


def test_the_page_tells_nothing_but_the_question(client, address, question, officer):
    """AZ9: neither what officers see alone, nor who applied, to whoever has a forwarded letter."""
    told = [page(client.get(address)), page(client.post(address, {"text": ""}))]
    client.post(address, {"text": "Four."})
    told += [page(client.get(address)), page(client.post(address, {"text": "Five."}))]
    services.close(enquiry_id=question.enquiry_id, officer=officer)
    told += [page(client.get(address))]

    assert not [text for text in told if "canary" in text.lower() or question.enquiry.contact_email in text]


def test_an_answer_that_comes_late_is_taken_still(client, address, question):
    Message.objects.update(answer_by=timezone.localdate() - dt.timedelta(days=3))

    client.post(address, {"text": "Sorry, four."})

    assert Message.objects.filter(kind="answer").exists()
