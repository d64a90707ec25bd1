from django.urls import path

from providers import views

app_name = "providers"

urlpatterns = [
    path("my-organisation/<int:pk>/people/", views.people, name="people"),
    path("my-organisation/<int:pk>/people/invite/", views.invite, name="invite"),
    path("my-organisation/<int:pk>/people/<int:number>/", views.person, name="person"),
    path("my-organisation/<int:pk>/invitations/<int:number>/withdraw/", views.withdraw, name="withdraw-invitation"),
    path("my-organisation/<int:pk>/second-contact/", views.second_contact, name="second-contact"),
    path("my-organisation/<int:pk>/second-contact/code/", views.second_contact_code, name="second-contact-code"),
    path("my-organisation/<int:pk>/second-contact/remove/", views.remove_second_contact, name="remove-second-contact"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
]
