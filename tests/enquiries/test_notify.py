"""Sending by GOV.UK Notify, against a stand-in of its HTTP API on loopback."""

import logging
import random
import re
import socket
import ssl
import time

import pytest
import trustme

from enquiries import services
from enquiries.links import stop_address
from enquiries.mail import notify, post, transports
from enquiries.models import Alert, AlertedOf, MailAttempt, OutgoingMail
from enquiries.services import arrivals
from tests.enquiries import notify_server
from tests.enquiries.mails import outcomes, state
from tests.enquiries.moments import time_passes
from tests.enquiries.notify_server import refusal
from tests.factories import InterestFactory, MailFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

State, Outcome = OutgoingMail.State, MailAttempt.Outcome


@pytest.fixture
def notify_api(settings):
    settings.MAIL_SECONDS = 1
    with notify_server.running(settings) as server:
        yield server


def test_a_mail_is_taken_once_with_its_subject_its_text_and_its_reference(mail, notify_api):
    post.send_due()
    post.send_due()

    assert (state(mail), outcomes(mail)) == (State.SENT, [Outcome.SENT])
    (taken,) = notify_api.taken
    assert mail.attempts.get().answer == f"Taken by GOV.UK Notify as {taken['id']}"
    assert (taken["email_address"], taken["reference"]) == (mail.recipient, mail.message_id)
    assert taken["personalisation"]["subject"] == mail.subject
    assert f"Reference: {mail.enquiry.reference}\n" in taken["personalisation"]["body"]
    assert "email_reply_to_id" not in taken


def test_an_alert_tells_notify_where_it_is_stopped(notify_api):
    """Notify writes the headers itself (U83, RFC 8058)."""
    services.ask_for_alerts(email="reader@example.org", programme=None, origin="")
    alert = Alert.objects.get()
    mail = MailFactory(kind="alert", enquiry=None, recipient="reader@example.org", text="News.")
    AlertedOf.objects.create(alert=alert, programme=ProgrammeFactory(), mail=mail)

    post.send_due()

    told = {taken["reference"]: taken.get("one_click_unsubscribe_url") for taken in notify_api.taken}
    assert told.pop(mail.message_id) == stop_address(alert.pk)
    assert list(told.values()) == [None]


def test_a_letter_to_a_provider_is_taken_too_and_again_at_another_address(notify_api, officer):
    enquiry = InterestFactory(in_hand=True).enquiry
    message = services.write_to_provider(enquiry_id=enquiry.pk, officer=officer, text="* Four\n* Five")
    post.send_due()
    OutgoingMail.objects.update(state="failed", sent_at=None)
    services.redirect_mail(mail_id=message.mail_id, address="other@example.org", officer=officer)

    post.send_due()

    first, second = notify_api.taken
    assert [taken["email_address"] for taken in (first, second)] == [enquiry.contact_email, "other@example.org"]
    assert first["personalisation"] == second["personalisation"]
    assert first["personalisation"]["subject"] == f"About your application ({enquiry.reference})"
    assert "Four" in first["personalisation"]["body"]
    assert first["reference"] != second["reference"]
    message.refresh_from_db()
    assert message.mail.state == State.SENT


def test_a_reply_address_of_the_account_is_named_where_one_is_set(mail, notify_api, settings):
    settings.NOTIFY_REPLY_TO_ID = "12345678-1234-4234-8234-123456789012"

    post.send_due()

    assert notify_api.taken[0]["email_reply_to_id"] == settings.NOTIFY_REPLY_TO_ID


def test_letters_of_every_script_arrive_as_they_were_written(notify_api):
    mail = MailFactory(enquiry=InterestFactory(enquiry__message="Zażółć – ‘care’ 关怀 💙").enquiry, subject="Łódź 💙")

    post.send_due()

    assert state(mail) == State.SENT
    assert notify_api.taken[0]["personalisation"]["subject"] == "Łódź 💙"
    assert "Zażółć – ‘care’ 关怀 💙" in notify_api.taken[0]["personalisation"]["body"]


