"""Alerts about programmes: on request only, confirmed by whoever reads the address, told once, stopped in one step."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from careportal.kit.signals import restored
from enquiries import jobs, letters, services
from enquiries.links import CONFIRM, STOP, confirm_address, stop_address, token_for
from enquiries.mail import post
from enquiries.models import Alert, AlertedOf, OutgoingMail
from programmes.models import Intake, Programme
from tests.applying import Applicant, errors
from tests.enquiries.letters import page_in, read
from tests.factories import EnquiryFactory, IntakeFactory, MailFactory, ProgrammeFactory, in_days

pytestmark = pytest.mark.django_db

READER = "reader@example.org"
A_YEAR_AGO = timezone.now() - dt.timedelta(days=365)


@pytest.fixture(autouse=True)
def by_day():
    """Alerts are not sent in the night. Of yesterday, so that the database's own clock is never behind."""
    yesterday = timezone.localtime() - dt.timedelta(days=1)
    with time_machine.travel(yesterday.replace(hour=11, minute=0), tick=False):
        yield


def path_of(address):
    return "/" + address.split("/", 3)[3]


def asked(client=None, email=READER, programme=None):
    query = f"?programme={programme.slug}" if programme else ""
    return (client or Client()).post(f"/alerts/{query}", {"email": email})


def an_alert(email=READER, programme=None, confirmed=True):
    asked(email=email, programme=programme)
    alert = Alert.objects.of(email).get(programme=programme)
    return services.confirm_alert(alert_id=alert.pk) if confirmed else alert


def confirmations():
    return list(OutgoingMail.objects.filter(kind="confirmation").order_by("pk"))


def alerts():
    return list(OutgoingMail.objects.filter(kind="alert").order_by("pk"))


def look(times=1):
    for _ in range(times):
        services.look_after_alerts()
    return alerts()


# --- Asking ------------------------------------------------------------------------------------------------------


def test_whoever_asks_gets_one_letter_to_confirm_and_nothing_else_before(client):
    """Double opt-in (U83)."""
    response = asked(client)
    ProgrammeFactory(title="Brand new")

    assert response["Location"] == "/alerts/check-your-email/"
    assert "Check your email" in client.get(response["Location"]).content.decode()
    (mail,) = confirmations()
    assert (mail.recipient, mail.subject) == (READER, "Confirm that you want our emails")
    assert "Was it not you? Then do nothing." in mail.text
    assert look() == []


def test_the_letter_leads_to_one_button_and_opening_it_does_nothing(client):
    """Scanners open every link, also twice (SE11)."""
    asked()
    page = page_in(confirmations()[0].text)

    for method in (client.get, client.head, client.get, Client().get):
        assert method(page).status_code == 200
    assert Alert.objects.get().confirmed_at is None
    assert client.get(page).content.decode().count('class="govuk-button"') == 1

    assert client.post(page)["Location"] == page
    assert Alert.objects.get().confirmed_at is not None
    assert "You will get our emails" in client.get(page).content.decode()


def test_the_consent_is_kept_as_it_was_worded_with_its_moments_and_its_notice(settings):
    """Proof of consent (PR12)."""
    programme = ProgrammeFactory(title="Rota planning")
    alert = an_alert(programme=programme)

    assert "“Rota planning” opens" in alert.agreed_to
    assert alert.privacy_version == settings.COUNCIL.privacy.version
    assert alert.asked_at <= alert.confirmed_at
    page = Client().get(path_of(confirm_address(an_alert("other@example.org", confirmed=False).pk))).content.decode()
    assert "a programme is new or opens for care providers. I can stop this at any time." in page


def test_the_answer_is_the_same_whether_an_address_is_known():
    """Nobody learns who gets alerts."""
    known = an_alert()
    first, second = asked(email=known.email), asked(email="unknown@example.org")

    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert [mail.recipient for mail in confirmations()] == [READER, READER, "unknown@example.org"]
    assert Alert.objects.count() == 2


def test_an_address_gets_three_letters_a_day_whoever_types_it_how_often():
    """A stranger cannot use the form to send mail to somebody (trap 20)."""
    programmes = [ProgrammeFactory() for _ in range(5)]
    for number, programme in enumerate(programmes):
        asked(email=f"Victim+{number}@Example.org", programme=programme)
        asked(email="victim@example.org", programme=programme)

    assert len(confirmations()) == 3


