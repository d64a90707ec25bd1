"""The council this installation serves: who it is, how it looks, where its post goes.

A council pack is a folder of YAML and Markdown under `careportal/packs/`. This module reads the part that
settings need; programmes and partners are loaded into the database by `manage.py load_pack`.
"""

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from careportal.kit.addresses import is_mailbox, is_sender, names_a_host
from careportal.kit.packfile import PackError, Strict, read

PACKS = Path(__file__).parent / "packs"
PAGES = ("about.md",)


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-f]{6}", value):
        raise ValueError("must be a colour such as #00563f, in small letters")
    return value


def _address(value: str) -> str:
    if not is_mailbox(value):
        raise ValueError("must be an email address")
    return value.lower()


def _sender(value: str) -> str:
    if not is_sender(value):
        raise ValueError("must be one email address, with or without a name, on one line")
    return value


def _web_address(value: str) -> str:
    if not names_a_host(value, {"http", "https"}):
        raise ValueError("must be the address of a web page, such as https://www.example.org")
    return value


Colour = Annotated[str, AfterValidator(_colour)]
Email = Annotated[str, AfterValidator(_address)]
Sender = Annotated[str, AfterValidator(_sender)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Text = Annotated[str, Field(min_length=1)]
StatisticsCode = Annotated[str, Field(pattern=r"^[A-Z][0-9]{8}$")]  # of the Office for National Statistics
Days = Annotated[int, Field(ge=1, le=250)]
Line = Annotated[str, Field(min_length=1, pattern=r"^[^\r\n]*$")]  # it stands in the headers of mails


class Colours(Strict):
    """All text colours must reach 4.5:1 on white; `brand` also carries white text."""

    brand: Colour
    link: Colour
    link_hover: Colour
    surface: Colour
    surface_border: Colour
    button: Colour
    button_hover: Colour
    button_shadow: Colour


class Contact(Strict):
    """Ways to reach a person, shown on every page that can fail."""

    telephone: Text
    opening_hours: Text
    email: Email
    postal_address: Text
    other_formats: Text
    safeguarding: Text
    safeguarding_url: WebAddress
    safeguarding_link_text: Text


class Privacy(Strict):
    """What the law wants a privacy notice to name. The version is stored with each application."""

    version: Text
    controller: Text
    data_protection_officer: Text
    lawful_basis: Text
    complaint_url: WebAddress


class Promise(Strict):
    """Within how many working days the council replies and decides. Null: nothing is promised to the public."""

    first_reply: Days | None
    decision: Days | None


class Mail(Strict):
    """The inbox that applications are routed to, and the subject phrase its rules look for."""

    business_forum_inbox: Email
    subject_phrase: Line = Field(max_length=40)
    from_address: Sender
    domains: list[Text] = Field(min_length=1)


class Neighbour(Strict):
    """A council nearby: the name of the right way on for somebody who is not in this one's area."""

    code: StatisticsCode
    name: Text
    url: WebAddress


class Area(Strict):
    """What lies in the council's area: by codes of districts or of the county, and what the CQC calls the council.

    Where postcodes are not imported, only outcodes tell: those wholly inside, and those that straddle the border.
    """

    districts: list[StatisticsCode]
    counties: list[StatisticsCode]
    named: list[Text] = Field(min_length=1)
    inside: list[Text]
    probably: list[Text]
    neighbours: list[Neighbour] = []

    @model_validator(mode="after")
    def _has_a_code(self) -> "Area":
        if not self.districts and not self.counties:
            raise ValueError("name at least one district or county by its code, such as E09000002")
        return self


class Portal(Strict):
    """Where else tenders are: a website of its own, to be linked to."""

    name: Text
    url: WebAddress


class Tenders(Strict):
    """Which tenders are for care here: kinds of service by how their CPV codes begin, and what makes a place ours.

    A place is ours by its region, or if the area of the council holds it. A buyer is ours if its name holds one of
    these, whatever else it holds. Regions are as publishers write them: names, or codes such as UKI and all below it.
    """

    cpv: list[Annotated[str, Field(pattern=r"^[0-9]{2,8}$")]] = Field(default=["85", "8056"], min_length=1)
    regions: list[Text] = []
    buyers: list[Text] = []
    elsewhere: list[Portal] = []


class QuietDays(Strict):
    """Days of each month on which providers are asked for nothing that can wait. `because` goes on after "from … to …".

    Up to the 28th: days that every month has.
    """

    first: Annotated[int, Field(ge=1, le=28)]
    last: Annotated[int, Field(ge=1, le=28)]
    because: Line

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "QuietDays":
        if self.last < self.first:
            raise ValueError("last must not be before first")
        return self


class Council(Strict):
    """One council: everything about it that is not a row in the database."""

    key: str
    name: Text
    short_name: Text
    service_name: Line
    council_url: WebAddress
    place: Text
    colours: Colours
    contact: Contact
    privacy: Privacy
    promise: Promise
    mail: Mail
    area: Area
    reviewed_on: dt.date
    quiet_days: QuietDays | None = None
    tenders: Tenders = Tenders()
    language: Literal["en-gb"] = "en-gb"

    @property
    def folder(self) -> Path:
        return PACKS / self.key


def load(key: str) -> Council:
    """The council with this key. Raises PackError when there is no such pack or it does not fit."""
    path = PACKS / key / "council.yaml"
    if not re.fullmatch(r"[a-z][a-z_]*", key) or not path.is_file():
        known = ", ".join(sorted(found.parent.name for found in PACKS.glob("*/council.yaml")))
        raise PackError(f"There is no council pack named {key!r}. COUNCIL must be one of: {known}")
    council = read(path, Council)
    if council.key != key:
        raise PackError(f"{path}:1: key: must be {key}, the name of its folder")
    for page in PAGES:
        _refuse_a_missing_page(council.folder / "pages" / page)
    return council


def _refuse_a_missing_page(path: Path) -> None:
    try:
        path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{path}:1: every pack needs this page, as text in UTF-8: {error}") from error
