"""The rows behind a view of the queue, for what works on all of them and not on one page."""

from typing import TYPE_CHECKING

from django import forms
from django.http import QueryDict

from enquiries import queue
from enquiries.admin.forms_queue import QueueForm
from enquiries.models import Export
from enquiries.models.enquiry import EnquiryQuerySet

if TYPE_CHECKING:
    from careportal.accounts.models import User


def enquiries_found(query: str, officer: "User", words: str | None) -> EnquiryQuerySet:
    """What the queue shows this officer with these filters and words, in its order. The one place to ask."""
    return QueueForm(QueryDict(query), queue.known(officer)).choose_from(officer=officer, words=words)


def export_rows(export: Export) -> EnquiryQuerySet:
    """What an export holds: what the queue shows its owner."""
    return enquiries_found(export.query, export.by, export.words)


def search_key(query: str) -> str:
    """Under which the words of a search are kept, where the list was searched."""
    return QueryDict(query).get("found", "")


def filter_codes(query: str, officer: "User") -> dict[str, list[str]]:
    """The filters for the record: what was chosen from lists by its codes; of what was typed only that it was."""
    form = QueueForm(QueryDict(query), queue.known(officer))
    chosen = {name: form.cleaned_data.get(name) for name in form.fields}
    return {name: _codes(form.fields[name], value) for name, value in chosen.items() if value}


def _codes(field: forms.Field, value: object) -> list[str]:
    if not isinstance(field, forms.ChoiceField):
        return ["typed"]
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
