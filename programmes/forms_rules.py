"""The rules of a programme as officers edit them."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.forms import BaseInlineFormSet, inlineformset_factory

from careportal.kit.fields import ChoiceField, LineField, MultipleChoiceField, WholeNumberField
from careportal.kit.forms import GovukHelper
from careportal.kit.layout import Question, Reveals
from programmes.models import EligibilityRule, Fact, Programme, Verdict
from providers.models import ProviderType

AT_MOST = 30
FIELDS = ("fact", "only_for", "otherwise", "reason", "what_would_help", "set_by", "position")


class RuleForm(forms.ModelForm):
    """One rule: what it looks at, which answers fit, and what somebody is told whose answer does not.

    Each fact has boxes of its own for the answers that fit; those of the fact that was chosen count.
    """

    use_required_attribute = False
    marks_optional = True

    fact = ChoiceField(label="What does it look at?", missing="Select what the rule looks at", choices=Fact.choices)
    only_for = MultipleChoiceField(
        label="Only for some kinds of care?",
        help_text="For other kinds the rule does not count. Tick none if it counts for all of them.",
        required=False,
        choices=ProviderType.choices,
    )
    otherwise = ChoiceField(
        label="What does any other answer mean?",
        missing="Select what any other answer means",
        choices=[(verdict, verdict.label) for verdict in (Verdict.NO, Verdict.NOT_YET, Verdict.ASK)],
        initial=Verdict.NO,
    )
    reason = LineField(
        label="Why does another answer not fit?",
        help_text="Providers read this.",
        missing="Enter why another answer does not fit",
        noun="The reason",
        max_length=250,
    )
    what_would_help = LineField(
        label="What would change that?", help_text="Providers read this too.", required=False, max_length=250
    )
    set_by = LineField(label="Who set the rule, if not the council?", required=False, max_length=100)
    position = WholeNumberField(
        label="Place in the list", missing="Enter its place in the list", noun="The place", least=1, most=1000
    )

    class Meta:
        model = EligibilityRule
        fields = FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        for fact in Fact:
            self.fields[boxes_of(fact)] = MultipleChoiceField(
                label="Which answers fit?",
                required=False,
                choices=list(fact.answers.items()),
                initial=self.instance.accepts if self.instance.fact == fact else [],
            )
        self.helper = GovukHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def lay_out(self) -> None:
        """Once every field is there, those of the formset too."""
        revealed: Reveals = {fact.value: Question(boxes_of(fact), small=True) for fact in Fact}
        shown = [one for one in self if one.name not in {"fact", *(boxes_of(fact) for fact in Fact)}]
        rest = (one.name if one.is_hidden else Question(one.name, small=True) for one in shown)
        self.helper.layout = Layout(Question("fact", small=True, reveals=revealed), *rest)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("fact"):
            boxes = boxes_of(cleaned["fact"])
            self.instance.accepts = cleaned.get(boxes) or []
            if not self.instance.accepts:
                self.add_error(boxes, "Select at least one answer that fits")
        return cleaned

    def _update_errors(self, errors: Any) -> None:
        """What the model says of the accepted answers has been said at their boxes."""
        errors.error_dict.pop("accepts", None)
        super()._update_errors(errors)  # type: ignore[misc]  # Django has it, its stubs do not


def boxes_of(fact: str) -> str:
    """The name of the question which answers of a fact fit."""
    return f"accepts_{fact}"


class _Rules(BaseInlineFormSet):
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["position"].initial = (index or 0) + 1
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = "Remove this rule"
        form.lay_out()

    def rules(self) -> list[EligibilityRule]:
        """The rules as they would be, once the forms are found valid: none is stored yet."""
        kept = [form for form in self.forms if form.has_changed() or form.instance.pk]
        removed = self.deleted_forms
        return sorted((form.instance for form in kept if form not in removed), key=lambda rule: rule.position)


RulesFormSet = inlineformset_factory(
    Programme,
    EligibilityRule,
    form=RuleForm,
    formset=_Rules,
    extra=1,
    max_num=AT_MOST,
    validate_max=True,
    can_delete_extra=False,
)
