"""What tests of figures count."""

import datetime as dt

from django.db import connection
from django.utils import timezone

from enquiries.figures import Scope
from enquiries.models import Enquiry, Interest
from enquiries.periods import Period
from programmes.models import ClosureDay
from tests.factories import EnquiryFactory, IntakeFactory, InterestFactory, PartnerFactory, ProgrammeFactory


def at(day: str, hour: int = 12) -> dt.datetime:
    return timezone.make_aware(dt.datetime.fromisoformat(f"2026-{day}T{hour:02}:00"))


def a_summer_of_enquiries():
    """A small world in which every table has something to count, and something on each side of every border."""
    training, other = (
        ProgrammeFactory(theme="training", title="Alpha"),
        ProgrammeFactory(theme="recruitment", title="Beta"),
    )
    partner = PartnerFactory(name="Example partner")
    training.partners.add(partner)
    days = ["06-30", "07-01", "07-03", "08-14", "08-31", "09-30", "10-01", "03-15"]
    for number, day in enumerate(days):
        for channel, hour in (("online", 0), ("email", 23)):
            came_at = at(day, hour)
            enquiry = EnquiryFactory(
                received_at=came_at,
                channel=channel,
                reply_due_on=came_at.date() + dt.timedelta(days=7),
                decision_due_on=dt.date(2099, 1, 1) if number == 6 else came_at.date() + dt.timedelta(days=11),
                replied_at=came_at + dt.timedelta(days=3 * number) if number % 3 else None,
                decided_at=came_at + dt.timedelta(days=9 + number) if number % 4 == 1 else None,
                **({"closed": True} if number % 2 else {}),
            )
            InterestFactory(enquiry=enquiry, programme=training)
            if number % 2:
                InterestFactory(
                    enquiry=enquiry, programme=other, state="declined", reason="no_money", onward_options="Ask again."
                )
    handed_on = InterestFactory(enquiry__received_at=at("08-03"), programme=training)
    Interest.objects.filter(pk=handed_on.pk).update(state="referred", referred_to=partner, referred_at=timezone.now())
    joined = EnquiryFactory(received_at=at("08-05"), closed=True)
    InterestFactory(enquiry=joined, programme=training)
    Enquiry.objects.filter(pk=joined.pk).update(joined_to=handed_on.enquiry)
    for start in (dt.date(2026, 7, 1), dt.date(2026, 10, 1)):
        IntakeFactory(programme=training, starts_on=start, capacity=10, places_taken=4)
    IntakeFactory(programme=training, starts_on=dt.date(2026, 8, 1), capacity=None, places_taken=2)
    IntakeFactory(programme=training, starts_on=dt.date(2026, 8, 2), capacity=8, places_taken=8, state="cancelled")
    ClosureDay.objects.create(on=dt.date(2026, 9, 1), reason="Stocktaking")
    return {"programme": training, "partner": partner, "theme": "training", "other": other}


# --- Counted another way than the portal does ---


def sql(query: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def chosen(scope: Scope) -> set[int]:
    """Numbers of the programmes in the scope, by SQL of the test's own."""
    rows = sql("SELECT id, theme FROM programmes_programme")
    run = {
        row[0]
        for row in sql(
            "SELECT programme_id FROM programmes_programme_partners WHERE partner_id = %s", scope.partner or 0
        )
    }
    return {
        pk
        for pk, theme in rows
        if (not scope.programme or pk == scope.programme)
        and (not scope.theme or theme == scope.theme)
        and (not scope.partner or pk in run)
    }


def enquiries(scope: Scope) -> list[Enquiry]:
    """Rows of the scope, chosen one by one."""
    asked = {}
    for enquiry, programme in sql("SELECT enquiry_id, programme_id FROM enquiries_interest"):
        asked.setdefault(enquiry, set()).add(programme)
    wanted = chosen(scope)
    unjoined = {row[0] for row in sql("SELECT id FROM enquiries_enquiry WHERE joined_to_id IS NULL")}
    narrow = scope != Scope()
    fits = {pk for pk in unjoined if not narrow or asked.get(pk, set()) & wanted}
    return [one for one in Enquiry.objects.all() if one.pk in fits]


def came_in(one: Enquiry, period: Period) -> bool:
    return period.first <= timezone.localdate(one.received_at) <= period.last
