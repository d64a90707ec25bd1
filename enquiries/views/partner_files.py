"""A partner's referrals as a spreadsheet, out and in. What comes in is shown row by row before anything is kept."""

import logging
import tempfile
import uuid
from io import BytesIO
from pathlib import Path
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_safe

from careportal.accounts import access
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.exports import FORMATS, file_name
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from enquiries import outcome_sheets, sharing
from enquiries.acting import Way, as_member
from enquiries.exceptions import ChangedMeanwhile, Refused
from enquiries.models import Interest, OutcomeFile
from enquiries.models.referral import WhyDropped, WhyGivenBack
from enquiries.services.outcome_files import OUTCOMES, WHY, check_again, check_file, keep_rows
from enquiries.services.partners import FILE, Acting
from programmes.models import Intake

logger = logging.getLogger(__name__)

MOST_ROWS = outcome_sheets.MOST_ROWS


class SheetForm(GovukForm):
    sheet = forms.FileField(
        label="Choose the file",
        help_text="A CSV, XLSX or ODS file of up to 1,000 rows.",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.ods"}),
        error_messages={
            "required": "Select a file",
            "missing": "Select a file",
            "invalid": "Select a file",
            "empty": "The selected file is empty. Choose another one.",
        },
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Question("sheet"), Continue("Check the rows"))


@open_to("partner")
@require_safe
@login_required
def download(request: SignedInRequest, ending: str) -> HttpResponse:
    """What is in their hands, of each only what the sharing rule allows. Each download is recorded."""
    way = as_member(request)
    if ending not in FORMATS:
        raise Http404
    found = Interest.objects.seen_by(way.acting.partners).in_progress().select_related("enquiry", "referred_to")
    interests = list(found.order_by("-referred_at", "-pk")[:MOST_ROWS])
    header, rows = outcome_sheets.table(interests)
    with tempfile.TemporaryDirectory() as folder:
        table = FORMATS[ending](file := BytesIO(), header, title="Referrals", folder=Path(folder))
        for row in rows:
            table.add(row)
        table.close()
    numbers = [interest.pk for interest in interests]
    access.note_exported(request.user, "enquiries.interest", count=len(numbers), ids=numbers, what="referrals")
    name = file_name("referrals", ending)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(file.getvalue(), content_type=FORMATS[ending].media_type, headers=disposition)


@open_to("partner")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def send(request: SignedInRequest) -> HttpResponse:
    """Take a file and check its rows. The file itself is not kept."""
    way = as_member(request)
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    if form.is_valid():
        try:
            lines = outcome_sheets.read(form.cleaned_data["sheet"].file)
            file = check_file(acting=_acting(way), lines=lines)
            return redirect("enquiries:partner-outcomes-check", file.pk)
        except Refused as refusal:
            form.add_error("sheet", str(refusal))
    context = {
        "form": form,
        "way": way,
        "outcomes": [name.capitalize() for name in OUTCOMES],
        "dropped": WhyDropped.labels,
        "given_back": [label for value, label in WhyGivenBack.choices if value != "other"],
    }
    return render(request, "enquiries/partner/outcomes.html", context)


@open_to("partner")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def look(request: SignedInRequest, number: uuid.UUID) -> HttpResponse:
    """What each row would do, or why it cannot; then all, the good ones, or none of them."""
    way = as_member(request)
    if request.method == "POST":
        return _keep(request, way, number)
    file = OutcomeFile.objects.kept_for(request.user).filter(pk=number).first()
    if file is None:
        logger.warning("outcome_file.refused user=%s", request.user.pk)
        raise Http404
    rows = _in_words(file.rows, way)
    wrong = [row for row in rows if row["error"]]
    context = {"way": way, "file": file, "wrong": wrong, "good": [row for row in rows if not row["error"]]}
    return render(request, "enquiries/partner/outcomes_check.html", context)


def _in_words(rows: list[dict[str, Any]], way: Way) -> list[dict[str, Any]]:
    """Each row with the referral that it is about, what it would do, and what it says of that: day, group, reason."""
    numbers = [row["interest"] for row in rows if row["interest"]]
    interests = Interest.objects.seen_by(way.acting.partners).select_related("enquiry").in_bulk(numbers)
    groups = Intake.objects.in_bulk([row["intake"] for row in rows if row["intake"]])
    return [
        {
            **row,
            "who": interests.get(row["interest"]),
            "site": sharing.site_of(interests[row["interest"]]) if row["interest"] in interests else "",
            "would": OUTCOMES.get(row["outcome"]),
            "day": parse_date(row["on"] or ""),
            "more": groups.get(row["intake"]) or (WHY[row["outcome"]](row["reason"]).label if row["reason"] else ""),
        }
        for row in rows
    ]


def _keep(request: SignedInRequest, way: Way, number: uuid.UUID) -> HttpResponse:
    acting = _acting(way)
    try:
        kept = keep_rows(file_id=number, acting=acting, only_good=request.POST.get("keep") == "good")
    except ChangedMeanwhile as refusal:
        messages.warning(request, str(refusal))
        for file in OutcomeFile.objects.kept_for(request.user).filter(pk=number):
            check_again(file=file, acting=acting)
        return redirect("enquiries:partner-outcomes-check", number)
    except Refused as refusal:
        if not OutcomeFile.objects.kept_for(request.user).filter(pk=number).exists():
            logger.warning("outcome_file.refused user=%s", request.user.pk)
        messages.warning(request, str(refusal))
        return redirect("enquiries:partner-outcomes")
    messages.success(request, f"{kept} {'row is' if kept == 1 else 'rows are'} kept.")
    return redirect("enquiries:partner-referrals")


def _acting(way: Way) -> Acting:
    return Acting(way.acting.partners, way.acting.by, FILE)
