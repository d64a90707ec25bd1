from programmes.models.change import ListingChange, ListingDecision, ListingMessage, ListingRevision, ProposedField
from programmes.models.closure import ClosureDay
from programmes.models.eligibility import EligibilityRule, Fact, Verdict
from programmes.models.intake import Intake
from programmes.models.partner import Partner, PartnerMembership
from programmes.models.programme import Availability, Programme, ProgrammeQuerySet
from programmes.models.question import Question
from programmes.models.sharing import SharedField

__all__ = [
    "Availability",
    "ClosureDay",
    "EligibilityRule",
    "Fact",
    "Intake",
    "ListingChange",
    "ListingDecision",
    "ListingMessage",
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
