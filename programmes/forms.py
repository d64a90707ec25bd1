from functools import lru_cache

from crispy_forms.layout import Layout
from crispy_forms.utils import render_crispy_form
from django.http import QueryDict
from django.utils.safestring import SafeString

from careportal.kit.fields import LineField, MultipleChoiceField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from programmes.models import Programme, ProgrammeQuerySet


@lru_cache(maxsize=256)
def rendered_filters(query: str) -> SafeString:
    """The filters as HTML. They depend on the query alone, and are the dearest part of the page to render."""
    return render_crispy_form(FilterForm(QueryDict(query)))


class FilterForm(GovukForm):
    """The filters of the list of programmes. Sent by GET, so that a filtered list can be kept and passed on."""

    marks_optional = False

    q = LineField(label="Search", required=False, max_length=100, noun="Search")
    open = MultipleChoiceField(label="Applications", required=False, choices=[("yes", "Open now")])
    theme = MultipleChoiceField(label="Theme", required=False, choices=Programme.Theme.choices)
    audience = MultipleChoiceField(label="Who it is for", required=False, choices=Programme.Audience.choices)
    delivery = MultipleChoiceField(
        label="How it is delivered",
        required=False,
        choices=[choice for choice in Programme.DeliveryMode.choices if choice[0]],
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        boxes = [Question(name, small=True) for name in ("open", "theme", "audience", "delivery")]
        self.helper.layout = Layout(Question("q"), *boxes, Continue("Show programmes", kind="secondary"))

    def choose_from(self, programmes: ProgrammeQuerySet) -> ProgrammeQuerySet:
        """The programmes that fit the filters. A filter that was sent in a wrong form is left out."""
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("q"):
            programmes = programmes.matching(wanted["q"])
        if wanted.get("open"):
            programmes = programmes.open_on()
        for name, column in (("theme", "theme"), ("audience", "audience"), ("delivery", "delivery_mode")):
            if wanted.get(name):
                programmes = programmes.filter(**{f"{column}__in": wanted[name]})
        return programmes

    @property
    def chosen_count(self) -> int:
        return sum(len(self.cleaned_data.get(name) or []) for name in ("open", "theme", "audience", "delivery"))
