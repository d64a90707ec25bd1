from providers.models.directory import DirectoryImport, RegisteredLocation
from providers.models.handover import Handover, MailboxCode
from providers.models.invitation import Invitation
from providers.models.membership import Membership
from providers.models.postcode import PostcodeImport, UnitPostcode, Ward
from providers.models.provider import Provider, ProviderType
from providers.models.tender import Tender, TenderImport

__all__ = [
    "DirectoryImport",
    "Handover",
    "Invitation",
    "MailboxCode",
    "Membership",
    "PostcodeImport",
    "Provider",
    "ProviderType",
    "RegisteredLocation",
    "Tender",
    "TenderImport",
    "UnitPostcode",
    "Ward",
]
