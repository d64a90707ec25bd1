"""The council this installation serves: who it is, how it looks, where its post goes.

A council pack is a folder of YAML and Markdown under `careportal/packs/`, or in PACKS_DIR. This module reads the part
that settings need; the rest is loaded into the database by `manage.py load_pack`.
"""

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from careportal.kit.addresses import is_mailbox, is_sender, names_a_host
from careportal.kit.contrast import READABLE, ratio
from careportal.kit.packfile import PackError, Strict, problem, read

PACKS = Path(__file__).parent / "packs"
KEY = re.compile(r"[a-z][a-z_]*")
PAGES = ("about.md",)
WHITE = "#ffffff"


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


def _postcode(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}", value):
        raise ValueError("must be a full postcode in capitals with one space, such as SW1A 1AA")
    return value


def _readable(value: str) -> str:
    if (found := ratio(value, WHITE)) < READABLE:
        raise ValueError(f"must be darker: its contrast with white is {found:.1f}:1, and {READABLE}:1 is needed")
    return value


Colour = Annotated[str, AfterValidator(_colour)]
TextColour = Annotated[Colour, AfterValidator(_readable)]
Email = Annotated[str, AfterValidator(_address)]
Sender = Annotated[str, AfterValidator(_sender)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Postcode = Annotated[str, AfterValidator(_postcode)]
Text = Annotated[str, Field(min_length=1)]
StatisticsCode = Annotated[str, Field(pattern=r"^[A-Z][0-9]{8}$")]  # of the Office for National Statistics
Days = Annotated[int, Field(ge=1, le=250)]
Line = Annotated[str, Field(min_length=1, pattern=r"^[^\r\n]*$")]  # it stands in the headers of mails


class Colours(Strict):
    """All text colours reach 4.5:1 on white and on the tinted surface; `brand` also carries white text."""

    brand: TextColour
    link: TextColour
    link_hover: TextColour
    surface: Colour
    surface_border: Colour
    button: TextColour
    button_hover: TextColour
    button_shadow: Colour

    @model_validator(mode="after")
    def _can_be_read_on_the_surface(self) -> "Colours":
        names = ("brand", "link", "link_hover", "button", "button_hover")
        faint = [name for name in names if ratio(getattr(self, name), self.surface) < READABLE]
        if faint:
            raise ValueError(f"must be lighter: surface, as these do not reach {READABLE}:1 on it: {', '.join(faint)}")
        return self


class Offer(Strict):
    """What the start page says that there is. A theme without a sentence is not named there."""

    kinds: Line
    training: Line | None = None
    recruitment: Line | None = None
    sustainability: Line | None = None


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
    """The inbox that applications are routed to, what people call it, and the subject phrase its rules look for."""

    business_forum_inbox: Email
    inbox_name: Line
    subject_phrase: Line = Field(max_length=40)
    from_address: Sender
    domains: list[Text] = Field(min_length=1)

    @model_validator(mode="after")
    def _inbox_is_the_councils(self) -> "Mail":
        if self.business_forum_inbox.rpartition("@")[2] not in {domain.lower() for domain in self.domains}:
            raise ValueError(
                "business_forum_inbox must lie in one of the domains: applications must not leave the council"
            )
        return self


class Neighbour(Strict):
    """A council nearby: the name of the right way on for somebody who is not in this one's area."""

    code: StatisticsCode
    name: Text
    url: WebAddress


class Area(Strict):
    """What lies in the council's area: by codes of districts or of the county, and what the CQC calls the council.

    Where postcodes are not imported, only outcodes tell: those wholly inside, and those that straddle the border.
    The first of the `examples` is shown where somebody mistypes a postcode; the demo world uses all of them.
    """

    districts: list[StatisticsCode]
    counties: list[StatisticsCode]
    named: list[Text] = Field(min_length=1)
    inside: list[Text]
    probably: list[Text]
    examples: list[Postcode] = Field(min_length=1)
    neighbours: list[Neighbour] = []

    @model_validator(mode="after")
    def _has_a_code(self) -> "Area":
        if not self.districts and not self.counties:
            raise ValueError("name at least one district or county by its code: a capital letter and eight digits")
        return self

    @model_validator(mode="after")
    def _has_examples_of_its_own(self) -> "Area":
        ours = {*self.inside, *self.probably}
        strange = [code for code in self.examples if code.partition(" ")[0] not in ours]
        if strange:
            raise ValueError(f"examples must lie in the area, and these do not: {', '.join(strange)}")
        return self


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
    offer: Offer
    contact: Contact
    privacy: Privacy
    promise: Promise
    mail: Mail
    area: Area
    reviewed_on: dt.date
    quiet_days: QuietDays | None = None
    language: Literal["en-gb"] = "en-gb"

    _folder: Path = PrivateAttr()

    @property
    def folder(self) -> Path:
        """Where its pack lies."""
        return self._folder


def load(key: str, packs: Path | None = None) -> Council:
    """The council with this key, from a folder of packs or from ours. Raises PackError when none fits."""
    folder = find(key, packs)
    council = read_council(folder)
    for page in PAGES:
        refuse_a_missing_page(folder / "pages" / page)
    return council


def find(key: str, packs: Path | None = None) -> Path:
    """The folder of the pack with this key: one of the council's own goes before ours. Raises PackError."""
    places = [place for place in (packs, PACKS) if place]
    found = {path.parent.name: path.parent for place in reversed(places) for path in place.glob("*/council.yaml")}
    known = {name: folder for name, folder in found.items() if KEY.fullmatch(name)}
    if key not in known:
        raise PackError(f"There is no council pack named {key!r}. COUNCIL must be one of: {', '.join(sorted(known))}")
    return known[key]


def read_council(folder: Path) -> Council:
    """What council.yaml of this folder says. Raises PackError with every problem found."""
    path = folder / "council.yaml"
    council = read(path, Council)
    if council.key != folder.name:
        raise problem(path, ("key",), f"must be {folder.name}, the name of its folder")
    council._folder = folder
    return council


def refuse_a_missing_page(path: Path) -> None:
    try:
        path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{path}:1: every pack needs this page, as text in UTF-8: {error}") from error
