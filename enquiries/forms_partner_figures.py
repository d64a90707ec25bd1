"""Which year a partner sees its figures of. Sent by GET, so that a view of them can be kept and handed on."""

from collections.abc import Sequence

from crispy_forms.layout import Layout
from django import forms
from django.http import QueryDict
from django.utils import timezone

from careportal.kit.fields import ChoiceField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from enquiries.periods import Period, year_of
from programmes.models import Partner

YEARS = 4


class YearForm(GovukForm):
    """This year where none is chosen; the first partner where somebody belongs to several."""

    marks_optional = False

    year = ChoiceField(label="Year", widget=forms.Select)
    partner = ChoiceField(label="Organisation", widget=forms.Select)

    def __init__(self, data: QueryDict, partners: Sequence[Partner]) -> None:
        self.years, self.partners = years(), {str(one.pk): one for one in partners}
        asked = data.copy()
        for name, offered in (("year", self.years), ("partner", self.partners)):
            if asked.get(name) not in offered:
                asked[name] = next(iter(offered))
        super().__init__(asked)
        self.fields["year"].choices = [(key, str(year)) for key, year in self.years.items()]  # type: ignore[attr-defined]
        self.fields["partner"].choices = [(key, one.name) for key, one in self.partners.items()]  # type: ignore[attr-defined]
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        several = [Question("partner", width="full")] if len(partners) > 1 else []
        self.helper.layout = Layout(*several, Question("year", width="full"), Continue("Show", kind="secondary"))

    @property
    def chosen_year(self) -> Period:
        return self.years[self.data["year"]]

    @property
    def chosen_partner(self) -> Partner:
        return self.partners[self.data["partner"]]

    @property
    def query(self) -> str:
        return f"year={self.data['year']}&partner={self.data['partner']}"


def years() -> dict[str, Period]:
    """Financial years, this one first."""
    found: dict[str, Period] = {}
    year = year_of(timezone.localdate())
    for _ in range(YEARS):
        found[f"{year.first.year}"] = year
        year = year.before
    return found
