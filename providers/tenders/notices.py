"""The shape of a notice, as far as it matters here. Contact points and suppliers are not read, so none is stored."""

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Annotated, Any

from django.utils import timezone
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from careportal.kit.cleaning import fold, made_storable, one_line
from providers.models import Tender

CONTRACTS_FINDER = "https://www.contractsfinder.service.gov.uk/Notice/"
FIND_A_TENDER = "https://www.find-tender.service.gov.uk/Notice/"
EARLIEST, LATEST = 2000, 2100
LARGEST = Decimal(10) ** 13

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[0-9]{6}-20[0-9]{2}")
CANCELS = {"tenderCancellation", "cancelled", "withdrawn"}
CLOSES = {
    *("award", "awardUpdate", "awardCancellation", "contract", "contractUpdate", "contractAmendment"),
    *("contractTermination", "implementation", "implementationUpdate", "complete", "unsuccessful"),
}
PLANS = {"planning", "planningUpdate", "planned"}

State = Tender.State


def _text(value: str) -> str:
    return one_line(made_storable(value))


def _named(value: str) -> str:
    if not (name := _text(value)):
        raise ValueError("must not be empty")
    return name


def _moment(value: str) -> dt.datetime:
    at = moment(value)
    if at is None:
        raise ValueError("must be a date and time such as 2026-11-28T12:00:00Z")
    return at


def _list(value: Any) -> Any:
    """Nothing is an empty list, and one text a list of one."""
    return [] if value is None else [value] if isinstance(value, str) else value


MayBeNone = BeforeValidator(_list)
Text = Annotated[str, AfterValidator(_text)]
Id = Annotated[str, Field(max_length=100), AfterValidator(_named)]


