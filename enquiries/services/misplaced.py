"""A mail that was added to the wrong enquiry goes back to the tray, with its words and files."""

from typing import TYPE_CHECKING

from django.db import transaction

from enquiries.models import Enquiry, Event, IncomingMail
from enquiries.services import incoming

if TYPE_CHECKING:
    from careportal.accounts.models import User


@transaction.atomic
def take_out(*, mail_id: int, officer: "User") -> bool:
    """Whether the enquiry stands again as it did before the mail. Raises TransitionNotAllowed where it joined none.

    Whatever state the enquiry is in by now: its provider must not go on reading what somebody else wrote.
    """
    mail = _locked(mail_id)
    enquiry, message, moved = mail.enquiry, mail.became, mail.moved
    mail.leave()
    assert enquiry
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
    incoming.decide(mail, officer)
    if message:
        message.delete()
    documents = mail.documents.all().delete()[1].get("enquiries.Attachment", 0)
    is_put_back = _put_back(enquiry, moved)
    if moved and not is_put_back:
        _pass_on(enquiry, moved)
    detail = {"incoming": mail.pk, "documents": documents, "put_back": is_put_back}
    enquiry.record(Event.Kind.MAIL_MISPLACED, by=officer, **detail)
    return is_put_back


def can_be_put_back(mail: IncomingMail) -> bool:
    """Whether nothing has moved the enquiry since the mail did. What officers did meanwhile stays as it is."""
    return bool(mail.enquiry and mail.moved and mail.moved["after"] == mail.enquiry.standing)


def _locked(mail_id: int) -> IncomingMail:
    """After all that joined the same enquiry, by number: two officers who take out two of them wait in no circle."""
    same = IncomingMail.objects.filter(pk=mail_id).values("enquiry")
    joined = IncomingMail.objects.filter(state=IncomingMail.State.MESSAGE, enquiry__in=same).order_by("pk")
    list(joined.select_for_update(of=("self",)).values_list("pk"))
    return incoming.locked(mail_id)


def _put_back(enquiry: Enquiry, moved: dict[str, dict[str, str]] | None) -> bool:
    if not moved or moved["after"] != enquiry.standing:
        return False
    enquiry.put_back(**moved)
    enquiry.save(update_fields=["state", *Enquiry.CLOCKS])
    return True


def _pass_on(enquiry: Enquiry, moved: dict[str, dict[str, str]]) -> None:
    """The mail that came next found the enquiry as this one left it: it is to be put back to before both."""
    for later in enquiry.incoming.filter(moved__isnull=False).listed():
        if later.moved["before"] == moved["after"] != later.moved["after"]:
            later.moved["before"] = moved["before"]
            later.save(update_fields=["moved"])
