"""What the portal holds about whoever reads an address: read from the tables, the same for the page and for the files.

Nothing of colleagues in it, but what the person typed; of council staff no name, but a role, a day and how often.
Not in it are notes that officers wrote, their talk with partners, files, and the text of emails: an officer looks
through them when somebody asks for a copy of everything.
"""

from enquiries.held import account, applications, others
from enquiries.held.parts import Item, Part, Row, as_data

__all__ = ["Item", "Part", "Row", "as_data", "of"]


def of(address: str) -> list[Part]:
    """Every kind of thing, those of which there is none too: then the page can say so."""
    folded = address.strip().lower()
    return [
        others.drafts(folded),
        applications.applications(folded),
        others.mails(folded),
        others.mail_that_came(folded),
        others.alerts(folded),
        account.account(folded),
        account.organisations(folded),
        others.requests(folded),
        others.reports(folded),
    ]
