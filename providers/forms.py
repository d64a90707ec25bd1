"""Forms about the people of an organisation: fields and wording."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from careportal.kit.fields import AddressField, ChoiceField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from providers.models import Membership

ROLES = [
    (Membership.Role.MEMBER, "Member: sees and makes applications"),
    (Membership.Role.OWNER, "Owner: also invites and removes people"),
]
REMOVE = "remove"


class InviteForm(GovukForm):
    email = AddressField(
        label="Email address of your colleague",
        help_text="They get an invitation that is good for three days.",
        missing="Enter the email address of your colleague",
    )
    role = ChoiceField(label="What may they do?", missing="Select what they may do", choices=ROLES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Question("email"), Question("role"), Continue("Send invitation"))


class PersonForm(GovukForm):
    """What becomes of one member: another role, or out."""

    def __init__(self, *args: Any, membership: Membership, is_self: bool, may_manage: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [(role, words) for role, words in CHANGES.items() if role != membership.role] if may_manage else []
        leave = "Leave this organisation" if is_self else "Remove them: they lose access at once"
        self.fields["action"] = ChoiceField(
            label="What do you want to do?",
            missing="Select what you want to do",
            choices=[*others, (REMOVE, leave)],
        )
        self.helper.layout = Layout(Question("action"), Continue("Confirm"))


CHANGES = {
    Membership.Role.OWNER: "Make owner: may invite and remove people",
    Membership.Role.MEMBER: "Make member: may no longer invite or remove people",
}


class SecondContactForm(GovukForm):
    email = AddressField(
        label="Second email address",
        help_text="A mailbox of the organisation that several people read, such as the one of the site or the office.",
        missing="Enter the second email address",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Question("email", autocomplete="off"), Continue("Send a code to it"))
