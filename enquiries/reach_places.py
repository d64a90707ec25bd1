"""The registered locations of the area one by one, with all that reach is told by: a few queries for any number."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from enquiries.reach import Headline, Stage, Stages, headline_of
from providers.area import registered_here
from providers.cqc.service_types import known
from providers.models import Provider, ProviderType, RegisteredLocation, UnitPostcode, Ward

NOT_KNOWN = "Not known"
SHOWN = (
    *("cqc_location_id", "cqc_provider_id", "name", "provider_name", "type", "service_types"),
    *("address", "postcode", "telephone"),
)


@dataclass(frozen=True)
class Place:
    """A registered location with how far it came."""

    location: RegisteredLocation
    stage: Stage
    size: str
    ward_code: str
    ward: str

    @property
    def kinds(self) -> list[str]:
        """Each kind of care that it is registered for."""
        kinds = {one.type for one in map(known, self.location.service_types) if one and one.type}
        if not kinds and self.location.tells_its_type:
            kinds = {ProviderType(self.location.type)}
        return [str(kind.label) for kind in ProviderType if kind in kinds] or [NOT_KNOWN]


def places(until: dt.date | None = None) -> list[Place]:
    """All of them, by name."""
    stages, here = Stages(until), registered_here()
    units = UnitPostcode.objects.filter(postcode__in=here.order_by().values("postcode"))
    wards = dict(units.order_by().values_list("postcode", "ward"))
    named = dict(Ward.objects.filter(code__in=units.order_by().values("ward")).values_list("code", "name"))
    sizes = dict(Provider.objects.exclude(cqc_provider_id="").values_list("cqc_provider_id", "size_band"))

    def place(location: RegisteredLocation) -> Place:
        ward = wards.get(location.postcode, "")
        size = Provider.SizeBand(sizes.get(location.cqc_provider_id, ""))
        stage = stages.of(location.cqc_location_id, location.cqc_provider_id)
        return Place(location, stage, str(size.label), ward, named.get(ward, ward) or NOT_KNOWN)

    return [place(location) for location in here.only(*SHOWN).order_by("name", "cqc_location_id")]


def by(groups_of: Callable[[Place], Iterable[str]], listed: Iterable[Place]) -> list[tuple[str, Headline]]:
    """How far the locations of each group came. One that is in two groups counts in each."""
    stages: dict[str, list[Stage]] = defaultdict(list)
    for place in listed:
        for group in groups_of(place):
            stages[group].append(place.stage)
    return [(group, headline_of(some)) for group, some in stages.items()]


def by_kind(listed: Iterable[Place]) -> list[tuple[str, Headline]]:
    return _in_order(by(lambda place: place.kinds, listed), [str(label) for label in ProviderType.labels])


def by_size(listed: Iterable[Place]) -> list[tuple[str, Headline]]:
    labels = [str(label) for value, label in Provider.SizeBand.choices if value]
    return _in_order(by(lambda place: [place.size], listed), labels)


def by_ward(listed: Iterable[Place]) -> list[tuple[str, Headline]]:
    """Wards by name. Those without any registered location are not among them."""
    found = by(lambda place: [place.ward], listed)
    return _in_order(found, sorted(label for label, _ in found if label != NOT_KNOWN))


def _in_order(found: list[tuple[str, Headline]], labels: list[str]) -> list[tuple[str, Headline]]:
    """In the order of the labels; what is not known comes last."""
    return sorted(found, key=lambda row: labels.index(row[0]) if row[0] in labels else len(labels))
