"""The table of contents of the whole portal."""

from django.contrib import admin
from django.urls import include, path

from careportal import health, status, views
from careportal.accounts.newcomers import confirm_code
from enquiries.admin import feedback, figures, line_of_sight, reach, reports, rights

urlpatterns = [
    path("", views.home, name="home"),
    path("how-to-apply/", views.static_page("how_to_apply"), name="how-to-apply"),
    path("privacy/", views.static_page("privacy"), name="privacy"),
    path("cookies/", views.static_page("cookies"), name="cookies"),
    path("accessibility/", views.static_page("accessibility"), name="accessibility"),
    path("contact/", views.static_page("contact"), name="contact"),
    path("", include("programmes.urls")),
    path("", include("enquiries.urls")),
    path("", include("providers.urls")),
    path("", include("careportal.kit.urls")),
    path("account/login/code/confirm/", confirm_code, name="account_confirm_login_code"),
    path("account/", include("allauth.urls")),
    path("admin/figures/", admin.site.admin_view(figures.page), name="figures"),
    path("admin/figures/file/", admin.site.admin_view(figures.as_file), name="figures-file"),
    path("admin/figures/published/", admin.site.admin_view(figures.for_publication), name="figures-published"),
    path("admin/strategy/", admin.site.admin_view(line_of_sight.overview), name="line-of-sight"),
    path(
        "admin/strategy/<int:objective>/",
        admin.site.admin_view(line_of_sight.objective),
        name="line-of-sight-objective",
    ),
    path(
        "admin/strategy/<int:objective>/<int:programme>/",
        admin.site.admin_view(line_of_sight.programme),
        name="line-of-sight-programme",
    ),
    path(
        "admin/strategy/<int:objective>/<int:programme>/asked/",
        admin.site.admin_view(line_of_sight.asked),
        name="line-of-sight-asked",
    ),
    path(
        "admin/strategy/<int:objective>/<int:programme>/asked/<int:interest>/",
        admin.site.admin_view(line_of_sight.outcome),
        name="line-of-sight-outcome",
    ),
    path("admin/reach/", admin.site.admin_view(reach.page), name="reach"),
    path("admin/reach/file/", admin.site.admin_view(reach.as_file), name="reach-file"),
    path("admin/reach/<str:location>/spoke/", admin.site.admin_view(reach.spoke), name="reach-spoke"),
    path("admin/reach/<str:location>/take-back/", admin.site.admin_view(reach.take_back), name="reach-take-back"),
    path("admin/reports/", admin.site.admin_view(reports.page), name="reports"),
    path("admin/reports/<int:pk>/", admin.site.admin_view(reports.report), name="report"),
    path("admin/reports/<int:pk>/file/", admin.site.admin_view(reports.as_file), name="report-file"),
    path("admin/reports/<int:pk>/dictionary/", admin.site.admin_view(reports.dictionary), name="report-dictionary"),
    path("admin/feedback/", admin.site.admin_view(feedback.page), name="feedback-read"),
    path("admin/information-requests/", admin.site.admin_view(rights.page), name="information-requests"),
    path("admin/information-requests/<int:pk>/", admin.site.admin_view(rights.one), name="information-request"),
    path(
        "admin/information-requests/<int:pk>/file/",
        admin.site.admin_view(rights.as_file),
        name="information-request-file",
    ),
    path(
        "admin/information-requests/<int:pk>/<slug:step>/",
        admin.site.admin_view(rights.step),
        name="information-request-step",
    ),
    path("admin/", admin.site.urls),
    path("status/", admin.site.admin_view(status.page), name="status"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
]

handler400 = "careportal.kit.errors.bad_request"
handler403 = "careportal.kit.errors.permission_denied"
handler404 = "careportal.kit.errors.not_found"
handler500 = "careportal.kit.errors.server_error"
handler429 = "careportal.kit.errors.too_many_requests"  # asked for by allauth
