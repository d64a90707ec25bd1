"""A place that is offered: taken from then on, and accepted, declined, moved, or run out."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone

from enquiries.exceptions import GroupIsFull, TransitionNotAllowed
from programmes.models import Intake


class Offer(models.Model):
    """The part of an interest that is about a place in a group. Its steps go through the table of states, too."""

    if TYPE_CHECKING:
        State: Any
        state: str
        programme: Any
        enquiry: Any
        offered_intake: Any
        offered_intake_id: int | None
        places: int
        answer_by: dt.date | None
        remind_on: dt.date | None
        passed_up: Any
        intake: Any
        ended_on: dt.date | None
        reminded_of_start: dt.date | None

        def _move(self, to: Any, *, in_hand: bool = True) -> None: ...

    class Meta:
        abstract = True

    def offer(self, *, intake: Intake | None, answer_by: dt.date, remind_on: dt.date | None) -> None:
        """Offer as many places as are wanted: they are taken from now on. Without any group to come, the dates are
        to be agreed.

        To be called with the group's row locked.
        """
        if answer_by <= timezone.localdate():
            raise TransitionNotAllowed("Choose a day after today: the provider needs time to answer.")
        self._refuse_the_wrong_group(intake)
        if intake and not intake.has_places_for(self.places):
            raise GroupIsFull(self._too_few(intake, "put it on the waiting list"))
        self._move(self.State.OFFERED)
        if intake:
            intake.take(self.places)
            self.offered_intake = intake
        self.answer_by, self.remind_on = answer_by, remind_on

    def accept(self) -> None:
        """The provider takes the place that is offered, whatever state the enquiry is in: it was promised."""
        self._refuse_unless_open()
        self._move(self.State.ENROLLED, in_hand=False)

    def turn_down(self) -> None:
        """The provider does not want the place that is offered. It is free again."""
        self._refuse_unless_open()
        self._move(self.State.WITHDRAWN, in_hand=False)

    def lapse(self) -> None:
        """Nobody answered in time: the place passes on, and it waits again, behind all others."""
        if self.state != self.State.OFFERED or self.is_open_offer or self.holds_cancelled_place:
            raise TransitionNotAllowed(f"{self} has no offer that has run out.")
        self.passed_up = self.offered_intake
        self._move(self.State.WAITING_LIST, in_hand=False)

    def ask_for_another_date(self, group: Intake) -> None:
        """The provider cannot come to this group, and still wants the programme: what it holds there is free at once.

        Who held a place waits for another group; the rest stays where it is. This one is not offered to it again by
        itself. To be called with the group's row locked.
        """
        if self.offered_intake_id == group.pk:
            if self.state == self.State.ENROLLED:
                self._move(self.State.RECEIVED, in_hand=False)
            self._move(self.State.WAITING_LIST, in_hand=False)
        self.intake, self.passed_up = None, group

    def remind(self, *, again_on: dt.date | None) -> None:
        """The provider is told again that an offer waits for an answer, or will be: the reminder is put off."""
        if not self.is_open_offer or self.remind_on is None or self.remind_on > timezone.localdate():
            raise TransitionNotAllowed(f"{self} has no offer to remind of.")
        self.remind_on = again_on

    def move_to(self, intake: Intake, *, answer_by: dt.date, remind_on: dt.date | None) -> None:
        """Give its place back and take one in another group. To be called with both rows locked.

        An offer gets a new day to answer by: it is about other dates now.
        """
        self.enquiry.refuse_unless_in_hand()
        held = self.offered_intake
        if held is None or not self.may_move:
            raise TransitionNotAllowed(f"{self} holds no place that could be moved.")
        if held.pk == intake.pk:
            raise TransitionNotAllowed(f"It is in {intake} already. Choose another group.")
        self._refuse_the_wrong_group(intake)
        if not intake.has_places_for(self.places):
            raise GroupIsFull(self._too_few(intake, "choose another one"))
        held.give_back(self.places)
        intake.take(self.places)
        self.offered_intake = intake
        if self.state == self.State.OFFERED:
            self.answer_by, self.remind_on = answer_by, remind_on

    def _too_few(self, intake: Intake, instead: str) -> str:
        if not intake.has_places:
            return f"The group is full: {instead}."
        return f"The group has {intake.places_left} of the {self.places} places that are wanted: {instead}."

    @property
    def may_move(self) -> bool:
        """Whether it holds a place in a group that it could leave for another one."""
        return self.offered_intake_id is not None and self.state in {self.State.OFFERED, self.State.ENROLLED}

    @property
    def holds_cancelled_place(self) -> bool:
        return self.offered_intake is not None and not self.offered_intake.is_running

    @property
    def begins_on(self) -> dt.date | None:
        """The first day of a place that was accepted. None where no day is known, or the group was cancelled."""
        is_certain = self.state == self.State.ENROLLED and not self.holds_cancelled_place
        return self.offered_intake.starts_on if is_certain and self.offered_intake else None

    @property
    def over_on(self) -> dt.date | None:
        """The day on which its programme was over, or the last day of the group that it is enrolled in."""
        if self.state == self.State.COMPLETED:
            return self.ended_on
        takes_part = self.state == self.State.ENROLLED and not self.holds_cancelled_place
        return self.offered_intake.ends_on if takes_part and self.offered_intake else None

    def remind_of_start(self, *, until: dt.date) -> None:
        """The provider is told once that its group begins, and once more only where the day has changed."""
        begins_on = self.begins_on
        if begins_on is None or begins_on == self.reminded_of_start or not timezone.localdate() < begins_on <= until:
            raise TransitionNotAllowed(f"{self} has no beginning to remind of.")
        self.reminded_of_start = begins_on

    @property
    def is_open_offer(self) -> bool:
        """It is offered, and may still be accepted."""
        in_time = self.answer_by is None or self.answer_by >= timezone.localdate()
        return self.state == self.State.OFFERED and in_time and not self.holds_cancelled_place

    def _refuse_unless_open(self) -> None:
        if not self.is_open_offer:
            raise TransitionNotAllowed("This offer is no longer open.")

    def _refuse_the_wrong_group(self, intake: Intake | None) -> None:
        groups = self.programme.intakes.to_come()
        if intake is None and groups.exists():
            raise TransitionNotAllowed(f"Choose the group of {self} in which a place is offered.")
        if intake and not groups.filter(pk=intake.pk).exists():
            raise TransitionNotAllowed(f"{intake} is no group of {self} that is still to come. Choose another one.")
