from django.urls import path

from enquiries.views import (
    answers,
    apply,
    contact,
    follow,
    from_provider,
    notify,
    offers,
    outcomes,
    partner,
    returning,
)

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
    path("offers/<int:number>/<str:token>/calendar/", offers.calendar, name="offer-calendar"),
    path("outcomes/<int:number>/<str:token>/", outcomes.outcome, name="outcome"),
    path("follow/", follow.ask, name="follow"),
    path("follow/code/", follow.code, name="follow-code"),
    path("follow/leave/", follow.leave, name="follow-leave"),
    path("follow/<slug:reference>/", follow.status, name="follow-status"),
    path("follow/<slug:reference>/copy/", follow.copy, name="follow-copy"),
    path("follow/<slug:reference>/write/", from_provider.write, name="follow-write"),
    path("follow/<slug:reference>/documents/", from_provider.documents, name="follow-documents"),
    path("follow/<slug:reference>/documents/<uuid:number>/", from_provider.document, name="follow-document"),
    path("follow/<slug:reference>/contact/", contact.contact, name="follow-contact"),
    path("follow/<slug:reference>/contact/email/", contact.address, name="follow-address"),
    path("follow/<slug:reference>/contact/email/code/", contact.address_code, name="follow-address-code"),
    path("follow/<slug:reference>/withdraw/", from_provider.withdraw, name="follow-withdraw"),
    path("follow/<slug:reference>/undo/", from_provider.undo, name="follow-undo"),
    path("partner/", partner.referrals, name="partner-referrals"),
    path("partner/referrals/<int:number>/", partner.referral, name="partner-referral"),
    path("notify/receipts/", notify.receipt, name="notify-receipts"),
]