# --- What each answer means ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "becomes", "outcome"),
    [
        (refusal(400, "email_address Not a valid email address"), State.FAILED, Outcome.REFUSED),
        (refusal(400, "Can’t send to this recipient using a team-only API key"), State.FAILED, Outcome.REFUSED),
        (refusal(400, "Template not found"), State.QUEUED, Outcome.AWAY),
        (refusal(400, "email_reply_to_id 1 does not exist in database for service id 2"), State.QUEUED, Outcome.AWAY),
        (refusal(403, "Invalid token: service not found", "AuthError"), State.QUEUED, Outcome.AWAY),
        (refusal(401, "Unauthorized", "AuthError"), State.QUEUED, Outcome.AWAY),
        (refusal(429, "Exceeded send limits (50) for today"), State.QUEUED, Outcome.POSTPONED),
        ((400, "<html>a proxy</html>"), State.QUEUED, Outcome.POSTPONED),
        ((403, "<html>a firewall</html>"), State.QUEUED, Outcome.POSTPONED),
        ((307, "<html>elsewhere</html>"), State.QUEUED, Outcome.POSTPONED),
        (refusal(500, "Internal server error"), State.UNCERTAIN, Outcome.UNCERTAIN),
        ((502, "<html>bad gateway</html>"), State.UNCERTAIN, Outcome.UNCERTAIN),
        (refusal(503, "Try again"), State.UNCERTAIN, Outcome.UNCERTAIN),
        ((201, "<html>who is it?</html>"), State.UNCERTAIN, Outcome.UNCERTAIN),
        ((201, "[]"), State.UNCERTAIN, Outcome.UNCERTAIN),
        ((200, '{"message": "hello"}'), State.UNCERTAIN, Outcome.UNCERTAIN),
    ],
)
def test_every_answer_is_understood_for_what_it_says(mail, notify_api, answer, becomes, outcome):
    """Only a clear no is a no (MO12), and what may have been taken is never sent again blindly."""
    notify_api.action = answer

    post.send_due()

    assert (state(mail), outcomes(mail)) == (becomes, [outcome])
    assert notify_api.asked == ["/v2/notifications/email"]


def test_a_no_is_kept_in_the_words_of_notify(mail, notify_api):
    notify_api.action = refusal(400, "email_address\nNot a valid email address")

    post.send_due()

    assert state(mail) == State.FAILED
    assert mail.last_answer == "400 email_address Not a valid email address"


def test_an_answer_that_is_not_notifys_own_is_called_so(mail, notify_api):
    notify_api.action = (502, "<html>bad gateway</html>")

    post.send_due()

    assert state(mail) == State.UNCERTAIN
    assert mail.last_answer == "502 without a word from GOV.UK Notify"


@pytest.mark.parametrize("setting", ["NOTIFY_API_KEY", "NOTIFY_TEMPLATE_ID"])
def test_wrong_settings_fail_no_mail_for_good(mail, notify_api, settings, setting):
    right = getattr(settings, setting)
    setattr(settings, setting, right[:-1] + "0")
    post.send_due()
    assert (state(mail), outcomes(mail)) == (State.QUEUED, [Outcome.AWAY])

    setattr(settings, setting, right)
    time_passes(hours=2)
    post.send_due()

    assert state(mail) == State.SENT


@pytest.mark.parametrize("action", ["hang up", "lose", "cut", "silence", "drip"])
def test_without_a_whole_answer_nobody_knows_and_it_is_over_in_time(mail, notify_api, settings, action):
    """MO16: who drips single bytes gets no more time than any other."""
    notify_api.action = action
    started = time.monotonic()

    post.send_due()

    assert time.monotonic() - started < settings.MAIL_SECONDS + 1
    assert (state(mail), outcomes(mail)) == (State.UNCERTAIN, [Outcome.UNCERTAIN])


