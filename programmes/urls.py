from django.urls import path

from programmes import views, views_checks, views_reports

app_name = "programmes"

urlpatterns = [
    path("programmes/", views.programme_list, name="list"),
    path("programmes/<slug:slug>/", views.programme_detail, name="detail"),
    path("programmes/<slug:slug>/report/", views_reports.report, name="report"),
    path("programmes/<slug:slug>/report/sent/", views_reports.sent, name="report-sent"),
    path("partner/still-correct/code/", views_checks.still_correct_code, name="still-correct-code"),
    path("partner/still-correct/<int:number>/", views_checks.still_correct_listings, name="still-correct-listings"),
    path("partner/still-correct/<int:number>/<str:token>/", views_checks.still_correct, name="still-correct"),
    path("partner/reports/", views_reports.reports, name="reports"),
    path("partner/reports/<int:number>/", views_reports.answer, name="report-answer"),
]
