"""What a copy must carry: every kind of value, and rows that point to others in every way."""

import datetime as dt
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from careportal.accounts.models import User
from careportal.records.tables import tables
from careportal.worlds import fixed
from enquiries import services
from enquiries.models import (
    Attendance,
    DailyCount,
    Enquiry,
    Feedback,
    IncomingMail,
    IncomingPiece,
    IntakeAnswer,
    Outreach,
    Report,
    RightsRequest,
)
from programmes import services as listings
from programmes.models import (
    AgreementEnd,
    AnswerBefore,
    Ask,
    AskCode,
    IntakeChange,
    LinkCheck,
    LinkPlace,
    ListingCheck,
    ListingReport,
    ListingViews,
    PageFigure,
    Partner,
    PartnerInvitation,
    PartnerRequest,
    Programme,
)
from providers.models import Handover, Invitation, MailboxCode, Ward
from tests.enquiries.papers import file, pdf
from tests.factories import (
    DirectoryImportFactory,
    EnquiryFactory,
    IntakeFactory,
    InterestFactory,
    MailFactory,
    MembershipFactory,
    PageFactory,
    PostcodeImportFactory,
    RegisteredLocationFactory,
    RoutingRuleFactory,
    StakeholderFactory,
    TenderFactory,
    TenderImportFactory,
    UnitPostcodeFactory,
    WorkstreamFactory,
)
from tests.programmes.proposing import a_partner, hand_in, review

NAME = "Zoë Quetzalcoatl O’Neill-Sørensen"  # seen by nobody who has not the key
MOMENT = dt.datetime(2026, 3, 29, 1, 2, 3, 456789, tzinfo=dt.UTC)


def make() -> dict[str, Any]:
    """The fixed world and more; the ids and secrets of its people."""
    world = fixed.seed()
    enquiry = EnquiryFactory(contact_name=NAME, message="=1+1\n\tTwo “lines” 🏡", received_at=MOMENT)
    InterestFactory(enquiry=enquiry, answers=[["How many?", 3], ["Since?", None], ["Share?", 0.1]])
    MailFactory(enquiry=enquiry, sent=True, raw=bytes(range(256)) * 8)
    services.add_document(enquiry_id=enquiry.pk, file=file("plan.pdf", pdf(bytes(range(256)) * 2000)), kind="pdf")
    services.change_contact(enquiry_id=enquiry.pk, name=NAME, telephone="+442079460958")
    withdrawn = InterestFactory(enquiry=enquiry)
    shown = {withdrawn.pk: withdrawn.shown_as}
    services.withdraw_for_provider(enquiry_id=enquiry.pk, shown=shown, why="dates")
    enquiry.mails.filter(state="queued").update(state="sent", sent_at=MOMENT)
    Programme.objects.filter(slug="seed-open").update(cost_pounds=Decimal("12.50"))
    RoutingRuleFactory(programme=Programme.objects.get(slug="seed-open"))
    RegisteredLocationFactory(rated_on=dt.date(2024, 2, 29), website="https://home.example.org")
    DirectoryImportFactory(odd={"no postcode": {"count": 1, "lines": [7]}})
    invite_and_hand_over()
    invite_to_a_partner()
    propose()
    keep_listings_correct()
    keep_a_report()
    change_an_intake()
    receive_a_mail()
    UnitPostcodeFactory()
    PostcodeImportFactory()
    Ward.objects.create(code="E05014053", name="Abbey")
    TenderFactory(value_to=Decimal("60000.50"), currency="GBP", released_at=MOMENT, closes_at=None)
    TenderImportFactory(odd={"no page of the notice": 1})
    Attendance.objects.create(interest=withdrawn, on=dt.date(2026, 11, 27), at=MOMENT)
    speak_to_a_service()
    write_a_plan()
    RightsRequest.objects.create(kind="access", name=NAME, email="applicant@example.org", text="Two\nlines 🏡")
    LogEntry.objects.create(
        user=User.objects.get(email="seed-officer@example.org"),
        content_type=ContentType.objects.get_for_model(Enquiry),
        object_id=str(enquiry.pk),
        object_repr=enquiry.reference,
        action_flag=2,
    )
    return world


def speak_to_a_service() -> None:
    officer = User.objects.get(email="seed-officer@example.org")
    Outreach.objects.create(cqc_location_id="1-1", on=dt.date(2026, 11, 27), how="call", by=officer, at=MOMENT)


def write_a_plan() -> None:
    """A strategy over two years, and a page with a figure."""
    before = WorkstreamFactory(year=2025, lead=StakeholderFactory())
    now = WorkstreamFactory(objective=before.objective, continues=before)
    now.partners.add(StakeholderFactory())
    now.programmes.add(Programme.objects.get(slug="seed-open"))
    PageFigure.objects.create(page=PageFactory(), value="10%", what="of jobs", source="The council", as_of="2022")


def invite_and_hand_over() -> None:
    """An organisation with everything that an account can have: an open invitation, a code under way, a handover."""
    owner = MembershipFactory(owner=True, provider__second_email="site@example.org", provider__second_proved_at=MOMENT)
    about = {"provider": owner.provider, "email": "colleague@example.org"}
    Invitation.objects.create(**about, invited_by=owner.user, token_hash="0123456789" * 6, made_at=MOMENT)
    MailboxCode.objects.create(**about, user=owner.user, purpose="handover", code_hash="9876543210" * 6)
    Handover.objects.create(provider=owner.provider, user=owner.user, proved_at=MOMENT)


