from programmes.models.change import ListingChange, ListingMessage, ListingRevision, ProposedField
from programmes.models.closure import ClosureDay
from programmes.models.eligibility import EligibilityRule, Fact, Verdict
from programmes.models.freshness import Ask, AskCode, Freshness, ListingCheck
from programmes.models.intake import Intake
from programmes.models.link import LinkCheck, LinkPlace
from programmes.models.partner import Partner, PartnerMembership
from programmes.models.programme import Availability, Programme, ProgrammeQuerySet
from programmes.models.question import Question
from programmes.models.report import ListingReport
from programmes.models.sharing import SharedField

__all__ = [
    "Ask",
    "AskCode",
    "Availability",
    "ClosureDay",
    "EligibilityRule",
    "Fact",
    "Freshness",
    "Intake",
    "LinkCheck",
    "LinkPlace",
    "ListingChange",
    "ListingCheck",
    "ListingMessage",
    "ListingReport",
    "ListingRevision",
    "Partner",
    "PartnerMembership",
    "Programme",
    "ProgrammeQuerySet",
    "ProposedField",
    "Question",
    "SharedField",
    "Verdict",
]
