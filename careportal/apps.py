from django.apps import AppConfig
from django.contrib.admin import apps as admin


class CareportalConfig(AppConfig):
    name = "careportal"
    default = True


class OfficersAdminConfig(admin.AdminConfig):
    """Puts our own site in place of Django's, so that every app's admin registers with it."""

    default = False
    default_site = "careportal.officers.OfficersSite"
