"""Documents from outside: what kind they are is found in their content, and what could do harm is refused."""

from enquiries.documents.checking import check
from enquiries.documents.kinds import ACCEPT, IN_WORDS, KINDS, DocumentKind
from enquiries.documents.names import cleaned_name

__all__ = ["ACCEPT", "IN_WORDS", "KINDS", "DocumentKind", "check", "cleaned_name"]