class Given(BaseModel):
    """A part of a notice. What is not named here is left unread."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Code(Given):
    scheme: str | None = None
    id: str | None = None

    @property
    def cpv(self) -> str:
        """The eight digits, without the one that checks them; empty where it is another kind of code."""
        is_cpv = (self.scheme or "CPV").strip().upper() == "CPV"
        return (self.id or "").strip()[:8] if is_cpv else ""


class Address(Given):
    region: str | None = None
    locality: str | None = None
    postal_code: str | None = Field(None, alias="postalCode")


class Item(Given):
    classification: Code | None = None
    additional: Annotated[list[Code], MayBeNone] = Field([], alias="additionalClassifications")
    addresses: Annotated[list[Address], MayBeNone] = Field([], alias="deliveryAddresses")


class Period(Given):
    end: Any = Field(None, alias="endDate")


class Money(Given):
    amount: Any = None
    gross: Any = Field(None, alias="amountGross")
    currency: Any = None


class Suitability(Given):
    sme: bool | None = None
    vcse: bool | None = None


class Process(Given):
    title: Text = ""
    status: str | None = None
    classification: Code | None = None
    additional: Annotated[list[Code], MayBeNone] = Field([], alias="additionalClassifications")
    items: Annotated[list[Item], MayBeNone] = []
    period: Period | None = Field(None, alias="tenderPeriod")
    value: Money | None = None
    least: Money | None = Field(None, alias="minValue")
    suitability: Suitability | None = None


class Party(Given):
    id: Text | None = None
    name: Text | None = None
    roles: list[str] | None = None


class Notice(Given):
    """A release: what one notice says of one process."""

    ocid: Id
    id: Id
    date: Annotated[dt.datetime, BeforeValidator(_moment)]
    tag: Annotated[list[str], MayBeNone, Field(min_length=1)]
    buyer: Party
    tender: Process = Field(default_factory=lambda: Process.model_validate({}))
    parties: Annotated[list[Party], MayBeNone] = []
    awards: Annotated[list[Any], MayBeNone] = []
    contracts: Annotated[list[Any], MayBeNone] = []

    @property
    def buyer_name(self) -> str:
        """As the buyer is called here, or among the parties."""
        named = (one.name for one in self.parties if one.id and one.id == self.buyer.id)
        return (self.buyer.name or next((name for name in named if name), ""))[:200]

    @property
    def process(self) -> tuple[str, str]:
        """What tells it from others: some numbers of processes are used by several buyers."""
        return self.ocid, (self.buyer.id or fold(self.buyer_name))[:200]

    @property
    def age(self) -> tuple[dt.datetime, str]:
        """Notices of the same second come in the order of their numbers, always the same."""
        return self.date, self.id

    @property
    def lacks(self) -> str:
        """What it cannot be read without, in words; a notice that ends a process needs no title."""
        if not self.buyer_name:
            return "buyer.name"
        return "" if self.tender.title or self.is_over else "tender.title"

    @property
    def is_over(self) -> bool:
        return self.state in {State.CANCELLED, State.CLOSED}

    @cached_property
    def state(self) -> str:
        said = {*self.tag, self.tender.status or ""}
        is_compiled = "compiled" in self.tag and bool(self.awards or self.contracts)
        if said & CANCELS:
            return State.CANCELLED
        if said & CLOSES or is_compiled:
            return State.CLOSED
        return State.PLANNED if said & PLANS else State.OPEN

    @property
    def notice_url(self) -> str:
        """The page of the notice: of Contracts Finder by the first part of the number, which is not the process's."""
        if found := _UUID.match(self.id.lower()):
            return f"{CONTRACTS_FINDER}{found[0]}"
        return f"{FIND_A_TENDER}{self.id}" if _NUMBER.fullmatch(self.id) else ""

    @property
    def closes_at(self) -> dt.datetime | None:
        return moment(self.tender.period.end) if self.tender.period else None

    @property
    def cpv_codes(self) -> set[str]:
        codes = [self.tender.classification, *self.tender.additional]
        for item in self.tender.items:
            codes += [item.classification, *item.additional]
        return {code.cpv for code in codes if code and code.cpv}

    @property
    def addresses(self) -> list[Address]:
        return [address for item in self.tender.items for address in item.addresses]

    @property
    def buyers(self) -> set[str]:
        """The buyer, and who else buys by this process: some buy through the operator of a website."""
        for_them = (one.name for one in self.parties if {"buyer", "procuringEntity"} & {*(one.roles or [])})
        return {fold(name[:200]) for name in (self.buyer_name, *for_them) if name}

    @property
    def odd(self) -> list[str]:
        """What was left out because it cannot be read."""
        period, value = self.tender.period, self.tender.value
        found = {
            "a closing date that cannot be read": bool(period and period.end and not self.closes_at),
            "a value that cannot be read": bool(value and value.amount is not None and amount(value) is None),
            "no page of the notice": not self.notice_url,
        }
        return [what for what, is_so in found.items() if is_so]

    def facts(self) -> dict[str, Any]:
        """What is kept of it, by the columns of a tender."""
        suits = self.tender.suitability or Suitability()
        return {
            "buyer": self.buyer_name,
            "title": _cut(self.tender.title, 300),
            "state": self.state,
            "release_id": self.id,
            "released_at": self.date,
            "notice_url": self.notice_url,
            "closes_at": self.closes_at,
            "value_from": amount(self.tender.least),
            "value_to": amount(self.tender.value),
            "currency": _currency(self.tender.value or self.tender.least),
            "is_for_small": bool(suits.sme),
            "is_for_voluntary": bool(suits.vcse),
        }


def moment(value: Any) -> dt.datetime | None:
    """An instant, whatever its offset; without one it is the time here. None for what is no date of our days."""
    if not isinstance(value, str):
        return None
    try:
        at = dt.datetime.fromisoformat(value.strip())
        whole = timezone.make_aware(at) if timezone.is_naive(at) else at
        return whole.astimezone(dt.UTC) if EARLIEST <= at.year < LATEST else None
    except (ValueError, OverflowError):
        return None


def amount(money: Money | None) -> Decimal | None:
    """A sum that can be stored: none below nothing, none beyond all bounds."""
    given = None if money is None else money.amount if money.amount is not None else money.gross
    if given is None or isinstance(given, bool) or not isinstance(given, (int, float, str)):
        return None
    try:
        exact = Decimal(str(given)[:40])
        return exact.quantize(Decimal("0.01")) if 0 <= exact < LARGEST else None
    except InvalidOperation:
        return None


def _currency(money: Money | None) -> str:
    given = money.currency if money else ""
    return given if isinstance(given, str) and re.fullmatch(r"[A-Z]{3}", given) else ""


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
