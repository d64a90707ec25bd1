from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from simple_history.admin import SimpleHistoryAdmin

from programmes.models import EligibilityRule, Fact, Intake, Programme, Question, SharedField


class RuleForm(forms.ModelForm):
    """The accepted answers of a rule as boxes to tick, grouped by what the rule looks at."""

    accepts = forms.MultipleChoiceField(
        choices=[(fact.label, list(fact.answers.items())) for fact in Fact],
        widget=forms.CheckboxSelectMultiple,
        label="Accepted answers",
        help_text="Tick only answers of the fact that you chose.",
    )

    class Meta:
        model = EligibilityRule
        fields = ["position", "fact", "accepts", "otherwise", "reason", "what_would_help"]


class ProgrammeForm(forms.ModelForm):
    """The sharing rule as boxes to tick."""

    shared_fields = forms.MultipleChoiceField(
        choices=SharedField.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label="Shared with a partner",
        help_text="What a partner sees of an application that is referred to it from now on. Earlier ones stay.",
    )


class IntakeForm(forms.ModelForm):
    """Places are taken while this page is open: their number is written only where it was changed here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "places_taken" in self.fields:
            self.fields["places_taken"].show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and "places_taken" in self.fields and "places_taken" not in self.changed_data:
            row = Intake.objects.select_for_update(of=("self",)).filter(pk=self.instance.pk)
            cleaned["places_taken"] = row.values_list("places_taken", flat=True).get()
        return cleaned


class EligibilityRuleInline(admin.StackedInline):
    model = EligibilityRule
    form = RuleForm
    extra = 0


class QuestionInline(admin.StackedInline):
    model = Question
    extra = 0


class IntakeInline(admin.StackedInline):
    model = Intake
    form = IntakeForm
    extra = 0
    can_delete = False  # see IntakeAdmin


def places_link(programme_id: int | None) -> str:
    """To the page that shows who holds a place and who waits. It belongs to a part of the portal above this one."""
    if programme_id is None:
        return "None yet"
    address = reverse("admin:enquiries_places", args=[programme_id])
    return format_html('<a class="govuk-link" href="{}">Who holds a place, and who waits</a>', address)


@admin.register(Programme)
class ProgrammeAdmin(SimpleHistoryAdmin):
    """A listing with all that belongs to it. What is missing is listed, never invented."""

    form = ProgrammeForm
    list_display = ["title", "state", "theme", "missing", "checked_on", "review_due_on"]
    list_filter = ["state", "theme", "audience"]
    search_fields = ["title", "summary"]
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["places"]
    inlines = [IntakeInline, QuestionInline, EligibilityRuleInline]

    @admin.display(description="Places and waiting list")
    def places(self, programme: Programme) -> str:
        return places_link(programme.pk)

    @admin.display(description="To fill in")
    def missing(self, programme: Programme) -> str:
        return ", ".join(programme.gaps()) or "Nothing"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A programme is archived, so that applications and figures keep it."""
        return False


@admin.register(Intake)
class IntakeAdmin(SimpleHistoryAdmin):
    form = IntakeForm
    list_display = ["title", "programme", "state", "opens_on", "closes_on", "starts_on", "capacity", "places_taken"]
    list_filter = ["state"]
    list_select_related = ["programme"]
    readonly_fields = ["places"]

    @admin.display(description="Places and waiting list")
    def places(self, intake: Intake) -> str:
        return places_link(intake.programme_id)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An intake is cancelled, so that whoever preferred it does not lose that answer."""
        return False
