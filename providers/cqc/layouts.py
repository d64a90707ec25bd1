"""The Commission's files: how to know each, and the columns that we take from it. All others are left where they are.

No column with the name of a person is named here: registered managers and nominated individuals are never taken over.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from providers.models import DirectoryImport

Kind = DirectoryImport.Kind


@dataclass(frozen=True)
class Layout:
    """One kind of file. Headings are compared without case, spaces, brackets and apostrophes (`plain`)."""

    kind: Kind
    columns: dict[str, tuple[str, ...]]  # what we call it, and its headings over the years
    required: frozenset[str]
    one_hot: dict[str, str] = field(default_factory=dict)  # columns such as "Service type - Hospice services", with Y
    split: Callable[[str], list[str]] = lambda cell: cell.split("|")
    is_whole: bool = True  # a location that is not in it is not registered any more
    has_providers_among_locations: bool = False


def _split_at_commas(cell: str) -> list[str]:
    """At commas without a space behind: those with one belong to a name."""
    return re.split(r",(?! )", cell)


_FIRST_OF_ALL = {
    "location_id": ("cqclocationidforofficeuseonly", "cqclocationforofficeuseonly"),
    "provider_id": ("cqcprovideridforofficeuseonly", "cqcproviderforofficeuseonly"),
    "name": ("name",),
    "provider_name": ("providername",),
    "postcode": ("postcode",),
    "telephone": ("phonenumber",),
    "service_types": ("servicetypes",),
    "specialisms": ("specialismsservices",),
    "local_authority": ("localauthority",),
    "region": ("region",),
}

_LOCATION = {
    "location_id": ("locationid",),
    "provider_id": ("providerid",),
    "name": ("locationname",),
    "provider_name": ("providername",),
    "street": ("locationstreetaddress",),
    "second_line": ("locationaddressline2",),
    "town": ("locationcity",),
    "postcode": ("locationpostalcode", "locationpostcode"),
    "local_authority": ("locationlocalauthority", "localauthority"),
    "region": ("locationregion", "region"),
    "care_home": ("carehome",),
    "sector": ("locationtypesector", "locationtype"),
}

LAYOUTS = [
    Layout(
        kind=Kind.DIRECTORY,
        columns={
            **_FIRST_OF_ALL,
            "address": ("address",),
            "website": ("serviceswebsiteifavailable",),
            "day": ("dateoflatestcheck",),
        },
        required=frozenset({"name", "service_types", "provider_name", "location_id"}),
    ),
    Layout(
        kind=Kind.SEARCH_EXPORT,
        columns={
            **_FIRST_OF_ALL,
            "street": ("address1",),
            "second_line": ("address2",),
            "town": ("towncity",),
            "website": ("website",),
            "day": ("reportpublicationdate",),
        },
        required=frozenset({"name", "service_types", "provider_name", "location_id", "street", "town"}),
        split=_split_at_commas,
        is_whole=False,
        has_providers_among_locations=True,
    ),
    Layout(
        kind=Kind.RATINGS,
        columns={
            **_LOCATION,
            "group": ("servicepopulationgroup",),
            "domain": ("domain",),
            "rating": ("latestrating",),
            "day": ("publicationdate",),
        },
        required=frozenset({"name", "location_id", "provider_name", "group", "domain", "rating", "day"}),
        is_whole=False,
    ),
    Layout(
        kind=Kind.FILTERS,
        columns={
            **_LOCATION,
            "telephone": ("locationtelephonenumber", "telephonenumber"),
            "website": ("locationwebaddress", "webaddress"),
            "rating": ("locationlatestoverallrating", "latestoverallrating"),
            "day": ("publicationdate",),
        },
        one_hot={"service_types": "servicetype", "specialisms": "serviceuserband"},
        required=frozenset({"name", "location_id", "provider_name", "service_types"}),
    ),
]
