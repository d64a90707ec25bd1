"""The status page: where an application is in the applicant's words, and nothing that is the council's own."""

import datetime as dt
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import services
from enquiries.models import Enquiry, Interest, Message, OutgoingMail
from tests.enquiries.test_following import who_proved
from tests.factories import EnquiryFactory, InterestFactory, PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db


def page_of(enquiry, path=""):
    answer = who_proved(enquiry).get(f"/follow/{enquiry.reference}/{path}")
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main")[1])).split())


def letters_leave():
    """All letters that wait have been sent."""
    OutgoingMail.objects.filter(state="queued").update(state="sent", sent_at=timezone.now())


def test_a_new_application_says_that_the_council_has_it(settings):
    enquiry = InterestFactory(programme_title="Shift-Life Balance").enquiry

    page = page_of(enquiry)

    for told in (enquiry.reference, "Shift-Life Balance", "The council has it. An officer will read it."):
        assert told in page
    assert "What happens next" in page
    assert settings.COUNCIL.contact.telephone.replace(" ", "") in page.replace(" ", "")


def test_the_date_that_was_promised_is_told_and_the_officers_own_goal_is_not():
    """RULES, trap 21."""
    enquiry = InterestFactory().enquiry
    day = f"{enquiry.reply_due_on:%A} {enquiry.reply_due_on.day} {enquiry.reply_due_on:%B %Y}"
    assert day not in page_of(enquiry)

    Enquiry.objects.update(reply_is_promised=True)

    assert f"We reply by {day}" in page_of(enquiry)


def test_no_date_is_promised_while_the_council_has_not_got_it():
    enquiry = InterestFactory().enquiry
    Enquiry.objects.update(reply_is_promised=True, decision_is_promised=True, undelivered=True)

    assert " by " not in page_of(enquiry).split("What you applied for")[0]


def test_in_triage_an_officer_is_looking_at_it_and_is_not_named(interest):
    interest.enquiry.owner.name = "Canary Officer"
    interest.enquiry.owner.save()

    page = page_of(interest.enquiry)

    assert "An officer is looking at it." in page
    assert "Canary" not in page


def test_with_a_partner_it_says_which_one(interest, partner, officer):
    services.refer(interest_id=interest.pk, officer=officer, partner_id=partner.pk)

    assert f"With a partner {partner.name} has had it since" in page_of(interest.enquiry)


def test_on_the_waiting_list_it_says_which_number(interest, officer):
    first = InterestFactory(programme=interest.programme, in_hand=True)
    for one in (first, interest):
        services.put_on_waiting_list(interest_id=one.pk, officer=officer)

    assert "You are number 2 of 2." in page_of(interest.enquiry)


def test_an_open_offer_comes_first_with_the_day_to_answer_by_and_its_page(interest, officer):
    group = interest.programme.intakes.get()
    services.offer(interest_id=interest.pk, officer=officer, intake_id=group.pk)
    interest.refresh_from_db()
    browser = who_proved(interest.enquiry)

    page = browser.get(f"/follow/{interest.enquiry.reference}/").content.decode()

    answer_by = f"{interest.answer_by:%A} {interest.answer_by.day} {interest.answer_by:%B %Y}"
    assert f"We offer you a place on {interest.programme_title}. Answer by {answer_by}" in page_of(interest.enquiry)
    address = re.search(r'href="(/offers/[^"]+)"', page)[1]
    assert "We offer you a place" in browser.get(address).content.decode()


def test_an_offer_that_ran_out_or_was_cancelled_is_nothing_to_do(interest, officer):
    group = interest.programme.intakes.get()
    services.offer(interest_id=interest.pk, officer=officer, intake_id=group.pk)
    Interest.objects.update(answer_by=timezone.localdate() - dt.timedelta(days=1), remind_on=None)
    page = page_of(interest.enquiry)
    assert "The last day to answer our offer was" in page
    assert "For you to do" not in page

    group.state = "cancelled"
    group.save()
    page = page_of(interest.enquiry)
    assert "The group in which we offered you a place will not run." in page
    assert "For you to do" not in page


def test_an_accepted_offer_is_a_place(interest, officer):
    services.offer(interest_id=interest.pk, officer=officer, intake_id=interest.programme.intakes.get().pk)
    interest.refresh_from_db()
    services.answer_offer(interest_id=interest.pk, accepts=True, shown=interest.shown_as)

    assert "You have a place" in page_of(interest.enquiry)


