"""The pages about the people of an organisation."""

import pytest
from django.test import Client
from django.urls import reverse

from careportal.accounts.models import User
from providers.models import Invitation, Membership
from tests.factories import EnquiryFactory, MembershipFactory

NEW = "colleague@example.org"
OWNER = Membership.Role.OWNER


def people(provider) -> str:
    return reverse("providers:people", args=[provider.pk])


def page_of(membership) -> str:
    return reverse("providers:person", args=[membership.provider_id, membership.pk])


def invite(client, of, **typed):
    url = reverse("providers:invite", args=[of.pk])
    return client.post(url, {"email": NEW, "role": "member", **typed})


def test_members_see_each_other_and_owners_see_what_they_may_do(browser, owner, member):
    seen_by_owner = browser(owner).get(people(owner.provider)).content.decode()
    seen_by_member = browser(member).get(people(owner.provider)).content.decode()

    for page in (seen_by_owner, seen_by_member):
        assert owner.user.email in page
        assert member.user.email in page
    assert "Invite a colleague" in seen_by_owner
    assert "Invite a colleague" not in seen_by_member


def test_an_owner_invites_and_withdraws(browser, owner):
    client = browser(owner)

    assert invite(client, owner.provider).url == people(owner.provider)
    assert NEW in client.get(people(owner.provider)).content.decode()

    number = Invitation.objects.get().pk
    client.post(reverse("providers:withdraw-invitation", args=[owner.provider_id, number]))
    assert NEW not in client.get(people(owner.provider)).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": ""}, "Enter the email address of your colleague"),
        ({"email": "none"}, "correct format"),
        ({"email": "a\x00@example.org"}, "cannot be read"),
        ({"email": "x" * 200_000}, "characters or less"),
        ({"role": ""}, "Select what they may do"),
        ({"role": "administrator"}, "Select what they may do"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_sent(browser, owner, typed, said, mailoutbox):
    answer = invite(browser(owner), owner.provider, **typed)

    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert mailoutbox == []


def test_an_owner_of_ours_is_not_made_by_sending_more_fields(browser, owner, stranger):
    """(AZ4, AZ13)"""
    more = {"provider": stranger.provider_id, "is_staff": "on", "organisation": stranger.provider_id, "id": "1"}
    invite(browser(owner), owner.provider, **more)

    assert Invitation.objects.get().provider == owner.provider
    assert not User.objects.exclude(role="").exists()


def test_an_owner_changes_a_role_and_removes(browser, owner, member):
    client = browser(owner)

    client.post(page_of(member), {"action": OWNER})
    member.refresh_from_db()
    assert member.is_owner

    assert client.post(page_of(member), {"action": "remove"}).url == people(owner.provider)
    assert not Membership.objects.filter(pk=member.pk).exists()


def test_the_last_owner_is_told_why_they_cannot_leave(browser, owner, member):
    answer = browser(owner).post(page_of(owner), {"action": "remove"})

    assert answer.status_code == 200
    assert "Make somebody else an owner first" in answer.content.decode()


def test_a_member_may_leave_and_nothing_else(browser, owner, member):
    client = browser(member)
    assert client.post(page_of(member), {"action": OWNER}).status_code == 200
    assert client.post(page_of(owner), {"action": "remove"}).status_code == 403
    assert invite(client, owner.provider).status_code == 403

    assert client.post(page_of(member), {"action": "remove"}).url == reverse("enquiries:my-organisation")
    assert set(owner.provider.memberships.all()) == {owner}


def test_the_very_next_request_of_a_removed_member_is_refused(browser, owner, member):
    """(AZ11)"""
    enquiry = EnquiryFactory(provider=owner.provider)
    client = browser(member)
    pages = [
        people(owner.provider),
        reverse("enquiries:my-organisation-of", args=[owner.provider_id]),
        reverse("enquiries:follow-status", args=[enquiry.reference]),
    ]
    assert [client.get(page).status_code for page in pages] == [200, 200, 200]

    browser(owner).post(page_of(member), {"action": "remove"})

    assert [client.get(page).status_code for page in pages] == [404, 404, 404]


def pages_about(membership) -> list[str]:
    pk = membership.provider_id
    numbered = ["people", "invite", "second-contact", "second-contact-code"]
    return [
        *(reverse(f"providers:{name}", args=[pk]) for name in numbered),
        page_of(membership),
        reverse("enquiries:my-organisation-of", args=[pk]),
    ]


def test_another_organisation_is_not_there(browser, owner, stranger):
    """(AZ2)"""
    client = browser(stranger)
    gone = client.get(reverse("enquiries:my-organisation-of", args=[999_999]))

    for page in pages_about(owner):
        for answer in (client.get(page), client.post(page, {"action": "remove", "email": NEW, "role": "member"})):
            assert answer.status_code in {404, 405}, page
    same = client.get(reverse("enquiries:my-organisation-of", args=[owner.provider_id]))
    assert same.status_code == gone.status_code == 404
    assert without_ids(same) == without_ids(gone)


def test_each_refusal_is_logged_by_numbers(browser, owner, stranger, caplog):
    """(AZ20)"""
    browser(stranger).get(people(owner.provider))

    assert f"organisation.refused user={stranger.user_id} provider={owner.provider_id}" in caplog.text
    assert stranger.user.email not in caplog.text


def without_ids(answer) -> str:
    return answer.content.decode().replace(answer.headers["X-Request-ID"], "")


def test_a_foreign_number_below_ones_own_organisation_is_not_there(browser, owner, stranger, mailed_token):
    """(AZ4)"""
    invite(browser(stranger), stranger.provider)
    number = Invitation.objects.get().pk
    client = browser(owner)

    foreign = reverse("providers:person", args=[owner.provider_id, stranger.pk])
    withdraw = reverse("providers:withdraw-invitation", args=[owner.provider_id, number])
    assert client.post(foreign, {"action": "remove"}).status_code == 404
    assert client.post(withdraw).status_code == 404
    assert Membership.objects.filter(pk=stranger.pk).exists()
    assert Invitation.objects.open().exists()


def test_signed_out_these_pages_lead_to_the_sign_in(client, owner):
    """(AZ1)"""
    for page in pages_about(owner):
        assert client.get(page).url.startswith(reverse("account_login")), page


def test_a_number_beyond_all_numbers_is_not_there(browser, owner):
    for name in ("providers:people", "enquiries:my-organisation-of"):
        assert browser(owner).get(reverse(name, args=[10**30])).status_code == 404
    assert browser(owner).get(reverse("providers:person", args=[owner.provider_id, 10**30])).status_code == 404


def test_looking_or_odd_methods_change_nothing(browser, owner, member):
    """(AZ17)"""
    client = browser(owner)
    for method in ("get", "head", "options", "put", "patch", "delete"):
        getattr(client, method)(page_of(member) + "?action=remove")

    assert Membership.objects.filter(pk=member.pk).exists()


# --- Invitations, as they are opened


@pytest.fixture
def address(browser, owner, mailed_token) -> str:
    invite(browser(owner), owner.provider)
    return reverse("providers:invitation", args=[mailed_token()])


def test_opening_the_link_changes_nothing_and_shows_a_stranger_no_name(client, owner, address):
    """(SE11)"""
    for _ in range(2):
        page = client.get(address)
        client.head(address)

    assert page.status_code == 200
    assert owner.provider.name not in page.content.decode()
    assert Invitation.objects.open().exists()
    assert client.post(address).status_code == 200
    assert Membership.objects.count() == 1


def test_the_invited_accept_with_one_button(browser, owner, address):
    colleague = MembershipFactory(user__email=NEW)
    client = browser(colleague)

    assert owner.provider.name in client.get(address).content.decode()
    assert not owner.provider.memberships.filter(user=colleague.user).exists()
    answer = client.post(address)

    assert answer.url == reverse("enquiries:my-organisation-of", args=[owner.provider_id])
    assert owner.provider.memberships.filter(user=colleague.user).exists()
    assert "cannot be accepted" in client.get(address).content.decode()


def test_somebody_else_who_opens_it_learns_nothing(browser, owner, stranger, address):
    """(AZ15)"""
    client = browser(stranger)

    for page in (client.get(address), client.post(address)):
        assert "another email address" in page.content.decode()
        assert owner.provider.name not in page.content.decode()
        assert NEW not in page.content.decode()
    assert Invitation.objects.open().exists()


def test_a_changed_token_is_not_there(address):
    """(AZ5)"""
    wrong = address[:-3] + ("A" if address[-3] != "A" else "B") + "/"

    assert Client().get(wrong).status_code == 404


def test_these_pages_are_kept_by_no_cache_and_listed_by_no_search_engine(browser, owner, address):
    for page in (address, people(owner.provider)):
        answer = browser(owner).get(page)
        assert answer["Cache-Control"] == "no-store"
        assert "noindex" in answer.content.decode()
