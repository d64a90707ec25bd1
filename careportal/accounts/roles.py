"""What each staff role may do in the officers' workspace. This table is the only place that says so."""

from django.db import models


class Role(models.TextChoices):
    NONE = "", "Not council staff"
    VIEWER = "viewer", "View-only officer"
    OFFICER = "officer", "Officer"
    LEAD = "lead", "Lead officer"
    ADMINISTRATOR = "administrator", "Administrator"


# An app's row holds for all of its models but those that have a row of their own.
# Enquiries, their mails and their events are moved on by named steps: nobody adds or deletes any.
_VIEW = {"enquiries": {"view"}, "programmes": {"view"}, "providers": {"view"}}
_OFFICER = {
    **_VIEW,
    "enquiries": {"view", "change"},
    "enquiries.replytemplate": {"view"},
    "enquiries.report": {"view", "add"},
    "enquiries.routingrule": {"view"},
    "enquiries.wording": {"view"},
    "programmes.listingchange": {"view", "change"},
    "programmes.page": {"view", "add", "change"},
    "programmes.pagefigure": {"view", "add", "change", "delete"},
    "programmes.listingcheck": {"view", "add"},
    "programmes.listingreport": {"view", "change"},
    "programmes.linkcheck": {"view"},
    "programmes.linkplace": {"view"},
    "providers": {"view", "add", "change"},
    "providers.directoryimport": {"view"},
    "providers.postcodeimport": {"view"},
    "providers.registeredlocation": {"view"},
    "providers.tender": {"view"},
    "providers.tenderimport": {"view"},
    "providers.unitpostcode": {"view"},
    "providers.ward": {"view"},
}
_LEAD = {
    **_OFFICER,
    "enquiries.replytemplate": {"view", "add", "change", "delete"},
    "enquiries.enquiry": {"view", "change", "export"},
    "enquiries.routingrule": {"view", "add", "change", "delete"},
    "enquiries.wording": {"view", "add", "change", "delete"},
    "programmes": {"view", "add", "change", "delete"},
    "programmes.page": {"view", "add", "change", "delete"},
    "programmes.programme": {"view", "add", "change"},
    "programmes.intake": {"view", "add", "change"},
    "accounts": {"view"},
}
_ADMINISTRATOR = {**_LEAD, "accounts": {"view", "add", "change"}}

ALLOWED: dict[str, dict[str, set[str]]] = {
    Role.NONE: {},
    Role.VIEWER: _VIEW,
    Role.OFFICER: _OFFICER,
    Role.LEAD: _LEAD,
    Role.ADMINISTRATOR: _ADMINISTRATOR,
}


def only_looks(role: str) -> bool:
    """Whether a role changes nothing anywhere."""
    return all(actions <= {"view"} for actions in ALLOWED[role].values())


def allows(role: str, permission: str) -> bool:
    """Whether a role holds a Django permission such as `enquiries.change_enquiry`."""
    app, _, codename = permission.partition(".")
    action, _, model = codename.partition("_")
    rows = ALLOWED[role]
    return action in rows.get(f"{app}.{model}", rows.get(app, set()))
