"""Which programmes an application is for, and what to do about those that are not open."""

from typing import Any

from django import forms

from careportal.kit.fields import ChoiceField, MultipleChoiceField
from careportal.kit.layout import Question
from enquiries.application.forms import PageForm
from programmes.models import Availability, Programme

WAIT, LEAVE_OUT = "wait", "leave_out"


class ProgrammesForm(PageForm):
    """What to apply for: every programme that takes applications today, and what was chosen before.

    What is chosen stands first: whoever comes from a programme's page sees it ticked without scrolling.
    """

    def questions(self) -> list[Question | str]:
        offered = {programme.slug: programme for programme in [*self.journey.on_offer, *self.journey.chosen]}
        ticked = {*self.initial.get("programmes", []), *(programme.slug for programme in self.journey.chosen)}
        offered = dict(sorted(offered.items(), key=lambda item: item[0] not in ticked))
        self.fields["programmes"] = MultipleChoiceField(
            label="What do you want to apply for?",
            help_text="Select all that apply.",
            missing="Select at least one programme",
            choices=[(slug, programme.title) for slug, programme in offered.items()],
            hints={slug: _programme_hint(programme) for slug, programme in offered.items()},
        )
        return super().questions()


def _programme_hint(programme: Programme) -> str:
    full = programme.availability() == Availability.WAITING_LIST
    waits = "Full at the moment: you can join the waiting list." if full else ""
    return " ".join(filter(None, [waits, account_hint(programme), programme.summary]))


def account_hint(programme: Programme) -> str:
    """Said before it is chosen, and not only after."""
    needed = "You need an account to apply for it. Signing in with a code from your email makes one."
    return needed if programme.needs_account else ""


class AvailabilityForm(PageForm):
    """For each chosen programme that is not open: wait for it, or leave it out."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def questions(self) -> list[Question | str]:
        for programme, state in self.journey.not_open.items():
            self.fields[decision_about(programme)] = ChoiceField(
                label=_news(programme, state),
                missing=f"Select what to do about {programme.title}",
                choices=[*_may_wait(programme, state), (LEAVE_OUT, "Leave it out of my application")],
            )
        self.initial["seen"] = self.journey.availability_seen
        return super().questions()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("seen") != self.journey.availability_seen:
            self.replace("seen", self.journey.availability_seen)
            raise forms.ValidationError("This has just changed. Read it again and choose what to do.")
        decided = [cleaned.get(decision_about(programme)) for programme in self.journey.not_open]
        if len(decided) == len(self.journey.chosen) and all(choice == LEAVE_OUT for choice in decided):
            raise forms.ValidationError("Then nothing is left to apply for. Keep one, or choose another programme.")
        return cleaned


def decision_about(programme: Programme) -> str:
    """The name of the question what to do about a programme that is not open."""
    return f"decision-{programme.slug}"


def _news(programme: Programme, state: Availability) -> str:
    return {
        Availability.WAITING_LIST: f"{programme.title} is full. What do you want to do?",
        Availability.OPENS_LATER: f"{programme.title} is not open yet. What do you want to do?",
        Availability.PAUSED: f"{programme.title} has been paused. What do you want to do?",
    }.get(state, f"{programme.title} has closed. What do you want to do?")


def _may_wait(programme: Programme, state: Availability) -> list[tuple[str, str]]:
    if state == Availability.WAITING_LIST:
        return [(WAIT, "Put me on the waiting list")]
    return [(WAIT, "Put my name down for the next time it runs")] if programme.is_listed else []