def test_a_decision_is_told_once_its_letter_has_left(interest, officer):
    """Until then officers can take it back, as nobody has read it."""
    services.decline(interest_id=interest.pk, officer=officer, reason="no_money", onward_options="Ask us again in May.")
    page = page_of(interest.enquiry)
    assert "Not this time" not in page
    assert "Ask us again in May" not in page

    letters_leave()

    page = page_of(interest.enquiry)
    assert "We could not offer it to you. Our letter below says why" in page
    assert "Ask us again in May." in page


def test_a_letter_that_was_stopped_is_not_shown_and_one_that_came_back_is(interest, officer):
    message = services.write_to_provider(enquiry_id=interest.enquiry_id, officer=officer, text="Please call us.")
    OutgoingMail.objects.filter(pk=message.mail_id).update(state="cancelled")
    assert "Please call us." not in page_of(interest.enquiry)

    OutgoingMail.objects.filter(pk=message.mail_id).update(state="failed")

    assert "Please call us." in page_of(interest.enquiry)


def test_a_question_comes_first_with_its_page_until_it_is_answered(interest, officer):
    until = add_working_days(timezone.localdate(), 5)
    question = services.ask_provider(
        enquiry_id=interest.enquiry_id, officer=officer, text="How many would come?", answer_by=until
    )
    letters_leave()
    browser = who_proved(interest.enquiry)
    page = browser.get(f"/follow/{interest.enquiry.reference}/").content.decode()
    assert "We have a question. Answer by" in page
    address = re.search(r'href="(/answers/[^"]+)"', page)[1]
    assert "How many would come?" in browser.get(address).content.decode()

    services.receive_answer(question_id=question.pk, text="Four <b>people</b>.")

    page = page_of(interest.enquiry)
    assert "For you to do" not in page
    assert "Your answer" in page
    assert "Four <b>people</b>." in page


def test_a_question_stays_whatever_the_provider_writes_meanwhile_until_an_officer_goes_on_without_an_answer(
    interest, officer
):
    until = add_working_days(timezone.localdate(), 5)
    asked = {"enquiry_id": interest.enquiry_id, "officer": officer}
    services.ask_provider(**asked, text="How many would come?", answer_by=until)
    letters_leave()

    services.write_to_council(enquiry_id=interest.enquiry_id, text="May we send two managers?")
    page = page_of(interest.enquiry)
    assert "We have a question. Answer by" in page
    assert "We need your answer" in page

    services.follow_up_answer(**asked)
    assert "For you to do" not in page_of(interest.enquiry)


def test_a_question_whose_day_is_over_can_still_be_answered(interest, officer):
    until = add_working_days(timezone.localdate(), 1)
    services.ask_provider(enquiry_id=interest.enquiry_id, officer=officer, text="How many?", answer_by=until)
    letters_leave()

    Message.objects.update(answer_by=timezone.localdate() - dt.timedelta(days=1))

    assert "You can still answer. Answer our question" in page_of(interest.enquiry)


def test_after_a_withdrawal_of_everything_nothing_happens_next(interest):
    shown = {interest.pk: interest.shown_as}
    assert "What happens next" in page_of(interest.enquiry)

    services.withdraw_for_provider(enquiry_id=interest.enquiry_id, shown=shown, why="")

    page = page_of(interest.enquiry)
    assert "What happens next" not in page
    assert "You can undo that until" in page


def test_what_was_written_stands_in_its_order(interest, officer):
    for text in ("The first letter.", "The second letter.", "The third letter."):
        services.write_to_provider(enquiry_id=interest.enquiry_id, officer=officer, text=text)
    letters_leave()

    page = page_of(interest.enquiry)

    assert page.index("The first letter.") < page.index("The second letter.") < page.index("The third letter.")


def test_what_was_joined_to_another_application_says_so(interest, officer):
    twin = InterestFactory(in_hand=True, programme=interest.programme)
    services.join(enquiry_id=twin.enquiry_id, into=interest.enquiry.reference, officer=officer)

    page = page_of(twin.enquiry)

    assert f"We go on with that one, {interest.enquiry.reference}, for both." in page
    assert "It goes on in your other application." in page


def test_a_closed_application_says_what_became_of_it_and_how_to_reach_a_person(interest, officer):
    services.withdraw(interest_id=interest.pk, officer=officer)
    services.close(enquiry_id=interest.enquiry_id, officer=officer)

    page = page_of(interest.enquiry)

    assert "Withdrawn" in page
    assert "What happens next" not in page
    assert "Talk to a person" in page


