"""The pages of an application for more than one site: which they are, and how many places each wants.

The service that was asked about first is a site too. The kind of care is the same for all; whether a programme fits is
looked at for each postcode.
"""

import hashlib
from dataclasses import asdict, dataclass, replace
from typing import Any

from django import forms

from careportal.kit.cleaning import fold
from careportal.kit.fields import LineField, MultipleChoiceField, PostcodeField, WholeNumberField
from careportal.kit.layout import Details, Fieldset, Question, Words
from enquiries.application.forms import PageForm
from enquiries.models import Draft
from enquiries.models.site import MOST_PLACES
from programmes.eligibility import Result
from providers.area import where_is
from providers.models import RegisteredLocation

SEVERAL = "several"  # the box that opens these pages
TYPED = range(1, 7)
LONGEST = 180  # of a name, so that a postcode fits behind it
SHOWN = 2  # of those to type, where none can be ticked
NONE = (
    "Enter at least one other site. To apply for one site only, go back to “What you can apply for” and untick the box"
)
MAY_NOT_FIT = "may not fit: the council decides"


@dataclass(frozen=True)
class Site:
    name: str
    postcode: str
    location_id: str = ""
    area: str = ""

    @property
    def in_words(self) -> str:
        return f"{self.name}, {self.postcode}"

    @property
    def is_told_by(self) -> tuple[str, str]:
        return fold(self.name), self.postcode


@dataclass(frozen=True)
class Wish:
    """What one site wants of one programme, and whether that fits there."""

    site: Site
    places: int
    verdict: str
    reasons: list[str]


def has_several(draft: Draft) -> bool:
    return bool(draft.data("eligibility").get(SEVERAL))


def own_site(draft: Draft) -> Site:
    name, postcode = (
        draft.cleaned("organisation").get("organisation", ""),
        draft.cleaned("postcode").get("postcode", ""),
    )
    return Site(name, postcode, draft.location_id, draft.area)


def sites_of(draft: Draft) -> list[Site]:
    """All of them, the service itself first; with its number in this order a site is asked about."""
    return [own_site(draft), *(Site(**site) for site in draft.cleaned("sites").get("sites", []))]


def wishes(draft: Draft, slug: str) -> list[Wish]:
    """Which sites want places in a programme. None where the application is for one service alone."""
    if not has_several(draft):
        return []
    wanted = draft.cleaned("places")["wanted"][slug]
    return [Wish(Site(**wish["site"]), wish["places"], wish["verdict"], wish["reasons"]) for wish in wanted]


class SitesForm(PageForm):
    """The other sites: ticked, where the CQC's list has more of the same organisation, or typed."""

    def questions(self) -> list[Any]:
        listed = self._listed()
        self.choices = {site.location_id: site for site in listed}
        if listed:
            self.fields["listed"] = MultipleChoiceField(
                label="Which of these do you apply for, too?",
                help_text="The CQC’s list has them under the same organisation.",
                required=False,
                missing="Select sites from the list",
                choices=[(site.location_id, site.name) for site in listed],
                hints={site.location_id: site.postcode for site in listed},
            )
        rows = [self._row(number) for number in TYPED]
        shown = [] if listed else rows[:SHOWN]
        more = [question for row in rows[len(shown) :] for question in row]
        first = Words(f"{own_site(self.journey.draft).in_words} is your first site. Tell us about the others.")
        ticked = [Question("listed", optional=False)] if listed else []
        return [
            first,
            *ticked,
            *(question for row in shown for question in row),
            Details("Another site that is not in this list" if listed else "More sites", *more),
            Words("More sites than fit here? Apply for these, and name the others in your message."),
        ]

    def _row(self, number: int) -> list[Question]:
        self.fields[f"name-{number}"] = LineField(
            label=f"Name of other site {number}", required=False, noun="The name of the site", max_length=LONGEST
        )
        self.fields[f"postcode-{number}"] = PostcodeField(label=f"Postcode of other site {number}", required=False)
        return [Question(f"name-{number}", optional=False), Question(f"postcode-{number}", optional=False)]

    def _listed(self) -> list[Site]:
        """What was ticked before stays on the page, whatever became of it in the directory."""
        found = {one.location_id: one for one in map(_site_at, self.journey.sister_locations)}
        before = [site for site in sites_of(self.journey.draft)[1:] if site.location_id]
        own = self.journey.draft.location_id
        return [one for one in ({one.location_id: one for one in before} | found).values() if one.location_id != own]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        sites = [self.choices[one] for one in cleaned.get("listed", [])]
        sites += [site for number in TYPED if (site := self._typed(number, cleaned))]
        if not sites and not self.errors:
            raise forms.ValidationError(NONE)
        self._refuse_twice(sites)
        return cleaned | {"sites": [asdict(site) for site in self._told_apart(sites)]}

    def _typed(self, number: int, cleaned: dict[str, Any]) -> Site | None:
        name, postcode = cleaned.get(f"name-{number}", ""), cleaned.get(f"postcode-{number}", "")
        if name and not postcode and f"postcode-{number}" not in self.errors:
            self.add_error(f"postcode-{number}", f"Enter the postcode of other site {number}")
        if postcode and not name and f"name-{number}" not in self.errors:
            self.add_error(f"name-{number}", f"Enter the name of other site {number}")
        return Site(name, postcode) if name and postcode else None

    def _refuse_twice(self, sites: list[Site]) -> None:
        known = {own_site(self.journey.draft).is_told_by}
        for site in sites:
            if site.is_told_by in known:
                raise forms.ValidationError(f"{site.in_words} is there twice. Enter each site once")
            known.add(site.is_told_by)

    def _told_apart(self, sites: list[Site]) -> list[Site]:
        """Sites of the same name get their postcode into it."""
        names = [own_site(self.journey.draft).name, *(site.name for site in sites)]
        return [replace(site, name=_with_postcode(site)) if names.count(site.name) > 1 else site for site in sites]

    def entry(self) -> dict[str, Any]:
        """Where each lies is looked up once, as for the service itself."""
        placed = [{**site, "area": str(where_is(site["postcode"]))} for site in self.cleaned_data["sites"]]
        entry = super().entry()
        return entry | {"clean": entry["clean"] | {"sites": placed}}

    def said(self) -> list[list[str]]:
        return [["Other sites", "\n".join(Site(**site).in_words for site in self.cleaned_data["sites"])]]


