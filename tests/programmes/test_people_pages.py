"""The pages about the people of a partner, the partners' own and the council's."""

import logging
import re

import pytest
from django.test import Client
from django.urls import reverse

from careportal.accounts.models import AuditEntry, User
from programmes.models import Partner, PartnerInvitation, PartnerMembership
from tests.accounts.journeys import app_code, give_code, has_factor, last_code, prove, sign_in
from tests.factories import PartnerFactory, PartnerMembershipFactory, ProgrammeFactory, UserFactory, in_days

NEW = "colleague@example.org"
PEOPLE = "/partner/people/"
SET_UP = "/account/2fa/"
EDITOR, ADMINISTRATOR = PartnerMembership.Role.EDITOR, PartnerMembership.Role.ADMINISTRATOR


@pytest.fixture
def lead(db):
    return UserFactory(lead=True)


def page_of(membership) -> str:
    return reverse("programmes:person", args=[membership.pk])


def invite(client, partner, **typed):
    return client.post(reverse("programmes:invite", args=[partner.pk]), {"email": NEW, "role": EDITOR, **typed})


def invited(partner, email="invited@example.org") -> PartnerInvitation:
    return PartnerInvitation.objects.create(partner=partner, email=email, token_hash=email.ljust(64, "0"))


def councils(partner, *more) -> str:
    name = {0: "people", 1: "person"}[len(more)]
    return reverse(f"admin:programmes_partner_{name}", args=[partner.pk, *more])


# --- The partner's own


def test_all_see_who_acts_for_it_and_administrators_see_what_they_may_do(browser, partner, administrator, editor):
    invited(partner)
    by_administrator = browser(administrator).get(PEOPLE).content.decode()
    by_editor = browser(editor).get(PEOPLE).content.decode()

    for page in (by_administrator, by_editor):
        assert administrator.user.email in page
        assert editor.user.email in page
    for words in ("Invite somebody", "invited@example.org"):
        assert words in by_administrator
        assert words not in by_editor


