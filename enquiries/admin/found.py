"""The rows behind a view of the queue, for what works on all of them and not on one page."""

from typing import TYPE_CHECKING

from django import forms
from django.http import QueryDict

from enquiries.admin.forms import QueueForm
from enquiries.models import Enquiry, Export
from enquiries.models.enquiry import EnquiryQuerySet

if TYPE_CHECKING:
    from careportal.accounts.models import User


def enquiries_found(query: str, officer: "User") -> EnquiryQuerySet:
    """What the queue shows this officer with these filters, in its order. The one place that asks the queue's form."""
    return QueueForm(QueryDict(query)).choose_from(Enquiry.objects.newest_first(), officer=officer)


def export_rows(export: Export) -> EnquiryQuerySet:
    """What an export holds: what the queue shows its owner."""
    return enquiries_found(export.query, export.by)


def filter_codes(query: str) -> dict[str, list[str]]:
    """The filters for the record: what was chosen from lists by its codes; of what was typed only that it was."""
    form = QueueForm(QueryDict(query))
    form.is_valid()
    chosen = {name: form.cleaned_data.get(name) for name in form.fields}
    return {name: _codes(form.fields[name], value) for name, value in chosen.items() if value}


def _codes(field: forms.Field, value: object) -> list[str]:
    if not isinstance(field, forms.ChoiceField):
        return ["typed"]
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
