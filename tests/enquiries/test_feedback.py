"""Feedback on every page and after sending; what could not be used becomes an enquiry with its own clock."""

import datetime as dt
import uuid
from urllib.parse import urlencode

import pytest
import time_machine
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import services as all_services
from enquiries.mail import post
from enquiries.models import DailyCount, Enquiry, Feedback, OutgoingMail, Try
from enquiries.services import feedback as services
from tests.applying import Applicant
from tests.enquiries.follower import following
from tests.factories import ProgrammeFactory, UserFactory

pytestmark = pytest.mark.django_db

GIVEN = {"rating": "4", "comment": "Say which documents I need."}
BARRIER = {
    "text": "The button has no name in my screen reader.",
    "full_name": "Example Applicant",
    "email": "reader@example.org",
}


def test_every_public_page_leads_to_feedback_about_itself(client):
    for path, route in (("/", "home"), ("/programmes/", "programmes:list"), ("/privacy/", "privacy")):
        assert f"/feedback/?page={route.replace(':', '%3A')}" in client.get(path).content.decode()


def test_a_rating_and_a_comment_are_kept_with_the_day_and_the_pages_name(client):
    answer = client.post("/feedback/?page=programmes:detail", GIVEN, follow=True)

    assert "Thank you for your feedback" in answer.content.decode()
    kept = Feedback.objects.get()
    assert (kept.rating, kept.comment, kept.route, kept.after_sending) == (
        4,
        GIVEN["comment"],
        "programmes:detail",
        False,
    )
    assert kept.made_on == timezone.localdate()


def test_after_sending_it_is_asked_on_the_page_and_marked_so(client):
    ProgrammeFactory(slug="one")
    applicant = Applicant(client).begin("one")
    applicant.go_to("check").send()
    page = client.get(applicant.url("sent")).content.decode()

    assert 'action="/feedback/?page=enquiries:sent"' in page
    assert "How satisfied are you with this service?" in page
    client.post("/feedback/?page=enquiries:sent", {"rating": "5"})
    assert Feedback.objects.get().after_sending


@pytest.mark.parametrize(
    "page", ["/follow/ABC/", "x" * 500, "enquiries:nowhere", "<script>", "/offers/1/secret-token/"]
)
def test_of_a_page_nothing_but_a_name_of_ours_is_kept(client, page):
    client.post(f"/feedback/?{urlencode({'page': page})}", GIVEN)

    assert Feedback.objects.get().route == ""


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"rating": ""}, "Select how satisfied you are"),
        ({"rating": "6"}, "Select how satisfied you are"),
        ({"rating": "9" * 40}, "Select how satisfied you are"),
        ({"comment": "x" * 1201}, "1,200 characters"),
        ({"rating": "4\x00"}, "Select how satisfied you are"),
    ],
)
def test_bad_input_is_told_and_kept(client, sent, words):
    page = client.post("/feedback/", {**GIVEN, **sent}).content.decode()

    assert words in page
    assert sent.get("comment", GIVEN["comment"]) in page
    assert not Feedback.objects.exists()


def test_what_a_program_fills_in_is_thanked_for_and_not_kept(client):
    for path, given in (("/feedback/", GIVEN), ("/feedback/accessibility/", BARRIER)):
        assert client.post(path, {**given, "website": "x" * 300}).status_code == 302
    assert not Feedback.objects.exists()
    assert not Enquiry.objects.exists()


def test_one_network_gives_ten_an_hour(client):
    for _ in range(10):
        assert client.post("/feedback/", GIVEN).status_code == 302
    answer = client.post("/feedback/", GIVEN)
    assert answer.status_code == 429
    assert 3500 < int(answer["Retry-After"]) <= 3600
    page = answer.content.decode()
    assert "Wait 60 minutes, then try again." in page
    assert GIVEN["comment"] in page  # nothing typed is lost
    page = client.post("/feedback/accessibility/", BARRIER).content.decode()
    assert all(typed in page for typed in BARRIER.values())
    assert not Enquiry.objects.exists()
    assert Feedback.objects.count() == 10
    assert Try.objects.filter(what="feedback").exists()


# --- What could not be used ------------------------------------------------------------------------------------------


def test_what_could_not_be_used_becomes_an_enquiry_with_its_own_clock(client, settings):
    settings.ACCESSIBILITY_REPLY_DAYS = 3
    answer = client.post("/feedback/accessibility/?page=home", BARRIER, follow=True)

    assert "within 3 working days" in answer.content.decode()
    enquiry = Enquiry.objects.get()
    due_on = add_working_days(timezone.localdate(), 3)
    assert (enquiry.reply_due_on, enquiry.decision_due_on, enquiry.reply_promised_on) == (due_on, due_on, due_on)
    assert enquiry.is_about_access
    assert enquiry.message == f"Page: home\n\n{BARRIER['text']}"
    mails = {mail.kind: mail for mail in OutgoingMail.objects.all()}
    assert mails["routing"].recipient == settings.BUSINESS_FORUM_INBOX
    assert mails["acknowledgement"].recipient == BARRIER["email"]
    for mail in mails.values():
        assert BARRIER["text"] not in mail.subject
        assert BARRIER["full_name"] not in mail.subject


