from django.urls import path

from providers.views import lookup, people, tenders

app_name = "providers"

OURS = "my-organisation/<int:pk>"

urlpatterns = [
    path("services/lookup/", lookup.lookup, name="lookup"),
    path("tenders/", tenders.tender_list, name="tenders"),
    path(f"{OURS}/people/", people.people, name="people"),
    path(f"{OURS}/people/invite/", people.invite, name="invite"),
    path(f"{OURS}/people/<int:number>/", people.person, name="person"),
    path(f"{OURS}/invitations/<int:number>/withdraw/", people.withdraw, name="withdraw-invitation"),
    path(f"{OURS}/second-contact/", people.second_contact, name="second-contact"),
    path(f"{OURS}/second-contact/code/", people.second_contact_code, name="second-contact-code"),
    path(f"{OURS}/second-contact/remove/", people.remove_second_contact, name="remove-second-contact"),
    path("invitations/<str:token>/", people.invitation, name="invitation"),
]
