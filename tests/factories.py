"""One factory per model, with named traits instead of fixture files. All names are of things that do not exist."""

import datetime as dt
import uuid

import factory
from allauth.account.models import EmailAddress
from django.utils import timezone

from careportal.accounts.models import User
from careportal.accounts.roles import Role
from careportal.kit.working_days import add_working_days
from enquiries.models import Enquiry, Event, IncomingMail, Interest, OutgoingMail, RoutingRule
from enquiries.models.incoming import PIECE_BYTES
from enquiries.services import submitted
from programmes.models import (
    EligibilityRule,
    Fact,
    Intake,
    Objective,
    Page,
    Partner,
    PartnerMembership,
    Programme,
    Question,
    Stakeholder,
    Strategy,
    Verdict,
    Workstream,
)
from providers.area import Answer as Area
from providers.models import (
    DirectoryImport,
    Membership,
    PostcodeImport,
    Provider,
    ProviderType,
    RegisteredLocation,
    Tender,
    TenderImport,
    UnitPostcode,
)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    class Params:
        viewer = factory.Trait(role=Role.VIEWER)
        officer = factory.Trait(role=Role.OFFICER)
        lead = factory.Trait(role=Role.LEAD)
        administrator = factory.Trait(role=Role.ADMINISTRATOR)

    email = factory.Sequence(lambda n: f"person-{n}@example.org")
    password = "!"


class ProviderFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Provider

    name = factory.Sequence(lambda n: f"Example provider {n}")
    type = ProviderType.CARE_HOME


class RegisteredLocationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RegisteredLocation

    cqc_location_id = factory.Sequence(lambda n: f"1-{100_000_000 + n}")
    cqc_provider_id = "1-200000001"
    name = factory.Sequence(lambda n: f"Example home {n}")
    provider_name = "Example Care Ltd"
    type = ProviderType.CARE_HOME
    service_types = ["Residential homes"]
    address = "1 Example Road, Dagenham"
    postcode = "RM10 7AA"
    local_authority = "Barking and Dagenham"
    region = "London"
    is_social_care = True


class DirectoryImportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DirectoryImport

    kind = DirectoryImport.Kind.DIRECTORY
    file_name = "example_directory.csv"
    sha256 = "0" * 64
    produced_on = dt.date(2026, 11, 2)
    rows = locations = added = 1
    changed = removed = 0


class MembershipFactory(factory.django.DjangoModelFactory):
    """Somebody who acts for a provider, with a proved address."""

    class Meta:
        model = Membership
        skip_postgeneration_save = True

    class Params:
        owner = factory.Trait(role=Membership.Role.OWNER)

    provider = factory.SubFactory(ProviderFactory)
    user = factory.SubFactory(UserFactory)

    @factory.post_generation
    def proved(self, create: bool, extracted: object, **kwargs: object) -> None:
        EmailAddress.objects.get_or_create(user=self.user, email=self.user.email, verified=True, primary=True)


class UnitPostcodeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UnitPostcode

    postcode = "RM10 8XD"
    district = "E09000002"


class PostcodeImportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PostcodeImport

    edition = "November 2025"
    areas = ["IG", "RM"]
    rows, placed, unplaced, inside = 10, 9, 1, 5


class TenderFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Tender

    ocid = factory.Sequence(lambda n: f"ocds-b5fd17-{n}")
    buyer = buyer_key = "Example Council"
    title = factory.Sequence(lambda n: f"Example tender {n}")
    state = Tender.State.OPEN
    release_id = "00000000-0000-4000-8000-000000000001-1"
    notice_url = "https://www.contractsfinder.service.gov.uk/Notice/00000000-0000-4000-8000-000000000001"
    released_at = factory.LazyFunction(timezone.now)
    closes_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=20))


class TenderImportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TenderImport

    source = "example_releases.json"
    sha256 = "0" * 64
    notices = fitting = added = 1
    changed = over = 0


class PartnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Partner

    slug = factory.Sequence(lambda n: f"partner-{n}")
    name = factory.Sequence(lambda n: f"Example partner {n}")


class PartnerMembershipFactory(factory.django.DjangoModelFactory):
    """Somebody who acts for a partner, with a proved address."""

    class Meta:
        model = PartnerMembership
        skip_postgeneration_save = True

    class Params:
        administrator = factory.Trait(role=PartnerMembership.Role.ADMINISTRATOR)

    partner = factory.SubFactory(PartnerFactory)
    user = factory.SubFactory(UserFactory)

    @factory.post_generation
    def proved(self, create: bool, extracted: object, **kwargs: object) -> None:
        EmailAddress.objects.get_or_create(user=self.user, email=self.user.email, verified=True, primary=True)


class ProgrammeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Programme

    class Params:
        draft = factory.Trait(state=Programme.State.DRAFT)
        paused = factory.Trait(state=Programme.State.PAUSED, paused_because="The trainer is away.")
        archived = factory.Trait(state=Programme.State.ARCHIVED)

    slug = factory.Sequence(lambda n: f"programme-{n}")
    title = factory.Sequence(lambda n: f"Example programme {n}")
    summary = "What it is in a sentence."
    description = "What it is."
    who_for = "Managers."
    theme = Programme.Theme.TRAINING
    audience = Programme.Audience.MANAGERS
    state = Programme.State.PUBLISHED


class IntakeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Intake

    class Params:
        full = factory.Trait(capacity=5, places_taken=5)
        past = factory.Trait(
            opens_on=factory.LazyFunction(lambda: in_days(-60)), closes_on=factory.LazyFunction(lambda: in_days(-1))
        )
        coming = factory.Trait(
            opens_on=factory.LazyFunction(lambda: in_days(1)), closes_on=factory.LazyFunction(lambda: in_days(60))
        )

    programme = factory.SubFactory(ProgrammeFactory)
    title = factory.Sequence(lambda n: f"Group {n}")
    opens_on = factory.LazyFunction(lambda: in_days(-10))
    closes_on = factory.LazyFunction(lambda: in_days(10))
    capacity = 10


class QuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Question

    programme = factory.SubFactory(ProgrammeFactory)
    key = factory.Sequence(lambda n: f"question-{n}")
    label = "How many people would take part?"
    kind = Question.Kind.NUMBER
    purpose = "To plan places."


class RuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EligibilityRule

    class Params:
        homecare_only = factory.Trait(
            fact=Fact.PROVIDER_TYPE, accepts=["homecare"], reason="This programme is for homecare."
        )

    programme = factory.SubFactory(ProgrammeFactory)
    fact = Fact.AREA
    accepts = ["inside"]
    otherwise = Verdict.NO
    reason = "This programme is for care providers in the council's area."


class PageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Page

    class Params:
        hidden = factory.Trait(is_public=False)
        due = factory.Trait(review_due_on=factory.LazyFunction(lambda: in_days(-1)))

    slug = factory.Sequence(lambda n: f"page-{n}")
    title = factory.Sequence(lambda n: f"Example page {n}")
    summary = "What the page says in a sentence."
    body = "What the page says."
    is_public = True
    review_due_on = factory.LazyFunction(lambda: in_days(100))


class StakeholderFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Stakeholder

    slug = factory.Sequence(lambda n: f"body-{n}")
    name = factory.Sequence(lambda n: f"Example body {n}")


class StrategyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Strategy
        django_get_or_create = ("pk",)

    pk = 1
    title = "Example strategy"
    aim = "Enough people who like their work."


class ObjectiveFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Objective

    strategy = factory.SubFactory(StrategyFactory)
    number = factory.Sequence(lambda n: n % 90 + 1)
    title = factory.Sequence(lambda n: f"Example objective {n}")


class WorkstreamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Workstream

    objective = factory.SubFactory(ObjectiveFactory)
    year = 2026
    title = factory.Sequence(lambda n: f"Example work stream {n}")
    state = Workstream.State.UNDER_WAY


class RoutingRuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RoutingRule

    inbox = "training@lbbd.gov.uk"


class EnquiryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Enquiry
        skip_postgeneration_save = True

    class Params:
        in_triage = factory.Trait(state=Enquiry.State.IN_TRIAGE, owner=factory.SubFactory(UserFactory, officer=True))
        waiting = factory.Trait(
            state=Enquiry.State.WAITING,
            owner=factory.SubFactory(UserFactory, officer=True),
            paused_on=factory.LazyFunction(timezone.localdate),
        )
        closed = factory.Trait(state=Enquiry.State.CLOSED, owner=factory.SubFactory(UserFactory, officer=True))
        by_email = factory.Trait(
            channel=Enquiry.Channel.EMAIL,
            is_incomplete=True,
            submit_key=None,
            organisation="",
            provider_type="",
            postcode="",
            area="",
            contact_name="",
            declared_at=None,
            message="Please tell us about training for our managers.",
        )

    submit_key = factory.LazyFunction(uuid.uuid4)
    organisation = factory.Sequence(lambda n: f"Example care home {n}")
    provider_type = ProviderType.CARE_HOME
    postcode = "RM10 8XD"
    area = Area.INSIDE
    contact_name = "Example Applicant"
    contact_email = factory.Sequence(lambda n: f"applicant-{n}@example.org")
    privacy_version = "2026-11"
    declared_at = factory.LazyFunction(timezone.now)

    reply_due_on = factory.LazyAttribute(lambda enquiry: add_working_days(came_on(enquiry), 5))
    decision_due_on = factory.LazyAttribute(lambda enquiry: add_working_days(came_on(enquiry), 20))

    @factory.post_generation
    def received(self, create: bool, extracted: object, **kwargs: object) -> None:
        detail = {"digest": submitted.digest_of(self, [])} if self.is_incomplete else {}
        self.record(Event.Kind.RECEIVED, **detail)


class InterestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Interest

    enquiry = factory.SubFactory(EnquiryFactory)
    programme = factory.SubFactory(ProgrammeFactory)
    programme_title = factory.LazyAttribute(lambda interest: interest.programme.title)
    inbox = "businessforum@lbbd.gov.uk"
    verdict = Verdict.YES

    class Params:
        in_hand = factory.Trait(enquiry__in_triage=True)


class MailFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OutgoingMail

    class Params:
        failed = factory.Trait(state=OutgoingMail.State.FAILED)
        uncertain = factory.Trait(state=OutgoingMail.State.UNCERTAIN, marked_at=factory.LazyFunction(timezone.now))
        sent = factory.Trait(state=OutgoingMail.State.SENT, sent_at=factory.LazyFunction(timezone.now))
        acknowledgement = factory.Trait(kind=OutgoingMail.Kind.ACKNOWLEDGEMENT, recipient="applicant@example.org")
        sign_in = factory.Trait(kind=OutgoingMail.Kind.ACCOUNT, enquiry=None, text="Your code is 123456.")

    enquiry = factory.SubFactory(EnquiryFactory)
    kind = OutgoingMail.Kind.ROUTING
    recipient = "businessforum@lbbd.gov.uk"
    recipient_key = factory.SelfAttribute("recipient")
    subject = "care sector support: Example programme"
    message_id = factory.Sequence(lambda n: f"<test-{n}@lbbd.gov.uk>")


class IncomingMailFactory(factory.django.DjangoModelFactory):
    """A mail of the inbox, not interpreted yet. With `raw`, a copy of it is kept."""

    class Meta:
        model = IncomingMail
        skip_postgeneration_save = True

    class Params:
        to_sort = factory.Trait(state=IncomingMail.State.SORT, why=IncomingMail.Why.NEARLY)
        from_stranger = factory.Trait(
            state=IncomingMail.State.SORT, why=IncomingMail.Why.STRANGER, enquiry=factory.SubFactory(EnquiryFactory)
        )
        became_enquiry = factory.Trait(
            state=IncomingMail.State.ENQUIRY,
            enquiry=factory.SubFactory(
                EnquiryFactory,
                channel=Enquiry.Channel.EMAIL,
                is_incomplete=True,
                contact_email=factory.SelfAttribute("..sender"),
            ),
        )
        automatic = factory.Trait(state=IncomingMail.State.AUTOMATIC)
        elsewhere = factory.Trait(
            state=IncomingMail.State.OTHER,
            decided_by=factory.SubFactory(UserFactory, officer=True),
            decided_at=factory.LazyFunction(timezone.now),
        )
        unwanted = factory.Trait(
            state=IncomingMail.State.SPAM,
            decided_by=factory.SubFactory(UserFactory, officer=True),
            decided_at=factory.LazyFunction(timezone.now),
        )
        proved = factory.Trait(sender_check=IncomingMail.Sender.PROVED)

    folder = "INBOX"
    validity = "1"
    number = factory.Sequence(lambda n: n + 1)
    digest = factory.Sequence(lambda n: f"{n:064x}")
    message_id = factory.Sequence(lambda n: f"<came-{n}@example.org>")
    size = 2000
    received_at = factory.LazyFunction(timezone.now)
    sender = factory.Sequence(lambda n: f"sender-{n}@example.org")
    sender_name = "Example Sender"
    subject = "Care sector suport"
    text = "Please send me an application form."

    @factory.post_generation
    def raw(self, create: bool, extracted: bytes | None, **kwargs: object) -> None:
        content = extracted or b""
        for number, start in enumerate(range(0, len(content), PIECE_BYTES)):
            self.pieces.create(number=number, content=content[start : start + PIECE_BYTES])


def came_on(enquiry: factory.builder.Resolver) -> dt.date:
    return timezone.localdate(getattr(enquiry, "received_at", None))


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)
