"""A new programme as its partner writes it: the tasks, how far each is, and what it must say before it is sent."""

from dataclasses import dataclass
from typing import Any

from programmes.models import ListingChange, Programme
from programmes.speeds import GROUPS, Group

DATES = "dates"
# What is asked for → how its absence is told. A provider who reads the page can then decide.
NEEDED = {
    "title": "Enter a title",
    "theme": "Select a theme",
    "summary": "Enter a summary",
    "description": "Say what it is",
    "audience": "Select for whom it is",
    "who_for": "Say who can get it",
    "time_needed": "Enter the hours and days",
    "delivery_mode": "Select how it is delivered",
    "cost_pounds": "Enter what it costs: 0 if it is free",
    "cover": "Say who pays for cover",
    DATES: "Add dates, or say that they are to be agreed",
    "telephone": "Enter a telephone number",
}
TASKS = ("what", "who", "time", DATES, "contact")
OUTLINE = "## What people learn\n\n\n## How it works\n\n\n## What it leads to\n\n"


@dataclass(frozen=True)
class Task:
    """A line of the task list."""

    group: Group
    state: str

    @property
    def colour(self) -> str:
        return {"Not started": "blue", "In progress": "teal"}.get(self.state, "")


def missing(programme: Programme, change: ListingChange | None, values: dict[str, Any]) -> list[str]:
    """The names of what is needed and not there. `values` are what the listing would say."""
    has_dates = bool(change and change.dates_to_be_agreed) or any(run.is_running for run in programme.intakes.all())
    return [name for name in NEEDED if not (has_dates if name == DATES else _is_said(name, values))]


def tasks(programme: Programme, change: ListingChange | None, values: dict[str, Any]) -> list[Task]:
    lacking = set(missing(programme, change, values))
    return [Task(GROUPS[slug], _state(GROUPS[slug], lacking)) for slug in TASKS]


def _is_said(name: str, values: dict[str, Any]) -> bool:
    """A cost may be words: "Depends on the size of your service"."""
    return bool(values[name] or (name == "cost_pounds" and values["cost_note"]))


def _state(group: Group, lacking: set[str]) -> str:
    needed = [name for name in NEEDED if name in group.names]
    left = [name for name in needed if name in lacking]
    if not left:
        return "Done"
    return "Not started" if len(left) == len(needed) else "In progress"


def group_of(name: str) -> Group:
    """Where a fact is typed."""
    return next(group for group in GROUPS.values() if name in group.names)
