"""What the provider of an enquiry that came by email is told while its details are wanting, and once they are not."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.dateformat import format as formatted

from careportal.kit.cleaning import one_line
from enquiries.links import complete_address
from enquiries.models import Enquiry, Interest

STILL_WANTING = "We need a few details before we can decide about it."


def filled_in(enquiry: Enquiry, interests: Iterable[Interest]) -> str:
    """A short confirmation: it repeats the names of the programmes, and nothing that was typed."""
    listed = "\n".join(f"- {one_line(interest.name_in_letters)}" for interest in interests)
    by = enquiry.reply_promised_on
    reply = f"\n\nWe will reply by {formatted(by, 'l j F Y')}." if by else ""
    return (
        f"Thank you. We have your details, and your application is complete. You applied for:\n\n{listed}\n\n"
        "What happens next\n\n"
        "An officer reads your application and decides which partner can help. We contact you by email, or by "
        f"telephone if you gave us a number.{reply}"
    )


def reminder() -> str:
    telephone = settings.COUNCIL.contact.telephone
    return (
        f"You wrote to us and asked for support. {STILL_WANTING}\n\n"
        f"Fill them in here. It takes about five minutes: {complete_address()}\n\n"
        f"You can also reply to this email or call us on {telephone}: an officer can fill them in for you.\n\n"
        "Do you not need it any more? Say so on the page of your application, or reply to this email."
    )


def not_needed() -> str:
    return (
        "You told us that you do not need our support any more. We have closed what you asked for.\n\n"
        "Was this a mistake? Reply to this email or call us, and we open it again. "
        "If you did not do this, call us at once."
    )
