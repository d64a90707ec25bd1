"""Programmes, intakes, questions, rules and partners, as officers edit them. Every change keeps its history."""

from programmes.admin.partners import PartnerAdmin
from programmes.admin.programmes import IntakeAdmin, ProgrammeAdmin

__all__ = ["IntakeAdmin", "PartnerAdmin", "ProgrammeAdmin"]
