"""“Your information and your rights”: what is held about whoever proves an address, to see, download and remove."""

import datetime as dt
import json
import re
import time
import uuid
from email import message_from_bytes
from email.policy import default

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from careportal.accounts.access import note_opened
from careportal.accounts.services import join
from enquiries import held, letters, services
from enquiries.models import AddressCode, Alert, Draft, Event, IntakeAnswer, Message, OutgoingMail, RightsRequest
from enquiries.proved_address import PROVED
from programmes.models import IntakeChange
from tests.applying import Applicant
from tests.enquiries.codes import follow_code, mailed
from tests.factories import (
    EnquiryFactory,
    IntakeFactory,
    InterestFactory,
    MailFactory,
    MembershipFactory,
    PartnerFactory,
    ProgrammeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ADDRESS, OTHER = "applicant@example.org", "somebody.else@example.org"


def reading(address=ADDRESS, seconds_ago=0.0):
    """A browser that has proved this address."""
    client = Client()
    session = client.session
    session[PROVED] = [address, time.time() - seconds_ago, None]
    session.save()
    return client


def ask(address=ADDRESS):
    client = Client()
    return client, client.post("/your-information/see/", {"email": address})


def give(client, code):
    return client.post("/your-information/code/", {"code": code})


def shown(address=ADDRESS):
    return reading(address).get("/your-information/held/").content.decode()


@pytest.fixture
def enquiry():
    return EnquiryFactory(contact_email=ADDRESS, message="We need a hoist.", organisation="Example care home")


# --- Proving the address ---------------------------------------------------------------------------------------------


def test_a_code_to_the_address_opens_what_is_held(enquiry):
    """J-P9: see what is held, proved by a mail to the address on file (G9)."""
    client, answer = ask()
    assert answer["Location"] == "/your-information/code/"

    answer = give(client, follow_code(ADDRESS))

    assert answer["Location"] == "/your-information/held/"
    assert enquiry.reference in client.get("/your-information/held/").content.decode()


def test_the_answer_is_the_same_for_a_known_and_an_unknown_address_and_both_get_a_mail(enquiry):
    """SE8, AZ7."""

    def plain(client):
        answer = client.get("/your-information/code/")
        return answer.status_code, answer.content.decode().replace(str(answer.context["csrf_token"]), "")

    known, first = ask()
    unknown, second = ask(OTHER)

    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert plain(known) == plain(unknown)
    texts = [re.sub(r"\d{6}", "", mailed(address)[-1].text) for address in (ADDRESS, OTHER)]
    assert texts[0] == texts[1]
    assert enquiry.reference not in texts[0]
    assert "http" not in texts[0]


def test_whoever_has_nothing_here_is_told_so(enquiry):
    client, _ = ask(OTHER)
    give(client, follow_code(OTHER))
    page = client.get("/your-information/held/").content.decode()

    assert "<li>Applications and messages</li>" in page
    assert enquiry.reference not in page


def test_the_third_wrong_code_ends_the_attempt(enquiry):
    """SE10."""
    client, _ = ask()
    code = follow_code(ADDRESS)
    for _ in range(3):
        answer = give(client, f"{(int(code) + 1) % 10**6:06}")
    assert "does not work any more" in answer.content.decode()
    assert give(client, code).status_code == 200


def test_a_new_code_ends_the_one_before_and_each_works_once_and_for_ten_minutes(enquiry):
    """SE9."""
    first, _ = ask()
    old = follow_code(ADDRESS)
    second, _ = ask()
    new = follow_code(ADDRESS)

    assert give(first, old).status_code == 200
    assert give(second, new).status_code == 302
    code = AddressCode.objects.create(email=ADDRESS, code="0" * 64, expires_at=timezone.now())
    assert code not in AddressCode.objects.usable()
    assert not AddressCode.objects.usable().exists()


def test_a_code_works_in_the_browser_only_that_asked_for_it(enquiry):
    """SE9."""
    ask()
    assert give(Client(), follow_code(ADDRESS))["Location"] == "/your-information/see/"


def test_one_address_gets_five_codes_an_hour_and_one_network_asks_ten_times():
    for number in range(5):
        assert ask(ADDRESS.replace("@", f"+{number}@"))[1].status_code == 302  # one mailbox
    refused = ask()[1]
    assert refused.status_code == 429
    assert ADDRESS in refused.content.decode()
    for number in range(5):
        assert ask(f"other-{number}@example.org")[1].status_code == 302
    assert ask("one.more@example.org")[1].status_code == 429


@pytest.mark.parametrize("typed", ["", "no address", "a@b\x00.org", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_said_and_kept(typed):
    page = Client().post("/your-information/see/", {"email": typed})
    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("path", ["/your-information/held/", "/your-information/held/download/json/"])
def test_nobody_sees_anything_without_proof(path, enquiry):
    for client in (Client(), reading(seconds_ago=1801), reading(seconds_ago=-60)):
        assert client.get(path)["Location"] == "/your-information/see/"


def test_leaving_forgets_the_proof(enquiry):
    client = reading()
    client.post("/your-information/leave/")
    assert client.get("/your-information/held/").status_code == 302


def test_whoever_signs_in_at_a_browser_afterwards_sees_nothing_of_the_one_before(enquiry):
    """AZ2: a browser that several people use."""
    client = reading()
    client.force_login(join(email=OTHER))
    page = client.get("/your-information/held/").content.decode()
    assert OTHER in page
    assert ADDRESS not in page
    assert enquiry.reference not in page


def test_another_address_is_proved_and_left_while_signed_in(enquiry):
    client = Client()
    client.force_login(join(email=OTHER))
    client.post("/your-information/see/", {"email": ADDRESS})
    give(client, follow_code(ADDRESS))
    page = client.get("/your-information/held/").content.decode()
    assert enquiry.reference in page
    assert "/your-information/leave/" in page

    client.post("/your-information/leave/")
    page = client.get("/your-information/held/").content.decode()
    assert enquiry.reference not in page
    assert "/your-information/leave/" not in page


def test_signed_in_with_a_proved_address_needs_no_code(enquiry):
    client = Client()
    client.force_login(join(email=ADDRESS))
    assert client.get("/your-information/see/")["Location"] == "/your-information/held/"
    assert enquiry.reference in client.get("/your-information/held/").content.decode()


def test_another_address_of_the_same_person_is_proved_in_the_same_way(enquiry):
    client = reading(OTHER)
    assert client.get("/your-information/see/?another").status_code == 200
    client.post("/your-information/see/", {"email": ADDRESS})
    give(client, follow_code(ADDRESS))
    assert enquiry.reference in client.get("/your-information/held/").content.decode()


def test_an_account_whose_address_is_not_proved_is_no_proof(enquiry):
    client, user = Client(), UserFactory(email=ADDRESS)
    EmailAddress.objects.create(user=user, email=ADDRESS, verified=False, primary=True)
    client.force_login(user)
    assert client.get("/your-information/held/").status_code == 302


# --- What is held ----------------------------------------------------------------------------------------------------


def test_applications_are_shown_with_answers_messages_mails_partners_and_who_looked(enquiry, officer):
    """J-P9, G9: everything held, to whom it was passed with which fields, and who viewed it by role and day."""
    partner = PartnerFactory(name="Example partner")
    InterestFactory(enquiry=enquiry, programme__title="Rostering well", answers=[["How many?", "Three"]])
    MailFactory(enquiry=enquiry, kind="acknowledgement", recipient=ADDRESS, subject="We have your application")
    Message.objects.create(enquiry=enquiry, kind="incoming", text="Here is our rota.")
    told = {"partner": partner.pk, "shared": ["organisation", "email"]}
    Event.objects.create(enquiry=enquiry, kind="referred", detail=told)
    Event.objects.create(enquiry=enquiry, kind="opened", detail=told)
    note_opened(officer, "enquiries.enquiry", enquiry.pk)
    note_opened(officer, "enquiries.enquiry", enquiry.pk)

    page = shown()

    for words in (
        *("We need a hoist.", "Example Applicant", "Rostering well", "Three", "Here is our rota."),
        *("We have your application", "Example partner: organisation, email address", "Opened by the partner"),
        "Officer, 2 times",
    ):
        assert words in page
    assert officer.email not in page


def test_accounts_alerts_requests_and_second_contacts_are_shown():
    user = join(email=ADDRESS)
    MembershipFactory(user=user, provider__name="Example home A", telephone="+442079460000")
    MembershipFactory(
        provider__name="Example home B", provider__second_email=ADDRESS, provider__second_proved_at=timezone.now()
    )
    Alert.objects.create(email=ADDRESS, programme=ProgrammeFactory(title="Rostering well"), privacy_version="1")
    RightsRequest.objects.create(kind="object", name="Example Applicant", email=ADDRESS)

    page = shown()

    for words in ("Example home A", "+442079460000", "Example home B", "Rostering well", "I object"):
        assert words in page


def test_nothing_of_a_colleague_is_shown_but_what_the_person_typed():
    """AZ2, N15: who was the contact before sees what was said then; who is it now sees no predecessor's details."""
    enquiry = EnquiryFactory(contact_email=ADDRESS, contact_name="First Contact", message="Typed by the first.")
    yesterday = timezone.now() - dt.timedelta(days=1)
    Message.objects.create(enquiry=enquiry, kind="incoming", text="Said by the first.", at=yesterday)
    enquiry.contact.changed(name="Second Contact", email=OTHER, telephone="").save()
    Message.objects.create(enquiry=enquiry, kind="incoming", text="Said by the second.")

    before, now = shown(), shown(OTHER)

    assert "Typed by the first." in before
    assert "Said by the first." in before
    for words in ("Second Contact", "Said by the second.", OTHER):
        assert words not in before
    assert "Second Contact" in now
    assert "Said by the second." in now
    for words in ("First Contact", "Typed by the first.", "Said by the first.", ADDRESS):
        assert words not in now


def test_whoever_was_the_contact_before_is_not_told_how_it_goes_on():
    """AZ11: of what they sent themselves they see what was said in their time, and nothing after it."""
    enquiry = EnquiryFactory(contact_email=ADDRESS, message="Typed by the first.")
    InterestFactory(enquiry=enquiry, programme__title="Rostering well")
    assert "Where it stands: Rostering well" in shown()
    enquiry.contact.changed(name="Second Contact", email=OTHER, telephone="").save()

    assert "Typed by the first." in shown()
    assert "Where it stands" not in shown()
    assert "Where it stands: Rostering well" in shown(OTHER)


def test_the_words_of_an_email_are_shown_once_and_to_whoever_wrote_them():
    """AZ2, N15."""
    enquiry = EnquiryFactory(by_email=True, contact_email=ADDRESS, message="Written by the first.")
    assert shown().count("Written by the first.") == 1
    enquiry.contact.changed(name="Second Contact", email=OTHER, telephone="").save()

    assert "Written by the first." not in shown(OTHER)
    assert shown().count("Written by the first.") == 1


def test_why_it_was_withdrawn_is_among_it(enquiry):
    InterestFactory(enquiry=enquiry, programme__title="Rostering well", state="withdrawn", why_withdrawn="no_time")
    assert "Rostering well: why you withdrew it" in shown()
    assert "We do not have the time or the staff" in shown()


def test_what_is_not_among_it_is_said(enquiry):
    """G9: whoever wants it too asks for a copy of everything."""
    for page in (shown(), reading().get("/your-information/held/download/html/").content.decode()):
        assert "what officers noted and partners wrote to us" in page


def test_an_answer_to_a_change_of_the_group_is_among_it(enquiry):
    interest = InterestFactory(enquiry=enquiry, programme__title="Rostering well")
    group = IntakeFactory(programme=interest.programme)
    change = IntakeChange.objects.create(intake=group, before={})
    now = timezone.now()
    said = {"answer": "fine", "told_at": now, "answered_at": now}
    IntakeAnswer.objects.create(interest=interest, intake=group, newest=change, what=[], **said)
    assert "Still fine" in shown()


def test_what_others_have_is_never_among_it(enquiry):
    """AZ2."""
    EnquiryFactory(contact_email=OTHER, message="Of somebody else.")
    MailFactory(recipient=f"x{ADDRESS}", recipient_key=f"x{ADDRESS}", subject="To somebody else")
    page = shown()
    assert "Of somebody else." not in page
    assert "To somebody else" not in page


def test_officers_notes_are_not_among_it(enquiry, officer):
    enquiry.notes.create(by=officer, text="An officer thinks so.")
    assert "An officer thinks so." not in shown()


def test_it_stays_bounded_however_much_there_is(enquiry, django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr("enquiries.held.others.MOST", 3)
    monkeypatch.setattr("enquiries.held.parts.MOST", 3)
    for number in range(5):
        EnquiryFactory(contact_email=ADDRESS)
        MailFactory(kind="acknowledgement", recipient=ADDRESS, number=number + 1)
    with django_assert_max_num_queries(60):
        parts = held.of(ADDRESS)
    assert {part.name: part.left_out for part in parts if part.left_out} == {"mails": 2, "applications": 3}


# --- Downloading -----------------------------------------------------------------------------------------------------


def test_it_is_downloaded_as_json_that_programs_read(enquiry):
    """J-P9: download; G14: machine-readable, though portability is not due."""
    answer = reading().get("/your-information/held/download/json/")

    assert answer["Content-Type"] == "application/json"
    assert re.fullmatch(r'attachment; filename="your-information-[\d-]+\.json"', answer["Content-Disposition"])
    told = json.loads(answer.content)
    assert told["address"] == ADDRESS
    applications = next(part for part in told["parts"] if part["kind"] == "applications")
    rows = {row["what"]: row["value"] for row in applications["items"][0]["rows"]}
    assert rows["Message"] == "We need a hoist."
    assert dt.datetime.fromisoformat(rows["Received"]) == enquiry.received_at


def test_it_is_downloaded_as_one_page_to_read_in_which_nothing_runs(enquiry):
    EnquiryFactory(contact_email=ADDRESS, message="<script>alert(1)</script>")
    answer = reading().get("/your-information/held/download/html/")
    page = answer.content.decode()

    assert answer["Content-Disposition"].startswith("attachment;")
    assert "We need a hoist." in page
    assert "<script" not in page


def test_there_is_no_other_file():
    assert reading().get("/your-information/held/download/csv/").status_code == 404


# --- Deleting a draft ------------------------------------------------------------------------------------------------


@pytest.fixture
def draft():
    ProgrammeFactory(slug="one")
    applicant = Applicant().begin("one").go_to("organisation")
    applicant.answer()
    services.save_for_later(
        draft_id=uuid.UUID(applicant.draft_id),
        owner=Draft.objects.get().owner,
        address=ADDRESS,
        shown=Draft.objects.get().saved_as,
    )
    return Draft.objects.get()


def delete(client, draft):
    return client.post(f"/your-information/held/drafts/{draft.pk}/delete/")


def test_a_saved_application_is_shown_and_deleted(draft):
    """J-P9: delete a draft."""
    client = reading()
    assert "Example care home" in client.get("/your-information/held/").content.decode()
    assert client.get(f"/your-information/held/drafts/{draft.pk}/delete/").status_code == 200
    assert Draft.objects.exists()

    assert delete(client, draft)["Location"] == "/your-information/held/"
    assert not Draft.objects.exists()


def test_what_was_saved_under_another_address_is_not_there(draft):
    """AZ2: 404, as for what does not exist; nothing changed."""
    for client in (reading(OTHER), Client()):
        assert delete(client, draft).status_code == 404
        assert client.get(f"/your-information/held/drafts/{draft.pk}/delete/").status_code == 404
    assert Draft.objects.exists()


def test_what_somebody_else_filled_in_meanwhile_is_no_draft_any_more(draft):
    Draft.objects.filter(pk=draft.pk).update(enquiry=EnquiryFactory(by_email=True, is_incomplete=False))
    assert delete(reading(), draft).status_code == 404
    assert f"/drafts/{draft.pk}/" not in shown()


def test_what_was_sent_is_no_draft_any_more(draft):
    EnquiryFactory(submit_key=draft.pk)
    assert delete(reading(), draft).status_code == 404
    assert Draft.objects.exists()


# --- Finding it ------------------------------------------------------------------------------------------------------


def test_each_acknowledgement_the_footer_and_the_privacy_notice_lead_here(client, enquiry):
    """PR11, G2: objection and withdrawal are reached from each acknowledgement in two steps."""
    mail = MailFactory(enquiry=enquiry, kind="acknowledgement", recipient=ADDRESS)
    assert "/your-information/" in message_from_bytes(letters.build(mail), policy=default).get_content()
    for path in ("/", "/privacy/"):
        assert 'href="/your-information/"' in client.get(path).content.decode()
    notice = client.get("/privacy/").content.decode()
    assert "If you ask us about your information, or complain, we keep" in notice
    assert "an account: until you close it" in notice
    page = client.get("/your-information/").content.decode()
    for what in ("access", "correct", "delete", "object", "restrict", "complaint"):
        assert f"/your-information/ask/?what={what}" in page
    assert "/follow/" in page
    assert "portability" in page
    assert page.count("next working day") == 2  # as the clock of a request counts
