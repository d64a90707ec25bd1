"""Somebody whom nobody invited asks to act for a partner; the council decides."""

import datetime as dt

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from programmes import domains, services
from programmes.exceptions import AlreadyAsked, AlreadyYours, CouncilStaff, RequestOver, TooManyRequests
from programmes.models import Partner, PartnerInvitation, PartnerMembership, PartnerRequest
from tests.accounts.journeys import prove
from tests.factories import PartnerFactory, PartnerMembershipFactory, UserFactory, in_days

TAKE_OVER, JOIN = PartnerRequest.Wish.TAKE_OVER, PartnerRequest.Wish.JOIN
ADMINISTRATOR, EDITOR = PartnerMembership.Role.ADMINISTRATOR, PartnerMembership.Role.EDITOR
ASK = "/partner/ask/"


@pytest.fixture
def successor(db):
    user = UserFactory(email="successor@partner.example")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def lead(db):
    return UserFactory(lead=True)


@pytest.fixture
def takeover(partner, administrator, successor) -> PartnerRequest:
    return services.ask_to_act(partner_id=partner.pk, wish=TAKE_OVER, user=successor)


def decide(asked, by, granted=True):
    return services.decide_request(request_id=asked.pk, by=by, granted=granted)


def page(asked, name="change"):
    return reverse(f"admin:programmes_partnerrequest_{name}", args=[asked.pk])


def test_those_who_could_object_and_those_who_decide_are_told_and_no_name_is(
    partner, administrator, takeover, settings
):
    assert [letter.to for letter in mail.outbox] == [[administrator.user.email], [settings.BUSINESS_FORUM_INBOX]]
    assert page(takeover) in mail.outbox[1].body
    for letter in mail.outbox:
        assert partner.name not in letter.subject + letter.body
        assert takeover.user.email not in letter.subject + letter.body


def test_asking_alone_opens_nothing(partner, takeover, client):
    client.force_login(takeover.user)

    assert client.get("/partner/people/").status_code == 404
    assert not partner.memberships.filter(user=takeover.user).exists()


def test_with_a_yes_the_successor_is_administrator_and_those_before_are_editors(partner, administrator, takeover, lead):
    services.invite(partner_id=partner.pk, email="x@example.org", role=EDITOR, by=administrator.user)
    mail.outbox.clear()
    decide(takeover, lead)

    administrator.refresh_from_db()
    assert partner.memberships.get(user=takeover.user).is_administrator
    assert administrator.role == EDITOR
    assert {letter.to[0] for letter in mail.outbox} == {administrator.user.email, takeover.user.email}
    assert not PartnerInvitation.objects.open().exists()


def test_an_editor_takes_over_from_an_administrator_who_left(partner, administrator, editor, lead):
    decide(services.ask_to_act(partner_id=partner.pk, wish=TAKE_OVER, user=editor.user), lead)

    editor.refresh_from_db()
    assert editor.is_administrator


def test_whoever_only_joins_becomes_editor_and_takes_nothing_from_anybody(partner, administrator, successor, lead):
    decide(services.ask_to_act(partner_id=partner.pk, wish=JOIN, user=successor), lead)

    administrator.refresh_from_db()
    assert administrator.is_administrator
    assert partner.memberships.get(user=successor).role == EDITOR


def test_with_a_no_nothing_changes_and_the_asker_is_told(partner, administrator, takeover, lead):
    decide(takeover, lead, granted=False)

    administrator.refresh_from_db()
    assert administrator.is_administrator
    assert not partner.memberships.filter(user=takeover.user).exists()
    assert mail.outbox[-1].to == [takeover.user.email]


def test_it_is_decided_once_and_it_is_kept_who_decided(takeover, lead):
    decide(takeover, lead, granted=False)

    with pytest.raises(RequestOver):
        decide(takeover, lead)
    assert AuditEntry.objects.filter(about="programmes.partnerrequest", by=lead, detail={"what": "refused"}).exists()


def test_a_request_runs_out_and_can_be_made_anew(partner, takeover, successor, lead):
    with time_machine.travel(timezone.now() + dt.timedelta(days=14, minutes=1)):
        with pytest.raises(RequestOver):
            decide(takeover, lead)
        assert services.ask_to_act(partner_id=partner.pk, wish=TAKE_OVER, user=successor).is_open


