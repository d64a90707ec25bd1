from django.urls import path

from enquiries.views import apply, notify

app_name = "enquiries"

urlpatterns = [
    path("apply/", apply.start, name="apply"),
    path("apply/<uuid:draft_id>/check/", apply.check, name="check"),
    path("apply/<uuid:draft_id>/sent/", apply.sent, name="sent"),
    path("apply/<uuid:draft_id>/<slug:name>/", apply.page, name="page"),
    path("notify/receipts/", notify.receipt, name="notify-receipts"),
]
