"""What can my service get? The application's own questions, for every programme that is listed, before any is chosen.

The answers are kept as a draft. Programmes that are then ticked make an application of it, and nothing is asked twice.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from django.urls import reverse

from careportal.kit.components import SummaryRow
from enquiries.application.journey import Journey, Page
from programmes.eligibility import Result
from programmes.models import Availability, Fact, Programme, Verdict
from providers.models import ProviderType

NAME = "What can my service get?"
_ORDER = list(Availability)


class Fit(Journey):
    """The questions, and what each programme says to the answers so far."""

    @cached_property
    def wanted(self) -> list[Programme]:
        """Every programme that is listed, those that take applications first."""
        listed = Programme.objects.listed().knowing_if_run().prefetch_related("intakes", "eligibility_rules")
        return sorted(listed, key=lambda programme: _ORDER.index(programme.availability(self.today)))

    def pages(self) -> Iterator[Page]:
        if self.asks_which_service:
            yield from self.directory_pages(NAME)
        yield from (replace(page, section=NAME) for page in self.service_pages())

    def address(self, name: str) -> str:
        return reverse("enquiries:fit-page", args=[self.draft.pk, name])

    def facts_needed(self) -> list[Fact]:
        """Everything that rules may look at, so that any rule can answer. Of homes we know where they give care."""
        kind, decide = self.provider_type, super().facts_needed()
        is_a_home = kind in ProviderType and ProviderType(kind).is_a_home
        return [fact for fact in Fact if fact in decide or not (is_a_home and fact == Fact.PLACE_OF_CARE)]

    def is_ahead(self, page: Page) -> bool:
        """Whether a page in front of this one still wants an answer."""
        names, first = [one.name for one in self.pages()], self.next_page()
        return first is not None and names.index(first.name) < names.index(page.name)

    def by_verdict(self) -> list[tuple[Verdict, list[Result]]]:
        """The results, the best news first."""
        groups = [(verdict, [one for one in self.results if one.verdict == verdict]) for verdict in Verdict]
        return [(verdict, results) for verdict, results in groups if results]

    def can_apply(self) -> list[Result]:
        """Whatever may be applied for today. What does not fit too: the council can be asked to look again."""
        results = [result for _, group in self.by_verdict() for result in group]
        return [result for result in results if result.programme.may_be_applied_for(self.today)]

    def answers(self) -> list[SummaryRow]:
        """What was answered, each with the link that changes it."""
        return [
            SummaryRow(question, answer, self.address(page.name))
            for page in self.pages()
            for question, answer in self.draft.said(page.name)
        ]
