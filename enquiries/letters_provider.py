"""Letters that an officer's work writes to the provider: one frame, and what is said within it.

They are built when they are written, so that what was previewed is what is stored, and what is stored is what goes.
"""

import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import salted_hmac

from careportal.kit.cleaning import one_line
from enquiries import links
from enquiries.letters import Letter, first_name, follow_url
from enquiries.models import Enquiry, Interest, Message, OutgoingMail
from enquiries.models.site import titles_of

ANSWERS = "answer"  # what links to the page of answers are good for

WHY_NOT: dict[str, str] = {
    Interest.WhyNotEligible.OUTSIDE_AREA: "Your service is outside the area that this programme is for.",
    Interest.WhyNotEligible.KIND_OF_CARE: "This programme is for another kind of care than yours.",
    Interest.WhyNotEligible.NOT_REGISTERED: "It is for services that the Care Quality Commission has registered.",
    Interest.WhyNotEligible.ROLE: "This programme is for people in another role.",
    Interest.WhyNotEligible.TOOK_PART: "Your service has taken part in this programme before.",
    Interest.WhyDeclined.NO_MONEY: "There is no money left for this programme at present.",
    Interest.WhyDeclined.NOT_RUNNING: "This programme does not run at present.",
    Interest.WhyDeclined.GREATER_NEED: "All places went to services whose need was greater.",
    Interest.WhyDeclined.OTHER_SUPPORT: "We think that other support fits your service better.",
    Interest.WhyDeclined.NO_ANSWER: "We did not hear from you in time.",
}


def letter(enquiry: Enquiry, text: str, *, number: int) -> Letter:
    """Whatever it says, its subject names nothing but the reference."""
    subject = f"About your application ({enquiry.reference})"
    return Letter(OutgoingMail.Kind.MESSAGE, enquiry.contact.email, subject, about=enquiry, text=text, number=number)


def whole(enquiry: Enquiry, said: str, *, answer_by: dt.date | None = None, address: str = "") -> str:
    """The letter as the provider reads it. `said` is its own part; the rest is the same in all of them."""
    context = {
        "enquiry": enquiry,
        "said": said.strip(),
        "answer_by": answer_by,
        "address": address,
        "council": settings.COUNCIL,
        "first_name": first_name(enquiry.contact.name),
        "follow_url": follow_url(),
        "privacy_url": settings.BASE_URL + reverse("privacy"),
    }
    return render_to_string("enquiries/mail/message.txt", context)


def answer_page(question_id: int) -> str:
    """The path of the page on which a question is answered. Whoever has the letter may, and nobody else."""
    return reverse("enquiries:answer", args=[question_id, links.token_for(ANSWERS, question_id)])


def answer_address(question_id: int) -> str:
    return settings.BASE_URL + answer_page(question_id)


def declined(interest: Interest, *, reason: str, onward_options: str) -> str:
    """A no that helps: why, and what the provider can do instead (N10)."""
    return (
        f"We cannot offer you “{one_line(interest.name_in_letters)}”.\n\n"
        f"{WHY_NOT[reason]}\n\n"
        f"What you can do instead\n\n{onward_options.strip()}\n\n{_second_look()}"
    )


def not_eligible(interest: Interest, *, reason: str) -> str:
    """Why it does not fit, how to ask for a second look, and where other programmes are."""
    programmes = settings.BASE_URL + reverse("programmes:list")
    return (
        f"“{one_line(interest.name_in_letters)}” does not fit your service.\n\n"
        f"{WHY_NOT[reason]}\n\n"
        f"What you can do instead\n\n"
        f"See the other programmes: {programmes}\n"
        f"Or call us on {settings.COUNCIL.contact.telephone}: we help you to find one that fits.\n\n{_second_look()}"
    )


def corrected(interest: Interest, *, explanation: str) -> str:
    return (
        f"We wrote to you about “{one_line(interest.name_in_letters)}”. What we wrote was wrong, and we are sorry.\n\n"
        f"{explanation.strip()}\n\n"
        f"Our earlier decision no longer stands. We are looking at your application again and will write to you."
    )


def reminder(question: Message) -> str:
    return f"We asked you a question about your application and have not heard from you yet.\n\n{question.text.strip()}"


def _second_look() -> str:
    telephone = settings.COUNCIL.contact.telephone
    return (
        "If you think that this is wrong, ask us to look again: "
        f"reply to this email or call {telephone}, and tell us what we should know."
    )


def values(enquiry: Enquiry) -> dict[str, str]:
    """What stands for each of ReplyTemplate.PLACEHOLDERS."""
    titles = [one_line(title) for title in titles_of(enquiry.interests.all())]
    contact = settings.COUNCIL.contact
    return {
        "reference": enquiry.reference,
        "first name": first_name(enquiry.contact.name) or "Sir or Madam",
        "programmes": _listed(titles),
        "telephone": contact.telephone,
        "opening hours": contact.opening_hours,
        "council": settings.COUNCIL.name,
    }


def mark(text: str) -> str:
    """What a page that showed exactly this letter sends along: proof that it has been read."""
    return salted_hmac("enquiries.letters.read", text, algorithm="sha256").hexdigest()


def _listed(titles: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(titles[:-1]), *titles[-1:]]))
