"""The order of an application's pages, worked out anew from what has been answered.

A page is answered when its form, bound to the stored answers, is valid today. So a programme that closes, a question
that is added or an answer that changes what fits sends the applicant back to just the page concerned, and nothing
else that was typed is lost.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone

from careportal.kit.components import SummaryRow
from enquiries.application import choosing, finding, forms, sites
from enquiries.application.choosing import LEAVE_OUT, WAIT
from enquiries.application.forms import PageForm
from enquiries.models import Draft
from programmes import eligibility
from programmes.eligibility import Result
from programmes.models import Availability, Fact, Intake, Programme
from providers import directory
from providers.area import where_is
from providers.models import RegisteredLocation


@dataclass(frozen=True)
class Page:
    """One page of the application.

    `section` is the heading under which its answers are checked, `title` the page's own where its question is not.
    """

    name: str
    section: str
    form: type[PageForm]
    title: str = ""


SERVICE, SITES = "Your service", "Your sites"
MOST_SISTERS = 13

# What is asked about the service where a rule looks at it.
FURTHER = {
    Fact.PLACE_OF_CARE: Page("people", SERVICE, forms.PeopleForm),
    Fact.CQC_REGISTERED: Page("registered", SERVICE, forms.RegisteredForm),
    Fact.SIZE: Page("size", SERVICE, forms.SizeForm),
}


class Journey:
    """An application under way: the programmes chosen, and what the answers so far make of them.

    `looks_up`: whether it has pages that look the service up in the CQC directory.
    """

    def __init__(self, draft: Draft, *, looks_up: bool = True):
        self.draft = draft
        self.looks_up = looks_up
        self.today = timezone.localdate()

    def after(self, page: Page) -> "Journey":
        """The journey as it is once a page has been answered; programmes are fetched again only if it changed them."""
        following = type(self)(self.draft, looks_up=self.looks_up)
        if page.name != "programmes":
            following.chosen = self.chosen
        return following

    # --- an enquiry that came by email -------------------------------------------------------------------------------

    @property
    def fills_in(self) -> bool:
        """Whether it adds to an enquiry that came by email. What that said is known: its address, and its words."""
        return self.draft.enquiry_id is not None

    @cached_property
    def known_address(self) -> str:
        """Where the provider is written to already; empty for all other applications."""
        return self.draft.enquiry.contact.email if self.draft.enquiry else ""

    @property
    def came_with(self) -> str:
        """The words of the email."""
        return self.draft.enquiry.message if self.draft.enquiry else ""

    # --- programmes ------------------------------------------------------------------------------------------------

    @cached_property
    def on_offer(self) -> list[Programme]:
        """Every programme that takes applications today."""
        return list(Programme.objects.open_on(self.today).knowing_if_run(self.today).prefetch_related("intakes"))

    @cached_property
    def chosen(self) -> list[Programme]:
        """The programmes asked for, whatever became of them since."""
        slugs = self.draft.data("programmes").get("programmes", [])
        related = ("intakes", "eligibility_rules", "questions")
        found = Programme.objects.filter(slug__in=slugs).knowing_if_run(self.today)
        return list(found.prefetch_related(*related)) if slugs else []

    @cached_property
    def not_open(self) -> dict[Programme, Availability]:
        """Chosen programmes that cannot simply be applied for now: each needs a decision."""
        return not_open(self.chosen)

    @property
    def availability_seen(self) -> str:
        """What the decisions about availability were taken on. If it differs later, they are asked again."""
        return ";".join(news_of(self.not_open))

    def needs_account(self, slugs: list[str]) -> bool:
        """Whether one of these programmes is only for people who have signed in."""
        offered = [*self.on_offer, *self.chosen]
        return any(programme.needs_account for programme in offered if programme.slug in slugs)

    def waits_for(self, programme: Programme) -> bool:
        return programme in self.not_open and self._decision(programme) == WAIT

    def _decision(self, programme: Programme) -> str:
        return self.draft.data("availability").get(choosing.decision_about(programme), "")

    @cached_property
    def wanted(self) -> list[Programme]:
        """Chosen programmes without those left out because they are not open."""
        left_out = {programme for programme in self.not_open if self._decision(programme) == LEAVE_OUT}
        return [programme for programme in self.chosen if programme not in left_out]

    # --- the service in the CQC directory --------------------------------------------------------------------------

    @cached_property
    def asks_which_service(self) -> bool:
        """Not of those who have told about it already, and not while there is no directory: nobody waits for one."""
        if not self.looks_up or "find" in self.draft.answers:
            return self.looks_up
        return "service" not in self.draft.answers and directory.is_there()

    @cached_property
    def location(self) -> RegisteredLocation | None:
        """What the directory says today of the service that was picked."""
        return directory.at(self.draft.location_id)

    @cached_property
    def data_of(self) -> dt.date | None:
        """The day of which the directory is."""
        return directory.data_of()

    @cached_property
    def sister_locations(self) -> list[RegisteredLocation]:
        """What else the directory has of the organisation that runs the service."""
        return directory.others_of(self.location, MOST_SISTERS)

    @property
    def suggested(self) -> dict[str, dict[str, str]]:
        """What stands in pages that were not answered, by their names: of the CQC's list, if the applicant wanted to
        change something; and the address under which the application was saved."""
        changes = self.draft.data("right").get("right") == finding.CHANGE
        is_known = self.draft.return_email and not self.fills_in
        saved_under = {"contact": {"email": self.draft.return_email}} if is_known else {}
        return saved_under | (finding.answers_from(self.location) if changes and self.location else {})

    def directory_pages(self, section: str) -> Iterator[Page]:
        yield Page("find", section, finding.FindForm)
        if self.draft.cleaned("find").get("found") and not self.draft.cleaned("find").get("location"):
            yield Page("which", section, finding.WhichForm)
        if self.draft.location_id and ("right" in self.draft.answers or self.location):
            yield Page("right", section, finding.RightForm, "Is this your service?")

    # --- eligibility -----------------------------------------------------------------------------------------------

    @property
    def postcode(self) -> str:
        form = forms.PostcodeForm(self.draft.data("postcode"), journey=self)
        return form.cleaned_data["postcode"] if form.is_valid() else ""

    @property
    def provider_type(self) -> str:
        return self.draft.data("service").get("provider_type", "")

    @cached_property
    def facts(self) -> dict[str, str]:
        postcode = self.postcode
        return {
            Fact.PROVIDER_TYPE: self.provider_type,
            Fact.AREA: (self.draft.area or where_is(postcode)) if postcode else "",
            Fact.PLACE_OF_CARE: self.draft.data("people").get("place_of_care", ""),
            Fact.CQC_REGISTERED: self.draft.data("registered").get("cqc_registered", ""),
            Fact.SIZE: self.draft.data("size").get("size_band", ""),
        }

    @cached_property
    def results(self) -> list[Result]:
        return [eligibility.check(programme, self.facts) for programme in self.wanted]

    def at(self, programme: Programme, area: str) -> Result:
        """What a programme says to a site of the same kind that lies elsewhere."""
        return eligibility.check(programme, self.facts | {Fact.AREA: area})

    @property
    def unmet(self) -> list[Result]:
        """Programmes that do not fit by the rules: the applicant may ask the council to look again."""
        return [result for result in self.results if not result.fits]

    @property
    def results_seen(self) -> str:
        return ";".join(f"{result.programme.slug}:{result.verdict}" for result in self.results)

    @property
    def applied_for(self) -> list[Result]:
        """What the application is for: all that fits, and what the council is asked to look at again."""
        return [result for result in self.results if result.fits or self.wants_second_look(result)]

    def wants_second_look(self, result: Result) -> bool:
        again = self.draft.data("eligibility").get("second_look", [])
        return not result.fits and result.programme.slug in again

    # --- pages -----------------------------------------------------------------------------------------------------

    def pages(self) -> Iterator[Page]:
        """The pages in their order, as far as the answers so far tell."""
        yield Page("programmes", "Programmes", choosing.ProgrammesForm)
        if self.not_open:
            yield Page("availability", "Programmes", choosing.AvailabilityForm, "Some programmes are not open")
        if self.asks_which_service:
            yield from self.directory_pages(SERVICE)
        yield from self.service_pages()
        if self.draft.provider_id:
            yield Page("profile", SERVICE, forms.ProfileForm, "Is this still right?")
        yield Page("eligibility", SERVICE, forms.EligibilityForm, "What you can apply for")
        yield Page("organisation", SERVICE, forms.OrganisationForm)
        if sites.has_several(self.draft):
            yield Page("sites", SITES, sites.SitesForm, "Which other sites do you apply for?")
            yield Page("places", SITES, sites.PlacesForm, "How many places does each site want?")
        for result in self.applied_for:
            form = about(result.programme)
            if form(journey=self).fields:
                yield Page(f"about-{result.programme.slug}", result.programme.title, form, result.programme.title)
        contact = forms.KnownContactForm if self.fills_in else forms.ContactForm
        yield Page("contact", "Contact details", contact, "How can we contact you?")
        if not self.fills_in:
            yield Page("message", "Your message", forms.MessageForm)

    def service_pages(self) -> Iterator[Page]:
        """What is asked about the service. A fact that no rule needs is asked only where it was answered already."""
        yield Page("service", SERVICE, forms.ServiceForm)
        yield Page("postcode", SERVICE, forms.PostcodeForm)
        needed = self.facts_needed()
        yield from (page for fact, page in FURTHER.items() if fact in needed or self.draft.data(page.name))

    def facts_needed(self) -> list[Fact]:
        return eligibility.facts_needed(self.wanted, self.provider_type)

    def address(self, name: str) -> str:
        """Of one page."""
        return reverse("enquiries:page", args=[self.draft.pk, name])

    @property
    def way_to_sites(self) -> str:
        """Where whoever applies for one site says that there are more; empty once they have."""
        return "" if sites.has_several(self.draft) else self.address("eligibility")

    @property
    def search_address(self) -> str:
        return self.address("find")

    def page(self, name: str) -> Page | None:
        return next((page for page in self.pages() if page.name == name), None)

    def form(self, page: Page, typed: Any = None) -> PageForm:
        """The page's form with what was typed now, else with what is stored, else empty. What was left before it was
        complete is only shown."""
        unfinished = self.draft.unfinished(page.name)
        if typed is None and unfinished is not None:
            newer = self.suggested.get(page.name) if self.draft.was_read(page.name) else None
            return page.form(journey=self, section=page.section, initial=newer or unfinished)
        stored = self.draft.data(page.name) if page.name in self.draft.answers else None
        initial = None if stored or typed else self.suggested.get(page.name)
        return page.form(stored if typed is None else typed, journey=self, section=page.section, initial=initial)

    def sections(self) -> list[tuple[str, list[SummaryRow]]]:
        """All answers as they read, under the heading of their pages, each with the link that changes it."""
        sections: dict[str, list[SummaryRow]] = {}
        for page in self.pages():
            href = self.address(page.name)
            rows = [SummaryRow(question, answer, href) for question, answer in self.draft.said(page.name)]
            sections.setdefault(page.section, []).extend(rows)
        return [(title, rows) for title, rows in sections.items() if rows]

    def next_page(self) -> Page | None:
        """The first page that is not answered, or None when the application is complete."""
        return next((page for page in self.pages() if not self.is_answered(page)), None)

    def is_answered(self, page: Page) -> bool:
        """Whether the stored answers of a page are valid today. What was chosen once stays chosen, see `not_open`."""
        return bool(self.chosen) if page.name == "programmes" else self.form(page).is_valid()

    def previous_page(self, name: str) -> Page | None:
        before = None
        for page in self.pages():
            if page.name == name:
                return before
            before = page
        return before


def about(programme: Programme) -> type[forms.AboutForm]:
    """The page of one programme's own questions."""
    return type("AboutForm", (forms.AboutForm,), {"programme": programme})


def not_open(programmes: list[Programme]) -> dict[Programme, Availability]:
    """Those of the programmes that are not plainly open today, with what they are instead."""
    now = {programme: programme.availability() for programme in programmes}
    return {programme: state for programme, state in now.items() if state != Availability.OPEN}


def news_of(changed: dict[Programme, Availability]) -> list[str]:
    """What an applicant decides about, in a form that can be kept and compared."""
    return [f"{programme.slug}:{state if programme.is_listed else None}" for programme, state in changed.items()]


def intake_of(draft: Draft, programme: Programme) -> tuple[bool, Intake | None]:
    """Whether the group an applicant chose may still be joined, and which it is (None: any, or none to choose).

    Groups are chosen only while the programme is open; an older wish does not hold up somebody who waits.
    """
    wish = draft.data(f"about-{programme.slug}").get("intake", forms.ANY_INTAKE)
    groups = programme.open_intakes() if programme.availability() == Availability.OPEN else []
    if wish == forms.ANY_INTAKE or not groups:
        return True, None
    chosen = next((intake for intake in groups if forms.intake_choice(intake) == wish), None)
    return chosen is not None, chosen
