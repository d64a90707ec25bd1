"""Applying for one's organisation: what it told before is confirmed, and what is begun is the organisation's."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from enquiries import services
from enquiries.exceptions import AccountNeeded
from enquiries.models import Draft, Enquiry
from providers.models import Membership
from tests.applying import Applicant
from tests.factories import MembershipFactory, ProgrammeFactory, ProviderFactory, RuleFactory, UserFactory

PROFILE_PAGES = {"service", "postcode", "registered", "organisation", "contact"}


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def owner(db) -> Membership:
    told_on = dt.date(2025, 11, 27)
    provider = ProviderFactory(name="Example care home", postcode="RM10 8XD", cqc_registered="yes", answers_on=told_on)
    return MembershipFactory(provider=provider, owner=True, contact_name="Example Manager", telephone="+442079460958")


@pytest.fixture
def member(owner) -> Membership:
    return MembershipFactory(provider=owner.provider)


def walked(applicant: Applicant) -> list[str]:
    """The pages on which something was asked, up to the check."""
    asked = []
    while applicant.at != "check":
        asked.append(applicant.at)
        applicant.answer({"confirmed": "yes"} if applicant.at == "profile" else None)
    return asked


def test_what_was_told_before_is_shown_with_its_date_and_confirmed_by_one_button(owner, open_programme):
    """(N22)"""
    applicant = Applicant(signed_in(owner.user)).begin("open")
    assert applicant.at == "profile"
    shown = applicant.client.get(applicant.page).content.decode()

    asked = walked(applicant)

    for words in ("Is this still right?", "27 November 2025", "Care home", "RM10 8XD"):
        assert words in shown
    assert not PROFILE_PAGES & set(asked)


def test_what_a_rule_asked_about_once_is_not_asked_again(owner, open_programme):
    """(N22) Where care is given, and how many staff there are, are asked only for some programmes."""
    RuleFactory(programme=open_programme, fact="place_of_care", accepts=["funded"])
    RuleFactory(programme=open_programme, fact="size", accepts=["under_50"])
    first = Applicant(signed_in(owner.user)).begin("open")
    assert {"people", "size"} <= set(walked(first))
    first.send()

    again = Applicant(signed_in(owner.user)).begin("open")
    shown = again.client.get(again.page).content.decode()

    assert "10 to 49 staff" in shown
    assert not {"people", "size"} & set(walked(again))


def test_the_answers_stand_on_the_page_on_which_all_are_checked(owner, open_programme):
    """(N22)"""
    applicant = Applicant(signed_in(owner.user)).begin("open")
    walked(applicant)

    shown = applicant.client.get(applicant.page).content.decode()

    for words in ("Care home", "RM10 8XD", "Example care home", "Example Manager", owner.user.email):
        assert words in shown


def test_what_is_not_right_any_more_can_be_changed_there_and_is_kept(owner, open_programme):
    applicant = Applicant(signed_in(owner.user)).begin("open")
    for name, typed in (
        ("postcode", {"postcode": "IG11 7LU"}),
        ("contact", {"full_name": "New Manager", "email": owner.user.email, "telephone": ""}),
    ):
        assert applicant.client.get(applicant.url(name)).status_code == 200
        assert applicant.client.post(applicant.url(name), typed).url == applicant.url("profile")
    walked(applicant)
    applicant.send()

    owner.refresh_from_db()
    owner.provider.refresh_from_db()
    assert (owner.provider.postcode, owner.contact_name, owner.telephone) == ("IG11 7LU", "New Manager", "")
    assert owner.provider.answers_on > dt.date(2025, 11, 27)


def test_what_was_sent_belongs_to_the_organisation(owner, member, open_programme):
    applicant = Applicant(signed_in(owner.user)).begin("open")
    walked(applicant)
    applicant.send()

    enquiry = Enquiry.objects.get()
    assert enquiry.provider == owner.provider
    mine = reverse("enquiries:my-organisation-of", args=[owner.provider_id])
    assert enquiry.reference in signed_in(member.user).get(mine).content.decode()


def test_an_answer_that_is_missing_is_asked(owner, open_programme):
    owner.provider.postcode = ""
    owner.provider.save()

    applicant = Applicant(signed_in(owner.user)).begin("open")

    assert applicant.at == "postcode"


def test_of_several_organisations_the_chosen_one_is_applied_for(owner, open_programme):
    second = MembershipFactory(user=owner.user, provider__postcode="IG11 7LU").provider
    client = signed_in(owner.user)
    client.post(reverse("enquiries:my-organisation-apply", args=[second.pk]))

    Applicant(client).begin("open")

    assert Draft.objects.get().provider == second


def test_of_several_and_none_chosen_it_is_nobodys_and_asks_everything(owner, open_programme):
    MembershipFactory(user=owner.user)

    applicant = Applicant(signed_in(owner.user)).begin("open")

    assert Draft.objects.get().provider is None
    assert "profile" not in walked(applicant)


def test_applying_for_somebody_elses_organisation_is_not_there(owner):
    """(AZ2)"""
    foreign = ProviderFactory()

    assert signed_in(owner.user).post(reverse("enquiries:my-organisation-apply", args=[foreign.pk])).status_code == 404


def test_an_organisation_sent_along_with_the_form_is_ignored(owner, open_programme):
    """(AZ4)"""
    foreign = ProviderFactory()
    client = signed_in(owner.user)

    client.post(
        reverse("enquiries:apply"), {"programmes": ["open"], "organisation": foreign.pk, "provider": foreign.pk}
    )

    assert Draft.objects.get().provider == owner.provider


def test_a_colleague_goes_on_with_what_was_begun(owner, member, open_programme):
    begun = Applicant(signed_in(owner.user)).begin("open")
    colleague = Applicant(signed_in(member.user))
    colleague.page = begun.page

    walked(colleague)
    colleague.send()

    assert Enquiry.objects.get().provider == owner.provider


def test_a_removed_member_has_no_draft_any_more_at_the_very_next_request(owner, member, open_programme):
    """(AZ11)"""
    client = signed_in(member.user)
    applicant = Applicant(client).begin("open")
    walked(applicant)
    hidden = applicant.hidden()

    member.delete()

    assert client.get(applicant.page).status_code == 404
    assert client.post(applicant.page, {"may_apply": "on", **hidden}).status_code == 404
    assert not Enquiry.objects.exists()
    mine = reverse("enquiries:my-organisation-of", args=[owner.provider_id])
    assert "Continue the application" in signed_in(owner.user).get(mine).content.decode()


def test_signed_out_the_same_browser_does_not_see_what_it_began_for_an_organisation(owner, open_programme):
    client = signed_in(owner.user)
    applicant = Applicant(client).begin("open")
    mark = client.session["applicant"]
    client.logout()
    session = client.session
    session["applicant"] = mark
    session.save()

    assert client.get(applicant.page).status_code == 404


def test_saved_for_later_it_stands_on_the_organisations_page_for_colleagues_too(owner, member, open_programme):
    begun = Applicant(signed_in(owner.user)).begin("open")
    colleague = signed_in(member.user)

    for client in (begun.client, colleague):
        saved = client.post(begun.url("postcode"), {"postcode": "IG11", "save": "yes"})
        kept = client.get(reverse("enquiries:save", args=[begun.draft_id]))
        assert kept.url == reverse("enquiries:my-organisation-of", args=[owner.provider_id]), saved
        assert "Continue the application" in client.get(kept.url).content.decode()


# --- Programmes for people with an account only


@pytest.fixture
def closed_shop(db):
    return ProgrammeFactory(slug="members", title="Members' programme", needs_account=True)


def test_without_an_account_nothing_is_stored_and_the_choice_comes_back(client, closed_shop, open_programme):
    """(AZ18)"""
    answer = client.post(reverse("enquiries:apply"), {"programmes": ["members", "open"]})

    assert answer.url == "/account/login/?next=/apply/%3Fprogramme%3Dmembers%26programme%3Dopen"
    assert not Draft.objects.exists()


def test_signed_in_it_can_be_applied_for(closed_shop):
    assert Applicant(signed_in(UserFactory())).apply("members").interests.get().programme == closed_shop


def test_it_cannot_be_added_to_an_application_begun_without_an_account(client, closed_shop, open_programme):
    """(AZ18)"""
    applicant = Applicant(client).begin("open")

    answer = client.post(applicant.url("programmes"), {"programmes": ["open", "members"]})

    assert answer.url.startswith(reverse("account_login"))
    assert Draft.objects.get().data("programmes") == {"programmes": ["open"]}


def test_sent_directly_without_an_account_it_is_refused_and_nothing_is_stored(client, open_programme):
    """(AZ18)"""
    applicant = Applicant(client).begin("open").go_to("check")
    hidden = applicant.hidden()
    type(open_programme).objects.update(needs_account=True)

    answer = client.post(applicant.page, {"may_apply": "on", **hidden})

    assert answer.url.startswith(reverse("account_login"))
    assert not Enquiry.objects.exists()
    with pytest.raises(AccountNeeded):
        services.submit_application(
            draft_id=applicant.draft_id, owner=client.session["applicant"], seal=hidden["content"]
        )


def test_its_page_says_that_an_account_is_needed(client, closed_shop):
    assert "You need an account to apply" in client.get(closed_shop.get_absolute_url()).content.decode()