@pytest.mark.parametrize("state", Interest.State.values)
@pytest.mark.parametrize("of_enquiry", ["new", "in_triage", "waiting", "with_partner", "closed"])
def test_every_state_has_words(state, of_enquiry):
    """Also those that come about in no usual way: nobody reads a code, or an empty line."""
    owner = None if of_enquiry == "new" else UserFactory(officer=True)
    paused_on = timezone.localdate() if of_enquiry == "waiting" else None
    enquiry = EnquiryFactory(state=of_enquiry, owner=owner, paused_on=paused_on)
    facts = {
        "referred": {"referred_to": PartnerFactory(), "referred_at": timezone.now()},
        "waiting_list": {"waiting_since": timezone.now()},
        "offered": {"answer_by": timezone.localdate() + dt.timedelta(days=3)},
        "not_eligible": {"reason": "role"},
        "declined": {"reason": "no_money", "onward_options": "Ask again."},
    }
    InterestFactory(enquiry=enquiry, state=state, **facts.get(state, {}))

    answer = who_proved(enquiry).get(f"/follow/{enquiry.reference}/")

    (words,) = re.findall(r'class="portal-result">(.*?)</li>', answer.content.decode(), re.DOTALL)
    assert re.search(r"govuk-tag[^>]*>\s*\w+", words)
    if state != "completed":
        assert re.search(r'govuk-body">\s*\w+', words)


def test_nothing_of_the_councils_own_is_on_any_page(interest, partner, officer):
    """AZ9: notes, who has it, why it was sorted so, whence it came, what the mail server said."""
    enquiry = interest.enquiry
    enquiry.owner.name, officer.name = "Canary Owner", "Canary Officer"
    enquiry.owner.save()
    officer.save()
    Enquiry.objects.update(origin="canary-origin")
    Interest.objects.update(inbox="canary@lbbd.gov.uk", verdict_reasons=["canary-reason"])
    services.add_note(enquiry_id=enquiry.pk, officer=officer, text="canary-note")
    services.write_to_provider(enquiry_id=enquiry.pk, officer=officer, text="Hello.")
    services.refer(interest_id=interest.pk, officer=officer, partner_id=partner.pk)
    OutgoingMail.objects.update(state="failed", last_answer="canary-answer")

    for path in ("", "copy/"):
        page = who_proved(enquiry).get(f"/follow/{enquiry.reference}/{path}").content.decode()
        assert "canary" not in page.lower()
        assert officer.email not in page
        assert "/admin/" not in page


def test_the_copy_holds_every_answer_as_it_was_sent():
    enquiry = EnquiryFactory(
        organisation="Example <home> & garden",
        cqc_registered="yes",
        contact_telephone="+442079460958",
        cqc_location_id="1-123456789",
        place_of_care="elsewhere",
        size_band="under_50",
        call_from=870,
        call_until=930,
        message="One line.\nAnother line.",
    )
    InterestFactory(enquiry=enquiry, programme_title="A programme", answers=[["How many?", "4"], ["Why?", ""]])
    InterestFactory(enquiry=enquiry, programme_title="Another one", wants_second_look=True)

    page = page_of(enquiry, "copy/")

    for told in (
        *("Example <home> & garden", "Care home", "RM10 8XD", "Yes", "One line.", "Another line.", "A programme"),
        *("How many? 4", "Why? Not provided", "Another one", "asked the council to look again", enquiry.contact_name),
        *(enquiry.contact_email, "Telephone number 020 7946 0958", enquiry.privacy_version),
        *("CQC location ID 1-123456789", "Who do you care for? Only people who live elsewhere", "10 to 49 staff"),
        "When it is best to call you 2:30pm to 3:30pm",
    ):
        assert told in page


def test_the_page_takes_no_more_queries_however_much_there_is_on_it(officer):
    def queries_for(number):
        enquiry = EnquiryFactory(in_triage=True, owner=officer)
        for _ in range(number):
            InterestFactory(enquiry=enquiry)
            services.write_to_provider(enquiry_id=enquiry.pk, officer=officer, text="Hello.")
        letters_leave()
        browser = who_proved(enquiry)
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"/follow/{enquiry.reference}/")
        return len(queries)

    assert queries_for(1) == queries_for(6) <= 12


def test_letters_say_where_an_application_is_followed_and_name_no_other_address(interest, officer, settings):
    """MO15, AZ5: the address of the page opens nothing by itself."""
    services.write_to_provider(enquiry_id=interest.enquiry_id, officer=officer, text="Hello.")
    services.offer(interest_id=interest.pk, officer=officer, intake_id=interest.programme.intakes.get().pk)

    for mail in OutgoingMail.objects.filter(kind="message"):
        followed = re.findall(r"https?://\S+/follow/\S*", mail.text)
        assert followed == [f"{settings.BASE_URL}/follow/"]
