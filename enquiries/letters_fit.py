"""The results of "What can my service get?", as somebody asked us to send them to an address that they typed.

It may be a stranger's: the letter holds what we say about our programmes, and nothing of what was typed.
"""

from collections.abc import Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from enquiries.letters import Letter
from enquiries.models import OutgoingMail
from programmes.eligibility import Result
from programmes.models import Verdict


def results(address: str, by_verdict: Sequence[tuple[Verdict, Sequence[Result]]]) -> Letter:
    context = {
        "by_verdict": by_verdict,
        "council": settings.COUNCIL,
        "base_url": settings.BASE_URL,
        "fit_url": settings.BASE_URL + reverse("enquiries:fit"),
        "privacy_url": settings.BASE_URL + reverse("privacy"),
    }
    text = render_to_string("enquiries/mail/results.txt", context)
    return Letter(OutgoingMail.Kind.RESULTS, address, "What your service can get", text=text)
