from programmes.models.change import ListingChange, ListingDecision, ListingMessage, ListingRevision, ProposedField
from programmes.models.closure import ClosureDay
from programmes.models.eligibility import EligibilityRule, Fact, Verdict
from programmes.models.ending import AgreementEnd, AnswerBefore
from programmes.models.freshness import Ask, AskCode, Freshness, ListingCheck
from programmes.models.intake import Intake
from programmes.models.intake_change import IntakeChange, what_changed
from programmes.models.link import LinkCheck, LinkPlace
from programmes.models.page import Page, PageFigure
from programmes.models.partner import Partner, PartnerMembership
from programmes.models.people import PartnerInvitation, PartnerRequest
from programmes.models.programme import Availability, Programme, ProgrammeQuerySet
from programmes.models.question import Question
from programmes.models.report import ListingReport
from programmes.models.sharing import SharedField
from programmes.models.strategy import Objective, Stakeholder, Strategy, Workstream
from programmes.models.views import ListingViews

__all__ = [
    "AgreementEnd",
    "AnswerBefore",
    "Ask",
    "AskCode",
    "Availability",
    "ClosureDay",
    "EligibilityRule",
    "Fact",
    "Freshness",
    "Intake",
    "IntakeChange",
    "LinkCheck",
    "LinkPlace",
    "ListingChange",
    "ListingCheck",
    "ListingDecision",
    "ListingMessage",
    "ListingReport",
    "ListingRevision",
    "ListingViews",
    "Objective",
    "Page",
    "PageFigure",
    "Partner",
    "PartnerInvitation",
    "PartnerMembership",
    "PartnerRequest",
    "Programme",
    "ProgrammeQuerySet",
    "ProposedField",
    "Question",
    "SharedField",
    "Stakeholder",
    "Strategy",
    "Verdict",
    "Workstream",
    "what_changed",
]
