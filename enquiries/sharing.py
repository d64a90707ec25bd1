"""What a partner may see of an application, by the codes of the programme's sharing rule, and nothing beside them."""

from collections.abc import Collection

from careportal.kit.templatetags.govuk import spaced
from enquiries.models import Interest
from programmes.models import SharedField


def shared(interest: Interest, codes: Collection[str]) -> list[tuple[str, str]]:
    """Each shared field with its value, in the order of the list of fields; each answer by its question."""
    enquiry = interest.enquiry
    values = {
        SharedField.ORGANISATION: enquiry.organisation,
        SharedField.PROVIDER_TYPE: enquiry.get_provider_type_display(),
        SharedField.POSTCODE: enquiry.postcode,
        SharedField.CONTACT_NAME: enquiry.contact.name,
        SharedField.EMAIL: enquiry.contact.email,
        SharedField.TELEPHONE: spaced(enquiry.contact.telephone),
        SharedField.MESSAGE: enquiry.message,
    }
    rows = [(str(field.label), value) for field, value in values.items() if field in codes]
    site = {SharedField.ORGANISATION: ("Site", interest.site_name), SharedField.POSTCODE: _postcode(interest)}
    rows += [row for field, row in site.items() if field in codes and interest.site_name]
    answers = interest.answers if SharedField.ANSWERS in codes else []
    return rows + [(question, answer) for question, answer in answers]


def site_of(interest: Interest) -> str:
    """The site's name, if the partner may read it now."""
    is_told = interest.is_shared and SharedField.ORGANISATION in interest.shared_fields
    return interest.site_name if is_told else ""


def _postcode(interest: Interest) -> tuple[str, str]:
    return "Postcode of the site", interest.site_postcode


def withheld(codes: Collection[str]) -> list[str]:
    """What the partner is not given, by name."""
    return [str(field.label) for field in SharedField if field not in codes]
