import re
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from simple_history.admin import SimpleHistoryAdmin

from programmes.models import Intake, Programme, Question, SharedField


class PartnersField(forms.ModelMultipleChoiceField):
    """A number that no row can have is a wrong choice; asked for it, a database would break off."""

    def clean(self, value: Any) -> Any:
        if not all(re.fullmatch(r"[0-9]{1,18}", str(number)) for number in value or []):
            raise forms.ValidationError("Select partners from the list.", code="invalid_choice")
        return super().clean(value)


class ProgrammeForm(forms.ModelForm):
    """The sharing rule as boxes to tick."""

    shared_fields = forms.MultipleChoiceField(
        choices=SharedField.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label="Shared with a partner",
        help_text="What a partner sees of an application that is referred to it from now on. Earlier ones stay.",
    )

    def clean_state(self) -> str:
        """What a partner has written anew goes live by its checklist, so that nothing of it is forgotten."""
        state: str = self.cleaned_data["state"]
        before = Programme.objects.filter(pk=self.instance.pk).values_list("state", "proposed_by").first()
        is_listed = state in {Programme.State.PUBLISHED, Programme.State.PAUSED}
        if is_listed and before and before[0] == Programme.State.DRAFT and before[1] is not None:
            raise forms.ValidationError("A partner wrote this programme. Publish it from its go-live checklist.")
        return state


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


def go_live_link(programme: Programme) -> str:
    """Drafts have a checklist before they are public."""
    if programme.pk is None or programme.state != Programme.State.DRAFT:
        return "Only drafts have one"
    address = reverse("admin:enquiries_go_live", args=[programme.pk])
    return format_html('<a class="govuk-link" href="{}">What is to be done before it is public</a>', address)


def rules_link(programme: Programme) -> str:
    """The reasons that its rules give, and the page that changes them: it shows first what that would mean."""
    if programme.pk is None:
        return "Everybody, until you have saved the programme and added rules"
    address = reverse("admin:enquiries_rules", args=[programme.pk])
    reasons = format_html_join("", "{}<br>", ((rule.reason,) for rule in programme.eligibility_rules.all()))
    return format_html('{}<a class="govuk-link" href="{}">Change the rules</a>', reasons, address)


@admin.register(Programme)
class ProgrammeAdmin(SimpleHistoryAdmin):
    """A listing with all that belongs to it. What is missing is listed, never invented."""

    form = ProgrammeForm
    list_display = ["title", "state", "theme", "missing", "checked_on", "review_due_on"]
    list_filter = ["state", "theme", "audience"]
    search_fields = ["title", "summary"]
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["places", "rules", "go_live"]
    inlines = [IntakeInline, QuestionInline]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, form_class=PartnersField, **options)

    @admin.display(description="Places and waiting list")
    def places(self, programme: Programme) -> str:
        return places_link(programme.pk)

    @admin.display(description="Who can get it")
    def rules(self, programme: Programme) -> str:
        return rules_link(programme)

    @admin.display(description="Go-live checklist")
    def go_live(self, programme: Programme) -> str:
        return go_live_link(programme)

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
