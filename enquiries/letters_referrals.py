"""The letters about a referral: to its partner without any personal data, and to the provider in its partner's name."""

import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.dateformat import format as formatted

from careportal.kit.cleaning import one_line
from enquiries import links
from enquiries.letters import Letter
from enquiries.models import Interest, OutgoingMail
from programmes.models import Partner


def referral(interest: Interest, partner: Partner) -> Letter:
    """Holds no personal data: the reference, and the page that shows the rest to those who may see it."""
    enquiry = interest.enquiry
    text = _text("referral", interest, partner)
    subject = f"A new referral ({enquiry.reference})"
    return Letter(OutgoingMail.Kind.REFERRAL, partner.email, subject, about=enquiry, text=text)


def reminder(interest: Interest, partner: Partner) -> Letter:
    """The same pages again: the referral is not acknowledged."""
    text = _text("referral_reminder", interest, partner)
    subject = f"Please acknowledge this referral ({interest.enquiry.reference})"
    return Letter(OutgoingMail.Kind.REFERRAL, partner.email, subject, about=interest.enquiry, text=text)


def written_to_partner(interest: Interest, partner: Partner, to: str) -> Letter:
    """That there is something to read, and where: the words stay on the page."""
    subject = f"The council has written to you ({interest.enquiry.reference})"
    text = _text("written_to_partner", interest, partner)
    return Letter(OutgoingMail.Kind.REFERRAL, to, subject, about=interest.enquiry, text=text)


def code(partner: Partner, digits: str) -> Letter:
    """To the address that the council keeps for this partner."""
    context = {"code": digits, "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60, "council": settings.COUNCIL}
    text = render_to_string("enquiries/mail/partner_code.txt", context)
    return Letter(OutgoingMail.Kind.ACCOUNT, partner.email, "Your code to see your referrals", text=text)


def asked(interest: Interest) -> Letter:
    """Tells the inbox of the enquiry that a partner wrote. The words are read in the admin."""
    address = settings.BASE_URL + interest.enquiry.get_absolute_url()
    text = render_to_string("enquiries/mail/partner_asked.txt", {"interest": interest, "address": address})
    subject = f"A message from a partner ({interest.enquiry.reference})"
    return Letter(OutgoingMail.Kind.NOTICE, interest.inbox, subject, text=text)


def by_code_page(partner: Partner) -> str:
    """Where a code is asked for. It shows nothing by itself, and sends the code to the partner's address alone."""
    return reverse("enquiries:partner-code", args=[partner.pk, links.token_for(links.PARTNER, partner.pk)])


def invitation(interest: Interest, *, day: dt.date, time: str, place: str, more: str) -> str:
    lines = [
        f"{interest.referred_to} invites you. It is about {one_line(interest.name_in_letters)}.",
        f"Day: {formatted(day, 'l j F Y')}\nTime: {one_line(time)}\nPlace: {one_line(place)}",
        *([f"{interest.referred_to} writes:\n\n{more.strip()}"] if more.strip() else []),
        "You cannot come, or have a question? Reply to this email or call us, and we tell them.",
    ]
    return "\n\n".join(lines)


def enrolled(interest: Interest) -> str:
    group = interest.offered_intake
    where = f"\n\nGroup: {group}" if group else ""
    begins = f"\nBegins: {formatted(group.starts_on, 'l j F Y')}" if group and group.starts_on else ""
    return (
        f"{interest.referred_to} has given you a place on {one_line(interest.name_in_letters)}.{where}{begins}\n\n"
        "Is this not right, or can you not come? Tell us soon, so that somebody else can have the place."
    )


def dropped_out(interest: Interest) -> str:
    return (
        f"{interest.referred_to} has told us that you do not take part in {one_line(interest.name_in_letters)} any "
        "more.\n\nIs this not right? Reply to this email or call us."
    )


def _text(template: str, interest: Interest, partner: Partner) -> str:
    base = settings.BASE_URL
    context = {
        "interest": interest,
        "enquiry": interest.enquiry,
        "address": base + reverse("enquiries:partner-referral", args=[interest.pk]),
        "code_address": base + by_code_page(partner) if partner.email else "",
        "council": settings.COUNCIL,
    }
    return render_to_string(f"enquiries/mail/{template}.txt", context)
