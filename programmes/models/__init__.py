from programmes.models.change import ListingChange, ListingDecision, ListingMessage, ListingRevision, ProposedField
from programmes.models.closure import ClosureDay
from programmes.models.eligibility import EligibilityRule, Fact, Verdict
from programmes.models.intake import Intake
from programmes.models.intake_change import IntakeChange, what_changed
from programmes.models.partner import Partner, PartnerMembership
from programmes.models.people import PartnerInvitation, PartnerRequest
from programmes.models.programme import Availability, Programme, ProgrammeQuerySet
from programmes.models.question import Question
from programmes.models.sharing import SharedField
from programmes.models.views import ListingViews

__all__ = [
    "Availability",
    "ClosureDay",
    "EligibilityRule",
    "Fact",
    "Intake",
    "IntakeChange",
    "ListingChange",
    "ListingDecision",
    "ListingMessage",
    "ListingRevision",
    "ListingViews",
    "Partner",
    "PartnerInvitation",
    "PartnerMembership",
    "PartnerRequest",
    "Programme",
    "ProgrammeQuerySet",
    "ProposedField",
    "Question",
    "SharedField",
    "Verdict",
    "what_changed",
]
