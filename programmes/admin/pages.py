import datetime as dt
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from simple_history.admin import SimpleHistoryAdmin

from programmes.forms_plans import FigureForm, PageForm
from programmes.models import Page, PageFigure

TEXT = {"title", "summary", "body"}
REVIEWED_AFTER = dt.timedelta(days=182)


class ReviewFilter(admin.SimpleListFilter):
    """Pages that somebody has to look through again."""

    title = "review"
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("due", "Is due")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.due() if self.value() == "due" else queryset


class PageFigureInline(admin.StackedInline):
    model = PageFigure
    form = FigureForm
    extra = 0
    verbose_name = "figure"
    verbose_name_plural = "Figures"


@admin.register(Page)
class PageAdmin(SimpleHistoryAdmin):
    """A page is looked at before it is saved: the preview keeps what was typed. Its day follows its words."""

    form = PageForm
    list_display = ["title", "is_public", "updated_on", "review"]
    list_filter = [ReviewFilter, "is_public"]
    search_fields = ["title", "summary"]
    inlines = [PageFigureInline]
    view_on_site = False  # a page that is not public has none: see public_page

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"review_due_on": timezone.localdate() + REVIEWED_AFTER}

    def get_readonly_fields(self, request: HttpRequest, obj: Page | None = None) -> list[str]:
        """Its address stays, because others link to it."""
        return ["slug", "public_page", "updated_on"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Page | None = None) -> list[str]:
        return [*PageForm.Meta.fields, *(["updated_on", "public_page", "opened"] if obj else [])]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Page | None = None) -> dict[str, Any]:
        return {} if obj else {"slug": ["title"]}

    def save_model(self, request: HttpRequest, obj: Page, form: Any, change: bool) -> None:
        if TEXT & set(form.changed_data):
            obj.updated_on = timezone.localdate()
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        page = form.instance
        if any(one.has_changed() for one in formsets) and page.updated_on != timezone.localdate():
            page.updated_on = timezone.localdate()
            page.save(update_fields=["updated_on"])

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        form = context["adminform"].form
        figures = [one.formset for one in context["inline_admin_formsets"]]
        if getattr(form, "is_looked_at", False) and not form.errors and all(one.is_valid() for one in figures):
            context |= {"preview": _looked_at(form), "preview_figures": _figures(figures)}
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="Review", ordering="review_due_on")
    def review(self, page: Page) -> str:
        day = f"{page.review_due_on:%-d %B %Y}"
        return f"Due since {day}" if page.review_is_due else day

    @admin.display(description="As the public sees it")
    def public_page(self, page: Page) -> str:
        if not page.is_public:
            return "Nobody but officers can see it"
        return format_html('<a class="govuk-link" href="{}">{}</a>', page.get_absolute_url(), page.title)


def _looked_at(form: PageForm) -> Page:
    """The page as it would be saved now."""
    page = form.instance
    if TEXT & set(form.changed_data):
        page.updated_on = timezone.localdate()
    return page


def _figures(formsets: list[Any]) -> list[PageFigure]:
    forms = [form for formset in formsets for form in formset.forms if form not in formset.deleted_forms]
    return sorted((form.instance for form in forms if form.instance.value), key=lambda one: one.position)
