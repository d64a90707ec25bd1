from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from programmes.models import EligibilityRule, Fact, Intake, Programme, Question


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


class EligibilityRuleInline(admin.StackedInline):
    model = EligibilityRule
    form = RuleForm
    extra = 0


class QuestionInline(admin.StackedInline):
    model = Question
    extra = 0


class IntakeInline(admin.StackedInline):
    model = Intake
    extra = 0
    can_delete = False  # see IntakeAdmin


@admin.register(Programme)
class ProgrammeAdmin(SimpleHistoryAdmin):
    """A listing with all that belongs to it. What is missing is listed, never invented."""

    list_display = ["title", "state", "theme", "missing", "checked_on", "review_due_on"]
    list_filter = ["state", "theme", "audience"]
    search_fields = ["title", "summary"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [IntakeInline, QuestionInline, EligibilityRuleInline]

    @admin.display(description="To fill in")
    def missing(self, programme: Programme) -> str:
        return ", ".join(programme.gaps()) or "Nothing"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A programme is archived, so that applications and figures keep it."""
        return False


@admin.register(Intake)
class IntakeAdmin(SimpleHistoryAdmin):
    list_display = ["title", "programme", "state", "opens_on", "closes_on", "starts_on", "capacity", "places_taken"]
    list_filter = ["state"]
    list_select_related = ["programme"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An intake is cancelled, so that whoever preferred it does not lose that answer."""
        return False
