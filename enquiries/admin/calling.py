"""When the provider can be called: shown on the enquiry's page, and offered again when a call is put off (N18)."""

from typing import Any

from crispy_forms.layout import Layout
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Fieldset, Link
from careportal.kit.working_days import is_working_day
from enquiries import services
from enquiries.application.calling import HOURS, CallTimesForm, asked_again, call_questions
from enquiries.exceptions import Refused
from enquiries.models import Enquiry
from programmes.models import ClosureDay


class ChangeForm(CallTimesForm, GovukForm):
    """The applicant's question, with the times as they stand now."""

    marks_optional = False

    def __init__(self, *args: Any, enquiry: Enquiry, **kwargs: Any) -> None:
        times = dict(zip(Enquiry.CALL_TIMES, enquiry.call_times, strict=True))
        super().__init__(*args, initial=asked_again(**times), **kwargs)
        back = Link("Back to the enquiry", enquiry.get_absolute_url())
        asked = Fieldset("When is it best to call?", *call_questions(), heading=True, hint=f"{enquiry}. {HOURS}")
        self.helper.layout = Layout(asked, Continue("Save", back))


@open_to("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another time to call, as it was agreed with the provider."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    enquiry = get_object_or_404(Enquiry, pk=pk)
    form = ChangeForm(request.POST if request.method == "POST" else None, enquiry=enquiry)
    if form.is_valid():
        try:
            services.change_call_times(enquiry_id=pk, officer=request.user, **form.cleaned_data["call_times"])
            messages.success(request, "The time to call is noted.")
            return redirect(enquiry)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {**admin.site.each_context(request), "title": "When to call", "enquiry": enquiry, "form": form}
    return TemplateResponse(request, "admin/enquiries/call.html", context)


def can_be_called_now(enquiry: Enquiry) -> bool:
    """The same rule as the queue's filter, for one enquiry."""
    now = timezone.now()
    is_open = enquiry.state != Enquiry.State.CLOSED and bool(enquiry.contact.telephone)
    works = is_working_day(timezone.localdate(now), ClosureDay.objects.days())
    return is_open and works and enquiry.may_be_called_at(now)
