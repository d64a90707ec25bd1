"""Letters to whoever asked for alerts: one to confirm the address, and then only what was asked for.

They are apart from all letters about applications, and repeat nothing that was typed.
"""

from collections.abc import Iterable

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from careportal.kit.cleaning import one_line
from enquiries.letters import SUBJECT_LENGTH, Letter
from enquiries.links import confirm_address, stop_address
from enquiries.models import Alert, OutgoingMail
from enquiries.news import News
from programmes.models import Programme


def agreed_to(programme: Programme | None) -> str:
    """What whoever confirms agrees to: shown on the page, and kept as it was."""
    about = f"“{one_line(programme.title)}” opens" if programme else "a programme is new or opens"
    return f"{settings.COUNCIL.name} may email me when {about} for care providers. I can stop this at any time."


def confirmation(alert: Alert) -> Letter:
    """Goes to an address that a stranger may have typed: it says so, and nothing more comes by itself."""
    text = _text("confirmation", alert, address=confirm_address(alert.pk), days=DAYS_TO_CONFIRM)
    return Letter(OutgoingMail.Kind.CONFIRMATION, alert.email, "Confirm that you want our emails", text=text)


def news(alert: Alert, told: Iterable[News]) -> Letter:
    """What is new, each programme once."""
    programmes = list(dict.fromkeys(one.programme for one in told))
    lines = [
        {"programme": one, "availability": one.availability(), "opens_on": one.next_opening()} for one in programmes
    ]
    subject = one_line(f"For care providers: {programmes[0].title}")
    more = f" and {len(programmes) - 1} more" if len(programmes) > 1 else ""
    text = _text("news", alert, lines=lines, address=stop_address(alert.pk), base_url=settings.BASE_URL)
    return Letter(OutgoingMail.Kind.ALERT, alert.email, f"{subject[: SUBJECT_LENGTH - len(more)]}{more}", text=text)


DAYS_TO_CONFIRM = 7


def _text(template: str, alert: Alert, **context: object) -> str:
    common = {"alert": alert, "council": settings.COUNCIL, "today": timezone.localdate()}
    return render_to_string(f"enquiries/mail/alert_{template}.txt", {**common, **context})
