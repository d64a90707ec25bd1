from django.urls import path

from enquiries.views import answers, apply, follow, notify, offers, partner, returning

app_name = "enquiries"

urlpatterns = [
    path("apply/", apply.start, name="apply"),
    path("apply/<uuid:draft_id>/check/", apply.check, name="check"),
    path("apply/<uuid:draft_id>/sent/", apply.sent, name="sent"),
    path("apply/<uuid:draft_id>/save/", returning.save, name="save"),
    path("apply/<uuid:draft_id>/saved/", returning.saved, name="saved"),
    path("apply/<uuid:draft_id>/<slug:name>/", apply.page, name="page"),
    path("return/", returning.come_back, name="return"),
    path("answers/<int:number>/<str:token>/", answers.answer, name="answer"),
    path("offers/<int:number>/<str:token>/", offers.offer, name="offer"),
    path("follow/", follow.ask, name="follow"),
    path("follow/code/", follow.code, name="follow-code"),
    path("follow/leave/", follow.leave, name="follow-leave"),
    path("follow/<slug:reference>/", follow.status, name="follow-status"),
    path("follow/<slug:reference>/copy/", follow.copy, name="follow-copy"),
    path("partner/", partner.referrals, name="partner-referrals"),
    path("partner/referrals/<int:number>/", partner.referral, name="partner-referral"),
    path("notify/receipts/", notify.receipt, name="notify-receipts"),
]
