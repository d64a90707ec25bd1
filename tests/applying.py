"""Somebody who applies: drives the real pages with Django's test client."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from enquiries.models import Enquiry

ANSWERS: dict[str, dict[str, Any]] = {
    "find": {"location": "none"},
    "service": {"provider_type": "care_home"},
    "postcode": {"postcode": "RM10 8XD"},
    "people": {"place_of_care": "funded"},
    "registered": {"cqc_registered": "yes"},
    "size": {"size_band": "under_50"},
    "organisation": {"organisation": "Example care home"},
    "contact": {"full_name": "Example Applicant", "email": "applicant@example.org"},
    "message": {"message": ""},
}


class Applicant:
    """One browser. `answers` replaces what is typed on a page; pages of programmes are named about-<slug>."""

    def __init__(self, client: Client | None = None, **answers: dict[str, Any]) -> None:
        self.client = client or Client()
        self.answers = {**ANSWERS, **{name.replace("__", "-"): typed for name, typed in answers.items()}}
        self.page = ""

    def begin(self, *slugs: str) -> "Applicant":
        response = self.client.post(reverse("enquiries:apply"), {"programmes": slugs})
        assert response.status_code == 302, response.content.decode()
        self.page = response["Location"]
        return self

    @property
    def at(self) -> str:
        """The page this browser is on: "service", "check", "sent" …"""
        return self.page.rstrip("/").rsplit("/", 1)[-1]

    @property
    def draft_id(self) -> str:
        return self.page.split("/")[2]

    def url(self, name: str) -> str:
        return f"/apply/{self.draft_id}/{name}/"

    def answer(self, typed: dict[str, Any] | None = None) -> Any:
        """Answer the page this browser is on. Stays there when the answer is refused."""
        typed = {**self.hidden(), **(self.answers.get(self.at, {}) if typed is None else typed)}
        response = self.client.post(self.page, typed)
        if response.status_code == 302:
            self.page = response["Location"]
        return response

    def go_to(self, wanted: str) -> "Applicant":
        """Answer page after page up to the one wanted."""
        for _ in range(20):
            if self.at == wanted:
                return self
            before, response = self.page, self.answer()
            assert self.page != before, f"stuck at {self.at}: {errors(response)}"
        raise AssertionError(f"never came to {wanted}")

    def hidden(self) -> dict[str, str]:
        """What the page this browser is on would send along, the way a browser does."""
        page = self.client.get(self.page).content.decode()
        inputs = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
        pairs = ((re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in inputs)
        return {name[1]: value[1] for name, value in pairs if name and value and name[1] != "csrfmiddlewaretoken"}

    def send(self, **changed: Any) -> Any:
        """Press "Send application" on the page with all answers."""
        typed = {"may_apply": "on", **self.hidden(), **changed}
        response = self.client.post(self.page, {name: value for name, value in typed.items() if value is not None})
        if response.status_code == 302:
            self.page = response["Location"]
        return response

    @property
    def enquiry(self) -> Enquiry:
        """What this application became."""
        return Enquiry.objects.get(submit_key=self.draft_id)

    def apply(self, *slugs: str) -> Enquiry:
        """The whole way, from choosing programmes to the reference."""
        self.begin(*slugs).go_to("check").send()
        return self.enquiry


def errors(response: Any) -> list[str]:
    """The messages of the error summary, in their order."""
    summary = re.search(r'class="govuk-error-summary"(.*?)</ul>', response.content.decode(), re.DOTALL)
    found = re.findall(r"<li>(.*?)</li>", summary[1], re.DOTALL) if summary else []
    return [re.sub(r"<[^>]+>", "", item).strip() for item in found]
