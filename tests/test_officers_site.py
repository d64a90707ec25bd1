"""The officers' workspace as a whole: who gets in, how, and what it never shows."""

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.urls import NoReverseMatch, get_resolver, reverse

from careportal.accounts import services
from careportal.accounts.roles import Role
from careportal.officers import NAVIGATION, OUR_APPS
from enquiries.models import AddressCode, Enquiry
from tests.accounts.journeys import sign_in, sign_in_by_code


@pytest.fixture
def person(db):
    return lambda role: services.create_officer(email=f"{role or 'nobody'}@example.org", role=role)


@pytest.fixture
def administrator(client, person):
    found = person(Role.ADMINISTRATOR)
    sign_in(client, found)
    return found


# --- Getting in


def test_the_admin_has_no_sign_in_of_its_own(client, db):
    """(AD1)"""
    answer = client.get("/admin/login/?next=/admin/accounts/user/")

    assert (answer.status_code, answer.url) == (302, "/account/login/?next=/admin/accounts/user/")


def test_a_password_posted_to_the_admins_sign_in_is_not_looked_at(client, person):
    """(AD1)"""
    officer = person(Role.ADMINISTRATOR)
    officer.set_password("three random words")
    officer.save()

    for _ in range(20):
        answer = client.post("/admin/login/", {"username": officer.email, "password": "three random words"})

        assert answer.url == "/account/login/?next=/admin/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "forged", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_way_back_from_the_closed_sign_in_stays_on_our_host(client, administrator, forged):
    """(FI19)"""
    assert client.get("/admin/login/", {"next": forged}).url == "/admin/"
    client.post("/account/logout/")
    assert client.get("/admin/login/", {"next": forged}).url == "/account/login/?next=/admin/"


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/nowhere/", "/admin/jsi18n/"])
def test_strangers_are_sent_to_the_sign_in_and_learn_nothing(client, db, path):
    """(AZ1)"""
    answer = client.get(path)

    assert (answer.status_code, answer.url) == (302, f"/account/login/?next={path}")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/accounts/user/", "/admin/nowhere/"])
def test_signed_in_people_who_are_no_staff_get_the_403_page(client, person, path):
    """(AZ1)"""
    sign_in_by_code(client, person(Role.NONE))

    answer = client.get(path)

    assert answer.status_code == 403
    assert settings.COUNCIL.contact.telephone in answer.content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role])
def test_every_staff_role_opens_the_workspace_and_sees_only_its_pages(client, person, role):
    """(AZ1)"""
    somebody = person(role)
    sign_in(client, somebody)

    page = client.get("/admin/").content.decode()

    for text, name, permission in NAVIGATION:
        assert (f'href="{reverse(name)}"' in page) == somebody.has_perm(permission), text


def test_signing_out_is_on_every_page_and_needs_a_button(client, administrator):
    """(SE23, AZ17)"""
    for path in ("/admin/", "/admin/accounts/user/", "/account/2fa/"):
        assert 'action="/account/logout/"' in client.get(path).content.decode(), path

    client.get("/admin/logout/", follow=True)
    assert client.get("/admin/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("path", ["/admin/password_change/", "/admin/password_change/done/"])
def test_passwords_are_changed_on_the_account_pages(client, administrator, path):
    assert client.get(path).url == "/account/password/change/"


# --- What it shows


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/accounts/", "/admin/accounts/user/", "/admin/accounts/user/add/", "/admin/jsi18n/"]
)
def test_no_answer_is_ever_stored(client, administrator, path):
    """(HC7)"""
    answer = client.get(path)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/accounts/user/add/"])
def test_pages_carry_no_script_or_style_of_their_own(client, administrator, path):
    """(HC1)"""
    page = client.get(path).content.decode()

    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert all("src=" in tag for tag in page.split("<script")[1:] if "application/json" not in tag.split(">")[0])


def test_the_workspace_wears_the_councils_name(client, administrator):
    page = client.get("/admin/").content.decode()

    assert settings.COUNCIL.name in page
    assert "Django" not in page


def test_what_packages_bring_along_is_not_in_the_workspace():
    """(AD14)"""
    assert {model._meta.app_label for model in admin.site._registry} <= OUR_APPS


@pytest.mark.parametrize(
    "path",
    [
        "/admin/doc/",
        "/admin/auth/group/",
        "/admin/mfa/authenticator/",
        "/admin/account/emailaddress/",
        "/admin/sessions/",
        "/__debug__/",
        "/flower/",
        "/media/",
        "/static/",
        "/api/schema/",
        "/.git/config",
    ],
)
def test_pages_for_developers_are_absent(client, administrator, path):
    """(AD14)"""
    assert client.get(path).status_code == 404


def test_an_error_tells_no_developer_anything(client, administrator):
    """(AD14)"""
    assert not settings.DEBUG
    page = client.get("/admin/nowhere/").content.decode()

    assert "urlconf" not in page.lower()
    assert "Traceback" not in page


def test_every_page_of_the_workspace_is_behind_the_second_factor(client, person):
    """(AD2)"""
    client.force_login(person(Role.ADMINISTRATOR))

    for name in _pages_without_arguments():
        assert client.get(reverse(f"admin:{name}")).url == "/account/2fa/", name


def _pages_without_arguments():
    names = get_resolver().namespace_dict["admin"][1].reverse_dict
    for name in {name for name in names if isinstance(name, str)}:
        try:
            reverse(f"admin:{name}")
        except NoReverseMatch:
            continue
        yield name


@pytest.mark.parametrize("model", [AddressCode, Enquiry])
@pytest.mark.parametrize("number", ["16", "x", "0" * 32])
def test_the_way_to_the_page_of_a_row_ends_where_no_such_row_can_be(client, administrator, model, number):
    """(FI22) Some rows have a UUID for their key: a number is none."""
    kind = ContentType.objects.get_for_model(model)
    assert client.get(f"/admin/r/{kind.pk}/{number}/").status_code == 404