def test_an_administrator_invites_renews_and_withdraws(browser, partner, administrator):
    client = browser(administrator)
    assert invite(client, partner).url == PEOPLE
    assert NEW in client.get(PEOPLE).content.decode()

    client.post(reverse("programmes:renew-invitation", args=[PartnerInvitation.objects.open().get().pk]))
    assert PartnerInvitation.objects.count() == 2
    client.post(reverse("programmes:withdraw-invitation", args=[PartnerInvitation.objects.open().get().pk]))
    assert NEW not in client.get(PEOPLE).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": ""}, "Enter the email address of the person you want to invite"),
        ({"email": "none"}, "correct format"),
        ({"email": "a\x00@example.org"}, "cannot be read"),
        ({"email": "x" * 200_000}, "characters or less"),
        ({"role": ""}, "Select what they may do"),
        ({"role": "superuser"}, "Select what they may do"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_sent(browser, partner, administrator, typed, said, mailoutbox):
    answer = invite(browser(administrator), partner, **typed)

    assert (answer.status_code, said in answer.content.decode()) == (200, True)
    assert mailoutbox == []


def test_more_fields_than_asked_for_change_neither_role_nor_partner_nor_anybody(
    browser, partner, administrator, stranger
):
    """AZ4, AZ13."""
    more = {"partner": stranger.partner_id, "partner_id": stranger.partner_id, "organisation": stranger.partner_id}
    staff = {"is_staff": "on", "is_superuser": "on", "groups": "1", "email_verified": "on", "id": "1", "user": "1"}
    client = browser(administrator)
    client.post(reverse("programmes:invite", args=[partner.pk]), {"email": NEW, "role": EDITOR, **more, **staff})
    client.post(page_of(administrator), {"action": "owner", "role": "owner", **more, **staff})

    assert PartnerInvitation.objects.get().partner == partner
    administrator.refresh_from_db()
    assert (administrator.role, administrator.partner) == (ADMINISTRATOR, partner)
    assert not User.objects.exclude(role="").exists()


def test_an_editor_does_not_raise_themselves_by_a_crafted_post(browser, administrator, editor):
    """AZ13."""
    answer = browser(editor).post(page_of(editor), {"action": ADMINISTRATOR, "role": ADMINISTRATOR})

    assert "Select what you want to do" in answer.content.decode()
    editor.refresh_from_db()
    assert editor.role == EDITOR


def test_an_administrator_changes_a_role_and_removes(browser, administrator, editor):
    client = browser(administrator)
    client.post(page_of(editor), {"action": ADMINISTRATOR})
    editor.refresh_from_db()
    assert editor.is_administrator

    assert client.post(page_of(editor), {"action": "remove"}).url == PEOPLE
    assert editor.user.email not in client.get(PEOPLE).content.decode()


def test_whoever_is_removed_is_out_with_the_next_click(browser, administrator, editor):
    """AZ11."""
    client = browser(editor)
    assert client.get(PEOPLE).status_code == 200
    browser(administrator).post(page_of(editor), {"action": "remove"})

    assert client.get(PEOPLE).status_code == 404


def test_the_last_administrator_is_told_why_they_stay(browser, administrator):
    answer = browser(administrator).post(page_of(administrator), {"action": "remove"})

    assert "A partner always has an administrator" in answer.content.decode()
    assert PartnerMembership.objects.filter(pk=administrator.pk).exists()


def test_an_editor_leaves(browser, administrator, editor):
    assert browser(editor).post(page_of(editor), {"action": "remove"}).url == "/"
    assert not PartnerMembership.objects.filter(pk=editor.pk).exists()


def test_an_editor_decides_about_nobody(browser, partner, administrator, editor):
    number, client = invited(partner).pk, browser(editor)

    assert invite(client, partner).status_code == 403
    assert client.post(page_of(administrator), {"action": "remove"}).status_code == 403
    for name in ("withdraw-invitation", "renew-invitation"):
        assert client.post(reverse(f"programmes:{name}", args=[number])).status_code == 403
    assert PartnerInvitation.objects.open().count() == 1


def test_another_partners_people_are_not_there_and_each_try_is_logged(browser, partner, editor, stranger, caplog):
    """AZ3, AZ20: the answer is that for a number that does not exist, and nothing is changed."""
    number, client = invited(partner).pk, browser(stranger)
    tries = [
        (
            "partner.refused",
            reverse("programmes:invite", args=[partner.pk]),
            reverse("programmes:invite", args=[10**20]),
        ),
        ("partner_person.refused", page_of(editor), reverse("programmes:person", args=[10**20])),
        *(
            ("partner_invitation.refused", reverse(name, args=[number]), reverse(name, args=[10**20]))
            for name in ("programmes:withdraw-invitation", "programmes:renew-invitation")
        ),
    ]
    for line, theirs, nobodys in tries:
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            answers = [
                client.post(url, {"email": NEW, "role": EDITOR, "action": "remove"}) for url in (theirs, nobodys)
            ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert without_reference(answers[0]) == without_reference(answers[1])
        assert caplog.text.count(f"{line} user={stranger.user_id}") == 2
    assert PartnerInvitation.objects.open().count() == 1
    assert PartnerMembership.objects.filter(pk=editor.pk).exists()


def without_reference(answer) -> str:
    return answer.content.decode().replace(answer["X-Request-ID"], "")


def test_nothing_changes_by_looking(browser, partner, administrator):
    """AZ17."""
    number, client = invited(partner).pk, browser(administrator)

    for name in ("withdraw-invitation", "renew-invitation"):
        assert client.get(reverse(f"programmes:{name}", args=[number])).status_code == 405


def test_strangers_sign_in_and_staff_find_nothing(client, browser_of, officer, partner, administrator):
    for path in (PEOPLE, page_of(administrator), reverse("programmes:invite", args=[partner.pk])):
        assert client.get(path).url.startswith("/account/login/")
        assert browser_of(officer).get(path).status_code == 404


# --- The invitation


def test_an_address_without_an_account_gets_one_by_the_code_and_joins(
    client, partner, administrator, browser, mailed_token
):
    """J-R1."""
    invite(browser(administrator), partner)
    letter = reverse("programmes:invitation", args=[mailed_token()])
    assert partner.name not in client.get(letter).content.decode()
    client.post("/account/login/", {"login": NEW, "next": letter})
    assert give_code(client, last_code(), letter).url == letter

    assert partner.name in client.get(letter).content.decode()
    assert not PartnerMembership.objects.filter(user__email=NEW).exists()
    assert client.post(letter).url == "/partner/"
    assert client.get(PEOPLE).status_code == 200
    assert "cannot be used any more" in client.get(letter).content.decode()


def test_somebody_else_is_told_that_it_is_not_for_them(browser, partner, administrator, stranger, mailed_token):
    """AZ15."""
    invite(browser(administrator), partner)
    letter = reverse("programmes:invitation", args=[mailed_token()])
    client = browser(stranger)

    for answer in (client.get(letter), client.post(letter)):
        assert "sent to another email address" in answer.content.decode()
        assert partner.name not in answer.content.decode()
        assert "noindex" in answer["X-Robots-Tag"]
    assert PartnerInvitation.objects.open().exists()


@pytest.mark.parametrize("token", ["x", "é" * 50, "a" * 3000])
def test_a_token_that_nobody_sent_is_not_there(client, db, token):
    assert client.get(f"/partner/invitations/{token}/").status_code == 404


# --- The second factor


def test_administrators_without_a_second_factor_are_led_to_set_one_up_from_every_page(partner, editor, administrator):
    """AD2, for partners."""
    client = Client()
    client.force_login(administrator.user)

    for path in ("/partner/", PEOPLE, "/partner/referrals/", page_of(editor), "/partner/ask/"):
        assert client.get(path).url == SET_UP
        assert client.post(path).url == SET_UP
    assert "Administrators of a partner prove twice" in client.get(SET_UP).content.decode()
    assert client.get("/programmes/").status_code == 200


def test_editors_may_have_one_and_become_administrators_only_with_one(browser, administrator, editor):
    client = browser(editor)
    assert client.get(PEOPLE).status_code == 200
    browser(administrator).post(page_of(editor), {"action": ADMINISTRATOR})

    assert client.get(PEOPLE).url == SET_UP


def test_an_administrator_keeps_a_second_factor_and_an_editor_may_remove_theirs(client, administrator):
    """AD2."""
    secret = sign_in(client, administrator.user)
    client.post("/account/2fa/reauthenticate/", {"code": app_code(secret)})
    assert b"always need a second factor" in client.post("/account/2fa/totp/deactivate/").content
    assert has_factor(administrator.user)

    PartnerMembership.objects.filter(pk=administrator.pk).update(role=EDITOR)
    client.post("/account/2fa/totp/deactivate/")
    assert not has_factor(administrator.user)


# --- The agreement's end


def test_after_the_agreement_the_pages_are_gone_and_say_since_when_and_until_when(browser, editor):
    """J-R10."""
    Partner.objects.update(agreement_ends_on=in_days(-10))
    answer = browser(editor).get(PEOPLE)
    page = answer.content.decode()

    assert answer.status_code == 404
    for words in ("Your agreement has ended", "ended on", "Your figures can be read until"):
        assert words in page


def menu(client, path):
    page = client.get(path).content.decode()
    (items,) = re.findall(r'<ul class="govuk-service-navigation__list".*?</ul>', page, re.DOTALL)
    return re.findall(r'href="([^"]+)"', items)


def test_after_the_agreement_the_menu_leads_only_to_what_still_works(browser, administrator, partner):
    """J-R10: and the figures say until when, and lead to the question about the applicants' details."""
    client, question = browser(administrator), f"/partner/{partner.pk}/data-return/"
    assert len(menu(client, "/partner/figures/")) == 5
    Partner.objects.update(agreement_ends_on=in_days(-10))

    for path in ("/partner/figures/", question):
        assert menu(client, path) == ["/partner/figures/"]
    assert question in client.get("/partner/figures/").content.decode()


def test_the_menu_stays_whole_for_whoever_acts_for_another_partner_still(browser, administrator, partner):
    Partner.objects.update(agreement_ends_on=in_days(-10))
    PartnerMembershipFactory(user=administrator.user, partner__name="Another one")
    client = browser(administrator)

    for path in (f"/partner/figures/?partner={partner.pk}", f"/partner/{partner.pk}/data-return/"):
        assert len(menu(client, path)) == 5


def test_then_the_figures_are_over_too_and_the_page_says_so(browser, editor):
    Partner.objects.update(agreement_ends_on=in_days(-200))

    assert "Your figures could be read until" in browser(editor).get("/partner/").content.decode()


def test_whoever_acts_for_another_partner_still_is_told_nothing_of_the_one_that_ended(browser, editor):
    Partner.objects.update(agreement_ends_on=in_days(-10))
    PartnerMembershipFactory(user=editor.user, partner__name="Another one")
    client = browser(editor)

    assert editor.partner.name not in client.get(PEOPLE).content.decode()
    assert "Your agreement has ended" not in client.get("/partner/people/999999/").content.decode()


def test_a_listing_stays_public_after_the_agreement_and_officers_find_it(client, browser_of, partner, lead):
    """J-R10: it is the council's to end."""
    over, other = ProgrammeFactory(slug="over"), ProgrammeFactory(slug="other")
    over.partners.add(partner)
    other.partners.add(PartnerFactory())
    Partner.objects.filter(pk=partner.pk).update(agreement_ends_on=in_days(-1))

    assert client.get("/programmes/over/").status_code == 200
    found = browser_of(lead).get("/admin/programmes/programme/?agreement=over").context["cl"].result_list
    assert list(found) == [over]


def test_the_list_of_partners_warns_before_an_agreement_ends(browser_of, lead, db):
    soon, over = PartnerFactory(agreement_ends_on=in_days(1)), PartnerFactory(agreement_ends_on=in_days(-1))
    PartnerFactory()
    workspace, address = browser_of(lead), "/admin/programmes/partner/"

    shown = workspace.get(address).content.decode()
    for words in ("Ends soon: in 1 day", "Ended on", "No end set"):
        assert words in shown
    for value, found in (("ending", soon), ("over", over)):
        assert list(workspace.get(address, {"agreement": value}).context["cl"].result_list) == [found]
    assert "agreement=ending" in workspace.get("/admin/").content.decode()


# --- The council's page


def test_the_council_invites_changes_and_removes(browser_of, partner, administrator, editor, lead):
    workspace = prove(browser_of(lead))
    workspace.post(councils(partner), {"email": NEW, "role": ADMINISTRATOR})
    workspace.post(councils(partner, editor.pk), {"action": ADMINISTRATOR})
    workspace.post(councils(partner, administrator.pk), {"action": "remove"})

    assert PartnerInvitation.objects.open().get().invited_by == lead
    assert list(partner.memberships.values_list("user", "role")) == [(editor.user_id, ADMINISTRATOR)]
    shown = workspace.get(councils(partner)).content.decode()
    assert NEW in shown
    assert editor.user.email in shown


def test_the_council_renews_and_withdraws(browser_of, partner, lead):
    workspace, number = prove(browser_of(lead)), invited(partner).pk
    address = reverse("admin:programmes_partner_invitation", args=[partner.pk, number])

    workspace.post(address, {"action": "explode"})
    assert PartnerInvitation.objects.open().get().pk == number
    workspace.post(address, {"action": "renew"})
    again = PartnerInvitation.objects.open().get()
    assert again.pk != number
    workspace.post(reverse("admin:programmes_partner_invitation", args=[partner.pk, again.pk]), {"action": "withdraw"})
    assert not PartnerInvitation.objects.open().exists()


def test_what_is_refused_is_said(browser_of, partner, administrator, lead):
    workspace = prove(browser_of(lead))

    answer = workspace.post(councils(partner, administrator.pk), {"action": "remove"}, follow=True)
    assert "A partner always has an administrator" in answer.content.decode()
    answer = workspace.post(councils(partner), {"email": administrator.user.email, "role": EDITOR})
    assert "acts for this partner already" in answer.content.decode()


def test_the_council_changes_nobody_of_one_partner_by_the_address_of_another(browser_of, partner, stranger, lead):
    """AZ4."""
    workspace, number = prove(browser_of(lead)), invited(stranger.partner).pk

    assert workspace.post(councils(partner, stranger.pk), {"action": "remove"}).status_code == 404
    address = reverse("admin:programmes_partner_invitation", args=[partner.pk, number])
    assert workspace.post(address, {"action": "withdraw"}).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "officer"])
