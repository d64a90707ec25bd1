"""The table of roles, said a second time: a change to it must be made twice, and on purpose."""

import pytest

from careportal.accounts.models import User
from careportal.accounts.roles import Role

EXPECTED = {
    "enquiries.view_enquiry": {Role.VIEWER, Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "enquiries.change_enquiry": {Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "enquiries.delete_enquiry": set(),
    "enquiries.export_enquiry": {Role.LEAD, Role.ADMINISTRATOR},
    "enquiries.delete_outgoingmail": set(),
    "enquiries.delete_event": set(),
    "enquiries.view_routingrule": {Role.VIEWER, Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "enquiries.add_routingrule": {Role.LEAD, Role.ADMINISTRATOR},
    "enquiries.change_routingrule": {Role.LEAD, Role.ADMINISTRATOR},
    "enquiries.delete_routingrule": {Role.LEAD, Role.ADMINISTRATOR},
    "enquiries.view_replytemplate": {Role.VIEWER, Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "enquiries.add_replytemplate": {Role.LEAD, Role.ADMINISTRATOR},
    "enquiries.change_replytemplate": {Role.LEAD, Role.ADMINISTRATOR},
    "enquiries.delete_replytemplate": {Role.LEAD, Role.ADMINISTRATOR},
    "enquiries.view_wording": {Role.VIEWER, Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "enquiries.add_wording": {Role.LEAD, Role.ADMINISTRATOR},
    "enquiries.change_wording": {Role.LEAD, Role.ADMINISTRATOR},
    "enquiries.delete_wording": {Role.LEAD, Role.ADMINISTRATOR},
    "enquiries.view_pulse": {Role.VIEWER, Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "programmes.view_programme": {Role.VIEWER, Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "programmes.change_programme": {Role.LEAD, Role.ADMINISTRATOR},
    "programmes.view_listingchange": {Role.VIEWER, Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "programmes.change_listingchange": {Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "programmes.delete_listingchange": set(),
    "programmes.view_listingcheck": {Role.VIEWER, Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "programmes.add_listingcheck": {Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "programmes.change_listingcheck": set(),
    "programmes.change_listingreport": {Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "programmes.delete_listingreport": set(),
    "programmes.change_linkcheck": set(),
    "programmes.view_page": {Role.VIEWER, Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "programmes.change_page": {Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "programmes.delete_page": {Role.LEAD, Role.ADMINISTRATOR},
    "programmes.delete_pagefigure": {Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "programmes.view_workstream": {Role.VIEWER, Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "programmes.change_workstream": {Role.LEAD, Role.ADMINISTRATOR},
    "programmes.change_strategy": {Role.LEAD, Role.ADMINISTRATOR},
    "programmes.view_closureday": {Role.VIEWER, Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "programmes.add_closureday": {Role.LEAD, Role.ADMINISTRATOR},
    "programmes.delete_closureday": {Role.LEAD, Role.ADMINISTRATOR},
    "programmes.delete_programme": set(),
    "programmes.delete_intake": set(),
    "programmes.delete_partner": {Role.LEAD, Role.ADMINISTRATOR},
    "programmes.delete_question": {Role.LEAD, Role.ADMINISTRATOR},
    "providers.change_provider": {Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR},
    "providers.delete_provider": set(),
    "accounts.view_user": {Role.LEAD, Role.ADMINISTRATOR},
    "accounts.add_user": {Role.ADMINISTRATOR},
    "accounts.change_user": {Role.ADMINISTRATOR},
    "accounts.delete_user": set(),
    "mfa.view_authenticator": set(),
    "account.change_emailaddress": set(),
    "sessions.view_session": set(),
    "nonsense": set(),
}


@pytest.mark.parametrize("permission", EXPECTED)
@pytest.mark.parametrize("role", Role.values)
def test_what_a_role_may_do(permission, role):
    """(AZ14)"""
    person = User(email="person@example.org", role=role)

    assert person.has_perm(permission) == (role in EXPECTED[permission])


@pytest.mark.parametrize("role", Role.values)
def test_who_may_not_sign_in_may_do_nothing(role):
    """(AZ12)"""
    person = User(email="person@example.org", role=role, is_active=False)

    assert not person.is_staff
    assert not any(person.has_perm(permission) for permission in EXPECTED)
    assert not person.has_module_perms("enquiries")


def test_no_account_stands_above_the_table():
    """(SE16)"""
    assert not User(role=Role.ADMINISTRATOR).is_superuser
