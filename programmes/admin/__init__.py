"""Programmes and all that belongs to them, as officers edit it. Every change keeps its history."""

from programmes.admin.changes import ListingChangeAdmin
from programmes.admin.closures import ClosureDayAdmin
from programmes.admin.links import LinkCheckAdmin
from programmes.admin.pages import PageAdmin
from programmes.admin.partners import PartnerAdmin
from programmes.admin.programmes import IntakeAdmin, ProgrammeAdmin
from programmes.admin.reports import ListingReportAdmin
from programmes.admin.requests import PartnerRequestAdmin
from programmes.admin.strategy import ObjectiveAdmin, StakeholderAdmin, StrategyAdmin, WorkstreamAdmin

__all__ = [
    "ClosureDayAdmin",
    "IntakeAdmin",
    "LinkCheckAdmin",
    "ListingChangeAdmin",
    "ListingReportAdmin",
    "ObjectiveAdmin",
    "PageAdmin",
    "PartnerAdmin",
    "PartnerRequestAdmin",
    "ProgrammeAdmin",
    "StakeholderAdmin",
    "StrategyAdmin",
    "WorkstreamAdmin",
]