@pytest.mark.parametrize("host", ["http://127.0.0.1:9", "http://nowhere.invalid", "https://127.0.0.1:9"])
def test_what_cannot_be_reached_has_taken_nothing(mail, notify_api, settings, host):
    settings.NOTIFY_BASE_URL = host

    post.send_due()

    assert (state(mail), outcomes(mail)) == (State.QUEUED, [Outcome.AWAY])
    assert mail.marked_at is None


def test_the_mark_is_set_after_connecting_and_before_the_request(notify_api):
    """A worker that dies before it may repeat the mail, and after it may not."""
    asked_before = []

    notify.Notify().deliver(
        b"Message-ID: <a@example.org>\r\nSubject: s\r\n\r\ntext\r\n",
        "a@example.org",
        before_the_dot=lambda: asked_before.append(list(notify_api.asked)),
    )

    assert asked_before == [[]]
    assert notify_api.asked == ["/v2/notifications/email"]


def test_the_time_that_connecting_takes_counts(notify_api, settings, monkeypatch):
    """MO16."""
    connect = socket.create_connection

    def slowly(*args):
        time.sleep(0.8)
        return connect(*args)

    monkeypatch.setattr(socket, "create_connection", slowly)
    notify_api.action = "drip"
    started = time.monotonic()

    with pytest.raises(transports.Unanswered):
        notify.Notify().deliver(b"Subject: s\r\n\r\ntext\r\n", "a@example.org", before_the_dot=lambda: None)

    assert time.monotonic() - started < settings.MAIL_SECONDS + 0.5


def test_a_worker_that_has_lost_its_claim_sends_nothing(notify_api):
    class Lost(Exception):
        pass

    def lost():
        raise Lost

    with pytest.raises(Lost):
        notify.Notify().deliver(b"Subject: s\r\n\r\ntext\r\n", "a@example.org", before_the_dot=lost)

    assert notify_api.asked == []


