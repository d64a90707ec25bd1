"""Forms about the people of a partner: fields and wording."""

from typing import Any

from crispy_forms.layout import Layout

from careportal.kit.fields import AddressField, ChoiceField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from programmes.models import Partner, PartnerMembership, PartnerRequest

Role, Wish = PartnerMembership.Role, PartnerRequest.Wish

ROLES = [
    (Role.EDITOR, "Editor: keeps listings and referrals"),
    (Role.ADMINISTRATOR, "Administrator: also decides who acts for the partner"),
]
REMOVE = "remove"
CHANGES = {
    Role.ADMINISTRATOR: "Make administrator: may invite and remove people, and needs a second factor to sign in",
    Role.EDITOR: "Make editor: may no longer invite or remove people",
}


class InviteForm(GovukForm):
    email = AddressField(
        label="Email address",
        help_text="They get an invitation that is good for three days.",
        missing="Enter the email address of the person you want to invite",
    )
    role = ChoiceField(label="What may they do?", missing="Select what they may do", choices=ROLES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            Question("email", autocomplete="off"), Question("role"), Continue("Send invitation")
        )


class PersonForm(GovukForm):
    """What becomes of one person: another role, or out."""

    def __init__(
        self, *args: Any, membership: PartnerMembership, is_self: bool, may_manage: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        others = [(role, words) for role, words in CHANGES.items() if role != membership.role] if may_manage else []
        leave = "Leave: I no longer act for this partner" if is_self else "Remove them: they lose access at once"
        self.fields["action"] = ChoiceField(
            label="What do you want to do?",
            missing="Select what you want to do",
            choices=[*others, (REMOVE, leave)],
        )
        self.helper.layout = Layout(Question("action"), Continue("Confirm"))


class AskForm(GovukForm):
    """To act for a partner without an invitation."""

    wish = ChoiceField(
        label="Why do you ask?",
        missing="Select why you ask",
        choices=[
            (Wish.TAKE_OVER, "The colleague who kept our listings has left"),
            (Wish.JOIN, "Colleagues keep our listings, and I should be able to as well"),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        runs = Partner.objects.exclude(pk__in=Partner.objects.agreement_over()).order_by("name")
        self.fields["partner"] = ChoiceField(
            label="Which organisation do you work for?",
            missing="Select the organisation that you work for",
            choices=[(str(partner.pk), partner.name) for partner in runs],
        )
        self.order_fields(["partner", "wish"])
        self.helper.layout = Layout(Question("partner"), Question("wish"), Continue("Ask the council"))