def invite_to_a_partner() -> None:
    """A partner with an open invitation and somebody who asks to take it over."""
    partner, user = Partner.objects.get(slug="seed-partner-a"), User.objects.get(email="seed-partner-b-1@example.org")
    PartnerInvitation.objects.create(
        partner=partner, email="colleague@example.org", token_hash="1" * 64, made_at=MOMENT
    )
    PartnerRequest.objects.create(partner=partner, user=user, wish="take_over", asked_at=MOMENT)


def propose() -> None:
    """A partner that has proposed something, was answered, and amends it."""
    member, officer = a_partner(), User.objects.get(email="seed-officer@example.org")
    change = hand_in(member, summary="First words.", cover="The council")
    listings.discuss(change_id=change.pk, by=officer, text="Which kind of care?", is_from_council=True)
    review(change, officer, approved={"cover"}, returned={"summary": "Too short."})
    hand_in(member, summary="Longer words.")


def keep_listings_correct() -> None:
    """A listing that was asked about, with a code under way, an answer, a report and a link."""
    programme = Programme.objects.get(slug="seed-open")
    partner = programme.partners.get()
    end = AgreementEnd.objects.create(
        partner=partner,
        ends_on=MOMENT.date(),
        answer="kept",
        because="Audit",
        kept_until=MOMENT.date(),
        answered_at=MOMENT,
    )
    AnswerBefore.objects.create(end=end, answer="deleted", answered_at=MOMENT, corrected_at=MOMENT, why="A copy")
    ask = Ask.objects.create(partner=partner, membership=partner.memberships.first(), asked_on=MOMENT.date())
    AskCode.objects.create(ask=ask, code_hash="0123456789" * 6, made_at=MOMENT)
    ListingCheck.objects.create(programme=programme, partner=partner, answer="correct", way="letter", at=MOMENT)
    ListingReport.objects.create(programme=programme, kind="other", text="Two\nlines", email="reader@example.org")
    link = LinkCheck.objects.create(url="https://www.example.org/", url_digest="0" * 64)
    LinkPlace.objects.create(link=link, programme=programme, field="link")
    LinkPlace.objects.create(link=link, partner=partner, field="website")


def change_an_intake() -> None:
    """An intake that has changed, of which somebody was told, and a listing that was looked at."""
    interest = InterestFactory()
    intake = IntakeFactory(programme=interest.programme)
    change = IntakeChange.objects.create(intake=intake, before={"place": "Elsewhere"}, at=MOMENT, told_at=MOMENT)
    IntakeAnswer.objects.create(interest=interest, intake=intake, newest=change, what=["place"], told_at=MOMENT)
    ListingViews.objects.create(programme=interest.programme, on=MOMENT.date(), count=3)


def receive_a_mail() -> None:
    """A mail that became an enquiry, with its copy in two pieces."""
    enquiry = EnquiryFactory(channel="email", is_incomplete=True)
    mail = IncomingMail.objects.create(
        **{"folder": "INBOX", "validity": "1", "number": 7, "digest": "0" * 64, "size": 300, "received_at": MOMENT},
        **{"sender": "sender@example.org", "sender_name": NAME, "subject": "Care", "text": "Two\nlines 🏡"},
        **{"state": "enquiry", "enquiry": enquiry},
    )
    for number in range(2):
        IncomingPiece.objects.create(mail=mail, number=number, content=bytes(range(150)))


def keep_a_report() -> None:
    report = Report(kind="glance", first=dt.date(2026, 1, 1), last=dt.date(2026, 1, 31), definitions=1, at=MOMENT)
    report.made_by = User.objects.get(email="seed-officer@example.org")
    report.hold({"sections": [], "council": "Zoë’s"})
    report.save()
    Feedback.objects.create(route="home", rating=4, comment="Two\nlines 🏡")
    DailyCount.objects.create(what="begun", on=MOMENT.date(), count=3)


def contents() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that is copied, read without the code under test."""
    return {table.label: _rows(table.model._meta.db_table) for table in tables()}


def counts() -> dict[str, int]:
    return {label: len(rows) for label, rows in contents().items()}


def empty() -> None:
    """As after `migrate`."""
    call_command("flush", interactive=False, verbosity=0)


def run(*command: object) -> str:
    """What a command of ours prints."""
    out = io.StringIO()
    call_command(*map(str, command), stdout=out)
    return out.getvalue()


def _rows(table: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        known_by_name = [column[0] == "content_type_id" for column in cursor.description]
        rows = [[_comparable(value) for value in row] for row in cursor.fetchall()]
    return sorted((tuple(_without(row, known_by_name)) for row in rows), key=repr)


def _without(row: list[Any], hidden: list[bool]) -> Iterator[Any]:
    """Every database gives content types numbers of its own."""
    return (None if hide else value for value, hide in zip(row, hidden, strict=True))


def _comparable(value: Any) -> Any:
    """The order of names in stored JSON means nothing."""
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.dumps(json.loads(value), sort_keys=True)
    return value