def test_other_officers_look_and_change_nothing(browser_of, partner, editor, role):
    """AD7, AD9."""
    somebody = UserFactory(**{role: True})
    workspace, number = prove(browser_of(somebody)), invited(partner).pk

    shown = workspace.get(councils(partner)).content.decode()
    assert editor.user.email in shown
    assert "Make administrator" not in shown
    assert AuditEntry.objects.filter(by=somebody, about="programmes.partner", row=partner.pk, kind="opened").exists()
    for path in (
        councils(partner),
        councils(partner, editor.pk),
        reverse("admin:programmes_partner_invitation", args=[partner.pk, number]),
    ):
        assert workspace.post(path, {"email": NEW, "role": EDITOR, "action": "remove"}).status_code == 403
    assert PartnerMembership.objects.filter(pk=editor.pk).exists()


def test_changes_by_the_council_need_fresh_proof(browser_of, partner, editor, lead):
    """AD17."""
    workspace = prove(browser_of(lead), seconds_ago=901)

    assert workspace.post(councils(partner, editor.pk), {"action": "remove"}).url.startswith("/account/2fa/")
    assert PartnerMembership.objects.filter(pk=editor.pk).exists()


def test_nobody_is_put_in_or_moved_by_the_form_of_the_partner(browser_of, partner, editor, lead):
    """The form shows who acts for it; people come and go by named steps alone."""
    address = reverse("admin:programmes_partner_change", args=[partner.pk])
    sent = {
        "slug": partner.slug,
        "name": partner.name,
        "memberships-TOTAL_FORMS": 2,
        "memberships-INITIAL_FORMS": 1,
        "memberships-0-id": editor.pk,
        "memberships-0-role": ADMINISTRATOR,
        "memberships-1-user": lead.pk,
        "memberships-1-role": ADMINISTRATOR,
    }
    workspace = browser_of(lead)
    assert councils(partner) in workspace.get(address).content.decode()
    workspace.post(address, sent)

    assert list(partner.memberships.values_list("user", "role")) == [(editor.user_id, EDITOR)]


def test_only_the_council_renames_a_partner_and_its_history_keeps_the_old_name(
    browser, browser_of, administrator, lead
):
    """PA8."""
    partner = administrator.partner
    new = {
        "name": "Renamed partner",
        "slug": partner.slug,
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    address = reverse("admin:programmes_partner_change", args=[partner.pk])
    theirs = browser(administrator)
    for path in (PEOPLE, page_of(administrator), "/partner/ask/", reverse("programmes:invite", args=[partner.pk])):
        theirs.post(path, new)
    assert theirs.post(address, new).status_code == 403
    assert Partner.objects.get(pk=partner.pk).name == "Example partner"

    browser_of(lead).post(address, new)

    newest, oldest = partner.history.all()
    assert (newest.name, newest.history_user, oldest.name) == ("Renamed partner", lead, "Example partner")