def test_nobody_whose_account_was_closed_or_who_became_staff_takes_over(takeover, lead):
    """AZ12."""
    for change in ({"is_active": False}, {"is_active": True, "role": "officer"}):
        type(lead).objects.filter(pk=takeover.user_id).update(**change)
        with pytest.raises(RequestOver):
            decide(takeover, lead)


def test_nobody_takes_over_after_the_agreement(takeover, lead):
    Partner.objects.update(agreement_ends_on=in_days(-1))

    with pytest.raises(RequestOver):
        decide(takeover, lead)


def test_nobody_asks_twice_or_for_what_they_have_and_staff_never(partner, administrator, editor, takeover, officer):
    for user, wish, refusal in (
        (takeover.user, JOIN, AlreadyAsked),
        (administrator.user, TAKE_OVER, AlreadyYours),
        (editor.user, JOIN, AlreadyYours),
        (officer, JOIN, CouncilStaff),
    ):
        with pytest.raises(refusal):
            services.ask_to_act(partner_id=partner.pk, wish=wish, user=user)


def test_one_person_asks_three_times_a_day_at_most(successor):
    for _ in range(3):
        services.ask_to_act(partner_id=PartnerFactory().pk, wish=JOIN, user=successor)

    with pytest.raises(TooManyRequests):
        services.ask_to_act(partner_id=PartnerFactory().pk, wish=JOIN, user=successor)


def test_however_many_ask_one_partner_gets_ten_mails_a_day(partner, administrator):
    for _ in range(10):
        services.ask_to_act(partner_id=partner.pk, wish=JOIN, user=UserFactory())

    with pytest.raises(TooManyRequests):
        services.ask_to_act(partner_id=partner.pk, wish=JOIN, user=UserFactory())


def test_the_database_refuses_a_decision_by_nobody_or_by_the_asker(takeover, lead):
    row = PartnerRequest.objects.filter(pk=takeover.pk)
    for wrong in (
        {"granted": True},
        {"decided_at": timezone.now()},
        {"decided_at": timezone.now(), "decided_by": takeover.user},
        {"wish": "own"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**wrong)


def test_what_nobody_decided_is_forgotten_after_a_month_and_what_was_decided_is_kept(partner, takeover, lead):
    decided = decide(services.ask_to_act(partner_id=partner.pk, wish=JOIN, user=UserFactory()), lead)

    with time_machine.travel(timezone.now() + dt.timedelta(days=31)):
        services.forget_what_is_over()

    assert list(PartnerRequest.objects.all()) == [decided]


@pytest.mark.parametrize(
    ("address", "sign"),
    [
        ("a@partner.example", "same"),
        ("a@team.partner.example", "same"),
        ("a@council.example", "same"),
        ("a@notpartner.example", "other"),
        ("a@partner.example.evil.example", "other"),
        ("a@gmail.com", "anybody"),
    ],
)
def test_the_domain_of_the_address_is_a_hint(partner, address, sign):
    partner.email = "office@council.example"

    assert domains.sign_of(partner, address) == sign


@pytest.mark.parametrize("website", ["", "https://[broken", "no address", "https://www.gmail.com/"])
def test_without_a_domain_of_the_partner_there_is_no_hint(website):
    assert domains.sign_of(Partner(website=website, email="partner@gmail.com"), "a@partner.example") == "unknown"


# --- The pages


def test_from_the_page_that_is_refused_to_the_officers_yes(client, browser_of, partner, administrator, successor, lead):
    client.force_login(successor)
    refused = client.get("/partner/people/")
    assert (refused.status_code, ASK in refused.content.decode()) == (404, True)
    assert client.post(ASK, {"partner": partner.pk, "wish": TAKE_OVER}).url == "/partner/asked/"
    assert successor.email in client.get("/partner/asked/").content.decode()
    asked, workspace = PartnerRequest.objects.get(), browser_of(lead)

    shown = workspace.get(page(asked)).content.decode()
    for fact in (successor.email, administrator.user.email, "The address is of the partner’s own domain"):
        assert fact in shown
    prove(workspace).post(page(asked, "decide"), {"answer": "yes"})

    assert client.get("/partner/people/").url == "/account/2fa/"
    assert "Yes, by" in workspace.get(page(asked)).content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Select the organisation that you work for"),
        ({"partner": "999999"}, "Select the organisation that you work for"),
        ({"partner": "9" * 40}, "Select the organisation that you work for"),
        ({"partner": "\x00"}, "Select the organisation that you work for"),
        ({"wish": "administrator"}, "Select why you ask"),
    ],
)
def test_what_does_not_fit_is_named_and_nobody_is_told(client, partner, successor, sent, said):
    client.force_login(successor)
    whole = {"partner": partner.pk, "wish": JOIN, **sent} if sent else {}

    answer = client.post(ASK, whole)

    assert (answer.status_code, said in answer.content.decode()) == (200, True)
    assert mail.outbox == []