def test_a_network_that_asks_too_often_is_told_to_wait(settings):
    """However many addresses it types (trap 20)."""
    settings.ALERTS_PER_HOUR = 2

    answers = [asked(email=f"reader-{number}@example.org") for number in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "reader-2@example.org" in answers[-1].content.decode()
    assert len(confirmations()) == 2


def test_nobody_writes_to_a_robot(mail_server):
    """Nor to an address that nobody reads (trap 20)."""
    asked(email="no-reply@example.org")

    post.send_due()

    assert mail_server.taken == []
    assert confirmations()[0].state == "cancelled"


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "x\x00@example.org", "a@example.org\nBcc: b@example.org"])
def test_what_is_no_address_is_refused(client, email):
    page = asked(client, email=email)

    assert page.status_code == 200
    assert len(errors(page)) == 1
    assert not Alert.objects.exists()


@pytest.mark.parametrize("slug", ["nowhere", "ünbekannt", "x" * 5000])
def test_a_programme_that_is_not_there_is_asked_about_as_everything(client, slug):
    assert "when something new is listed" in client.get("/alerts/", {"programme": slug}).content.decode()


def test_nobody_can_ask_about_a_draft(client):
    draft = ProgrammeFactory(draft=True, title="Secret")

    assert "Secret" not in client.get(f"/alerts/?programme={draft.slug}").content.decode()


def test_what_nobody_confirms_is_forgotten_after_a_week():
    """Nothing is kept without a reason (PR12)."""
    an_alert(confirmed=False)
    an_alert("kept@example.org")
    with time_machine.travel(timezone.now() + dt.timedelta(days=8)):
        services.look_after_alerts()

    assert [alert.email for alert in Alert.objects.all()] == ["kept@example.org"]
    assert Alert.objects.get().origin == ""


# --- Who may -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["confirm", "stop"])
def test_only_the_letter_opens_its_pages(client, page):
    """Proof for one purpose and one number (AZ15)."""
    alert, other = an_alert(confirmed=False), an_alert("other@example.org")
    purpose, wrong_purpose = (CONFIRM, STOP) if page == "confirm" else (STOP, CONFIRM)
    wrong = [
        f"/alerts/{alert.pk}/{page}/{token_for(wrong_purpose, alert.pk)}/",
        f"/alerts/{alert.pk}/{page}/{token_for(purpose, other.pk)}/",
        f"/alerts/{'9' * 30}/{page}/{token_for(purpose, alert.pk)}/",
        f"/alerts/{alert.pk}/{page}/x/",
    ]

    for address in wrong:
        assert client.get(address).status_code == client.post(address).status_code == 404
    assert Alert.objects.alive().count() == 2
    assert client.get(f"/alerts/{alert.pk}/{page}/{token_for(purpose, alert.pk)}/")["Cache-Control"] == "no-store"


# --- Stopping ----------------------------------------------------------------------------------------------------


def test_one_button_stops_it_and_opening_the_page_does_not(client):
    """One step (U83), and not by opening (SE11)."""
    alert = an_alert()
    page = path_of(stop_address(alert.pk))

    client.get(page)
    client.head(page)
    assert Alert.objects.alive().exists()
    answer = client.post(page)

    assert "You will get none of these emails any more" in answer.content.decode()
    assert not Alert.objects.alive().exists()
    assert client.get(page).status_code == client.post(page).status_code == 200


