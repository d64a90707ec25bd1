from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from simple_history.admin import SimpleHistoryAdmin

from programmes.admin.checks import FreshnessFilter, call, calls
from programmes.fields import RowsField
from programmes.models import Intake, Partner, Programme, Question, SharedField
from programmes.services import note_change


class AgreementOver(admin.SimpleListFilter):
    """Listings of partners that may not keep them any more. They stay as they are until the council sees to them."""

    title = "partner’s agreement"
    parameter_name = "agreement"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("over", "Is over")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() != "over":
            return queryset
        runs = Programme.partners.through.objects.filter(partner__in=Partner.objects.agreement_over())
        return queryset.filter(pk__in=runs.values("programme")).exclude(state=Programme.State.ARCHIVED)


class PartnersField(RowsField):
    unknown = "Select partners from the list."


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
        self.before = self.instance.facts() if self.instance.pk else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and "places_taken" in self.fields and "places_taken" not in self.changed_data:
            row = Intake.objects.select_for_update(of=("self",)).filter(pk=self.instance.pk)
            cleaned["places_taken"] = row.values_list("places_taken", flat=True).get()
        return cleaned


def tell_of_change(form: IntakeForm, by: Any) -> None:
    """People who applied for an intake hear of what changed, whoever changed it."""
    if form.before is not None and form.has_changed():
        note_change(form.instance, form.before, by)


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
    if programme.pk is None:
        return "It is here once you have saved the draft"
    if programme.state != Programme.State.DRAFT:
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
    list_filter = ["state", FreshnessFilter, "theme", "audience", AgreementOver]
    search_fields = ["title", "summary"]
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["places", "rules", "still_correct", "go_live"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "summary", "description", "theme", "audience", "who_for"]}),
        ("How it is run", {"fields": ["delivery_mode", "time_needed", "cover", "cost_pounds", "cost_note"]}),
        ("Partners, and what they see", {"fields": ["partners", "shared_fields", "sharing_note"]}),
        ("Who can get it", {"fields": ["rules", "needs_account"]}),
        ("Where to ask", {"fields": ["telephone", "link"]}),
        ("What providers are promised", {"fields": ["first_reply_days", "decision_days", "answer_days"]}),
        (
            "National funding",
            {"fields": ["funding_name", "funding_link", "funding_note", "funding_months"]},
        ),
        ("Is it still correct?", {"fields": ["review_months", "checked_on", "review_due_on", "still_correct"]}),
        ("Who can see it", {"fields": ["state", "paused_because", "go_live", "places"]}),
    ]
    inlines = [IntakeInline, QuestionInline]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for one in formset.forms:
            if isinstance(one, IntakeForm):
                tell_of_change(one, request.user)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, form_class=PartnersField, **options)

    @admin.display(description="Places and waiting list")
    def places(self, programme: Programme) -> str:
        return places_link(programme.pk)

    def get_urls(self) -> list[URLPattern]:
        listed, one = self.admin_site.admin_view(calls), self.admin_site.admin_view(call)
        return [
            path("calls/", listed, name="programmes_programme_calls"),
            path("<int:pk>/call/", one, name="programmes_programme_call"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Programme, form: Any, change: bool) -> None:
        """A new day of the last check is the council's own check: nobody has to be asked any more."""
        if change and "checked_on" in form.changed_data and obj.checked_on:
            obj.note_council_check(keep_due_on="review_due_on" in form.changed_data)
        super().save_model(request, obj, form, change)

    @admin.display(description="Still correct?")
    def still_correct(self, programme: Programme) -> str:
        if programme.pk is None:
            return "Its partner is asked once it is listed"
        who = f", last confirmed by {programme.checked_by_partner}" if programme.checked_by_partner else ""
        address = reverse("admin:programmes_programme_calls")
        link = format_html('<a class="govuk-link" href="{}">Listings to call about</a>', address)
        return format_html("{}{}. {}", programme.freshness().label, who, link)

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

    def save_model(self, request: HttpRequest, obj: Intake, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        tell_of_change(form, request.user)

    @admin.display(description="Places and waiting list")
    def places(self, intake: Intake) -> str:
        return places_link(intake.programme_id)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An intake is cancelled, so that whoever preferred it does not lose that answer."""
        return False
