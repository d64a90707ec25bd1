from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "careportal.accounts"
    default_auto_field = "django.db.models.BigAutoField"
