"""Addresses of the look: included at the root of the portal's URLs."""

from django.urls import path

from careportal.kit import views

app_name = "kit"
urlpatterns = [
    path("theme.css", views.style_sheet, name="theme"),
    path("icon.svg", views.icon, name="icon"),
]
