"""An enquiry that came by email, and a complete application that fills it in."""

from enquiries import services
from enquiries.models import Draft
from tests.applying import Applicant
from tests.enquiries.follower import following
from tests.factories import EnquiryFactory, IncomingMailFactory

TEXT = """Hello, we would like to join the Open programme.

Example home, 1 Example Road, RM10 7AA
Telephone: 020 7946 0958"""


def emailed(**facts):
    """With the mail itself."""
    subject = facts.pop("subject", "Care sector support")
    enquiry = EnquiryFactory(by_email=True, **{"message": TEXT, **facts})
    IncomingMailFactory(
        enquiry=enquiry, subject=subject, text=enquiry.message, sender=enquiry.contact_email, state="enquiry"
    )
    return enquiry


class Completing(Applicant):
    """A browser that has proved the address, and goes through the pages."""

    def __init__(self, enquiry, **answers):
        super().__init__(following(enquiry), programmes={"programmes": ["open"]}, **answers)
        self.of = enquiry
        self.answers["contact"] = {"full_name": "Example Applicant", **answers.get("contact", {})}

    def begin(self):
        response = self.client.post(f"/follow/{self.of.reference}/details/")
        assert response.status_code == 302, response.content.decode()
        self.page = response["Location"]
        return self

    def complete(self):
        self.begin().go_to("check").send()
        self.of.refresh_from_db()
        return self.of


def draft_for(enquiry, *slugs, **answers):
    """Complete and not sent: what an officer's sheet or the provider's pages hand over."""
    applicant = Applicant(**answers).begin(*(slugs or ["open"])).go_to("check")
    Draft.objects.filter(pk=applicant.draft_id).update(enquiry=enquiry)
    return Draft.objects.get(pk=applicant.draft_id)


def filled_in(enquiry, officer=None, **answers):
    return services.fill_in_enquiry(enquiry_id=enquiry.pk, draft=draft_for(enquiry, **answers), officer=officer)
