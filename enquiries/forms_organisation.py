"""Forms about an organisation's applications: fields and wording."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import Layout

from careportal.kit.fields import ChoiceField, LineField, MultipleChoiceField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from enquiries.models import Enquiry
from enquiries.models.site import titles_of
from providers.models import Provider

NEW = "new"


class FoundForm(GovukForm):
    """Which of the applications that were found to add, and to which organisation if there is a choice."""

    def __init__(self, *args: Any, found: Iterable[Enquiry], organisations: list[Provider], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["references"] = MultipleChoiceField(
            label="Which applications are your organisation’s?",
            missing="Select at least one application",
            choices=[(one.reference, f"{one.reference}, {one.organisation}") for one in found],
            hints={one.reference: ", ".join(titles_of(one.interests.all())) for one in found},
        )
        self.initial["references"] = [one.reference for one in found]
        questions = [Question("references")]
        if organisations:
            known = [(str(one.pk), f"{one.name}, {one.postcode}".rstrip(", ")) for one in organisations]
            self.fields["organisation"] = ChoiceField(
                label="Which organisation do they belong to?",
                missing="Select the organisation they belong to",
                choices=[*known, (NEW, "Another organisation: make a new one from these applications")],
            )
            questions.append(Question("organisation"))
        self.helper.layout = Layout(*questions, Continue("Add them"))

    @property
    def provider_id(self) -> int | None:
        chosen = self.cleaned_data.get("organisation", NEW)
        return None if chosen == NEW else int(chosen)


class TakeOverForm(GovukForm):
    organisation = LineField(
        label="Which organisation do you want to take over?",
        help_text="The reference of one of its applications, or its CQC location ID or provider ID.",
        missing="Enter a reference or a CQC number",
        noun="The reference or number",
        max_length=60,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Question("organisation", width="20"), Continue("Send the code"))
