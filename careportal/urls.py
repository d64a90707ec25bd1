"""The table of contents of the whole portal."""

from django.contrib import admin
from django.urls import include, path

from careportal import health, views

urlpatterns = [
    path("", views.home, name="home"),
    path("how-to-apply/", views.static_page("how_to_apply"), name="how-to-apply"),
    path("privacy/", views.static_page("privacy"), name="privacy"),
    path("cookies/", views.static_page("cookies"), name="cookies"),
    path("accessibility/", views.static_page("accessibility"), name="accessibility"),
    path("contact/", views.static_page("contact"), name="contact"),
    path("", include("programmes.urls")),
    path("", include("enquiries.urls")),
    path("", include("careportal.kit.urls")),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
]

handler400 = "careportal.errors.bad_request"
handler403 = "careportal.errors.permission_denied"
handler404 = "careportal.errors.not_found"
handler500 = "careportal.errors.server_error"
