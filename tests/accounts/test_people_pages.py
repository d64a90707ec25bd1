"""The people pages of the officers' workspace: works, bad input, not yours, signed out."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from careportal.accounts import services
from careportal.accounts.models import AccountEvent, User
from careportal.accounts.roles import Role
from tests.accounts.journeys import app_code, has_factor, sign_in

ADD = "/admin/accounts/user/add/"
Kind = AccountEvent.Kind


def page_of(person) -> str:
    return f"/admin/accounts/user/{person.pk}/change/"


def factor_page(person) -> str:
    return reverse("admin:accounts_user_second_factor", args=[person.pk])


def values(person, **changes) -> dict[str, str]:
    """What the form posts for this person, with these changes. A box that is not ticked is not posted."""
    given = {"email": person.email, "name": person.name, "role": person.role, "is_active": "on", **changes}
    return {name: value for name, value in given.items() if value is not None}


@pytest.fixture
def browser(client, administrator):
    """An administrator, signed in."""
    sign_in(client, administrator)
    return client


# --- Works


def test_an_administrator_sees_everybody(browser, officer, partner, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        page = browser.get("/admin/accounts/user/").content.decode()

    assert officer.email in page
    assert partner.email in page


def test_a_person_is_added_by_the_service(browser, administrator):
    browser.post(ADD, {"email": "New@example.org", "name": "New", "role": Role.OFFICER})

    person = User.objects.get(email="new@example.org")
    assert (person.role, person.emailaddress_set.get().verified) == (Role.OFFICER, True)
    assert person.events.get().by == administrator


def test_no_page_asks_for_or_shows_a_password(browser, officer):
    for path in (ADD, page_of(officer)):
        assert "password" not in browser.get(path).content.decode().lower()


def test_an_edit_is_made_and_recorded(browser, officer):
    browser.post(page_of(officer), values(officer, name="Renamed", role=Role.LEAD))

    officer.refresh_from_db()
    assert (officer.name, officer.role) == ("Renamed", Role.LEAD)
    page = browser.get(f"/admin/accounts/user/{officer.pk}/history/").content.decode()
    assert "Role changed: officer → lead" in page


def test_taking_the_tick_away_stops_somebody(browser, officer):
    browser.post(page_of(officer), values(officer, is_active=None))

    officer.refresh_from_db()
    assert not officer.is_active


def test_djangos_own_log_keeps_no_names(browser, officer):
    browser.post(page_of(officer), values(officer, name="Renamed"))

    assert not LogEntry.objects.exists()


# --- Bad input


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"email": "not an address"}, "valid email address"),
        ({"email": ""}, "Enter their email address"),
        ({"email": "partner@example.org"}, "already an account with this email address"),
        ({"role": "emperor"}, "not one of the available choices"),
    ],
)
def test_what_does_not_fit_is_named_and_changes_nothing(browser, officer, partner, change, said):
    page = browser.post(page_of(officer), values(officer, **change)).content.decode()

    assert said in page
    assert "There is a problem" in page
    assert list(officer.events.values_list("kind", flat=True)) == [Kind.CREATED]


# --- Not yours


def test_nobody_edits_their_own_role_even_by_a_crafted_request(browser, administrator, second_administrator):
    """(AZ14)"""
    browser.post(page_of(administrator), values(administrator, name="Me", role=Role.LEAD, is_active=None))

    administrator.refresh_from_db()
    assert (administrator.name, administrator.role, administrator.is_active) == ("Me", Role.ADMINISTRATOR, True)


def test_fields_that_the_form_does_not_offer_are_ignored(browser, officer):
    """(AZ13, FI7)"""
    browser.post(
        page_of(officer), values(officer, password="known", is_superuser="on", id="999", last_login="2020-01-01")
    )

    officer.refresh_from_db()
    assert not officer.has_usable_password()
    assert not officer.is_superuser


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICER, Role.LEAD])
def test_other_roles_change_nobody(client, administrator, partner, role):
    """(AZ14, AD7)"""
    somebody = services.create_officer(email="somebody@example.org", role=role)
    sign_in(client, somebody)
    before = User.objects.order_by("pk").values_list("email", "role", "is_active", "name")
    before = list(before)

    for path, data in (
        (ADD, {"email": "new@example.org", "role": Role.ADMINISTRATOR}),
        (page_of(partner), values(partner, role=Role.ADMINISTRATOR)),
        (page_of(somebody), values(somebody, role=Role.ADMINISTRATOR)),
        (f"/admin/accounts/user/{partner.pk}/delete/", {"post": "yes"}),
    ):
        assert client.post(path, data).status_code == 403, path

    assert list(User.objects.order_by("pk").values_list("email", "role", "is_active", "name")) == before


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICER])
def test_people_are_shown_to_leads_and_administrators_only(client, administrator, role):
    somebody = services.create_officer(email="somebody@example.org", role=role)
    sign_in(client, somebody)

    for path in ("/admin/accounts/user/", page_of(administrator), factor_page(administrator),
                 "/admin/accounts/accountevent/", "/admin/accounts/secondfactorreset/"):  # fmt: skip
        assert client.get(path).status_code == 403, path


def test_nobody_is_deleted(browser, officer):
    """(AD8)"""
    assert browser.post(f"/admin/accounts/user/{officer.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", ["accountevent", "secondfactorreset"])
def test_records_are_looked_at_and_never_edited(browser, officer, model):
    """(AD8)"""
    assert browser.get(f"/admin/accounts/{model}/").status_code == 200
    assert browser.get(f"/admin/accounts/{model}/add/").status_code == 403
    assert browser.post(f"/admin/accounts/{model}/add/", {}).status_code == 403


def test_lists_cannot_be_asked_about_password_hashes(browser, officer):
    """(AD4)"""
    for lookup in ("password__startswith", "id__gt", "events__kind", "_connector", "email__contains"):
        assert browser.get("/admin/accounts/user/", {lookup: "!"}).status_code == 400, lookup

    assert browser.get("/admin/accounts/user/?role__exact=officer&is_active__exact=1").status_code == 200


# --- Fresh proof


def test_a_change_after_fifteen_minutes_asks_for_the_second_factor_and_then_happens(
    client, administrator, officer, time_machine_moment
):
    """(AD17)"""
    secret = sign_in(client, administrator)
    time_machine_moment.shift(901)

    answer = client.post(page_of(officer), values(officer, name="Renamed"))
    assert answer.url.startswith("/account/2fa/reauthenticate/")
    officer.refresh_from_db()
    assert officer.name == "The officer"

    client.post(answer.url, {"code": app_code(secret), "next": page_of(officer)})
    officer.refresh_from_db()
    assert officer.name == "Renamed"


# --- Signed out


def test_signed_out_these_pages_lead_to_the_sign_in_and_back(client, officer):
    for path in ("/admin/accounts/user/", ADD, page_of(officer), factor_page(officer)):
        assert client.get(path).url == f"/account/login/?next={path}"
        assert client.post(path, {}).url == f"/account/login/?next={path}"


# --- A lost second factor


@pytest.fixture
def locked_out(officer):
    services.give_second_factor(officer)
    return officer


def test_two_people_reset_a_second_factor(client, lead, locked_out, administrator):
    sign_in(client, lead)
    client.post(factor_page(locked_out), {"action": "ask"})
    other = type(client)()
    sign_in(other, administrator)
    assert "The lead asked to reset it" in other.get(factor_page(locked_out)).content.decode()

    page = other.post(factor_page(locked_out), {"action": "confirm"}, follow=True).content.decode()

    assert "has been reset" in page
    assert not has_factor(locked_out)


def test_whoever_asked_sees_why_they_cannot_confirm_and_a_crafted_request_does_nothing(browser, locked_out):
    browser.post(factor_page(locked_out), {"action": "ask"})

    page = browser.get(factor_page(locked_out)).content.decode()
    assert "A different administrator must confirm" in page
    assert 'value="confirm"' not in page

    answer = browser.post(factor_page(locked_out), {"action": "confirm"}, follow=True).content.decode()
    assert "A different administrator must confirm" in answer
    assert has_factor(locked_out)


def test_a_lead_officer_can_ask_and_not_confirm(client, lead, locked_out, administrator):
    services.request_second_factor_reset(user_id=locked_out.pk, by=administrator)
    sign_in(client, lead)

    client.post(factor_page(locked_out), {"action": "confirm"})

    assert has_factor(locked_out)


def test_a_request_can_be_withdrawn_on_the_page(browser, locked_out, lead):
    reset = services.request_second_factor_reset(user_id=locked_out.pk, by=lead)

    browser.post(factor_page(locked_out), {"action": "withdraw"})

    reset.refresh_from_db()
    assert not reset.is_open
    assert has_factor(locked_out)


@pytest.mark.parametrize("action", ["confirm", "withdraw", "nonsense", ""])
def test_an_action_that_does_not_fit_the_moment_does_nothing(browser, locked_out, action):
    page = browser.post(factor_page(locked_out), {"action": action}, follow=True).content.decode()

    assert "This has changed meanwhile" in page
    assert has_factor(locked_out)


def test_a_person_who_does_not_exist_has_no_page(browser):
    assert browser.get("/admin/accounts/user/999999/second-factor/").status_code == 404
