"""Tenders and their imports, to look at. `manage.py import_tenders` writes them."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from providers.admin.directory import RecordAdmin
from providers.models import Tender, TenderImport


@admin.register(Tender)
class TenderAdmin(RecordAdmin):
    list_display = ["title", "buyer", "state", "closes_at", "released_at"]
    list_filter = ["state"]
    search_fields = ["title", "buyer", "ocid", "release_id"]
    search_help_text = "Title, buyer, or the number of the process or notice"
    show_facets = admin.ShowFacets.NEVER
    fieldsets = [
        (None, {"fields": ["title", "buyer", "state", "closes_at", "page"]}),
        ("What it says", {"fields": ["value", "is_for_small", "is_for_voluntary"]}),
        ("Where it comes from", {"fields": ["ocid", "buyer_key", "release_id", "released_at"]}),
    ]

    @admin.display(description="Value")
    def value(self, tender: Tender) -> str:
        return tender.value_in_words or "Not given"

    @admin.display(description="Notice")
    def page(self, tender: Tender) -> SafeString | str:
        link = '<a class="govuk-link" href="{0}" rel="noopener noreferrer">{0}</a>'
        return format_html(link, tender.notice_url) if tender.notice_url else "No page is known"


@admin.register(TenderImport)
class TenderImportAdmin(RecordAdmin):
    list_display = ["imported_at", "source", "notices", "fitting", "added", "changed", "over", "how_many_odd"]
    fieldsets = [
        (None, {"fields": ["imported_at", "source", "sha256"]}),
        ("What came of it", {"fields": ["notices", "fitting", "added", "changed", "over", "what_was_odd"]}),
    ]

    @admin.display(description="Odd")
    def how_many_odd(self, made: TenderImport) -> int:
        return sum(made.odd.values())

    @admin.display(description="What was odd")
    def what_was_odd(self, made: TenderImport) -> SafeString | str:
        lines = format_html_join("", "<li>{}</li>", ((line,) for line in made.odd_in_words))
        return format_html('<ul class="govuk-list govuk-list--bullet">{}</ul>', lines) if lines else "Nothing"
