"""A few addresses, so that the look can be tested without the portal's pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("page")


programmes = [path("", page, name="list")]
urlpatterns = [
    path("", include("careportal.kit.urls")),
    path("", page, name="home"),
    path("programmes/", include((programmes, "programmes"))),
    *(path(f"{name}/", page, name=name) for name in ("how-to-apply", "privacy", "cookies", "accessibility", "contact")),
]
