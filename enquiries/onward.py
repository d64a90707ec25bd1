"""What a service could do next: programmes that take applications and fit what it has told before."""

from django.utils import timezone

from enquiries.models import Enquiry
from enquiries.rehearsal import COLUMNS
from programmes import eligibility
from programmes.models import Programme, Verdict

MOST = 3


def suitable_after(enquiry: Enquiry) -> list[Programme]:
    """At most three that fit by their rules, of the same theme first; none that was applied for here (J-P8)."""
    facts: dict[str, str] = {fact: getattr(enquiry, column) for fact, column in COLUMNS.items()}
    applied, today = [one.programme for one in enquiry.interests.select_related("programme")], timezone.localdate()
    themes = {one.theme for one in applied}
    listed = Programme.objects.listed().exclude(pk__in=[one.pk for one in applied])
    fitting = [
        programme
        for programme in listed.prefetch_related("intakes", "eligibility_rules")
        if programme.may_be_applied_for(today) and eligibility.check(programme, facts).verdict == Verdict.YES
    ]
    return sorted(fitting, key=lambda programme: (programme.theme not in themes, programme.title))[:MOST]
