"""What an officer should look at twice before a text is public: personal details (PA16) and where links lead (PA12).

It only looks for patterns. What it finds may be right, and what it does not find may still be there.
"""

import re
import unicodedata
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from careportal.kit import markdown
from programmes.models import Partner
from programmes.speeds import LINKS, MARKDOWN

LONGEST = 20_000
AT_MOST = 5  # of each kind: more are not read

_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)44[\s().-]{0,3}(?:\(?0\)?[\s.-]?)?|\(?0)7(?:[\s().-]{0,2}\d){9}(?!\d)")
_TITLED = re.compile(
    r"\b(?:Mrs?|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Rev|Cllr)\.?\s+[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+)?"
)
_ASKED_FOR = re.compile(
    r"(?i:\b(?:contact|ask for|(?:speak|talk|write) (?:to|with)|call|ring|phone|email|e-mail|text|run by|led by))\s+"
    r"([A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+)?)"
)
_PAIR = re.compile(r"\b[A-Z][a-zà-ÿ’'-]+\s+(?:[A-Z]\.\s+)?(?:O’|O'|Mc|Mac)?[A-Z][a-zà-ÿ’'-]+")
_DOMAIN = re.compile(r"\b(?:[a-z0-9-]{1,63}\.){1,4}(?:uk|com|org|net|eu|info|io|co|gov|edu)\b", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OF_NOBODY = _words(
    """
    admin admissions apply bookings care careers contact courses events enquiries enquiry feedback hello help info
    information learning mail office partnerships programmes recruitment referrals support team training
    """
)
FOR_PEOPLE = _words(
    "gmail googlemail hotmail outlook live yahoo icloud me aol btinternet sky talktalk proton protonmail"
)
# Words that are written with capitals and are nobody's name.
OF_THE_FIELD = _words(
    """
    Academy Act Adult Apprenticeship Authority Award Board Borough Business Care Centre Certificate City College
    Commission Community Council County Course Development Diploma Education Enterprise Forum Foundation Fund Funding
    Government Group Hall Health Home Homes House Hub Institute Leadership Learning Level Limited Ltd Management Manager
    Managers National NHS Nursing Office Officer Officers Online Partnership Programme Quality Registered Road Royal
    School Sector Service Services Skills Social Staff Standard Standards State Street Support Team Teams Training Trust
    University Welfare Worker Workers Workforce Google Microsoft Zoom
    January February March April May June July August September October November December
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday Spring Summer Autumn Winter
    Britain East England English Great Kingdom London North South United West
    Ask Call Contact Email Phone Ring Run Speak Talk Text Write
    All And At For From If In On Or Of Our Please The This To We When With You Your
    """
)


def about(name: str, before: Any, after: Any, known: AbstractSet[str]) -> list[str]:
    """In the order in which they matter. `known` are words of names that are no person's (see `known_words`)."""
    if not isinstance(after, str):
        return []
    text = unicodedata.normalize("NFKC", after[:LONGEST])
    if name in LINKS:
        return _of_link(str(before or ""), text)
    return [*_personal(text, known), *(_of_links(str(before or ""), after) if name in MARKDOWN else [])]


def known_words() -> frozenset[str]:
    """The words of organisations' and places' names."""
    council = settings.COUNCIL
    around = [neighbour.name for neighbour in council.area.neighbours]
    names = [council.name, council.short_name, *around, *Partner.objects.values_list("name", flat=True)]
    return OF_THE_FIELD | {word.strip("()&,.") for name in names for word in name.split()}


def _personal(text: str, known: AbstractSet[str]) -> list[str]:
    addresses = [one for one in _ADDRESS.findall(text) if _may_be_personal(one)]
    mobiles = [match.group().strip() for match in _MOBILE.finditer(text)]
    return [
        *(f"“{one}” may be somebody’s own email address." for one in _few(addresses)),
        *(f"“{one}” is a mobile number. It may be somebody’s own." for one in _few(mobiles)),
        *(f"“{one}” may be somebody’s name." for one in _few(_names(text, known))),
    ]


def _may_be_personal(address: str) -> bool:
    local, _, domain = address.lower().partition("@")
    is_of_nobody = bool(set(re.split(r"[.+_\d-]+", local)) & OF_NOBODY)
    return domain.partition(".")[0] in FOR_PEOPLE or not is_of_nobody


def _names(text: str, known: AbstractSet[str]) -> list[str]:
    titled = [match.group() for match in _TITLED.finditer(text)]
    others = [match.group(1) for match in _ASKED_FOR.finditer(text)] + [match.group() for match in _PAIR.finditer(text)]
    found = [*titled, *(one for one in others if not set(one.split()) & known)]
    tidy = list(dict.fromkeys(" ".join(one.split()) for one in found))[:100]
    return [one for one in tidy if not any(one != other and one in other for other in tidy)]


def _of_link(before: str, after: str) -> list[str]:
    old, new = _host(before), _host(after)
    if not new:
        return []
    return [_moved(old, new) if old else f"This link is new. It leads to {new}."] if old != new else []


def _of_links(before: str, after: str) -> list[str]:
    """Links in a text: to hosts that it did not lead to before, and those whose words name another one."""
    old = {_host(link.href) for link in markdown.links(before)} - {""}
    found = [(link.words, _host(link.href)) for link in markdown.links(after)]
    fresh = _few(host for _, host in found if host and host not in old)
    return [
        *(f"A link is new, or leads to another domain than before: {host}." for host in fresh),
        *(
            f"The words of a link say “{words[:100]}”, but it leads to {host}."
            for words, host in found
            if _misleads(words, host)
        ),
    ][: 2 * AT_MOST]


def _moved(old: str, new: str) -> str:
    return f"This link leads to another domain than before: it was {old}, and would be {new}."


def _misleads(words: str, host: str) -> bool:
    said = [_bare(one.group()) for one in _DOMAIN.finditer(words)]
    return bool(host and said) and not any(_bare(host) == one or _bare(host).endswith(f".{one}") for one in said)


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _few(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))[:AT_MOST]
