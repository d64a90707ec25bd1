from django.urls import path

from programmes.views import people, public

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
]