# --- TLS -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def authority(monkeypatch, tmp_path):
    """An authority that this system knows."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    notify._tls.cache_clear()
    yield made
    notify._tls.cache_clear()


def certificate_of(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


def test_by_tls_a_mail_arrives_where_the_certificate_is_known(mail, settings, authority):
    with notify_server.running(settings, certificate_of(authority)) as server:
        post.send_due()

    assert state(mail) == State.SENT
    assert len(server.taken) == 1


def test_nothing_is_told_to_a_server_with_a_certificate_that_nobody_knows(mail, settings, authority):
    with notify_server.running(settings, certificate_of(trustme.CA())) as server:
        post.send_due()

    assert (state(mail), outcomes(mail)) == (State.QUEUED, [Outcome.AWAY])
    assert server.asked == []


def test_a_server_that_is_silent_before_tls_has_taken_nothing(mail, notify_api, settings):
    settings.NOTIFY_BASE_URL = notify_api.url.replace("http:", "https:")

    post.send_due()

    assert (state(mail), outcomes(mail)) == (State.QUEUED, [Outcome.AWAY])


# --- Looking up what is uncertain ----------------------------------------------------------------------------------


@pytest.mark.parametrize("recipient", ["businessforum@lbbd.gov.uk", "applicant@example.org"])
def test_an_uncertain_mail_that_notify_has_is_found_whoever_it_is_for(mail, notify_api, recipient):
    OutgoingMail.objects.update(recipient=recipient, recipient_key=recipient)
    notify_api.action = "lose"
    post.send_due()
    assert state(mail) == State.UNCERTAIN

    arrivals.look_into_inbox()

    assert state(mail) == State.SENT
    assert outcomes(mail) == [Outcome.UNCERTAIN, Outcome.FOUND]
    assert len(notify_api.taken) == 1


@pytest.mark.parametrize("action", ["hang up", "silence"])
def test_an_uncertain_mail_that_notify_has_not_stays_uncertain(mail, notify_api, action):
    notify_api.action = action
    post.send_due()

    arrivals.look_into_inbox()

    assert state(mail) == State.UNCERTAIN


def test_what_notify_has_given_up_on_does_not_count_as_found(notify_api):
    mail = MailFactory(uncertain=True)
    notify_api.taken = [{"id": "1", "reference": mail.message_id}]
    notify_api.statuses = {mail.message_id: "permanent-failure"}

    assert not notify.Taken().holds(mail.message_id)


def test_an_inbox_that_is_read_as_well_still_tells_what_is_there_and_what_came(notify_api):
    class Full:
        closed = False

        def holds(self, message_id):
            return message_id == "<here@example.org>"

        def fresh(self):
            yield "what came"

        def close(self):
            self.closed = True

    full = Full()
    both = notify.Taken(full)

    assert (both.holds("<here@example.org>"), both.holds("<elsewhere@example.org>")) == (True, False)
    assert list(both.fresh()) == ["what came"]
    both.close()
    assert full.closed


# --- What Notify would take for formatting -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "markup",
    [
        *["# Heading", "#tag", "  ## Heading", "* item", "- item", "• item", "^ inset", "---", "- - -", "***", "==="],
        *["12.03.2026", "1. first", "2.5 hours", "    code", "\tcode", "\xa0# Heading", "[key]: https://example.org"],
        *["| a | b |", "--|--", "```", "~~~", "> quoted", "[^1]: note", "+ item", "<div>", "\\# Heading"],
    ],
)
def test_no_line_begins_with_what_notify_would_format(markup):
    for shown in (notify.plain(markup), notify.plain(f"before\n\n{markup}\nafter").split("\n")[2]):
        assert shown.startswith(notify.UNSEEN) or shown.startswith("\\" + notify.UNSEEN)


@pytest.mark.parametrize("text", ["[free places](https://evil.example)", "![](https://evil.example/pixel)"])
def test_no_address_can_hide_behind_a_text(text):
    assert "](" not in notify.plain(text)


@pytest.mark.parametrize(
    "text", ["Reference: BD-1", "Postcode: RM10 7BN (yes)", "https://portal.example.org/a?b=c-d_e#f", "  an answer"]
)
def test_what_is_no_formatting_is_left_as_it_is(text):
    assert notify.plain(text) == text


def test_nothing_is_lost_or_changed_but_for_unseen_spaces():
    """Thousands of texts made of little but markup."""
    made = random.Random(7)
    would_be_formatted = re.compile(r"^[ \t\xa0]*([#*^\-=_`~|+>:\[<]|\d+\.)|\]\(|\\[^\u200b]", re.MULTILINE)
    for _ in range(5000):
        text = "".join(made.choices("ab1.#*-^=_[]()\\<>|`~+: \t\n\n\n\r\xa0", k=made.randint(0, 40)))

        shown = notify.plain(text)

        assert shown.replace(notify.UNSEEN, "") == text.replace("\r\n", "\n").replace("\r", "\n")
        assert not would_be_formatted.search(shown), repr(text)


# --- Logs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [refusal(400, "a.person@example.org is not on the list"), "take", "hang up"])
def test_no_address_gets_into_the_log(notify_api, action, caplog, capfd):
    """The client would log what Notify says. Levels are as the portal's settings have them."""
    mail = MailFactory(acknowledgement=True, recipient="a.person@example.org", recipient_key="a.person@example.org")
    caplog.set_level(logging.DEBUG)
    notify_api.action = action

    post.send_due()
    arrivals.look_into_inbox()

    assert mail.attempts.exists()
    assert f"id={mail.pk}" in caplog.text
    assert "a.person" not in caplog.text + "".join(capfd.readouterr())


def test_the_words_of_an_error_hold_no_text_of_the_mail(notify_api):
    notify_api.action = "hang up"

    with pytest.raises(transports.Unanswered, match=r"^No answer from GOV.UK Notify \(\w+\)\.$"):
        notify.Notify().deliver(b"Subject: s\r\n\r\ntext\r\n", "a@example.org", before_the_dot=lambda: None)