def test_more_fields_than_asked_for_change_nothing(client, partner, successor):
    """AZ13: whoever asks does not decide, nor choose their role."""
    client.force_login(successor)
    more = {"granted": "on", "decided_at": "2026-01-01", "role": "administrator", "user": "1", "is_staff": "on"}
    client.post(ASK, {"partner": partner.pk, "wish": JOIN, **more})

    asked = PartnerRequest.objects.get()
    assert (asked.user, asked.granted, asked.decided_at) == (successor, False, None)
    assert not PartnerMembership.objects.exists()


def test_a_partner_whose_agreement_is_over_is_not_offered(client, partner, successor):
    Partner.objects.update(agreement_ends_on=in_days(-1))
    client.force_login(successor)

    assert partner.name not in client.get(ASK).content.decode()


def test_strangers_sign_in_before_they_ask(client, db):
    for path in (ASK, "/partner/asked/"):
        assert client.get(path).url.startswith("/account/login/")


def test_a_decision_needs_fresh_proof_a_lead_officer_and_a_post(browser_of, takeover, lead, officer):
    """AD17, AD7, AZ17."""
    stale, looking = prove(browser_of(lead), seconds_ago=901), prove(browser_of(officer))

    assert stale.post(page(takeover, "decide"), {"answer": "yes"}).url.startswith("/account/2fa/reauthenticate/")
    assert looking.get(page(takeover)).status_code == 200
    assert "A lead officer decides about this" in looking.get(page(takeover)).content.decode()
    assert looking.post(page(takeover, "decide"), {"answer": "yes"}).status_code == 403
    assert prove(stale).get(page(takeover, "decide")).status_code == 405
    prove(stale).post(page(takeover, "decide"), {"answer": "perhaps"})
    takeover.refresh_from_db()
    assert takeover.decided_at is None


def test_my_day_and_the_list_lead_to_what_waits(browser_of, takeover, lead, officer):
    other = decide(services.ask_to_act(partner_id=PartnerFactory().pk, wish=JOIN, user=UserFactory()), lead)
    workspace, address = browser_of(lead), reverse("admin:programmes_partnerrequest_changelist")

    assert page(takeover) in workspace.get("/admin/").content.decode()
    assert page(takeover) not in browser_of(officer).get("/admin/").content.decode()
    for standing, found in (("waiting", takeover), ("decided", other)):
        assert list(workspace.get(address, {"standing": standing}).context["cl"].result_list) == [found]


def test_partners_and_their_askers_do_not_get_to_the_decision(client, browser, takeover, administrator):
    """AZ1."""
    client.force_login(takeover.user)

    for one in (client, browser(administrator)):
        assert one.get(page(takeover)).status_code == 403
        assert one.post(page(takeover, "decide"), {"answer": "yes"}).status_code == 403


def test_who_looked_is_written_down(browser_of, takeover, lead):
    """AD9."""
    workspace = browser_of(lead)
    workspace.get(reverse("admin:programmes_partnerrequest_changelist"))
    workspace.get(page(takeover))

    seen = AuditEntry.objects.filter(by=lead, about="programmes.partnerrequest")
    assert set(seen.values_list("kind", flat=True)) == {"listed", "opened"}


def test_somebody_of_another_partner_may_ask_too(partner, stranger, lead):
    """J-R1: whoever acts for the wrong organisation asks for the right one, and keeps nothing by force."""
    decide(services.ask_to_act(partner_id=partner.pk, wish=JOIN, user=stranger.user), lead)

    assert set(stranger.user.partners.all()) == {partner, stranger.partner}
    assert PartnerMembershipFactory._meta.model.objects.get(user=stranger.user, partner=partner).role == EDITOR
