from typing import TYPE_CHECKING, Any

from crispy_forms.layout import Layout
from django.db.models import Q, QuerySet

from careportal.kit.fields import LineField, MultipleChoiceField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from enquiries.models import Enquiry, OutgoingMail

if TYPE_CHECKING:
    from careportal.accounts.models import User

TROUBLE = [OutgoingMail.State.FAILED, OutgoingMail.State.UNCERTAIN]


class QueueForm(GovukForm):
    """What the queue shows. Sent by GET, so that a view of it can be kept; it holds no personal data."""

    marks_optional = False

    q = LineField(label="Reference, organisation or postcode", required=False, max_length=100, noun="Search")
    state = MultipleChoiceField(label="State", required=False, choices=Enquiry.State.choices)
    only = MultipleChoiceField(
        label="Only", required=False, choices=[("mine", "Mine"), ("trouble", "Mail failed or uncertain")]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        boxes = [Question(name, small=True) for name in ("state", "only")]
        self.helper.layout = Layout(Question("q"), *boxes, Continue("Show", kind="secondary"))

    def choose_from(self, enquiries: "QuerySet[Enquiry]", *, officer: "User") -> "QuerySet[Enquiry]":
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("q"):
            word = wanted["q"]
            fits = Q(reference__iexact=word) | Q(organisation__icontains=word) | Q(postcode__istartswith=word)
            enquiries = enquiries.filter(fits)
        if wanted.get("state"):
            enquiries = enquiries.filter(state__in=wanted["state"])
        if "mine" in wanted.get("only", []):
            enquiries = enquiries.filter(owner=officer)
        if "trouble" in wanted.get("only", []):
            enquiries = enquiries.filter(pk__in=OutgoingMail.objects.filter(state__in=TROUBLE).values("enquiry"))
        return enquiries

    @property
    def chosen_count(self) -> int:
        return sum(len(self.cleaned_data.get(name) or []) for name in ("state", "only"))
