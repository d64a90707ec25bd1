"""Following an application: prove by reference and code that it is yours, then see where it is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from careportal.kit.access import open_to
from enquiries.following import forget_proofs, the_enquiry


@open_to("applicant")
@require_safe
def status(request: HttpRequest, reference: str) -> HttpResponse:
    """Where it is, who has it, by when, and what there is to do."""
    enquiry = the_enquiry(request, reference)
    return _private(render(request, "enquiries/follow/status.html", {"enquiry": enquiry}))


@open_to("applicant")
@require_safe
def copy(request: HttpRequest, reference: str) -> HttpResponse:
    """All answers as they were sent, to print and keep."""
    enquiry = the_enquiry(request, reference)
    return _private(render(request, "enquiries/follow/copy.html", {"enquiry": enquiry}))


@open_to("anyone")
@require_http_methods(["POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """This browser forgets what it was shown."""
    forget_proofs(request)
    return redirect("home")


def _private(answer: HttpResponse) -> HttpResponse:
    """Never listed by a search engine; that no cache keeps it is said in the middleware."""
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
