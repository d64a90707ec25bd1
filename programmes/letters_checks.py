"""Letters that ask a partner whether its listings are still correct. They name no person.

They leave through the outbox; officers cannot read them, as one of them holds a code.
"""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from careportal.kit.markdown import words
from programmes.models import Ask, AskCode, Partner, PartnerMembership, Programme
from programmes.proofs import address_of
from providers.letters import Lasting


def people_to_ask(partner: Partner) -> list[PartnerMembership | None]:
    """The mailbox that it shares (None), once; without one each of its administrators; nobody after its agreement."""
    if partner.email:
        return [None] if partner.is_acting else []
    running = PartnerMembership.objects.acting().administrators().select_related("user")
    return list(running.filter(partner=partner, user__role=""))


def still_correct(ask: Ask, programmes: Sequence[Programme], answer_by: dt.date) -> Lasting:
    """All listings of a partner that are due, each as the public sees it."""
    many = "Are your listings still correct?" if len(programmes) > 1 else "Is your listing still correct?"
    lasts_until = timezone.now() + Ask.GOOD_FOR
    context = {
        "listings": [_shown(one) for one in programmes],
        "address": address_of(ask),
        "answer_by": answer_by,
        "partner": ask.partner,
    }
    return letter(ask.address, many, "still_correct", good_until=lasts_until, **context)


def _shown(programme: Programme) -> dict[str, object]:
    """What the public page says, in words: a mail has no headings and no links of its own."""
    return {
        "programme": programme,
        "availability": programme.availability().label,
        "description": words(programme.description),
        "who_for": words(programme.who_for),
        "run_by": ", ".join(partner.name for partner in programme.partners.all()),
        "intakes": [run for run in programme.intakes.all() if run.is_coming()],
    }


def answer_code(ask: Ask, code: str) -> Lasting:
    minutes = AskCode.GOOD_FOR // dt.timedelta(minutes=1)
    return letter(ask.address, "Your code to answer about your listings", "answer_code", code=code, minutes=minutes)


def letter(
    to: str, subject: str, template: str, *, good_until: dt.datetime | None = None, **context: object
) -> Lasting:
    whole = {"council": settings.COUNCIL, "base_url": settings.BASE_URL, **context}
    body = render_to_string(f"programmes/mail/{template}.txt", whole)
    message = Lasting(subject=f"{settings.COUNCIL.service_name}: {subject}", body=body.strip() + "\n", to=[to])
    message.good_until = good_until
    return message
