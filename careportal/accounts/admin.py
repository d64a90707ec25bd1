"""The people pages of the officers' workspace. Every change goes through a service and its rules."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from careportal.accounts import pages
from careportal.accounts.exceptions import AccountRefusal
from careportal.accounts.forms_people import PersonForm
from careportal.accounts.fresh import fresh_proof_for_changes
from careportal.accounts.models import AccountEvent, AuditEntry, SecondFactorReset, User
from careportal.accounts.roles import Role

SHOWN = 10


class ReadOnlyAdmin(admin.ModelAdmin):
    """A record that is looked at and never edited."""

    list_display_links = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class PersonAdmin(admin.ModelAdmin):
    """Administrators add and edit people; lead officers look. Nobody is deleted: they are stopped from signing in."""

    form = PersonForm
    list_display = ["email", "name", "role", "is_active", "has_second_factor", "last_login"]
    list_filter = ["role", "is_active"]
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    change_form_template = "admin/accounts/person.html"
    object_history_template = "admin/accounts/person_history.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
        return super().get_queryset(request).annotate(has_factor=Exists(factors))

    @admin.display(description="second factor", boolean=True)
    def has_second_factor(self, user: Any) -> bool:
        return user.has_factor

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> type[ModelForm]:
        form = super().get_form(request, obj, change, **options)
        return type(form.__name__, (form,), {"by": request.user})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["email", "name", "role", "is_active"] if obj else ["email", "name", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Nobody edits their own role, not even by a crafted request (AZ14)."""
        return ["role", "is_active"] if obj and obj.pk == request.user.pk else []

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A rule that is broken only between check and save (two administrators at once) becomes a message too."""
        try:
            return fresh_proof_for_changes(super().changeform_view)(request, object_id, form_url, extra_context)
        except AccountRefusal as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        saved = form.save_by_services(by=request.user)
        obj.pk, obj._state.adding = saved.pk, False

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """AccountEvent is the record; Django's own log would hold names."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """AccountEvent is the record; Django's own log would hold names."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        events = AccountEvent.objects.filter(user_id=object_id).select_related("by")[:200]
        return super().history_view(request, object_id, {"events": events, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        reset = self.admin_site.admin_view(fresh_proof_for_changes(pages.second_factor_reset))
        return [path("<int:user_id>/second-factor/", reset, name="accounts_user_second_factor"), *super().get_urls()]


@admin.register(SecondFactorReset)
class SecondFactorResetAdmin(ReadOnlyAdmin):
    list_display = ["user", "requested_by", "requested_at", "confirmed_by", "confirmed_at", "withdrawn_at"]
    list_select_related = ["user", "requested_by", "confirmed_by"]


@admin.register(AccountEvent)
class AccountEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "user", "by", "before", "after"]
    list_filter = ["kind"]
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ["user", "by"]
    show_full_result_count = False


class ByFilter(admin.SimpleListFilter):
    title = "officer"
    parameter_name = "officer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(user.pk), str(user)) for user in User.objects.exclude(role=Role.NONE)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = dict(self.lookup_choices)
        return queryset.filter(by=self.value()) if self.value() in chosen else queryset


class AboutFilter(admin.SimpleListFilter):
    title = "kind of record"
    parameter_name = "records"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        models = model_admin.admin_site._registry
        return [(model._meta.label_lower, model._meta.verbose_name_plural) for model in models]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = dict(self.lookup_choices)
        return queryset.filter(about=self.value()) if self.value() in chosen else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who opened, listed, searched, exported or changed what, and who was refused. It is only looked at."""

    list_display = ["at", "kind", "by", "about", "records", "count", "more"]
    list_filter = ["kind", AboutFilter, ByFilter, "at"]
    search_fields = ["row"]
    search_help_text = "Number of a record"
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ["by"]
    list_per_page = 50
    show_full_result_count = False

    @admin.display(description="records")
    def records(self, entry: Any) -> str:
        """Their numbers, the first few of them."""
        numbers = [str(number) for number in entry.ids[:SHOWN]]
        return ", ".join(numbers) + (" and others" if entry.count > len(numbers) > 0 else "")

    @admin.display(description="more")
    def more(self, entry: Any) -> str:
        return ", ".join(f"{name}: {value}" for name, value in sorted(entry.detail.items()))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By the number of a record; nothing else can be searched for here."""
        number = search_term.strip()
        if not number:
            return queryset, False
        is_one = number.isascii() and number.isdecimal() and len(number) <= 18
        return (queryset.filter(row=int(number)) if is_one else queryset.none()), False
