"""An enquiry that an officer types for a provider: the pages of an application, all on one sheet.

It is a new one, or one that came by email and is filled in: then the sheet begins with what we read there.

The rules are the application's own. Nothing is stored before it is complete; until then the sheet carries what was
typed. Answers can open further pages: the sheet then comes back with those, marked as new.
"""

import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from crispy_forms.layout import Layout
from django.forms import BoundField
from django.http import QueryDict

from careportal.kit.layout import Question
from enquiries.application.finding import answers_from
from enquiries.application.forms import PageForm
from enquiries.application.journey import Journey, Page
from enquiries.application.looking_up import Lookup
from enquiries.application.reading import read_in
from enquiries.models import Draft, Enquiry

FIRST = ("programmes", "service", "postcode", "organisation", "contact", "message")  # asked whatever is answered
SHOWN = "shown"
MOST_PAGES = 100


@dataclass
class Part:
    """One page of the application on the sheet. A new one was not there when the sheet was last sent; what stands on
    such a page was read in an email."""

    page: Page
    form: PageForm
    is_new: bool
    was_read: bool = False

    @property
    def is_answered(self) -> bool:
        return not self.is_new and self.form.is_valid()


@dataclass
class Sheet:
    """The whole application as typed so far. Without anything typed, its first questions."""

    key: uuid.UUID
    typed: QueryDict | None = None
    enquiry: Enquiry | None = None
    journey: Journey = field(init=False)
    lookup: Lookup = field(init=False)

    def __post_init__(self) -> None:
        self.lookup = Lookup(self.typed)
        self.typed = self.typed and self.lookup.filled(self.typed)
        self.draft = Draft(pk=self.key, enquiry=self.enquiry, answers=self.lookup.entries)
        self.journey = Journey(self.draft, looks_up=False)

    @cached_property
    def read(self) -> dict[str, dict[str, Any]]:
        """What stands on a page before anybody typed there: what we read in the email that is filled in."""
        if self.enquiry is None:
            return {}
        found = read_in(self.enquiry)
        return (answers_from(found.location) if found.location else {}) | found.pages

    @property
    def first(self) -> list[str]:
        return [name for name in FIRST if name != "message" or not self.journey.fills_in]

    @cached_property
    def parts(self) -> list[Part]:
        """The pages in the application's order, each with its form. Answers are taken over as they are found valid."""
        found: dict[str, Part] = {}
        for _ in range(MOST_PAGES):
            page = next((page for page in self._pages(found) if page.name not in found), None)
            if page is None:
                break
            found[page.name] = self._answer(page)
        return [found[page.name] for page in self._pages(found) if page.name in found]

    @property
    def is_complete(self) -> bool:
        return self.typed is not None and not self.lookup.pressed and all(part.is_answered for part in self.parts)

    @property
    def has_new(self) -> bool:
        """Whether the last answers opened further questions."""
        return self.typed is not None and any(part.is_new for part in self.parts)

    @property
    def opened(self) -> bool:
        """Whether everything asked at first is answered, so that what fits is known."""
        return all(name in self.draft.answers for name in self.first)

    def _pages(self, found: dict[str, Part]) -> list[Page]:
        """What fits, and the programmes' own questions, depend on the first answers and wait for them."""
        return [page for page in self.journey.pages() if page.name in {*FIRST, *found} or self.opened]

    def _answer(self, page: Page) -> Part:
        is_new = self.typed is None or page.name not in self.typed.getlist(SHOWN)
        typed, read = None if is_new else self.typed, self.read.get(page.name)
        initial = self.lookup.answers.get(page.name) or read
        form = page.form(typed, journey=self.journey, section=page.section, prefix=page.name, initial=initial)
        form.helper.form_tag = False
        form.helper.disable_csrf = True
        form.helper.layout = Layout(*(_asked(field) for field in form))
        part = Part(page, form, is_new, was_read=is_new and bool(read))
        if part.is_answered:
            self.draft.answers[page.name] = form.entry()
            self.journey = self.journey.after(page)
        if self.lookup.pressed:
            form.errors.clear()  # told when the sheet is sent
        return part


def _asked(bound: BoundField) -> Question | str:
    """One question among many: no heading of the page, and no button of its own."""
    return bound.name if bound.is_hidden else Question(bound.name, small=True)
