from django.contrib import admin

from careportal.accounts.admin import ReadOnlyAdmin
from providers.models import PostcodeImport


@admin.register(PostcodeImport)
class PostcodeImportAdmin(ReadOnlyAdmin):
    """Of when the postcodes are. `manage.py import_postcodes` writes it."""

    list_display = ["imported_at", "edition", "which", "placed", "unplaced", "inside"]

    @admin.display(description="Postcode areas")
    def which(self, made: PostcodeImport) -> str:
        return ", ".join(made.areas)
