"""What may happen to an enquiry: who has it, where it stands, and who was heard from."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from enquiries.exceptions import TransitionNotAllowed
from enquiries.models.clocks import Clocks
from enquiries.models.filling_in import FilledIn

if TYPE_CHECKING:
    from careportal.accounts.models import User


class Handled(Clocks, FilledIn):
    """The part of an enquiry that officers move on. Each step guards itself, so that nothing can skip its rule."""

    if TYPE_CHECKING:
        interests: Any
        joined_to: Any

    class State(models.TextChoices):
        NEW = "new", "New"
        IN_TRIAGE = "in_triage", "In triage"
        WAITING = "waiting", "Waiting for provider"
        WITH_PARTNER = "with_partner", "With partner"
        CLOSED = "closed", "Closed"

    state = models.CharField(max_length=20, choices=State, default=State.NEW)
    state_rank = models.GeneratedField(
        expression=models.Case(models.When(state="new", then=0), models.When(state="closed", then=2), default=1),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="enquiries"
    )

    class Meta:
        abstract = True

    def take(self, officer: "User") -> None:
        """Make it an officer's own; nobody may have it yet. A new one goes into triage."""
        self._refuse_if_closed_or_own(officer)
        if self.owner:
            raise TransitionNotAllowed(f"{self.owner} has taken {self} already.")
        self._give_to(officer)

    def take_over(self, officer: "User") -> None:
        """Make a colleague's enquiry one's own, knowingly."""
        self._refuse_if_closed_or_own(officer)
        self._give_to(officer)

    def _refuse_if_closed_or_own(self, officer: "User") -> None:
        self.refuse_if_closed()
        if self.owner_id == officer.pk:
            raise TransitionNotAllowed(f"{self} is yours already.")

    def return_to_queue(self) -> None:
        """Its owner has left: somebody else is to take it. Where it stands stays as it is."""
        if self.state == self.State.CLOSED:
            raise TransitionNotAllowed(f"{self} is closed. It keeps its last owner.")
        self.owner = None

    def _give_to(self, officer: "User") -> None:
        if not officer.has_perm("enquiries.change_enquiry"):
            raise TransitionNotAllowed(f"{officer} may not work on enquiries. Choose somebody else.")
        self.owner = officer
        if self.state == self.State.NEW:
            self.state = self.State.IN_TRIAGE

    def assign_to(self, officer: "User") -> None:
        """Give it to an officer who can work on it, whoever has it now. A new one goes into triage."""
        if not officer.has_perm("enquiries.change_enquiry"):
            raise TransitionNotAllowed(f"{officer} cannot work on enquiries. Choose another officer.")
        if self.state == self.State.CLOSED:
            raise TransitionNotAllowed(f"{self} is closed. Re-open it first.")
        if self.owner_id == officer.pk:
            raise TransitionNotAllowed(f"{officer} has {self} already.")
        self._give_to(officer)

    def wait_for_provider(self) -> None:
        self._move(self.State.WAITING, only_from={self.State.IN_TRIAGE, self.State.WITH_PARTNER})

    def hand_to_partner(self) -> None:
        self.refuse_if_incomplete()
        self._move(self.State.WITH_PARTNER, only_from={self.State.IN_TRIAGE, self.State.WAITING})

    def resume_triage(self) -> None:
        self._move(self.State.IN_TRIAGE, only_from={self.State.WAITING, self.State.WITH_PARTNER})

    def close(self) -> None:
        """Nobody is left with an open offer, or in a line out of which closed enquiries fall."""
        open_ways = {"offered": "is offered to the provider", "waiting_list": "is on the waiting list"}
        for interest in self.interests.filter(state__in=open_ways):
            raise TransitionNotAllowed(f"{interest} {open_ways[interest.state]}. Decide about it, then close {self}.")
        self._move(self.State.CLOSED, only_from={self.State.IN_TRIAGE, self.State.WAITING, self.State.WITH_PARTNER})

    def close_for_provider(self) -> None:
        """Whoever wrote the email does not need it any more. One that asks for programmes is withdrawn instead."""
        self.refuse_to_provider_if_closed()
        self.refuse_if_filled_in()
        if self.state == self.State.WAITING:
            self.resume_clocks()
        self.answered_at, self.state = None, self.State.CLOSED

    def reopen(self) -> None:
        """Into triage again, with its last owner, unless they have left. What was joined stands on its own again."""
        if self.joined_to and self.interests.filter(copies__isnull=False).exists():
            raise TransitionNotAllowed(f"{self.joined_to} goes on with what {self} asks for. Work there.")
        self._move(self.State.IN_TRIAGE, only_from={self.State.CLOSED})
        self.joined_to = None
        if self.owner and not self.owner.has_perm("enquiries.change_enquiry"):
            self.owner = None

    def join_to(self, other: Self) -> None:
        """The same was asked twice: this one is closed and the other goes on for both, with the earliest clock.

        Both are kept. A clock that was stopped for one was stopped for both.
        """
        if other.pk == self.pk:
            raise TransitionNotAllowed("An enquiry cannot be joined to itself. Choose another one.")
        if self.State.CLOSED in {self.state, other.state}:
            closed = self if self.state == self.State.CLOSED else other
            raise TransitionNotAllowed(f"{closed} is closed. Re-open it first, or join to one that is open.")
        if self.state == self.State.WAITING or self.answered_at:
            raise TransitionNotAllowed(
                f"The provider was asked in {self}. Deal with the answer first, or join {other} to {self} instead."
            )
        other.refuse_to_take_over(self)
        other.take_earlier_clocks(self)
        self.state, self.joined_to = self.State.CLOSED, other

    def refuse_to_take_over(self, other: Self) -> None:
        """What says what it asks for goes on, not the email that does not."""
        if self.is_incomplete and not other.is_incomplete:
            raise TransitionNotAllowed(
                f"{self} does not say yet what it asks for. Fill in its details first, or join it to {other} instead."
            )

    @property
    def shown_as(self) -> str:
        """What a page showed when it offered a step. A step from a page that showed something else is refused."""
        return f"{self.state}-{self.owner_id or 0}-{self.answer_mark}"

    @property
    def answer_mark(self) -> int:
        """Which of the provider's answers still waits to be read, for steps from pages that did not show it."""
        return int(self.answered_at.timestamp() * 1000) if self.answered_at else 0

    def refuse_unless_in_hand(self) -> None:
        """What becomes of its programmes is decided in triage, or while it is with a partner."""
        first = {
            self.State.NEW: f"Nobody has taken {self} yet. Take it first.",
            self.State.WAITING: f"{self} waits for the provider. Take it back to triage first.",
            self.State.CLOSED: f"{self} is closed. Re-open it first.",
        }.get(self.State(self.state))
        if first:
            raise TransitionNotAllowed(first)

    def refuse_if_closed(self) -> None:
        if self.state == self.State.CLOSED:
            raise TransitionNotAllowed(f"{self} is closed. Re-open it first.")

    def refuse_to_provider_if_closed(self) -> None:
        """In words for the provider, who cannot open it again."""
        if self.state == self.State.CLOSED:
            raise TransitionNotAllowed("This application is closed. Call or write to us, or apply again.")

    def note_letter(self) -> None:
        """An officer has written to the provider: that is the first reply, and it follows up an answer."""
        self.refuse_if_closed()
        if self.replied_at is None:
            self.stop_reply_clock()
        self.answered_at = None

    def receive_answer(self) -> None:
        """The provider has answered: the clocks go on, and an officer has something to read."""
        self.refuse_if_closed()
        if self.state == self.State.WAITING:
            self.resume_triage()
        self.answered_at = timezone.now()

    def note_answer_of_provider(self) -> None:
        """The provider has accepted or declined a place: while somebody works on it, there is something to read."""
        if self.state in {self.State.IN_TRIAGE, self.State.WITH_PARTNER}:
            self.answered_at = timezone.now()

    def hear_from_provider(self) -> None:
        """The provider did something unasked. Whoever works on it has something to read, and waits no longer.

        A new one is read anyway. A closed one stays closed: an email to the inbox tells of it.
        """
        if self.state == self.State.WAITING:
            self.resume_triage()
        self.note_answer_of_provider()

    def hear_from_partner(self, *, is_with_another: bool) -> None:
        """A partner gave something back: there is something to decide again, and nobody else has it."""
        self.return_from_partner(is_with_another=is_with_another)
        self.note_answer_of_provider()

    def return_from_partner(self, *, is_with_another: bool) -> None:
        """Something is at a partner no more. Where nothing of it is at another one, it is in triage again."""
        if self.state == self.State.WITH_PARTNER and not is_with_another:
            self.resume_triage()

    def follow_up_answer(self) -> None:
        """An officer has dealt with the answer in another way than by writing, such as by telephone."""
        if self.answered_at is None:
            raise TransitionNotAllowed(f"No answer to {self} waits for you.")
        self.answered_at = None

    def note_first_reply(self) -> None:
        """Stop the clock of the first reply. A later reply changes nothing about the first."""
        self.refuse_if_closed()
        if self.replied_at:
            raise TransitionNotAllowed(f"{self} has been replied to already.")
        self.stop_reply_clock()

    def _move(self, to: "Handled.State", *, only_from: set["Handled.State"]) -> None:
        if self.state not in only_from:
            raise TransitionNotAllowed(
                f"{self} is {self.get_state_display().lower()}: it cannot be {to.label.lower()}."
            )
        if self.state == self.State.WAITING:
            self.resume_clocks()
        if to == self.State.WAITING:
            self.pause_clocks()
        self.answered_at = None
        self.state = to
