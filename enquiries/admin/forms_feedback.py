"""What officers narrow the feedback down to. Sent by GET."""

from crispy_forms.layout import Layout
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from careportal.kit.fields import ChoiceField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from enquiries.models import Feedback


class FeedbackFilter(GovukForm):
    """Only what is offered counts: anything else in the address is ignored."""

    marks_optional = False

    rating = ChoiceField(label="Rating", required=False, widget=forms.Select)
    route = ChoiceField(label="Page", required=False, widget=forms.Select)

    def __init__(self, asked: QueryDict) -> None:
        pages = Feedback.objects.exclude(route="").order_by("route").values_list("route", flat=True).distinct()
        offered = {
            "rating": [("", "Any"), *((str(value), label) for value, label in Feedback.Rating.choices)],
            "route": [("", "Any"), *((route, route) for route in pages)],
        }
        known = {name: asked.get(name, "") for name in offered if asked.get(name) in dict(offered[name])}
        super().__init__(known)
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.chosen = {name: value for name, value in known.items() if value}
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        selects = [Question(name, width="full") for name in offered]
        self.helper.layout = Layout(*selects, Continue("Show", kind="secondary"))

    def choose_from(self, found: "QuerySet[Feedback]") -> "QuerySet[Feedback]":
        return found.filter(**self.chosen)
