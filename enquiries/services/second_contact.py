"""When mail to the applicant comes back, the organisation's second contact gets the letters too, while it is open."""

from enquiries import letters
from enquiries.mail import post
from enquiries.models import Enquiry, OutgoingMail

TO_APPLICANT = {OutgoingMail.Kind.ACKNOWLEDGEMENT, OutgoingMail.Kind.MESSAGE}


def address_for(enquiry: Enquiry) -> str:
    """Where letters go as well: the proved second contact, once a mail to the applicant has failed for good."""
    provider = enquiry.provider
    if provider is None or not provider.second_email or enquiry.state == Enquiry.State.CLOSED:
        return ""
    address = enquiry.contact.email
    if provider.second_email == address.lower():
        return ""
    return provider.second_email if is_lost(enquiry, address) else ""


def is_lost(enquiry: Enquiry, address: str) -> bool:
    """Whether a mail about it to this address has failed for good."""
    return enquiry.mails.filter(recipient=address, state=OutgoingMail.State.FAILED).exists()


def copy(mail: OutgoingMail) -> None:
    """Write the same letter to the second contact, if there is cause. In the transaction around it."""
    if mail.enquiry is None or mail.kind not in TO_APPLICANT or mail.recipient != mail.enquiry.contact.email:
        return
    if second := address_for(mail.enquiry):
        earlier = mail.enquiry.mails.filter(kind=mail.kind, recipient=second)
        post.write(letters.elsewhere(mail, second, number=earlier.count() + 1))