def test_mail_programs_stop_it_by_themselves_without_session_or_redirect(settings):
    """The header's POST needs no cookie, no token of a form and no second request (U83, RFC 8058)."""
    settings.BASE_URL = "https://support-for-care-providers.barking-and-dagenham.example.org"
    alert = an_alert()
    ProgrammeFactory()
    (mail,) = look()
    header = read(mail)
    program = Client(enforce_csrf_checks=True)

    address = header["List-Unsubscribe"].strip("<>")
    answer = program.post(path_of(address), {"List-Unsubscribe": "One-Click"})

    assert address == stop_address(alert.pk)
    assert header["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert answer.status_code == 200
    assert not Alert.objects.alive().exists()
    assert f"\r\nList-Unsubscribe: <{address}>\r\n".encode() in letters.build(mail), "plain, however long"


def test_who_stopped_is_removed_with_what_waits_to_be_sent_and_the_consent_can_still_be_proved(mail_server):
    """The address goes, the proof stays (U83, PR12)."""
    alert = an_alert()
    ProgrammeFactory()
    look()
    services.stop_alert(alert_id=alert.pk)
    OutgoingMail.objects.filter(kind="confirmation").delete()

    post.send_due()

    alert.refresh_from_db()
    assert mail_server.taken == []
    assert [mail.state for mail in alerts()] == ["cancelled"]
    assert (alert.email, alert.belongs_to(READER.upper()), alert.belongs_to("x@example.org")) == ("", True, False)
    assert alert.agreed_to
    ProgrammeFactory()
    assert len(look()) == 1


def test_who_stopped_may_ask_again():
    services.stop_alert(alert_id=an_alert().pk)

    assert an_alert().confirmed_at
    assert Alert.objects.count() == 2


def test_a_letter_to_confirm_does_not_bring_back_what_was_stopped(client):
    alert = an_alert(confirmed=False)
    services.stop_alert(alert_id=alert.pk)

    page = client.post(path_of(confirm_address(alert.pk))).content.decode()

    assert "These emails were stopped" in page
    assert not Alert.objects.confirmed().exists()


def test_letters_about_applications_carry_no_way_to_stop_alerts_and_go_on_when_they_stop(open_programme):
    """Service mails are apart (U83); there is nothing to agree to in them (PR12)."""
    Applicant().apply("open")

    assert not Alert.objects.exists()
    for mail in OutgoingMail.objects.all():
        assert read(mail)["List-Unsubscribe"] is None
        assert "/alerts/" not in read(mail).get_content()


# --- Telling -----------------------------------------------------------------------------------------------------


def test_what_is_new_is_told_once_and_what_was_there_is_no_news(open_programme):
    """Never twice for the same thing (U83)."""
    an_alert()
    an_alert("never-confirmed@example.org", confirmed=False)
    assert look() == []
    ProgrammeFactory(title="Rota planning", summary="Plan rotas that people like.")

    (mail,) = look(times=3)

    assert (mail.recipient, mail.subject) == (READER, "For care providers: Rota planning")
    for words in ("Plan rotas that people like.", "You can apply now.", "/programmes/programme-", "/stop/"):
        assert words in mail.text
    assert "Open programme" not in mail.text


def test_an_intake_that_opens_is_told_once_each(open_programme):
    programme = IntakeFactory(past=True, programme__title="Rota planning").programme
    an_alert(programme=programme)
    ProgrammeFactory(title="Another programme")
    assert look() == []

    spring = IntakeFactory(programme=programme, opens_on=in_days(2), closes_on=in_days(20))
    (announced,) = look(times=2)
    assert "Applications open on" in announced.text
    Intake.objects.filter(pk=spring.pk).update(opens_on=in_days(0))
    mails = look(times=2)

    assert len(mails) == 2
    assert "You can apply now." in mails[1].text
    assert "Another programme" not in mails[1].text


def test_a_programme_that_was_paused_is_told_when_it_runs_again():
    paused = ProgrammeFactory(paused=True)
    an_alert(programme=paused)
    assert look() == []

    for state in ("published", "paused", "published"):
        Programme.objects.filter(pk=paused.pk).update(state=state)
        look()

    assert len(alerts()) == 1


def test_several_things_make_one_letter():
    an_alert()
    group = IntakeFactory(programme__title="Rota planning")
    ProgrammeFactory(title="Supervision")

    (mail,) = look()

    assert mail.text.count("Rota planning\n") == 1
    assert "2 programmes" in mail.text
    assert AlertedOf.objects.filter(mail=mail).count() == 3
    assert group.programme.title in mail.text
    assert mail.subject == "For care providers: Rota planning and 1 more"


def test_who_is_told_of_everything_is_not_told_of_one_programme_besides():
    paused = ProgrammeFactory(paused=True)
    an_alert()
    an_alert(email=READER.capitalize(), programme=paused)
    Programme.objects.update(state="published")

    assert len(look(times=2)) == 1


def test_nobody_is_told_anything_in_the_night():
    an_alert()
    ProgrammeFactory()

    with time_machine.travel(timezone.localtime().replace(hour=6)):
        assert look() == []
    assert len(look()) == 1


def test_what_came_back_is_not_written_to_again(mail_server):
    alert = an_alert()
    OutgoingMail.objects.all().delete()
    ProgrammeFactory()
    (mail,) = look()
    mail_server.script = {"RCPT": "550 no"}
    post.send_due()
    mail.attempts.update(outcome="bounced")
    ProgrammeFactory()
    look()
    mail_server.script = {}

    post.send_due()

    assert mail_server.taken == []
    assert [one.state for one in alerts()] == ["failed", "cancelled"]
    assert alert.email == READER


def test_a_long_title_makes_a_subject_that_fits():
    an_alert()
    ProgrammeFactory(title="Leadership " * 10 + "and more")

    (mail,) = look()

    assert len(mail.subject) <= 120


def test_after_a_restore_nothing_is_told_again():
    an_alert()
    ProgrammeFactory()
    restored.send(sender=None)

    assert look() == []
    ProgrammeFactory()
    assert len(look()) == 1


def test_the_job_is_among_those_that_come_again():
    assert services.look_after_alerts in [job.run for job in jobs.all_jobs()]


# --- Where it is offered -----------------------------------------------------------------------------------------


def test_a_programme_offers_it_only_where_nobody_can_apply(client):
    offered = "Get an email when it opens"
    closed = [
        IntakeFactory(past=True).programme,
        IntakeFactory(coming=True).programme,
        ProgrammeFactory(paused=True),
    ]

    for programme in closed:
        page = client.get(programme.get_absolute_url()).content.decode()
        assert offered in page
        assert f"/alerts/?programme={programme.slug}" in page
    assert offered not in client.get(ProgrammeFactory().get_absolute_url()).content.decode()
    assert "Get an email when something new is listed" in client.get("/programmes/").content.decode()


# --- Officers ----------------------------------------------------------------------------------------------------


def test_officers_find_these_mails_among_the_others_and_send_them_to_nobody_else(officer, browser_of):
    an_alert()
    ProgrammeFactory()
    (mail,) = look()
    browser = browser_of(officer)

    listed = browser.get("/admin/enquiries/outgoingmail/?state=all&kind=alert").content.decode()
    assert "Alert" in listed
    assert READER in listed
    assert browser.get(f"/admin/enquiries/outgoingmail/{mail.pk}/change/").status_code == 200
    assert browser.get(f"/admin/enquiries/outgoingmail/{mail.pk}/another-address/").status_code == 404


# --- The database ------------------------------------------------------------------------------------------------


def test_the_database_keeps_one_alert_an_address_and_programme():
    programme = ProgrammeFactory()
    given = {"agreed_to": "x", "privacy_version": "x"}
    for about in (None, programme):
        Alert.objects.create(email=READER, programme=about, **given)
        with pytest.raises(IntegrityError), transaction.atomic():
            Alert.objects.create(email=READER.upper(), programme=about, **given)


@pytest.mark.parametrize("change", [{"email": ""}, {"ended_at": A_YEAR_AGO}, {"confirmed_at": A_YEAR_AGO}])
def test_the_database_refuses_an_alert_that_makes_no_sense(change):
    alert = an_alert()

    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.filter(pk=alert.pk).update(**change)


def test_the_database_refuses_to_note_the_same_twice():
    alert, group = an_alert(), IntakeFactory()
    for intake in (None, group):
        AlertedOf.objects.create(alert=alert, programme=group.programme, intake=intake)
        with pytest.raises(IntegrityError), transaction.atomic():
            AlertedOf.objects.create(alert=alert, programme=group.programme, intake=intake)


@pytest.mark.parametrize("kind", ["alert", "confirmation"])
def test_the_database_knows_that_these_mails_are_about_no_enquiry(kind):
    MailFactory(kind=kind, enquiry=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        MailFactory(kind=kind, enquiry=EnquiryFactory())
