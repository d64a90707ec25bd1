from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "careportal.accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "People and sign-in"

    def ready(self) -> None:
        import_module("careportal.accounts.receivers")
