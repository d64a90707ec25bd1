"""The pages of an organisation: its applications, and those that join it once their address is proved."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from careportal.accounts.models import User
from careportal.accounts.services import join
from enquiries import services
from enquiries.models import Enquiry, Event, OutgoingMail
from enquiries.organisations import found_for, named
from providers.models import Membership, Provider, ProviderType
from tests.factories import EnquiryFactory, InterestFactory, MembershipFactory, ProviderFactory, UserFactory

FOUND = "/my-organisation/found/"
MINE = "/my-organisation/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def manager(db) -> User:
    """Somebody whose address is proved."""
    return join(email="manager@example.org")


@pytest.fixture
def application(manager) -> Enquiry:
    """Sent before there was an account, the address typed with a capital letter."""
    enquiry = EnquiryFactory(contact_email="Manager@example.org", organisation="Example care home")
    return InterestFactory(enquiry=enquiry).enquiry


def page(provider: Provider) -> str:
    return reverse("enquiries:my-organisation-of", args=[provider.pk])


# --- Applications sent before


def test_what_was_sent_from_a_proved_address_is_found_and_added_with_one_button(manager, application):
    client = signed_in(manager)
    assert "We found 1 application sent from your email address" in client.get(MINE).content.decode()
    assert application.reference in client.get(FOUND).content.decode()

    answer = client.post(FOUND, {"references": [application.reference]})

    application.refresh_from_db()
    provider = Provider.objects.get()
    assert answer.url == page(provider)
    assert application.provider == provider
    assert (provider.name, provider.type, provider.postcode) == (
        "Example care home",
        ProviderType.CARE_HOME,
        "RM10 8XD",
    )
    assert provider.memberships.get().is_owner
    assert application.reference in client.get(page(provider)).content.decode()


@pytest.mark.django_db
def test_a_decision_is_not_told_before_its_letter_has_left(interest, officer):
    """AZ9: until then an officer can take it back."""
    owner = MembershipFactory(owner=True)
    Enquiry.objects.update(provider=owner.provider)
    services.find_not_eligible(interest_id=interest.pk, officer=officer, reason="role")
    client = signed_in(owner.user)
    assert f"{interest.programme_title}: received" in client.get(page(owner.provider)).content.decode()

    OutgoingMail.objects.update(state="sent", sent_at=timezone.now())

    assert f"{interest.programme_title}: not eligible" in client.get(page(owner.provider)).content.decode()


def test_the_new_organisation_knows_what_its_application_told_and_not_what_nobody_knew(manager):
    """Nothing is asked twice."""
    told = EnquiryFactory(contact_email=manager.email, size_band="under_50", place_of_care="unknown")

    signed_in(manager).post(FOUND, {"references": [InterestFactory(enquiry=told).enquiry.reference]})

    assert (Provider.objects.get().size_band, Provider.objects.get().place_of_care) == ("under_50", "")


def test_whoever_is_signed_in_goes_back_to_the_organisation_and_signs_out_there(manager, application):
    client = signed_in(manager)
    services.add_to_organisation(user=manager, references=[application.reference], provider_id=None)

    status = client.get(f"/follow/{application.reference}/").content.decode()

    assert f'href="{MINE}" class="govuk-back-link"' in status
    assert "Other people use this device?" not in status


def test_the_event_says_who_and_which_organisation_by_number(manager, application):
    provider = services.add_to_organisation(user=manager, references=[application.reference], provider_id=None)

    event = application.events.get(kind=Event.Kind.ADDED)
    assert (event.by, event.detail) == (manager, {"provider": provider.pk})


def test_looking_adds_nothing(manager, application):
    client = signed_in(manager)
    for method in ("get", "head", "options", "put"):
        getattr(client, method)(FOUND + f"?references={application.reference}")

    assert not Provider.objects.exists()


def test_nothing_shows_before_the_address_is_proved(db):
    """(trap 19)"""
    application = EnquiryFactory(contact_email="manager@example.org")
    unproved = UserFactory(email="manager@example.org")
    EmailAddress.objects.create(user=unproved, email=unproved.email, verified=False, primary=True)
    client = signed_in(unproved)

    assert not found_for(unproved).exists()
    assert "We found" not in client.get(MINE).content.decode()
    assert client.post(FOUND, {"references": [application.reference]}).url == MINE
    assert not Provider.objects.exists()


def test_whoever_files_under_anothers_address_gets_nothing_by_it(manager):
    """(trap 19)"""
    filer = join(email="filer@example.org")
    enquiry = EnquiryFactory(contact_email="manager@example.org", organisation="The filer's home")

    answer = signed_in(filer).post(FOUND, {"references": [enquiry.reference]})

    enquiry.refresh_from_db()
    assert answer.url == MINE
    assert enquiry.provider is None
    assert list(found_for(manager)) == [enquiry]


def test_somebody_elses_application_sent_along_is_not_added(manager, application):
    """(AZ4)"""
    foreign = EnquiryFactory()
    taken = EnquiryFactory(contact_email=manager.email, provider=ProviderFactory())
    before = taken.provider

    services.add_to_organisation(
        user=manager, references=[application.reference, foreign.reference, taken.reference], provider_id=None
    )

    foreign.refresh_from_db()
    taken.refresh_from_db()
    assert foreign.provider is None
    assert taken.provider == before


def test_a_foreign_organisation_sent_along_gets_nothing(manager, application):
    """(AZ4)"""
    MembershipFactory(user=manager)
    foreign = ProviderFactory()

    answer = signed_in(manager).post(FOUND, {"references": [application.reference], "organisation": foreign.pk})

    application.refresh_from_db()
    assert answer.status_code == 200
    assert "Select the organisation" in answer.content.decode()
    assert application.provider is None


def test_with_an_organisation_of_ones_own_there_is_a_choice(manager, application):
    mine = MembershipFactory(user=manager).provider

    signed_in(manager).post(FOUND, {"references": [application.reference], "organisation": mine.pk})

    application.refresh_from_db()
    assert application.provider == mine
    assert Provider.objects.count() == 1


def test_a_second_person_does_not_get_an_organisation_by_typing_its_name(manager, application):
    first = services.add_to_organisation(user=manager, references=[application.reference], provider_id=None)
    second = join(email="second@example.org")
    typed = EnquiryFactory(contact_email=second.email, organisation=first.name, postcode=first.postcode)

    made = services.add_to_organisation(user=second, references=[typed.reference], provider_id=None)

    assert made != first
    assert not first.memberships.filter(user=second).exists()
    assert signed_in(second).get(page(first)).status_code == 404


@pytest.mark.parametrize("typed", [[], ["none"], ["\x00"], ["x" * 10_000]])
def test_choosing_nothing_or_nonsense_is_named(manager, application, typed):
    answer = signed_in(manager).post(FOUND, {"references": typed})

    assert answer.status_code == 200
    assert "Select at least one application" in answer.content.decode()


def test_sent_twice_it_is_added_once(manager, application):
    client = signed_in(manager)
    for _ in range(2):
        client.post(FOUND, {"references": [application.reference]})

    assert Provider.objects.count() == 1
    assert application.events.filter(kind=Event.Kind.ADDED).count() == 1


def test_a_contact_that_was_changed_and_proved_finds_it_and_the_one_before_does_not(manager, application):
    """(trap 19, SE15)"""
    successor = join(email="successor@example.org")
    application.contact_versions.create(name="Example Successor", email="Successor@example.org")

    assert list(found_for(successor)) == [application]
    assert not found_for(manager).exists()


# --- The organisation's page


def test_all_members_see_all_applications(db):
    owner = MembershipFactory(owner=True)
    member = MembershipFactory(provider=owner.provider)
    enquiry = InterestFactory(enquiry__provider=owner.provider).enquiry

    for membership in (owner, member):
        client = signed_in(membership.user)
        assert enquiry.reference in client.get(page(owner.provider)).content.decode()
        assert client.get(reverse("enquiries:follow-status", args=[enquiry.reference])).status_code == 200


def test_an_application_of_another_organisation_is_not_there(db):
    """(AZ2)"""
    stranger = MembershipFactory(owner=True)
    enquiry = EnquiryFactory(provider=ProviderFactory())
    client = signed_in(stranger.user)

    foreign = client.get(reverse("enquiries:follow-status", args=[enquiry.reference]))
    unknown = client.get(reverse("enquiries:follow-status", args=["000-000-000"]))

    assert foreign.status_code == unknown.status_code == 404
    assert enquiry.reference not in client.get(page(stranger.provider)).content.decode()


def test_when_the_applicant_is_gone_the_successor_sees_all_of_the_organisation(manager, application):
    """(N15, DI8)"""
    provider = services.add_to_organisation(user=manager, references=[application.reference], provider_id=None)
    successor = MembershipFactory(provider=provider, owner=True).user
    Membership.objects.filter(user=manager).delete()
    EmailAddress.objects.filter(user=manager).delete()
    User.objects.filter(pk=manager.pk).update(email="gone@example.org", is_active=False)

    shown = signed_in(successor).get(page(provider)).content.decode()

    assert Enquiry.objects.filter(provider=provider).count() == 1
    assert application.reference in shown
    assert "manager@example.org" not in shown
    assert application.contact_name not in shown


def test_deleting_a_user_deletes_no_application_and_no_organisation(db):
    """(DI8)"""
    membership = MembershipFactory(owner=True)
    enquiry = EnquiryFactory(provider=membership.provider)

    membership.user.delete()

    enquiry.refresh_from_db()
    assert enquiry.provider == membership.provider


def test_with_several_organisations_one_chooses(db):
    user = MembershipFactory(provider__name="First home").user
    second = MembershipFactory(user=user, provider__name="Second home").provider

    shown = signed_in(user).get(MINE).content.decode()

    assert "First home" in shown
    assert page(second) in shown


def test_without_any_it_says_what_to_do(manager):
    shown = signed_in(manager).get(MINE).content.decode()

    assert "You do not act for an organisation here yet" in shown
    assert manager.email in shown


def test_signed_out_one_signs_in_first(client, db):
    """(AZ1)"""
    provider = ProviderFactory()
    for url in (MINE, FOUND, page(provider), "/my-organisation/take-over/", "/my-organisation/take-over/code/"):
        assert client.get(url).url.startswith(reverse("account_login")), url


def test_a_long_list_takes_few_queries(db, django_assert_max_num_queries):
    owner = MembershipFactory(owner=True)
    for _ in range(30):
        InterestFactory(enquiry__provider=owner.provider)
    client = signed_in(owner.user)
    client.get(page(owner.provider))

    with django_assert_max_num_queries(14):
        client.get(page(owner.provider))


def test_an_organisation_is_meant_by_a_reference_or_a_cqc_number(db):
    provider = ProviderFactory(cqc_provider_id="1-101669976")
    enquiry = EnquiryFactory(provider=provider)

    assert named(f" {enquiry.reference.lower()} ") == provider
    assert named("1-101669976") == provider
    assert named(EnquiryFactory().reference) is None
    assert named("") is None
    assert named("\x00" * 100_000) is None
