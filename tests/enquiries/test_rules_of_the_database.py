"""What the database itself refuses, whoever asks: a page, a script, or somebody with SQL (DI3, DI8)."""

import pytest
from django.db import Error, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from enquiries.models import Enquiry, Event, Interest, MailAttempt, OutgoingMail
from tests.factories import EnquiryFactory, InterestFactory, MailFactory, ProviderFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole(db):
    """An enquiry with one of everything."""
    enquiry = InterestFactory(enquiry__in_triage=True).enquiry
    mail = MailFactory(enquiry=enquiry, sent=True)
    MailAttempt.objects.create(mail=mail, outcome="sent", ended_at=timezone.now())
    return enquiry


def refused(sql):
    with pytest.raises(Error):
        carry_out(sql)
    return True


@transaction.atomic
def carry_out(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
    connection.check_constraints()


@pytest.mark.parametrize(
    "change",
    [
        "state = 'lost'",
        "channel = 'pigeon'",
        "reference = NULL",
        "submit_key = NULL",
        "declared_at = NULL",
        "state = 'new'",  # it has an owner
        "owner_id = 999999",
        "contact_email = NULL",
    ],
)
def test_an_enquiry_that_breaks_a_rule_is_refused_by_the_database(whole, change):
    """DI3."""
    assert refused(f"UPDATE enquiries_enquiry SET {change}")


@pytest.mark.parametrize(
    "change",
    [
        "state = 'perhaps'",
        "sent_at = NULL",
        "state = 'sending', sent_at = NULL",  # nobody claims it
        "enquiry_id = NULL",
        "enquiry_id = 999999",
        "kind = 'account'",  # it is about an enquiry
        "attempts_made = -1",
    ],
)
def test_a_mail_that_breaks_a_rule_is_refused_by_the_database(whole, change):
    """DI3."""
    assert refused(f"UPDATE enquiries_outgoingmail SET {change}")


@pytest.mark.parametrize("change", ["outcome = 'fine'", "ended_at = NULL", "outcome = 'running'", "mail_id = 999999"])
def test_an_attempt_that_breaks_a_rule_is_refused_by_the_database(whole, change):
    """DI3."""
    assert refused(f"UPDATE enquiries_mailattempt SET {change}")


@pytest.mark.parametrize("column", ["reference", "submit_key"])
def test_no_two_enquiries_have_the_same_key(whole, column):
    """DI3."""
    EnquiryFactory()

    first = f"SELECT {column} FROM enquiries_enquiry LIMIT 1"
    assert refused(f"UPDATE enquiries_enquiry SET {column} = ({first})")


def test_no_two_mails_bring_the_same_news_to_the_same_address(whole):
    """DI3."""
    with pytest.raises(Error), transaction.atomic():
        MailFactory(enquiry=whole)


@pytest.mark.parametrize("table", ["enquiry", "outgoingmail"])
def test_what_others_point_to_cannot_be_deleted_by_sql(whole, table):
    """DI3: no orphans."""
    assert refused(f"DELETE FROM enquiries_{table}")


def counts():
    return [model.objects.count() for model in (Enquiry, Interest, Event, OutgoingMail, MailAttempt)]


def test_deleting_a_person_or_a_provider_deletes_no_application_and_no_history(whole):
    """DI8. Somebody whom the history names stays."""
    provider = ProviderFactory()
    Enquiry.objects.filter(pk=whole.pk).update(provider=provider)
    officer = whole.owner
    whole.record(Event.Kind.TAKEN, by=officer)
    before = counts()

    with pytest.raises(ProtectedError), transaction.atomic():
        officer.delete()
    provider.delete()

    assert counts() == before
    whole.refresh_from_db()
    assert (whole.owner, whole.provider) == (officer, None)


def test_a_programme_that_somebody_applied_for_cannot_be_deleted(whole):
    """DI8."""
    with pytest.raises(ProtectedError):
        whole.interests.get().programme.delete()


@pytest.mark.parametrize("which", ["whole", "mail"])
def test_an_enquiry_and_its_mails_cannot_be_deleted_at_all(whole, which):
    """DI8."""
    with pytest.raises(ProtectedError):
        (whole if which == "whole" else whole.mails.get()).delete()


def test_somebody_who_owns_nothing_can_be_deleted(whole):
    """DI8 must not go too far."""
    UserFactory().delete()