def test_its_mails_say_what_it_is(client, settings):
    client.post("/feedback/accessibility/", BARRIER)
    post.send_due()

    texts = {
        mail.kind: " ".join(bytes(mail.raw).decode().replace("=\r\n", "").split())
        for mail in OutgoingMail.objects.all()
    }
    assert "Somebody could not use a page" in texts["routing"]
    assert "Kind of care" not in texts["routing"]
    assert "a page that you could not use" in texts["acknowledgement"]
    assert "You applied for" not in texts["acknowledgement"]


@pytest.mark.parametrize("page", ["", "copy/", "write/", "documents/", "contact/"])
def test_whoever_told_it_follows_it_like_an_application(client, page):
    client.post("/feedback/accessibility/", BARRIER)
    enquiry = Enquiry.objects.get()

    assert following(enquiry).get(f"/follow/{enquiry.reference}/{page}").status_code == 200


def test_sent_twice_it_is_one_enquiry(client):
    key = str(uuid.uuid4())
    for _ in range(2):
        client.post("/feedback/accessibility/", {**BARRIER, "key": key})

    assert Enquiry.objects.count() == 1


def test_an_officer_works_on_it_like_on_any_other(client, officer, browser_of):
    client.post("/feedback/accessibility/", BARRIER)
    enquiry, browser = Enquiry.objects.get(), browser_of(officer)

    assert enquiry.reference in browser.get("/admin/enquiries/enquiry/").content.decode()
    assert BARRIER["text"] in browser.get(enquiry.get_absolute_url()).content.decode()
    all_services.take(enquiry_id=enquiry.pk, officer=officer)
    all_services.close(enquiry_id=enquiry.pk, officer=officer)
    enquiry.refresh_from_db()
    assert enquiry.state == "closed"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"text": ""}, "Enter what you could not do"),
        ({"full_name": ""}, "Enter your name"),
        ({"email": "x"}, "Enter one email address"),
        ({"text": "x" * 2001}, "2,000 characters"),
    ],
)
def test_bad_input_about_a_barrier_is_told_and_kept(client, sent, words):
    answer = client.post("/feedback/accessibility/", {**BARRIER, **sent})

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Enquiry.objects.exists()


def test_a_key_that_is_none_stops_nobody(client):
    client.post("/feedback/accessibility/", {**BARRIER, "key": "no key"})

    assert Enquiry.objects.count() == 1


def test_the_accessibility_statement_leads_there(client):
    assert 'href="/feedback/accessibility/"' in client.get("/accessibility/").content.decode()


# --- Answers reach the team ------------------------------------------------------------------------------------------


def given(number=1, **facts):
    return [Feedback.objects.create(**{"route": "home", "rating": 4, **facts}) for _ in range(number)]


def test_officers_read_comments_and_averages(viewer, browser_of):
    given(rating=5, comment="<script>alert(1)</script>")
    given(rating=2, route="contact", comment="Slow")

    page = browser_of(viewer).get("/admin/feedback/").content.decode()
    narrowed = browser_of(viewer).get("/admin/feedback/", {"rating": "5", "route": "\x00"}).content.decode()

    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "3.5" in page
    assert "Slow" in page
    assert "Slow" not in narrowed


def test_the_page_takes_as_many_queries_for_many(viewer, browser_of, django_assert_max_num_queries):
    given(60, comment="Fine")
    browser = browser_of(viewer)
    browser.get("/admin/feedback/")

    with django_assert_max_num_queries(18):
        browser.get("/admin/feedback/")


def test_strangers_are_turned_away(client, browser_of):
    assert client.get("/admin/feedback/")["Location"].startswith("/account/login/")
    assert browser_of(UserFactory()).get("/admin/feedback/").status_code == 403


def test_once_a_week_the_team_is_told_how_much_there_is_and_nothing_of_it(settings):
    given(2, comment="Not for a mail")
    given(made_on=timezone.localdate() - dt.timedelta(days=30))

    services.tell_team()

    mail = OutgoingMail.objects.get()
    assert (mail.recipient, mail.subject) == (settings.BUSINESS_FORUM_INBOX, "Feedback on the service: 2")
    assert "Not for a mail" not in mail.text
    assert "/admin/feedback/" in mail.text


def test_a_week_without_feedback_is_no_news():
    services.tell_team()

    assert not OutgoingMail.objects.exists()


def test_comments_are_forgotten_after_two_years_and_ratings_stay():
    (old,), (new,) = (
        given(comment="Old", made_on=dt.date(2024, 1, 1)),
        given(comment="New", made_on=dt.date(2025, 6, 1)),
    )

    with time_machine.travel("2026-11-28T12:00:00Z"):
        all_services.remove_expired_drafts()

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.comment, old.rating, new.comment) == ("", 4, "New")


# --- What is counted by the day --------------------------------------------------------------------------------------


def test_applications_begun_are_counted_and_stay_when_drafts_go(django_capture_on_commit_callbacks):
    for page in ("programmes", "area"):
        with django_capture_on_commit_callbacks(execute=True):
            draft = all_services.begin_application(owner="x", origin="y", entry={"data": {}}, page=page)
    assert DailyCount.objects.between("begun", dt.date(2000, 1, 1), dt.date(2100, 1, 1)) == 1
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            all_services.save_page(draft, page="programmes", entry={"data": {}})

    draft.delete()
    assert DailyCount.objects.get().count == 2
