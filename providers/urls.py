from django.urls import path

from providers import views

app_name = "providers"

urlpatterns = [path("services/lookup/", views.lookup, name="lookup")]
