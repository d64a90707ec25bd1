"""What an email seems to say of what an application asks. All of it is guessed: whoever fills it in checks it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from phonenumbers import Leniency, PhoneNumberMatcher

from careportal.kit.cleaning import narrow, whole_words
from careportal.kit.components import SummaryRow
from careportal.kit.fields import PostcodeField
from careportal.kit.templatetags.govuk import spaced
from enquiries.models import Enquiry, IncomingMail
from programmes.models import Programme
from providers import directory
from providers.models import RegisteredLocation

MOST_TEXT = 20_000
MOST_TRIES = 1000  # what may be no number is looked at so often, and no more
_POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}\b")


@dataclass(frozen=True)
class Read:
    """What stands on which page, as it would be typed there; and the one service of the CQC's list it is about."""

    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    location: RegisteredLocation | None = None


def read_in(enquiry: Enquiry) -> Read:
    """In the email that an enquiry came by, or what is kept of it."""
    text = "\n".join(_text_of(enquiry))[:MOST_TEXT]
    postcode, location = postcode_in(text), location_in(text)
    contact = {"full_name": enquiry.contact.name, "telephone": enquiry.contact.telephone or telephone_in(text)}
    pages: dict[str, dict[str, Any]] = {
        "programmes": {"programmes": programmes_in(text)},
        "find": {"words": (location.name if location else postcode) if directory.is_there() else ""},
        "postcode": {"postcode": postcode},
        "contact": {name: said for name, said in contact.items() if said},
    }
    return Read({page: typed for page, typed in pages.items() if any(typed.values())}, location)


def told(read: Read) -> list[SummaryRow]:
    """The same for whoever wrote the email to look over."""
    slugs = read.pages.get("programmes", {}).get("programmes", [])
    titles = Programme.objects.filter(slug__in=slugs).values_list("title", flat=True)
    contact = read.pages.get("contact", {})
    said = {
        "Programmes": "\n".join(titles),
        "Service": read.location.name if read.location else "",
        "Postcode": read.pages.get("postcode", {}).get("postcode", ""),
        "Name": contact.get("full_name", ""),
        "Telephone": contact.get("telephone", ""),
    }
    return [SummaryRow(key, value) for key, value in said.items() if value]


def programmes_in(text: str) -> list[str]:
    """The programmes on offer that are named: each by its title, or by its theme where it is the only one of it."""
    said = whole_words(text)
    on_offer = list(Programme.objects.open_on(timezone.localdate()))
    named = [programme for programme in on_offer if whole_words(programme.title) in said]
    for theme in Programme.Theme:
        of_theme = [programme for programme in on_offer if programme.theme == theme]
        if len(of_theme) == 1 and whole_words(str(theme.label)) in said:
            named += of_theme
    return list(dict.fromkeys(programme.slug for programme in named))


def postcode_in(text: str) -> str:
    """The first that is one."""
    for found in _POSTCODE.finditer(narrow(text).upper()):
        try:
            return PostcodeField().clean(found[0])
        except ValidationError:
            continue
    return ""


def telephone_in(text: str) -> str:
    """The first that is not the council's own."""
    numbers = PhoneNumberMatcher(text, settings.PHONENUMBER_DEFAULT_REGION, Leniency.VALID, MOST_TRIES)
    found = (phonenumbers.format_number(one.number, phonenumbers.PhoneNumberFormat.E164) for one in numbers)
    own = _digits(settings.COUNCIL.contact.telephone)
    return next((spaced(number) for number in found if _digits(number) != own), "")


def location_in(text: str) -> RegisteredLocation | None:
    """The one service that the CQC's list has by an ID, at a postcode or by a name in the text; None for several."""
    ids, postcode = directory.ids_in(narrow(text).upper()), postcode_in(text)
    by_id = directory.find(min(ids)) if ids else []
    there = directory.find(postcode) if postcode else []
    return (
        _only(by_id) or _only(there) or _only(directory.named_in(text, among=there)) or _only(directory.named_in(text))
    )


def _only(found: Iterable[RegisteredLocation]) -> RegisteredLocation | None:
    all_found = list(found)
    return all_found[0] if len(all_found) == 1 else None


def _text_of(enquiry: Enquiry) -> list[str]:
    """Its subject tells the programme more often than not. Where a colleague forwarded it, the text of the mail is
    the colleague's, with a number of their own under it: then what is kept of whoever wrote it first is read."""
    mail = IncomingMail.objects.filter(enquiry=enquiry, state=IncomingMail.State.ENQUIRY).first()
    if mail is None:
        return [enquiry.message]
    is_authors = mail.sender == enquiry.contact_email
    return [mail.subject, (is_authors and mail.text) or enquiry.message]


def _digits(number: str) -> str:
    """Without what says that it is of this country."""
    return re.sub(r"^\+44|\D|^0", "", number).lstrip("0")
