"""A successor takes over: a code to the second contact, then an officer's yes."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from providers import services
from providers.exceptions import HandoverOver, NotProved, WrongCode
from providers.models import Handover, Provider
from tests.accounts.journeys import prove
from tests.factories import EnquiryFactory, UserFactory

SITE = "site@example.org"
NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
ASK, PROVE = "/my-organisation/take-over/", "/my-organisation/take-over/code/"


@pytest.fixture
def provider(provider):
    Provider.objects.filter(pk=provider.pk).update(second_email=SITE, second_proved_at=timezone.now())
    provider.refresh_from_db()
    return provider


@pytest.fixture
def successor(db):
    return UserFactory(email="successor@example.org")


@pytest.fixture
def handover(provider, owner, successor, mailed_code) -> Handover:
    services.ask_for_handover(provider=provider, user=successor)
    return services.prove_handover(code=mailed_code(), user=successor)


def test_the_code_goes_to_the_second_contact_alone(provider, owner, successor):
    services.ask_for_handover(provider=provider, user=successor)

    (letter,) = mail.outbox
    assert letter.to == [SITE]
    assert provider.name not in letter.subject + letter.body


def test_with_the_code_it_waits_for_an_officer_and_the_owner_is_told(provider, owner, successor, handover):
    assert list(Handover.objects.waiting()) == [handover]
    assert mail.outbox[-2].to == [owner.user.email]
    assert not provider.memberships.filter(user=successor).exists()


def test_the_team_gets_the_address_of_the_page_and_no_name(provider, successor, handover, settings):
    letter = mail.outbox[-1]

    assert letter.to == [settings.BUSINESS_FORUM_INBOX]
    assert reverse("admin:providers_handover_change", args=[handover.pk]) in letter.body
    assert provider.name not in letter.body + letter.subject
    assert successor.email not in letter.body


def test_with_an_officers_yes_the_successor_is_owner_and_all_are_told(provider, owner, successor, handover, officer):
    services.decide_handover(handover_id=handover.pk, by=officer, granted=True)

    owner.refresh_from_db()
    assert provider.memberships.get(user=successor).is_owner
    assert not owner.is_owner
    assert {tuple(letter.to) for letter in mail.outbox[-2:]} == {(owner.user.email,), (successor.email,)}


def test_who_said_yes_and_when_is_kept(handover, officer):
    services.decide_handover(handover_id=handover.pk, by=officer, granted=True)

    handover.refresh_from_db()
    assert (handover.decided_by, handover.granted) == (officer, True)
    assert AuditEntry.objects.filter(about="providers.handover", by=officer, detail={"what": "granted"}).exists()


def test_with_a_no_nothing_changes(provider, owner, successor, handover, officer):
    services.decide_handover(handover_id=handover.pk, by=officer, granted=False)

    owner.refresh_from_db()
    assert owner.is_owner
    assert not provider.memberships.filter(user=successor).exists()
    assert mail.outbox[-1].to == [successor.email]


def test_it_is_decided_once(handover, officer):
    services.decide_handover(handover_id=handover.pk, by=officer, granted=False)

    with pytest.raises(HandoverOver):
        services.decide_handover(handover_id=handover.pk, by=officer, granted=True)


def test_without_the_code_there_is_no_yes(provider, successor, officer):
    unproved = Handover.objects.create(provider=provider, user=successor)

    with pytest.raises(NotProved):
        services.decide_handover(handover_id=unproved.pk, by=officer, granted=True)


def test_a_request_runs_out(handover, officer):
    with time_machine.travel(timezone.now() + dt.timedelta(days=14, minutes=1)), pytest.raises(HandoverOver):
        services.decide_handover(handover_id=handover.pk, by=officer, granted=True)


def test_somebody_who_may_not_sign_in_any_more_takes_nothing_over(handover, successor, officer):
    """(AZ12)"""
    type(successor).objects.filter(pk=successor.pk).update(is_active=False)

    with pytest.raises(HandoverOver):
        services.decide_handover(handover_id=handover.pk, by=officer, granted=True)


def test_a_code_to_a_mailbox_that_is_second_contact_no_more_proves_nothing(provider, successor, mailed_code):
    services.ask_for_handover(provider=provider, user=successor)
    Provider.objects.filter(pk=provider.pk).update(second_email="new@example.org")

    with pytest.raises(WrongCode):
        services.prove_handover(code=mailed_code(), user=successor)


def test_the_code_of_one_person_is_of_no_use_to_another(provider, successor, mailed_code):
    services.ask_for_handover(provider=provider, user=successor)

    with pytest.raises(WrongCode):
        services.prove_handover(code=mailed_code(), user=UserFactory())


def test_the_database_refuses_a_yes_that_nobody_proved_or_gave(provider, successor, officer):
    handover = Handover.objects.create(provider=provider, user=successor)
    row = Handover.objects.filter(pk=handover.pk)

    for wrong in (
        {"granted": True, "decided_at": timezone.now(), "decided_by": officer},
        {"granted": True, "proved_at": timezone.now()},
        {"proved_at": timezone.now(), "decided_at": timezone.now(), "decided_by": successor},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**wrong)


# --- The pages


def asked(client, words: str):
    answer = client.post(ASK, {"organisation": words})
    return answer.status_code, answer.url, client.get(answer.url).content.decode()


def test_a_known_organisation_an_unknown_one_and_one_without_a_mailbox_get_the_same_answer(client, provider, successor):
    """(SE8)"""
    known = EnquiryFactory(provider=provider).reference
    client.force_login(successor)

    answers = [without_tokens(asked(client, words)) for words in (known, "000-000-000", EnquiryFactory().reference)]

    assert answers[0] == answers[1] == answers[2]
    assert len(mail.outbox) == 1


def without_tokens(answer):
    status, url, page = answer
    return status, url, page.split("<main")[1].split('csrfmiddlewaretoken" value="')[0]


def test_asked_for_often_the_answer_stays_the_same_and_the_mailbox_is_spared(client, provider, successor):
    """(trap 20)"""
    known = EnquiryFactory(provider=provider).reference
    client.force_login(successor)

    assert {asked(client, known)[:2] for _ in range(5)} == {(302, PROVE)}
    assert len(mail.outbox) == 3


def test_a_wrong_code_says_the_same_whether_one_was_sent_or_not(client, provider, successor):
    """(SE8)"""
    client.force_login(successor)
    nothing_sent = client.post(PROVE, {"code": "000000"}).content.decode()
    services.ask_for_handover(provider=provider, user=successor)
    sent = client.post(PROVE, {"code": "x"}).content.decode()

    said = "That code is not right, or it cannot be used any more"
    assert said in nothing_sent
    assert said in sent


def test_from_the_reference_to_the_officers_yes(client, browser_of, provider, owner, successor, officer, mailed_code):
    client.force_login(successor)
    asked(client, EnquiryFactory(provider=provider).reference.lower())
    assert "An officer decides now" in client.post(PROVE, {"code": mailed_code()}).content.decode()
    handover = Handover.objects.get()
    workspace = browser_of(officer)

    shown = workspace.get(reverse("admin:providers_handover_change", args=[handover.pk])).content.decode()
    assert successor.email in shown
    assert owner.user.email in shown
    decide = reverse("admin:providers_handover_decide", args=[handover.pk])
    assert workspace.get(decide).status_code == 405
    prove(workspace).post(decide, {"answer": "yes"})

    assert client.get(reverse("enquiries:my-organisation-of", args=[provider.pk])).status_code == 200
    again = workspace.get(reverse("admin:providers_handover_change", args=[handover.pk])).content.decode()
    assert "Yes, by" in again


def test_an_answer_that_is_none_decides_nothing(browser_of, handover, officer):
    browser = prove(browser_of(officer))
    browser.post(reverse("admin:providers_handover_decide", args=[handover.pk]), {"answer": "perhaps"})

    handover.refresh_from_db()
    assert handover.decided_at is None


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_decision_needs_fresh_proof_of_the_second_factor(browser_of, handover, officer, answer):
    """(AD17)"""
    browser = prove(browser_of(officer), seconds_ago=901)

    asked_for = browser.post(reverse("admin:providers_handover_decide", args=[handover.pk]), {"answer": answer})

    assert asked_for.url.startswith("/account/2fa/reauthenticate/")
    handover.refresh_from_db()
    assert handover.decided_at is None


def test_the_list_can_be_narrowed_to_what_waits_and_to_what_is_decided(browser_of, handover, officer):
    decided = Handover.objects.create(
        provider=handover.provider, user=UserFactory(), decided_by=officer, decided_at=NOW
    )
    unproved = Handover.objects.create(provider=handover.provider, user=UserFactory())
    browser, address = browser_of(officer), reverse("admin:providers_handover_changelist")

    def listed(standing):
        return set(browser.get(address, {"standing": standing}).context["cl"].result_list)

    assert (listed("waiting"), listed("decided")) == ({handover}, {decided})
    assert listed("") == {handover, decided, unproved}


def test_the_page_and_the_list_say_who_looked(browser_of, handover, officer):
    """(AD9)"""
    browser = browser_of(officer)

    browser.get(reverse("admin:providers_handover_changelist"))
    browser.get(reverse("admin:providers_handover_change", args=[handover.pk]))

    seen = AuditEntry.objects.filter(by=officer, about="providers.handover").values_list("kind", "ids")
    assert set(seen.values_list("kind", flat=True)) == {"listed", "opened"}
    assert [ids for _, ids in seen] == [[handover.pk], [handover.pk]]


def test_a_view_only_officer_looks_and_does_not_decide(browser_of, handover, viewer):
    """(AD7)"""
    client = browser_of(viewer)

    assert client.get(reverse("admin:providers_handover_change", args=[handover.pk])).status_code == 200
    assert client.post(
        reverse("admin:providers_handover_decide", args=[handover.pk]), {"answer": "yes"}
    ).status_code == 403  # fmt: skip


def test_providers_do_not_get_to_it(client, handover, owner):
    """(AZ1)"""
    client.force_login(owner.user)

    assert client.get(reverse("admin:providers_handover_change", args=[handover.pk])).status_code == 403
