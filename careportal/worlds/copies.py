"""Copies of made-up enquiries, made inside the database: a million in minutes, on PostgreSQL and on SQLite."""

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max, Min, Model

from enquiries.models import Enquiry, Event, Interest, Message, OutgoingMail

OWN = (Interest, OutgoingMail, Event, Message)  # what belongs to an enquiry, in the order in which it can be stored
RANDOM_UUID = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}

# What differs between a copy and its original. All made-up texts are plain ASCII: lower() folds them.
_NUMBER = "CAST({id} AS text)"
_REFERENCE = "substr({n}, 1, 3) || '-' || substr({n}, 4, 3) || '-' || substr({n}, 7, 3)".format(
    n="CAST({id} + 100000000 AS text)"
)
_ORGANISATION = f"rtrim(organisation, '0123456789') || {_NUMBER}"
_CONTACT = f"rtrim(contact_name, '0123456789') || {_NUMBER}"
_EMAIL = f"'made-up-' || {_NUMBER} || '@example.org'"
_LOCAL = "'207946' || substr(CAST({id} % 10000 + 10000 AS text), 2)"
_SEARCHED = (_REFERENCE, _ORGANISATION, "postcode", "replace(postcode, ' ', '')", _CONTACT, _EMAIL)
_LOCATION = "'1-' || substr(CAST({id} + 1000000000 AS text), 2)"
_SEARCH_TEXT = " || ' ' || ".join([*_SEARCHED, f"'+44' || {_LOCAL} || ' 0' || {_LOCAL}", _LOCATION, "message"])


def copy(first: int, last: int) -> None:
    """Store the enquiries with these numbers, and all that belongs to them, once more under new ones."""
    shift = _next(Enquiry) - first
    new = f"id + {shift}"
    changed = {
        "id": new,
        "submit_key": RANDOM_UUID[connection.vendor],
        "reference": _REFERENCE.format(id=f"({new})"),
        "organisation": _ORGANISATION.format(id=f"({new})"),
        "contact_name": _CONTACT.format(id=f"({new})"),
        "contact_email": _EMAIL.format(id=f"({new})"),
        "contact_telephone": f"'+44' || {_LOCAL}".format(id=f"({new})"),
        "cqc_location_id": _LOCATION.format(id=f"({new})"),
        "search_text": f"rtrim(lower({_SEARCH_TEXT}))".format(id=f"({new})"),
    }
    _insert(Enquiry, changed, "id", first, last)
    shifts: dict[type[Model], int] = {model: _shift(model, first, last) for model in OWN}
    for model in OWN:
        _insert(model, _changed(model, shift, shifts), "enquiry_id", first, last)


def count_on() -> None:
    """Let the database number what comes after these rows."""
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), [Enquiry, *OWN]):
            cursor.execute(sql)


def _changed(model: type[Model], enquiries: int, shifts: dict[type[Model], int]) -> dict[str, str]:
    changed = {"id": f"id + {shifts[model]}", "enquiry_id": f"enquiry_id + {enquiries}"}
    if model is OutgoingMail:
        changed["message_id"] = f"'<made-up-' || CAST(id + {shifts[model]} AS text) || '@example.org>'"
    if model is Message:
        changed |= {"answers_id": f"answers_id + {shifts[model]}", "mail_id": f"mail_id + {shifts[OutgoingMail]}"}
    return changed


def _shift(model: type[Model], first: int, last: int) -> int:
    lowest = model._base_manager.filter(enquiry__gte=first, enquiry__lte=last).aggregate(lowest=Min("pk"))["lowest"]
    return _next(model) - (lowest or 0)


def _next(model: type[Model]) -> int:
    return (model._base_manager.aggregate(highest=Max("pk"))["highest"] or 0) + 1


def _insert(model: type[Model], changed: dict[str, str], key: str, first: int, last: int) -> None:
    """All columns that the database does not work out for itself, some of them changed."""
    columns = [str(one.column) for one in model._meta.concrete_fields if not one.generated]
    values = ", ".join(changed.get(column, f'"{column}"') for column in columns)
    names, table = ", ".join(f'"{column}"' for column in columns), model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {key} BETWEEN {first} AND {last}"  # noqa: S608  names and numbers of our own
        )
