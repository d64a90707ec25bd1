"""The officers' page of a provider: what it shows, and what nobody changes by it."""

import pytest
from django.urls import reverse

from providers.models import Membership, Provider
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(officer, browser_of):
    return browser_of(officer)


@pytest.fixture
def member():
    return MembershipFactory(provider__name="As it is", provider__cqc_registered="yes")


def sent(provider: Provider, **forged: object) -> dict[str, object]:
    """The form as a browser sends it, and what is forged."""
    counts = {"memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 1}
    return {"name": provider.name, "type": provider.type, "postcode": "RM10 8XD", **counts, **forged}


def memberships():
    return list(Membership.objects.order_by("pk").values_list("pk", "provider", "user", "role"))


@pytest.mark.parametrize("forgery", ["another's", "deleted", "added", "moved"])
def test_who_acts_for_a_provider_is_not_changed_by_a_forged_form(browser, member, forgery):
    """AD5."""
    other, somebody = MembershipFactory(provider__name="Another"), UserFactory()
    before = memberships()
    forged = {
        "another's": {"memberships-0-id": other.pk, "memberships-0-role": "owner"},
        "deleted": {"memberships-0-id": member.pk, "memberships-0-DELETE": "on"},
        "added": {"memberships-TOTAL_FORMS": 2, "memberships-1-user": somebody.pk, "memberships-1-role": "owner"},
        "moved": {"memberships-0-id": member.pk, "memberships-0-provider": other.provider_id, "id": other.provider_id},
    }[forgery]

    browser.post(reverse("admin:providers_provider_change", args=[member.provider_id]), sent(member.provider, **forged))

    assert memberships() == before
    assert Provider.objects.get(pk=other.provider_id).name == "Another"


def test_what_is_proved_or_said_by_the_provider_is_not_typed_over(browser, member):
    """AD5."""
    forged = {"second_email": "forged@example.org", "cqc_registered": "no", "answers_on": "2020-01-01"}
    named = {"name": "Renamed", "memberships-0-id": member.pk}
    page = reverse("admin:providers_provider_change", args=[member.provider_id])

    browser.post(page, sent(member.provider, **named, **forged))

    provider = Provider.objects.get(pk=member.provider_id)
    assert (provider.name, provider.second_email, provider.cqc_registered) == ("Renamed", "", "yes")
    assert provider.answers_on is None


@pytest.mark.parametrize(("code", "words"), [("yes", "Yes"), ("no", "No"), ("unknown", "Not known"), ("", "Not known")])
def test_it_says_in_words_whether_the_provider_is_registered(browser, member, code, words):
    Provider.objects.filter(pk=member.provider_id).update(cqc_registered=code)

    shown = browser.get(reverse("admin:providers_provider_change", args=[member.provider_id]))

    registered = shown.context["adminform"].model_admin.registered
    assert registered(Provider.objects.get(pk=member.provider_id)) == words
    assert f'<div class="readonly">{words}</div>' in shown.content.decode()
