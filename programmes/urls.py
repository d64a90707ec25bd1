from django.urls import path

from programmes.views import checks, editing, listings, new_programmes, people, previews, public, reports

app_name = "programmes"

urlpatterns = [
    path("programmes/", public.programme_list, name="list"),
    path("programmes/<slug:slug>/", public.programme_detail, name="detail"),
    path("partner/people/", people.people, name="people"),
    path("partner/people/<int:number>/", people.person, name="person"),
    path("partner/people/of/<int:pk>/invite/", people.invite, name="invite"),
    path("partner/people/invitations/<int:number>/withdraw/", people.withdraw, name="withdraw-invitation"),
    path("partner/people/invitations/<int:number>/renew/", people.renew, name="renew-invitation"),
    path("partner/invitations/<str:token>/", people.invitation, name="invitation"),
    path("partner/ask/", people.ask, name="ask"),
    path("partner/asked/", people.asked, name="asked"),
    path("partner/listings/", listings.listings, name="listings"),
    path("partner/listings/new/", new_programmes.begin, name="listing-new"),
    path("partner/listings/new/<int:partner>/", new_programmes.begin_for, name="listing-new-for"),
    path("partner/listings/<int:pk>/", listings.listing, name="listing"),
    path("partner/listings/<int:pk>/edit/", editing.edit, name="listing-edit"),
    path("partner/listings/<int:pk>/edit/<slug:part>/", editing.edit_part, name="listing-edit-part"),
    path("partner/listings/<int:pk>/correct/", listings.correct, name="listing-correct"),
    path("partner/listings/<int:pk>/send/", listings.send, name="listing-send"),
    path("partner/listings/<int:pk>/take-back/", listings.take_back, name="listing-take-back"),
    path("partner/listings/<int:pk>/messages/", listings.write, name="listing-write"),
    path("partner/listings/<int:pk>/preview/", previews.preview, name="preview"),
    path("partner/listings/<int:pk>/dates/", new_programmes.dates, name="listing-dates"),
    path("partner/listings/<int:pk>/dates/new/", new_programmes.add_intake, name="listing-intake-new"),
    path("partner/listings/<int:pk>/dates/<int:number>/", new_programmes.change_intake, name="listing-intake"),
    path("partner/preview/<str:token>/", previews.preview_shared, name="preview-shared"),
    path("programmes/<slug:slug>/report/", reports.report, name="report"),
    path("programmes/<slug:slug>/report/sent/", reports.sent, name="report-sent"),
    path("partner/still-correct/code/", checks.still_correct_code, name="still-correct-code"),
    path("partner/still-correct/<int:number>/", checks.still_correct_listings, name="still-correct-listings"),
    path("partner/still-correct/<int:number>/<str:token>/", checks.still_correct, name="still-correct"),
    path("partner/reports/", reports.reports, name="reports"),
    path("partner/reports/<int:number>/", reports.answer, name="report-answer"),
]
