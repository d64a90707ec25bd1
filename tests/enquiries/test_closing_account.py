"""Somebody closes their account: the person goes, the organisation and its applications stay (J-P9, N15)."""

import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from careportal.accounts.access import note_opened
from careportal.accounts.exceptions import OwnAccount
from careportal.accounts.models import AccountEvent, User
from careportal.accounts.services import give_second_factor, join
from enquiries.exceptions import Refused
from enquiries.models import AddressChange, Draft, Event, FollowCode
from enquiries.services.closing import close_account
from programmes.models import PartnerRequest
from providers.exceptions import LastOwner
from providers.models import Handover, Invitation, MailboxCode, Membership
from tests.factories import (
    EnquiryFactory,
    InterestFactory,
    MembershipFactory,
    PartnerFactory,
    PartnerMembershipFactory,
    ProviderFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

GOES, STAYS = "goes@example.org", "stays@example.org"
PAGE = "/your-information/close-account/"


@pytest.fixture
def provider():
    return ProviderFactory(name="Example care home")


@pytest.fixture
def owner(provider):
    return MembershipFactory(
        provider=provider, owner=True, user__email=GOES, user__name="Who Goes", contact_name="Who Goes"
    )


@pytest.fixture
def colleague(provider):
    return MembershipFactory(provider=provider, owner=True, user__email=STAYS, contact_name="Who Stays")


def browser_of(user, *, signed_in_seconds_ago=0):
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time() - signed_in_seconds_ago}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return client


def applied(provider):
    enquiry = EnquiryFactory(provider=provider, contact_email=GOES, contact_name="Who Goes")
    InterestFactory(enquiry=enquiry)
    return enquiry


def test_the_person_goes_and_is_told_before_the_address_does(owner, colleague):
    """J-P9: account closed: organisation record stays, person goes."""
    user, client = owner.user, browser_of(owner.user)
    give_second_factor(user)

    answer = client.post(PAGE, {"sure": "on"})

    assert answer["Location"] == "/your-information/account-closed/"
    assert client.get(answer["Location"]).status_code == 200
    user.refresh_from_db()
    assert (user.is_active, user.name, user.email) == (False, "", f"closed-{user.pk}@closed.invalid")
    assert not user.has_usable_password()
    assert not EmailAddress.objects.filter(user=user).exists()
    assert not Authenticator.objects.filter(user=user).exists()
    assert not Membership.objects.filter(user=user).exists()
    assert client.get("/my-organisation/").status_code == 302
    assert [sent.to for sent in mail.outbox] == [[GOES]]
    assert AccountEvent.objects.filter(user=user, kind="closed", by=user).exists()


def test_every_other_browser_is_signed_out_too(owner, colleague):
    other = browser_of(owner.user)
    browser_of(owner.user).post(PAGE, {"sure": "on"})
    assert other.get("/my-organisation/").status_code == 302


def test_the_successor_sees_everything_for_the_organisation_and_nothing_personal_beyond_it(provider, owner, colleague):
    """N15: delete the applicant's account."""
    enquiry = applied(provider)
    applied(provider)
    close_account(user=owner.user)

    assert enquiry.contact.email == STAYS
    assert [sent.to for sent in mail.outbox] == [[STAYS], [GOES]]
    assert "has no account?" not in mail.outbox[0].body
    client = browser_of(colleague.user)
    pages = [
        client.get(path).content.decode()
        for path in (
            f"/my-organisation/{provider.pk}/",
            f"/my-organisation/{provider.pk}/people/",
            f"/follow/{enquiry.reference}/",
            f"/follow/{enquiry.reference}/copy/",
            f"/follow/{enquiry.reference}/contact/",
        )
    ]
    assert enquiry.reference in pages[0]
    assert "Who Stays" in pages[3]
    for page in pages:
        assert GOES not in page
        assert "Who Goes" not in page
    assert enquiry.events.filter(kind=Event.Kind.CONTACT_CHANGED).exists()


def test_without_a_colleague_the_second_contact_is_written_to(provider, owner):
    provider.second_email, provider.second_proved_at = "site@example.org", owner.user.joined_at
    provider.save()
    enquiry = applied(provider)
    close_account(user=owner.user, ownerless=True)
    assert (enquiry.contact.email, enquiry.contact.name) == ("site@example.org", "Example care home")
    told = next(sent.body for sent in mail.outbox if sent.to == ["site@example.org"])
    assert "/your-information/" in told
    assert "/follow/" in told


def test_a_second_contact_at_the_same_address_is_nobody_else(provider, owner):
    provider.second_email, provider.second_proved_at = GOES, owner.user.joined_at
    provider.save()
    enquiry = applied(provider)
    close_account(user=owner.user, ownerless=True)
    assert not enquiry.contact_versions.exists()
    assert [sent.to for sent in mail.outbox] == [[GOES]]


