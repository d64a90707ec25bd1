from importlib import import_module

from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    name = "enquiries"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("enquiries.receivers")
        import_module("enquiries.restored")
