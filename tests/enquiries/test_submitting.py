"""Sending: one application is one enquiry, however often and however it is sent."""

import threading

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from enquiries import services
from enquiries.models import Draft, Enquiry, Event, Interest, OutgoingMail
from tests.applying import Applicant, errors
from tests.factories import IntakeFactory, ProgrammeFactory, QuestionFactory, RoutingRuleFactory

CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@pytest.mark.django_db
def test_sending_again_gives_the_same_reference(open_programme):
    """CO3, DI2: double click, refresh, a replayed POST."""
    applicant = Applicant().begin("open").go_to("check")
    check, hidden = applicant.page, {"may_apply": "on", **applicant.hidden()}

    answers = [applicant.client.post(check, hidden) for _ in range(3)]

    assert {response["Location"] for response in answers} == {applicant.url("sent")}
    assert (Enquiry.objects.count(), OutgoingMail.objects.count()) == (1, 2)


@pytest.mark.django_db
def test_going_back_after_sending_leads_to_what_was_sent(open_programme):
    """CO3."""
    applicant = Applicant()
    applicant.apply("open")

    for name in ("check", "contact", "service"):
        assert applicant.client.get(applicant.url(name))["Location"] == applicant.url("sent")
    assert applicant.client.post(applicant.url("contact"), {"full_name": "Changed"})["Location"] == applicant.url(
        "sent"
    )
    assert Enquiry.objects.get().contact_name == "Example Applicant"


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_posts_are_one_application(open_programme):
    """CO3, DI4."""
    applicant = Applicant().begin("open").go_to("check")
    check, hidden, cookies = applicant.page, {"may_apply": "on", **applicant.hidden()}, applicant.client.cookies
    answers, ready = [], threading.Barrier(20)

    def post() -> None:
        browser = Client()
        browser.cookies = cookies
        ready.wait()
        answers.append(browser.post(check, hidden))
        connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [response.status_code for response in answers] == [302] * 20
    assert {response["Location"] for response in answers} == {applicant.url("sent")}
    assert (Enquiry.objects.count(), Interest.objects.count(), Event.objects.count()) == (1, 1, 1)
    assert OutgoingMail.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_get_fifty_references(open_programme, settings):
    """DI4."""
    settings.SUBMITS_PER_MINUTE = settings.DRAFTS_PER_HOUR = 100
    applicants = [Applicant().begin("open").go_to("check") for _ in range(50)]
    posts = [(a.client, a.page, {"may_apply": "on", **a.hidden()}) for a in applicants]

    def post(share) -> None:
        for client, page, typed in share:
            client.post(page, typed)
        connections.close_all()

    threads = [threading.Thread(target=post, args=[posts[start::5]]) for start in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(Enquiry.objects.values_list("reference", flat=True))) == 50


@pytest.mark.django_db
def test_the_same_key_with_other_answers_is_refused(open_programme):
    applicant = Applicant().begin("open").go_to("check")
    check, first = applicant.page, {"may_apply": "on", **applicant.hidden()}
    applicant.client.post(check, first)

    response = applicant.client.post(check, {**first, "content": "0" * 64})

    assert response.status_code == 409
    assert b"sent already" in response.content
    assert Enquiry.objects.count() == 1


@pytest.mark.django_db
def test_answers_changed_in_another_tab_are_shown_again_before_anything_is_sent(open_programme):
    applicant = Applicant().begin("open").go_to("check")
    check, old = applicant.page, {"may_apply": "on", **applicant.hidden()}
    applicant.page = applicant.url("organisation")
    applicant.answer({"organisation": "Changed in another tab"})

    response = applicant.client.post(check, old)

    assert b"Your answers have changed" in response.content
    assert b"Changed in another tab" in response.content
    assert not Enquiry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "not a key", "5b9e0c9e-0000-4000-8000-000000000000"])
def test_a_key_that_is_not_this_applications_sends_nothing(open_programme, key):
    applicant = Applicant().begin("open").go_to("check")

    response = applicant.send(key=key)

    assert response.status_code == 200
    assert not Enquiry.objects.exists()


@pytest.mark.django_db
def test_without_the_declaration_nothing_is_stored(open_programme):
    """FI10."""
    applicant = Applicant().begin("open").go_to("check")

    response = applicant.send(may_apply=None)

    assert errors(response) == ["Confirm that you are allowed to apply for this organisation"]
    assert not Enquiry.objects.exists()
    assert not OutgoingMail.objects.exists()
    applicant.send()
    assert Enquiry.objects.count() == 1


