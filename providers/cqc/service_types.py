"""The kinds of service that the Commission registers, and what each tells about the kind of care."""

from typing import NamedTuple

from providers.models import ProviderType as Type


class ServiceType(NamedTuple):
    """One kind of service: its name in the register (the "HSCA" files), its name in the directory, and what we call it.

    A type of None says nothing of the kind of care: it is health care, or not one of ours.
    """

    registered: str
    name: str
    type: Type | None = None
    is_social_care: bool = False


# The most telling come first: who has a home and visits people, too, is a home. The last have no known other name.
SERVICE_TYPES = [
    ServiceType("Care home service with nursing", "Nursing homes", Type.NURSING_HOME, True),
    ServiceType("Care home service without nursing", "Residential homes", Type.CARE_HOME, True),
    ServiceType("Shared Lives", "Shared lives", Type.SHARED_LIVES, True),
    ServiceType("Extra Care housing services", "Supported housing", Type.EXTRA_CARE, True),
    ServiceType("Supported living service", "Supported living", Type.SUPPORTED_LIVING, True),
    ServiceType("Domiciliary care service", "Homecare agencies", Type.HOMECARE, True),
    ServiceType("Specialist college service", "Specialist college service", None, True),
    ServiceType("Acute services with overnight beds", "Hospital"),
    ServiceType(
        "Acute services without overnight beds / listed acute services with or without overnight beds", "Clinic"
    ),
    ServiceType("Ambulance service", "Ambulances"),
    ServiceType("Community based services for people who misuse substances", "Community services - Substance abuse"),
    ServiceType(
        "Community based services for people with a learning disability", "Community services - Learning disabilities"
    ),
    ServiceType("Community based services for people with mental health needs", "Community services - Mental Health"),
    ServiceType("Community healthcare service", "Community services - Healthcare"),
    ServiceType("Dental service", "Dentist"),
    ServiceType("Diagnostic and/or screening service", "Diagnosis/screening"),
    ServiceType("Doctors consultation service", "Doctors/GPs"),
    ServiceType("Doctors treatment service", "Doctors/GPs"),
    ServiceType("Hospice services", "Hospice"),
    ServiceType("Hospice services at home", "Home hospice care"),
    ServiceType(
        "Hospital services for people with mental health needs, learning disabilities and problems with substance "
        "misuse",
        "Hospitals - Mental health/capacity",
    ),
    ServiceType("Long term conditions services", "Long-term conditions"),
    ServiceType("Rehabilitation services", "Rehabilitation (illness/injury)"),
    ServiceType("Remote clinical advice service", "Phone/online advice"),
    ServiceType(
        "Residential substance misuse treatment and/or rehabilitation service", "Rehabilitation (substance abuse)"
    ),
    ServiceType("Urgent care services", "Urgent care centres"),
    ServiceType("", "Community services - Nursing"),
    ServiceType("", "Mobile doctors"),
    ServiceType("", "Prison healthcare"),
]


def plain(name: str) -> str:
    """A name or a heading without what varies in it: case, spaces, brackets, apostrophes."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


_BY_NAME = {plain(name): one for one in reversed(SERVICE_TYPES) for name in (one.registered, one.name) if name}


def known(name: str) -> ServiceType | None:
    """The service type of this name, whichever of its two names that is."""
    return _BY_NAME.get(plain(name))


def type_of(names: list[str]) -> Type:
    """The most telling kind of care among these service types; another kind of care when none tells."""
    offered = {one.type for one in map(known, names) if one}
    return next((one.type for one in SERVICE_TYPES if one.type and one.type in offered), Type.OTHER)


def is_social_care(names: list[str]) -> bool:
    return any(one.is_social_care for one in map(known, names) if one)
