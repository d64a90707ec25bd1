"""The directory of the Care Quality Commission, to look at. `manage.py import_cqc` writes it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from careportal.accounts.admin import ReadOnlyAdmin
from careportal.kit.cleaning import fold
from providers.models import DirectoryImport, RegisteredLocation


class RecordAdmin(ReadOnlyAdmin):
    """A record that is looked at on a page of its own."""

    def get_list_display_links(self, request: HttpRequest, list_display: Sequence[Any]) -> list[Any]:
        return list(list_display[:1])


@admin.register(RegisteredLocation)
class RegisteredLocationAdmin(RecordAdmin):
    list_display = ["name", "provider_name", "kind", "postcode", "local_authority", "rating", "cqc_location_id"]
    list_filter = ["type", "is_social_care"]
    search_fields = ["search_text"]
    search_help_text = "Name, provider, postcode, CQC location ID or CQC provider ID"
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["name", "kind", "service_types_in_words", "specialisms_in_words", "is_social_care"]}),
        ("Registration", {"fields": ["cqc_location_id", "provider_name", "cqc_provider_id", "rating", "rated_on"]}),
        ("Where it is", {"fields": ["address", "postcode", "local_authority", "region", "telephone", "website"]}),
    ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[RegisteredLocation], search_term: str
    ) -> tuple[QuerySet[RegisteredLocation], bool]:
        """Accents, case and kinds of apostrophe make no difference."""
        return super().get_search_results(request, queryset, fold(search_term[:200]))

    @admin.display(description="Kind of care", ordering="type")
    def kind(self, location: RegisteredLocation) -> str:
        return str(location.get_type_display()) if location.tells_its_type else "Not known"

    @admin.display(description="Service types")
    def service_types_in_words(self, location: RegisteredLocation) -> str:
        return ", ".join(location.service_types) or "None in the files that were imported"

    @admin.display(description="Specialisms")
    def specialisms_in_words(self, location: RegisteredLocation) -> str:
        return ", ".join(location.specialisms) or "None in the files that were imported"


@admin.register(DirectoryImport)
class DirectoryImportAdmin(RecordAdmin):
    list_display = ["imported_at", "kind", "produced_on", "locations", "added", "changed", "removed", "how_many_odd"]
    list_filter = ["kind"]
    show_facets = admin.ShowFacets.NEVER
    fieldsets = [
        (None, {"fields": ["kind", "produced_on", "imported_at", "file_name", "sha256"]}),
        ("What came of it", {"fields": ["rows", "locations", "added", "changed", "removed", "what_was_odd"]}),
    ]

    @admin.display(description="Odd")
    def how_many_odd(self, made: DirectoryImport) -> int:
        return sum(noted["count"] for noted in made.odd.values())

    @admin.display(description="What was odd")
    def what_was_odd(self, made: DirectoryImport) -> SafeString | str:
        lines = format_html_join("", "<li>{}</li>", ((line,) for line in made.odd_in_words))
        return format_html('<ul class="govuk-list govuk-list--bullet">{}</ul>', lines) if lines else "Nothing"
