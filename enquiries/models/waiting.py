"""Waiting lists and open offers: who is next for a place, and whose time has run out."""

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Count, ExpressionWrapper, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from enquiries.models.afterwards import AfterwardsQuerySet
from enquiries.models.correspondence import Message
from enquiries.models.submitted import refuse_to_change
from programmes.models import Intake, PartnerMembership, Programme

if TYPE_CHECKING:
    from careportal.accounts.models import User

IN_HAND = ("in_triage", "with_partner")
IS_OPEN = ~Q(enquiry__state="closed")
SEEN_BY_A_PARTNER = ("referred", "waiting_list", "offered", "enrolled", "completed")


class InterestQuerySet(AfterwardsQuerySet):
    def update(self, **changes: Any) -> int:
        refuse_to_change(self.model, changes)
        return super().update(**changes)

    def waiting(self) -> Self:
        """On the waiting list, who waits longest first. Nobody waits in an enquiry that is closed."""
        waiting = self.filter(state="waiting_list").exclude(enquiry__state="closed")
        return waiting.order_by("waiting_since", "pk")

    def waiting_for(self, intake: Intake) -> Self:
        """Who would take a place in this group: those who prefer it, or none, or one that is over or cancelled."""
        fits = Q(wanted_group=None) | Q(wanted_group=intake.pk)
        return self.waiting().filter(programme=intake.programme_id).annotate(wanted_group=_wanted_group()).filter(fits)

    def offered_by_itself(self, intake: Intake) -> Self:
        """Who is offered a free place, the next first: an officer has looked at the enquiry, it waits for nothing, and
        no offer in this group has run out before, so that nobody is written to for ever."""
        return self.waiting_for(intake).filter(enquiry__state__in=IN_HAND).exclude(passed_up=intake.pk)

    def with_position(self) -> Self:
        """With `ahead`, how many wait longer for the same, and `in_line`, how many wait; where somebody does."""
        rivals = self.model.objects.waiting().filter(programme=OuterRef("programme")).order_by()
        mine = ExpressionWrapper(OuterRef("wanted_group"), models.BigIntegerField())
        rivals = rivals.annotate(wanted_group=_wanted_group(), mine=mine)
        rivals = rivals.filter(Q(mine=None) | Q(wanted_group=None) | Q(wanted_group=F("mine")))
        earlier = Q(waiting_since__lt=OuterRef("waiting_since"))
        earlier |= Q(waiting_since=OuterRef("waiting_since"), pk__lt=OuterRef("pk"))
        return self.annotate(wanted_group=_wanted_group()).annotate(
            ahead=_counted(rivals.filter(earlier)), in_line=_counted(rivals)
        )

    def line(self, programme: Programme) -> Self:
        """The whole waiting list of a programme, with `wanted_group`: the preferred one, if it is still to come."""
        return self.waiting().filter(programme=programme).annotate(wanted_group=_wanted_group())

    def numbers(self, programme: Programme) -> dict[int, tuple[int, int]]:
        """The same two as `with_position`, the own place included, for everybody in the line: in one short query."""
        line = list(self.line(programme).values_list("pk", "wanted_group"))
        all_in_line = Counter(wanted for _, wanted in line)
        so_far: Counter[int | None] = Counter()
        numbers = {}
        for pk, wanted in line:
            so_far[wanted] += 1
            numbers[pk] = _rivals(so_far, wanted), _rivals(all_in_line, wanted)
        return numbers

    def holding(self, programme: Programme) -> Self:
        """Who holds a place or was offered one, by group; open offers first, by the day they are to be answered."""
        held = self.filter(programme=programme, state__in=["offered", "enrolled", "completed"])
        return held.order_by("offered_intake", F("answer_by").asc(nulls_last=True), "pk")

    def places_held(self, intake: Intake) -> int:
        """How many of its places were given through the portal: nobody may give those away again."""
        held = self.filter(offered_intake=intake, state__in=["offered", "enrolled", "completed"])
        return held.aggregate(places=Coalesce(models.Sum("places"), 0))["places"]

    def concerned(self, intake: Intake) -> Self:
        """Whom a change of this group concerns: they hold a place in it, or asked for it and nothing is decided."""
        holds = Q(offered_intake=intake, state="enrolled") | (Q(offered_intake=intake, state="offered") & IS_OPEN)
        wants = Q(intake=intake, state__in=["received", "referred", "waiting_list"]) & IS_OPEN
        return self.filter(holds | wants).order_by("pk")

    def run_out(self, day: dt.date) -> Self:
        """Offers that nobody answered in time. Officers say what becomes of those whose letter did not leave or did not
        arrive, and of places in a cancelled group."""
        letters = Message.objects.filter(interest=OuterRef("pk"), kind=Message.Kind.OFFER).order_by("-pk")
        over = self.filter(state="offered", answer_by__lt=day).annotate(
            letter=Subquery(letters.values("mail__state")[:1])
        )
        return over.exclude(offered_intake__state="cancelled").exclude(letter__in=["failed", "cancelled", "uncertain"])

    def to_be_reminded(self, day: dt.date) -> Self:
        return self.filter(state="offered", remind_on__lte=day, answer_by__gte=day)

    def shared_with(self, user: "User") -> Self:
        """What is referred to a partner of this person, while the partner's agreement runs; not what was taken back,
        went elsewhere or ended."""
        return self.seen_by(PartnerMembership.objects.of(user).acting().values("partner"))

    def seen_by(self, partners: Any) -> Self:
        """What is referred to these partners. Who dropped out stays in the list, without what was shared."""
        seen = Q(state__in=SEEN_BY_A_PARTNER) | (Q(state="withdrawn") & ~Q(dropped_because=""))
        return self.filter(seen, referred_to__in=partners)

    def to_acknowledge(self) -> Self:
        """With a partner that has not said yet that it has seen it. What is closed waits for nobody."""
        return self.filter(state="referred", acknowledged_at=None).exclude(enquiry__state="closed")

    def in_progress(self) -> Self:
        return self.filter(state__in=["referred", "waiting_list", "offered", "enrolled"])

    def ended(self) -> Self:
        return self.filter(state__in=["completed", "withdrawn"])

    def left_with_ended_partners(self, day: dt.date | None = None) -> Self:
        """Open, and with a partner whose agreement is over: somebody has to see to each of them."""
        ended = self.filter(referred_to__agreement_ends_on__lt=day or timezone.localdate())
        return ended.in_progress().exclude(enquiry__state="closed")

    def to_be_chased(self, day: dt.date) -> Self:
        """Whose partner is to be reminded, has an address, and may still act."""
        runs = Q(referred_to__agreement_ends_on=None) | Q(referred_to__agreement_ends_on__gte=day)
        return self.to_acknowledge().filter(runs, chase_on__lte=day).exclude(referred_to__email="")


def _rivals(wishes: "Counter[int | None]", wanted: int | None) -> int:
    """How many of these want the same: who prefers no group competes with all."""
    return wishes.total() if wanted is None else wishes[wanted] + wishes[None]


def _wanted_group() -> Case:
    """The preferred group while it is still to come; nothing otherwise, and then any group will do."""
    return Case(When(intake__in=Intake.objects.to_come(), then=F("intake")), default=None)


def _counted(rivals: Any) -> Case:
    count = rivals.order_by().values("programme").annotate(count=Count("pk")).values("count")
    number = Coalesce(Subquery(count), 0)
    waits = Q(state="waiting_list") & ~Q(enquiry__state="closed")
    return Case(When(waits, then=number), default=0, output_field=models.IntegerField())
