"""The views of the queue that officers keep for themselves."""

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from enquiries.exceptions import NameRefused
from enquiries.models import SavedView

if TYPE_CHECKING:
    from careportal.accounts.models import User


def save_view(*, officer: "User", name: str, query: str) -> SavedView:
    """Keep filters under a name. Raises NameRefused when the officer has a view of this name, or too many."""
    if SavedView.objects.of(officer).count() >= SavedView.AT_MOST:
        raise NameRefused(f"You have {SavedView.AT_MOST} views. Remove one before you save another.")
    return _saved(SavedView(officer=officer, name=name, query=query))


def rename_view(*, view: SavedView, name: str) -> SavedView:
    view.name = name
    return _saved(view)


def remove_view(*, view: SavedView) -> None:
    view.delete()


def _saved(view: SavedView) -> SavedView:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as taken:
        raise NameRefused("You have a view with this name already. Choose another name.") from taken
    return view