def test_without_anybody_the_application_stays_as_it_is_and_that_is_said_before(provider, owner):
    assert "we go on writing to your address" in browser_of(owner.user).get(PAGE).content.decode()
    enquiry = applied(provider)
    close_account(user=owner.user, ownerless=True)
    enquiry.refresh_from_db()
    assert (enquiry.provider, enquiry.contact.email) == (provider, GOES)


def test_the_last_owner_is_told_what_to_do_and_may_leave_knowingly(provider, owner):
    """The rule of the last owner, with its way out."""
    MembershipFactory(provider=provider, user__email=STAYS)
    client = browser_of(owner.user)
    with pytest.raises(LastOwner):
        close_account(user=owner.user)
    page = client.get(PAGE).content.decode()
    assert "you are the only owner" in page
    assert f"/my-organisation/{provider.pk}/people/" in page

    refused = client.post(PAGE, {"sure": "on"}).content.decode()
    assert "Select that you understand what becomes of your organisations" in refused
    assert User.objects.filter(email=GOES).exists()

    assert client.post(PAGE, {"sure": "on", "ownerless": "on"}).status_code == 302
    assert not User.objects.filter(email=GOES).exists()
    assert provider.memberships.count() == 1


def test_nothing_happens_without_the_tick_nor_by_opening_the_page(owner, colleague):
    client = browser_of(owner.user)
    assert client.get(PAGE).status_code == 200
    assert "Select that you understand this" in client.post(PAGE, {}).content.decode()
    assert User.objects.filter(email=GOES, is_active=True).exists()


def test_an_old_session_proves_itself_again_first(owner, colleague):
    """SE14."""
    client = browser_of(owner.user, signed_in_seconds_ago=901)
    assert "Sign in again" in client.post(PAGE, {"sure": "on"}).content.decode()
    assert User.objects.filter(email=GOES, is_active=True).exists()


def test_signed_out_it_leads_to_the_sign_in(client):
    assert client.post(PAGE, {"sure": "on"})["Location"].startswith("/account/login/")


def test_what_the_person_sent_out_and_asked_is_dead_with_them(provider, owner, colleague):
    """AZ12."""
    elsewhere = ProviderFactory()
    Invitation.objects.create(provider=provider, email="new@example.org", invited_by=owner.user, token_hash="0" * 64)
    Invitation.objects.create(provider=elsewhere, email=GOES, invited_by=colleague.user, token_hash="1" * 64)
    Handover.objects.create(provider=elsewhere, user=owner.user)
    PartnerRequest.objects.create(partner=PartnerFactory(), user=owner.user, wish="join")
    MailboxCode.objects.create(provider=elsewhere, user=owner.user, purpose="handover", code_hash="0" * 64)
    close_account(user=owner.user)
    assert not Invitation.objects.open().exists()
    assert not Handover.objects.exists()
    assert not MailboxCode.objects.exists()
    assert not PartnerRequest.objects.exists()


def test_what_they_had_begun_by_code_leads_nowhere_once_a_colleague_is_written_to(provider, owner, colleague):
    """AZ11: as after any other change of the address."""
    enquiry = EnquiryFactory(by_email=True, provider=provider, contact_email=GOES)
    saved = {"owner": "x" * 43, "return_email": GOES, "return_code": "0" * 64}
    draft = Draft.objects.create(enquiry=enquiry, **saved)
    FollowCode.objects.create(enquiry=enquiry, code="0" * 64)
    AddressChange.objects.create(enquiry=enquiry, email="new@example.org", digest="0" * 64)

    close_account(user=owner.user)

    draft.refresh_from_db()
    assert (draft.owner, draft.return_email, draft.return_code) == ("", "", None)
    assert not FollowCode.objects.exists()
    assert not AddressChange.objects.exists()


def test_closed_from_two_pages_at_one_moment_it_is_closed_and_told_once(owner, colleague):
    close_account(user=owner.user)
    close_account(user=User.objects.get(pk=owner.user.pk))
    assert [sent.to for sent in mail.outbox] == [[GOES]]
    assert AccountEvent.objects.filter(user=owner.user, kind="closed").count() == 1


def test_staff_and_people_of_partners_close_nothing_here():
    officer, partner = UserFactory(officer=True), PartnerMembershipFactory().user
    with pytest.raises(OwnAccount):
        close_account(user=officer)
    with pytest.raises(Refused, match="partner"):
        close_account(user=partner)
    client = browser_of(partner)
    assert "Ask an administrator of the partner" in client.get(PAGE).content.decode()
    assert "You act for a partner" in client.post(PAGE, {"sure": "on"}).content.decode()
    assert User.objects.filter(pk__in=[officer.pk, partner.pk], is_active=True).count() == 2


def test_the_trail_keeps_numbers_and_the_address_is_free_for_a_new_account(provider, owner, colleague):
    note_opened(owner.user, "enquiries.enquiry", 1)
    close_account(user=owner.user)
    again = join(email=GOES)
    assert again.pk != owner.user.pk
    assert not Membership.objects.of(again).exists()