@pytest.mark.django_db
def test_a_post_without_or_with_a_foreign_token_changes_nothing(open_programme):
    """FI1."""
    applicant = Applicant().begin("open").go_to("check")
    typed = {"may_apply": "on", **applicant.hidden()}
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = applicant.client.cookies

    assert strict.post(applicant.page, typed).status_code == 403
    assert strict.post(applicant.page, {**typed, "csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert strict.post("/apply/", {"programmes": ["open"]}).status_code == 403
    assert (Enquiry.objects.count(), Draft.objects.count()) == (0, 1)


@pytest.mark.django_db
def test_too_many_applications_from_one_address_wait_and_others_go_on(open_programme, settings):
    """FI15."""
    settings.SUBMITS_PER_MINUTE = 3
    for _ in range(3):
        Applicant().apply("open")
    one_more = Applicant().begin("open").go_to("check")

    response = one_more.send()
    elsewhere = Applicant(Client(REMOTE_ADDR="192.0.2.7")).begin("open").go_to("check").send()

    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert "Wait 1 minute, then try again." in response.content.decode()
    assert " checked" in response.content.decode()  # what was declared is still ticked
    assert elsewhere.status_code == 302
    assert Enquiry.objects.count() == 4


@pytest.mark.django_db
def test_a_forged_forwarding_header_does_not_get_round_the_limit(open_programme, settings):
    """FI15, AP7: without trusted proxies the header is not believed."""
    settings.SUBMITS_PER_MINUTE = 1
    Applicant().apply("open")

    response = Applicant(Client(HTTP_X_FORWARDED_FOR="198.51.100.9")).begin("open").go_to("check").send()

    assert response.status_code == 429


@pytest.mark.django_db
def test_each_distinct_inbox_gets_one_routing_mail_and_the_applicant_one_acknowledgement(open_programme):
    """MO1, MO3."""
    for slug in ("training-1", "training-2"):
        RoutingRuleFactory(programme=ProgrammeFactory(slug=slug, title=slug), inbox="training@lbbd.gov.uk")

    enquiry = Applicant().apply("open", "training-1", "training-2")

    assert sorted(enquiry.mails.values_list("kind", "recipient")) == [
        ("acknowledgement", "applicant@example.org"),
        ("routing", "businessforum@lbbd.gov.uk"),
        ("routing", "training@lbbd.gov.uk"),
    ]


@pytest.mark.django_db
def test_a_rule_for_the_programme_goes_before_one_for_its_theme():
    themed = ProgrammeFactory(slug="themed", theme="recruitment")
    own = ProgrammeFactory(slug="own", theme="recruitment")
    RoutingRuleFactory(theme="recruitment", inbox="theme@lbbd.gov.uk")
    RoutingRuleFactory(programme=own, inbox="own@lbbd.gov.uk")

    enquiry = Applicant().apply("themed", "own")

    assert {i.programme: i.inbox for i in enquiry.interests.all()} == {
        themed: "theme@lbbd.gov.uk",
        own: "own@lbbd.gov.uk",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("broken", [Event, OutgoingMail, Interest])
def test_if_one_part_cannot_be_stored_nothing_is(open_programme, broken, monkeypatch):
    """DI5: never a row without its outbox entry, never an entry without its row."""

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    applicant = Applicant().begin("open").go_to("check")
    applicant.client.raise_request_exception = False
    monkeypatch.setattr(type(broken.objects), "create" if broken is Event else "bulk_create", fail)

    assert applicant.send().status_code == 500
    monkeypatch.undo()

    assert (Enquiry.objects.count(), Interest.objects.count(), OutgoingMail.objects.count()) == (0, 0, 0)
    assert applicant.send().status_code == 302


@pytest.mark.django_db
def test_sending_takes_eight_queries_in_one_transaction_however_much_is_asked_for(settings):
    """The budget of the final submit: at most 8 besides its transaction."""
    for number in range(6):
        question = QuestionFactory(programme__slug=f"p{number}", key="it")
        IntakeFactory(programme=question.programme)
    slugs = [f"p{number}" for number in range(6)]
    answers = {f"about__{slug}": {"intake": "any", "q-it": "4"} for slug in slugs}
    applicant = Applicant(**answers).begin(*slugs).go_to("check")
    typed = {"may_apply": "on", **applicant.hidden()}

    with CaptureQueriesContext(connection) as queries:
        assert applicant.client.post(applicant.page, typed).status_code == 302

    asked = [query["sql"] for query in queries if not query["sql"].startswith(CONTROL)]
    assert len(asked) <= 8, "\n".join(asked)
    assert Interest.objects.count() == 6


@pytest.mark.django_db
def test_a_pages_post_takes_few_queries(open_programme):
    applicant = Applicant().begin("open").go_to("organisation")

    with CaptureQueriesContext(connection) as queries:
        applicant.client.post(applicant.page, {"organisation": "Example"})

    assert len([query for query in queries if not query["sql"].startswith(CONTROL)]) <= 7


@pytest.mark.django_db
def test_expired_drafts_are_forgotten_and_sent_enquiries_stay(open_programme, settings):
    settings.DRAFT_DAYS = 0
    Draft.objects.create(owner="somebody", origin="")
    settings.DRAFT_DAYS = 14
    Applicant().apply("open")

    assert services.remove_expired_drafts() == 1
    assert (Draft.objects.count(), Enquiry.objects.count()) == (1, 1)