def _site_at(location: RegisteredLocation) -> Site:
    return Site(location.name, location.postcode, location.cqc_location_id)


def _with_postcode(site: Site) -> str:
    return f"{site.name[:LONGEST]}, {site.postcode}"


class PlacesForm(PageForm):
    """How many places each site wants of each programme. None is an answer, too."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def questions(self) -> list[Any]:
        self.sites = sites_of(self.journey.draft)
        self.results = {
            result.programme.slug: [self.journey.at(result.programme, site.area) for site in self.sites]
            for result in self.journey.applied_for
        }
        self.initial["seen"] = self._shown()
        asked = [Fieldset(results[0].programme.title, *self._asked(slug)) for slug, results in self.results.items()]
        return ["seen", Words("Enter 0 where a site does not want to take part."), *asked]

    def _asked(self, slug: str) -> list[Question]:
        return [self._number(slug, number, site) for number, site in enumerate(self.sites)]

    def _number(self, slug: str, number: int, site: Site) -> Question:
        result = self.results[slug][number]
        hint = "" if result.fits else " ".join([*result.reasons, "You can apply all the same: the council decides."])
        self.fields[_field(slug, number)] = WholeNumberField(
            label=f"{result.programme.title}: {site.name}",
            help_text=hint,
            initial=1,
            least=0,
            most=MOST_PLACES,
            missing=f"Enter how many places {site.name} wants on {result.programme.title}, or 0",
            noun=f"The number of places for {site.name}",
        )
        return Question(_field(slug, number), label=site.name)

    def _shown(self) -> str:
        """A mark of the sites, and of what fits where. If it differs later, the page is asked again."""
        parts = [[site.in_words for site in self.sites]]
        parts += [[slug, *(str(one.verdict) for one in results)] for slug, results in self.results.items()]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("seen") != self.initial["seen"]:
            self.replace("seen", self.initial["seen"])
            raise forms.ValidationError("Your sites, or what fits them, have changed. Check the places of each")
        if not self.errors:
            self._refuse_without_places(cleaned)
        return cleaned

    def _refuse_without_places(self, cleaned: dict[str, Any]) -> None:
        """The service itself may want none: it is perhaps only the office."""
        for slug, results in self.results.items():
            if not any(cleaned[_field(slug, number)] for number in range(len(self.sites))):
                title = results[0].programme.title
                self.add_error(_field(slug, 0), f"Enter at least one place on {title}, for one of your sites")
        for number, site in enumerate(self.sites[1:], start=1):
            if not any(cleaned[_field(slug, number)] for slug in self.results if _field(slug, number) in cleaned):
                first = _field(next(iter(self.results)), number)
                self.add_error(first, f"Enter at least one place for {site.name}, or go back and remove the site")

    def entry(self) -> dict[str, Any]:
        entry = super().entry()
        wanted = {slug: [self._wish(slug, number, one) for number, one in self._wanted(slug)] for slug in self.results}
        return entry | {"clean": entry["clean"] | {"wanted": wanted}}

    def _wanted(self, slug: str) -> list[tuple[int, Result]]:
        """Those sites, by their numbers, that want places in the programme."""
        return [
            (number, one) for number, one in enumerate(self.results[slug]) if self.cleaned_data[_field(slug, number)]
        ]

    def _wish(self, slug: str, number: int, result: Result) -> dict[str, Any]:
        places = self.cleaned_data[_field(slug, number)]
        site = asdict(self.sites[number])
        return {"site": site, "places": places, "verdict": str(result.verdict), "reasons": result.reasons}

    def said(self) -> list[list[str]]:
        return [
            [f"Places on {results[0].programme.title}", "\n".join(self._said(slug, *one) for one in self._wanted(slug))]
            for slug, results in self.results.items()
        ]

    def _said(self, slug: str, number: int, result: Result) -> str:
        doubt = "" if result.fits else f" ({MAY_NOT_FIT})"
        return f"{self.sites[number].name}: {self.cleaned_data[_field(slug, number)]}{doubt}"


def _field(slug: str, number: int) -> str:
    return f"places-{slug}-{number}"
