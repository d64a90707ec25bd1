"""Every address of the officers' workspace as a browser could ask for it, with rows that exist."""

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from careportal.accounts.models import AccountEvent, AuditEntry, SecondFactorReset, User
from careportal.audiences import Address, addresses
from enquiries.admin.incoming_steps import INCOMING_STEPS
from enquiries.admin.interests import INTEREST_STEPS
from enquiries.admin.rights import TITLES as RIGHTS_STEPS
from enquiries.admin.steps import ENQUIRY_STEPS, MAIL_STEPS
from enquiries.models import Attachment, Interest, Report, RightsRequest, Wording
from enquiries.reports.content import content_of
from programmes.models import (
    ClosureDay,
    LinkCheck,
    ListingReport,
    Objective,
    Partner,
    PartnerInvitation,
    PartnerMembership,
    PartnerRequest,
)
from providers.models import Handover, RegisteredLocation
from tests.enquiries.mails_that_came import with_attachments
from tests.factories import (
    DirectoryImportFactory,
    IncomingMailFactory,
    IntakeFactory,
    InterestFactory,
    MailFactory,
    PageFactory,
    PartnerFactory,
    PostcodeImportFactory,
    ProviderFactory,
    RegisteredLocationFactory,
    RoutingRuleFactory,
    StakeholderFactory,
    TenderFactory,
    TenderImportFactory,
    UserFactory,
    WorkstreamFactory,
)
from tests.programmes.proposing import a_partner, hand_in
from tests.records import world

# What nobody's request is to change; the trail grows when something is looked at.
NOT_COMPARED = {"accounts.AuditEntry", "kit.Chain"}
OF_PARTNERS: dict[str, Any] = {"membership": PartnerMembership, "invitation": PartnerInvitation}
STEPS = {
    "name": sorted({*ENQUIRY_STEPS, *MAIL_STEPS, *INTEREST_STEPS, *INCOMING_STEPS}),
    "step": list(RIGHTS_STEPS),
    "place": ["1"],
}
OF_A_PROGRAMME = re.compile("/admin/enquiries/enquiry/(places|rules|go-live)/")  # their number is the programme's
KEPT: dict[str, Any] = {"/admin/reports/": Report, "/admin/information-requests/": RightsRequest}


def furnish() -> None:
    """One row of every kind, so that every page has something to be about."""
    interest = InterestFactory(in_hand=True)
    interest.programme.partners.add(PartnerFactory())
    IntakeFactory(programme=interest.programme)
    MailFactory(enquiry=interest.enquiry, failed=True)
    IncomingMailFactory(to_sort=True, raw=with_attachments(("rota.pdf", "application/pdf")))
    Attachment.objects.create(enquiry=interest.enquiry, kind="pdf", name="rota.pdf", size=1)
    Handover.objects.create(provider=ProviderFactory(), user=UserFactory(), proved_at=timezone.now())
    act_for_a_partner()
    hand_in(a_partner(), summary="New summary.")
    RegisteredLocationFactory()
    DirectoryImportFactory()
    PostcodeImportFactory()
    TenderFactory()
    TenderImportFactory()
    RoutingRuleFactory(theme="training")
    Wording.objects.create(part=Wording.Part.WHAT_NEXT, text="We will write to you.")
    ClosureDay.objects.create(on=dt.date(2030, 1, 2), reason="Stocktaking")
    ListingReport.objects.create(programme=interest.programme, kind="other", text="Wrong", email="a@example.org")
    LinkCheck.objects.create(url="https://www.example.org/", url_digest="0" * 64)
    PageFactory()
    RightsRequest.objects.create(kind="access", name="Applicant", email="applicant@example.org", proof="code")
    WorkstreamFactory(lead=StakeholderFactory()).programmes.add(interest.programme)
    person = UserFactory(officer=True)
    AuditEntry.objects.create(kind="opened", by=person, about="x")
    AccountEvent.objects.create(kind="created", user=person)
    keep_a_report()
    SecondFactorReset.objects.create(user=person, requested_by=UserFactory(lead=True))


def keep_a_report() -> None:
    report = Report(kind="glance", first=dt.date(2026, 10, 1), last=dt.date(2026, 10, 31), definitions=1)
    report.made_by = UserFactory(officer=True)
    report.hold(content_of("glance", report.period, {}))
    report.save()


def act_for_a_partner() -> None:
    """Somebody acts for it, somebody is invited, and somebody asks."""
    partner = Partner.objects.get()
    PartnerMembership.objects.create(partner=partner, user=UserFactory(), role="administrator")
    PartnerInvitation.objects.create(partner=partner, email="invited@example.org", token_hash="0" * 64)
    PartnerRequest.objects.create(partner=partner, user=UserFactory(), wish="join")


def paths() -> list[tuple[str, Address]]:
    """Each address of the workspace, filled in with rows that are there and with every step there is."""
    ours = [one for one in addresses() if one.pattern.startswith("/admin/") and "(?P" not in one.pattern]
    return [(path, address) for address in ours for path in _filled(address)]


def contents() -> dict[str, Any]:
    """All that is stored, but the trail."""
    return {label: rows for label, rows in world.contents().items() if label not in NOT_COMPARED}


def _filled(address: Address) -> Iterator[str]:
    names = re.findall(r"<(?:\w+:)?(\w+)>", address.pattern)
    values = [_values(name, address.pattern) for name in names]
    for chosen in itertools.product(*values):
        path = address.pattern
        for value in chosen:
            path = re.sub(r"<[^>]+>", value, path, count=1)
        yield path


def _values(name: str, pattern: str) -> list[str]:
    if name in STEPS:
        return STEPS[name]
    if name == "location":
        return [RegisteredLocation.objects.earliest("pk").cqc_location_id]
    if name == "interest":
        return [str(Interest.objects.earliest("pk").pk)]
    if name == "objective":
        return [str(Objective.objects.get().number)]
    if name == "programme" or OF_A_PROGRAMME.match(pattern):
        return [str(Interest.objects.earliest("pk").programme_id)]
    if name == "number":
        return [str(Attachment.objects.get().number)]
    if name in OF_PARTNERS:
        return [str(OF_PARTNERS[name].objects.earliest("pk").pk)]
    if kept := next((kind for start, kind in KEPT.items() if pattern.startswith(start)), None):
        return [str(kept.objects.get().pk)]
    model = _model_of(pattern)
    if name == "version_id":
        return [str(model.history.first().pk)]  # type: ignore[attr-defined]  # simple_history
    row = model._base_manager.exclude(pk__in=_signed_in(model)).first()
    return [str(row.pk) if row else "1"]


def _model_of(pattern: str) -> type[Model]:
    found = re.match(r"/admin/(\w+)/(\w+)/", pattern)
    return apps.get_model(*found.groups()) if found else User


def _signed_in(model: type[Model]) -> Any:
    """A page about a person is about somebody else than whoever asks."""
    return User.objects.exclude(last_login=None).values("pk") if model is User else []
