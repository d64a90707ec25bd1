"""Every page and every state of it, looked at by axe (WCAG 2.2 AA) and at the widths that people use."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from careportal.accounts.models import User
from careportal.accounts.services import create_officer, give_second_factor
from careportal.kit.working_days import add_working_days
from careportal.management.commands.codes import last_mailed
from enquiries import services
from enquiries.mail import post
from enquiries.models import (
    Enquiry,
    Export,
    IncomingMail,
    Interest,
    OutcomeAnswer,
    OutgoingMail,
    RoutingRule,
    SavedView,
    Wording,
)
from programmes.models import ClosureDay, Page, Partner, Programme, Workstream
from providers.models import Handover
from tests.accounts.journeys import app_code
from tests.enquiries.codes import follow_code
from tests.factories import (
    DirectoryImportFactory,
    EnquiryFactory,
    IncomingMailFactory,
    IntakeFactory,
    InterestFactory,
    MailFactory,
    MembershipFactory,
    ProgrammeFactory,
    QuestionFactory,
    RegisteredLocationFactory,
    RoutingRuleFactory,
    RuleFactory,
)
from tests.journeys.accessibility import findings, findings_without_scripts
from tests.journeys.allowed import ALLOWED
from tests.journeys.visitor import DESK, PHONE
from tests.journeys.walking import ask_for_code, give_code, go_to, send

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

LONG_TITLE = (
    "Leadership, supervision and digital record keeping for deputy managers and team leaders in homecare (2026)"
)
LONG_NAME = ("Example Organisation of Many Names and Subsidiaries " * 5)[:200]
UNBROKEN = "https://example.org/" + "x" * 180


def test_the_list_is_kept_short():
    assert len(ALLOWED) <= 5
    for one in ALLOWED:
        assert one.reason
        assert timezone.localdate() <= one.look_again <= one.since + dt.timedelta(days=365)


def test_what_is_planted_is_found(visit):
    """Otherwise the tests below would prove nothing."""
    reader = visit().open("/contact/")
    reader.script(
        """document.querySelector("main").insertAdjacentHTML("beforeend",
          "<p><a href='/' class='x'>x</a></p><input type='text'>"
          + "<table><tr><td>" + "x".repeat(900) + "</td></tr></table>"
          + "<img src='https://example.org/picture.png' alt=''><p style='color: red'>Styled</p>")"""
    )
    reader.page.wait_for_timeout(100)

    found = " ".join(findings(reader))

    for problem in ("label: <input", "wider than 320 px", "wider than 640 px", "target of"):
        assert problem in found
    noticed = " ".join(reader.problems)
    assert "request to another host: https://example.org/picture.png" in noticed
    assert "Content Security Policy" in noticed
    reader.watch.found.clear()


# --- Public pages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/how-to-apply/",
        "/privacy/",
        "/cookies/",
        "/accessibility/",
        "/contact/",
        "/programmes/",
        "/programmes/?theme=training&q=apprenticeship",
        "/programmes/?q=unheard+of",
        "/programmes/shift-life-balance/",
        "/sector/tenders/",
        "/strategy/",
        "/return/",
        "/follow/",
        "/what-can-my-service-get/",
        "/account/login/",
        "/account/login/?with=password",
        "/account/password/reset/",
    ],
)
def test_a_public_page(visit, path):
    """HC2, HC9."""
    assert findings(visit().open(path)) == []


def test_programmes_that_are_open_full_closed_to_come_and_paused_however_long_their_texts(visit):
    full = IntakeFactory(programme__title=LONG_TITLE, programme__summary="Summary. " * 25, full=True).programme
    full.description = f"{UNBROKEN}\n\n- one\n- two"
    full.time_needed, full.cost_pounds, full.cost_note = "Six full days over three months", 1250, "per person"
    full.save()
    some_left = IntakeFactory(title=LONG_TITLE, place=LONG_NAME).programme
    others = [IntakeFactory(past=True).programme, IntakeFactory(coming=True).programme, ProgrammeFactory(paused=True)]
    reader = visit()

    for programme in (full, some_left, *others):
        assert findings(reader.open(programme.get_absolute_url())) == [], programme.title
    assert findings(reader.open("/programmes/")) == []


# --- The application -----------------------------------------------------------------------------------------------


@pytest.fixture
def demanding(world):
    """Programmes that lead through every page of the application and give every verdict."""
    Programme.objects.all().delete()
    asking = ProgrammeFactory(slug="asking", title=LONG_TITLE)
    RuleFactory(programme=asking, fact="cqc_registered", accepts=["yes"])
    RuleFactory(programme=asking)
    for kind in ("line", "text", "number", "yes_no", "one_of", "some_of"):
        choices = "One\nTwo" if kind.endswith("_of") else ""
        QuestionFactory(programme=asking, kind=kind, key=kind, label=f"A question: {kind}?", choices=choices)
    for slug, verdict in (("not-yet", "not_yet"), ("no", "no")):
        programme = ProgrammeFactory(slug=slug, title=f"Says {slug}")
        RuleFactory(programme=programme, homecare_only=True, otherwise=verdict, what_would_help="Ask the council.")
    IntakeFactory(programme__slug="full", programme__title="A full one", full=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_every_page_of_the_application_with_and_without_errors(visit, demanding, scripts):
    """HC2, HC9."""
    manager = visit(size=PHONE, scripts=scripts)
    examiner = visit() if not scripts else None
    seen = []

    def look():
        seen.append(f"{manager.at}{' with errors' if manager.errors else ''}")
        found = findings_without_scripts(manager, examiner) if examiner else findings(manager)
        assert found == [], seen[-1]

    manager.open("/apply/")
    look()
    manager.press("Continue")
    look()
    for slug in ("asking", "not-yet", "no", "full"):
        manager.page.locator(f"input[value={slug}]").check()
    manager.press("Continue")
    while manager.at != "check":
        look()
        if manager.at not in {"eligibility", "message"}:
            at = manager.at
            manager.press("Continue")
            assert manager.at == at, "a page without answers is refused"
            look()
        fill_in(manager)
        manager.press("Continue")
    look()
    manager.press("Send application")
    look()
    send(manager)
    look()

    pages = ["availability", "service", "postcode", "registered", "organisation", "about-asking", "contact"]
    with_errors = [f"{page}{errors}" for page in ["apply", *pages, "check"] for errors in ("", " with errors")]
    assert set(seen) == {*with_errors, "eligibility", "message", "sent"}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_looking_a_service_up(visit, scripts):
    """HC2, HC9."""
    RegisteredLocationFactory.create_batch(2, provider_name=LONG_NAME)
    RegisteredLocationFactory(name=LONG_NAME)
    manager = visit(size=PHONE, scripts=scripts)
    examiner = visit() if not scripts else None

    def look():
        found = findings_without_scripts(manager, examiner) if examiner else findings(manager)
        assert found == [], manager.heading

    manager.open("/apply/?programme=shift-life-balance").press("Continue")
    look()
    manager.press("Continue")
    look()
    box = manager.main.get_by_label("Find your care service")
    if scripts:
        box.press_sequentially("example")
        manager.main.get_by_role("option").first.wait_for()
        box.press("ArrowDown")
        look()
        box.press("Escape")
    else:
        box.fill("example")
    manager.press("Continue")
    assert manager.heading.endswith("Which is your service?")
    look()
    manager.press("Continue")
    look()
    manager.choose(LONG_NAME.strip()).press("Continue")
    assert manager.heading == "Is this your service?"
    look()
    manager.press("Continue")
    look()


def fill_in(manager):
    """Answer whatever page this is: the first of the answers, or a long text."""
    for group in manager.main.locator("fieldset:visible").all():
        group.locator("input[type=radio], input[type=checkbox]").first.check()
    texts = {"postcode": "IG11 7LU", "organisation": LONG_NAME, "full_name": "Example Applicant"}
    texts |= {"email": "applicant@example.org", "telephone": "", "q-number": "4", "q-text": UNBROKEN}
    for box in manager.main.locator("input[type=text], input[type=email], input[type=tel], textarea").all():
        box.fill(texts.get(box.get_attribute("name"), "An answer"))


def test_an_application_that_was_sent_differently_from_another_tab(visit):
    manager = visit()
    manager.open("/apply/?programme=shift-life-balance")
    go_to(manager, "check").choose("I am allowed to apply for this organisation")
    first, manager.page = manager.page, manager.new_tab()
    manager.open(first.url.replace("/check/", "/organisation/"))
    manager.type("What is your organisation called?", "Another name").press("Continue")
    send(manager)
    manager.page = first
    manager.press("Send application")

    assert manager.heading == "This application has been sent already"
    assert findings(manager) == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_pages_of_whoever_leaves_and_comes_back(visit, scripts):
    """HC2, HC9."""
    manager = visit(size=PHONE, scripts=scripts)
    examiner = visit() if not scripts else None

    def look():
        found = findings_without_scripts(manager, examiner) if examiner else findings(manager)
        assert found == [], manager.heading

    go_to(manager.open("/apply/?programme=shift-life-balance"), "postcode").press("Save and come back later")
    look()
    manager.press("Send me a code")
    look()
    manager.type("What is your email address?", f"{'long' * 12}@{'x' * 60}.example.org").press("Send me a code")
    look()
    manager.open("/return/").type("Email address", "a@example.org").type("Code", "wrong").press("Continue")
    look()
    manager.open("/apply/00000000-0000-4000-8000-000000000000/service/")
    look()


def test_the_pages_of_whoever_follows_an_application(visit, lead):
    """HC2, HC9: every state of a programme, letters that are long, nothing written yet, a code that is over."""
    follower = visit(size=PHONE)
    enquiry = InterestFactory(enquiry__contact_email="applicant@example.org", programme_title=LONG_TITLE).enquiry
    follower.open("/follow/").press("Send me a code")
    assert findings(follower) == []
    for code in ("", "1", "2", "3"):
        if not code:
            follower.type("Reference", enquiry.reference).type("Email address", "applicant@example.org")
            follower.press("Send me a code")
        else:
            follower.type("Code from the email", code).press("Continue")
        assert findings(follower) == [], follower.heading
    follower.press("Ask for a new code")
    follower.type("Reference", enquiry.reference).type("Email address", "applicant@example.org").press("Send me a code")
    follower.type("Code from the email", follow_code("applicant@example.org")).press("Continue")
    assert findings(follower) == [], "new"

    an_enquiry_in_every_state(enquiry, lead)
    for path in ("", "copy/", "../222-222-222/"):
        assert findings(follower.open(f"/follow/{enquiry.reference}/{path}")) == [], path


def an_enquiry_in_every_state(enquiry, lead):
    """All that can become of a programme, each with a long title, and letters of every kind."""
    services.take(enquiry_id=enquiry.pk, officer=lead)
    facts = {
        "referred": {"referred_to": Partner.objects.first(), "referred_at": timezone.now()},
        "waiting_list": {"waiting_since": timezone.now()},
        "offered": {"answer_by": timezone.localdate() + dt.timedelta(days=3)},
        "not_eligible": {"reason": "role"},
        "declined": {"reason": "no_money", "onward_options": "Ask again."},
    }
    for state in Interest.State.values:
        InterestFactory(enquiry=enquiry, state=state, programme_title=LONG_TITLE, **facts.get(state, {}))
    services.write_to_provider(enquiry_id=enquiry.pk, officer=lead, text=f"Hello.\n{UNBROKEN}")
    services.ask_provider(
        enquiry_id=enquiry.pk, officer=lead, text=UNBROKEN, answer_by=add_working_days(timezone.localdate(), 3)
    )
    OutgoingMail.objects.filter(kind="message").update(state="sent", sent_at=timezone.now())


# --- Pages that say no ---------------------------------------------------------------------------------------------


def test_a_page_that_is_not_there(visit):
    """HC10."""
    reader = visit().open("/nowhere/")

    assert "not found" in reader.heading.lower()
    assert findings(reader) == []


def test_a_page_that_broke(visit, monkeypatch, caplog):
    """HC10."""

    def break_down(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("careportal.views.render", break_down)
    reader = visit().open("/")

    assert "problem" in reader.heading.lower()
    assert findings(reader) == []


def test_too_many_applications_from_one_place(visit, settings):
    """HC10, FI15."""
    settings.DRAFTS_PER_HOUR = 0
    manager = visit().open("/apply/?programme=shift-life-balance").press("Continue")

    assert "too many" in manager.heading.lower() or "wait" in manager.text.lower()
    assert findings(manager) == []


def test_a_form_that_came_from_elsewhere(visit):
    """HC10: the session ran out, or another site sent the form."""
    manager = visit().open("/apply/?programme=shift-life-balance")
    manager.context.clear_cookies()
    manager.press("Continue")

    assert manager.page.locator("h1").count() == 1
    assert findings(manager) == []


# --- Officers' pages -----------------------------------------------------------------------------------------------


@pytest.fixture
def lead(world):
    return create_officer(email="lead@example.org", name="The lead officer", role="lead")


def mailed_to(person):
    post.send_due()
    return last_mailed(person.email)


def test_signing_in_and_every_page_that_officers_use(visit, lead):
    """HC2, HC9."""
    secret = give_second_factor(lead)
    officer = visit()
    officer.open("/admin/").press("Send me a code")
    assert findings(officer) == [], "sign-in with an error"
    ask_for_code(officer, lead.email)
    assert findings(officer) == [], "the page that asks for the mailed code"
    give_code(officer, mailed_to(lead))
    assert findings(officer) == [], "the page that asks for the app's code"
    give_code(officer, app_code(secret))

    assert findings(officer.open("/admin/enquiries/enquiry/")) == [], "the empty queue"
    an_enquiry_with_everything()
    found = {path: findings_at_a_desk(officer.open(path)) for path in officers_pages()}
    assert {path: problems for path, problems in found.items() if problems} == {}
    officer.open("/admin/enquiries/enquiry/")
    for name in ("Take it", "Assign to an officer"):
        officer.page.locator("[name=pick]").first.check()
        officer.press(name)
        assert findings_at_a_desk(officer) == [], f"{name}: reading it over"
        officer.press(name)
        assert findings_at_a_desk(officer) == [], f"{name}: what was done, or asked again"
        officer.open("/admin/enquiries/enquiry/")


def findings_at_a_desk(officer):
    officer.page.set_viewport_size(DESK)
    return findings(officer)


def an_enquiry_with_everything():
    location = RegisteredLocationFactory(name=LONG_NAME, rating="Good", rated_on=dt.date(2025, 3, 1))
    enquiry = EnquiryFactory(
        organisation=LONG_NAME,
        message=f"Please call.\n{UNBROKEN}",
        cqc_registered="yes",
        cqc_location_id=location.cqc_location_id,
        register_changes="removed,moved,sold",
        register_changed_at=timezone.now(),
    )
    answers = [["What do you hope for?", "A long answer. " * 40], ["Anything else?", ""]]
    reported = InterestFactory(
        enquiry=enquiry, answers=answers, verdict="no", verdict_reasons=["It is full."], wants_second_look=True
    )
    told = {"answered_at": timezone.now(), "took_part": "some", "change": "little", "words": UNBROKEN}
    OutcomeAnswer.objects.create(interest=reported, time="end", **told)
    OutcomeAnswer.objects.create(interest=reported, time="six_months")
    InterestFactory(enquiry=enquiry, programme=Programme.objects.get(slug="shift-life-balance"))
    MailFactory(enquiry=enquiry, failed=True)
    MailFactory(enquiry=enquiry, uncertain=True, acknowledgement=True)
    MailFactory(kind="notice", enquiry=None, queued_at=timezone.now() - dt.timedelta(days=1), last_answer=UNBROKEN)
    IncomingMailFactory(from_stranger=True, subject=UNBROKEN, sender_name=LONG_NAME, text=UNBROKEN)
    Wording.objects.create(part="what_next", text=f"((nonsense)) {UNBROKEN}")
    Enquiry.objects.filter(pk=enquiry.pk).update(undelivered=True)
    RoutingRuleFactory(programme=Programme.objects.get(slug="shift-life-balance"))
    for _ in range(3):
        InterestFactory(enquiry__in_triage=True)
    an_enquiry_in_hand()


def an_enquiry_in_hand():
    """Overdue; one programme is declined, the other can still go every way. There are notes, a long one too."""
    enquiry = EnquiryFactory(in_triage=True, organisation="In hand", reply_due_on=dt.date(2026, 1, 5))
    officer, long_ago = enquiry.owner, timezone.now() - dt.timedelta(days=400)
    Enquiry.objects.filter(pk=enquiry.pk).update(received_at=long_ago)
    declined = InterestFactory(enquiry=enquiry)
    onward = f"Ask again in May.\n{UNBROKEN}"
    services.decline(interest_id=declined.pk, officer=officer, reason="no_money", onward_options=onward)
    open_ = InterestFactory(enquiry=enquiry)
    open_.programme.partners.add(*Partner.objects.all())
    IntakeFactory(programme=open_.programme, title=LONG_TITLE, full=True)
    IntakeFactory(programme=open_.programme, capacity=None)
    for text in ("Called back.", f"{UNBROKEN} {LONG_NAME}"):
        services.add_note(enquiry_id=enquiry.pk, officer=officer, text=text)
    ClosureDay.objects.create(on=timezone.localdate() + dt.timedelta(days=30), reason="Stocktaking")


def officers_pages():
    yield "/admin/"
    yield "/admin/enquiries/enquiry/"
    yield "/admin/enquiries/enquiry/?state=closed"
    yield "/admin/enquiries/enquiry/?owner=nobody&only=trouble"
    view = SavedView.objects.create(officer=User.objects.get(role="lead"), name=LONG_NAME[:60], query="owner=me")
    yield "/admin/enquiries/enquiry/?owner=me"
    yield "/admin/enquiries/enquiry/views/"
    yield f"/admin/enquiries/enquiry/views/{view.pk}/"
    yield f"/admin/enquiries/enquiry/{Enquiry.objects.get(organisation='In hand').pk}/assign/"
    yield f"/admin/enquiries/enquiry/{Enquiry.objects.get(organisation='In hand').pk}/change/?from=overdue"
    yield f"/admin/enquiries/enquiry/{Enquiry.objects.get(organisation=LONG_NAME).pk}/change/"
    decided = Interest.objects.get(state="declined")
    yield f"{decided.enquiry.get_absolute_url()}"
    undecided = decided.enquiry.interests.exclude(pk=decided.pk).get()
    owner = MembershipFactory(owner=True, provider__name=LONG_NAME)
    handover = Handover.objects.create(provider=owner.provider, user=owner.user, proved_at=timezone.now())
    yield "/admin/providers/handover/?standing=waiting"
    yield f"/admin/providers/handover/{handover.pk}/change/"
    yield f"/admin/providers/provider/{handover.provider_id}/change/"
    for step in ("refer", "offer", "not-eligible", "decline"):
        yield f"/admin/enquiries/enquiry/{undecided.enquiry_id}/programmes/{undecided.pk}/{step}/"
    location = RegisteredLocationFactory(name=LONG_NAME, provider_name=LONG_NAME, website=UNBROKEN, rating="Good")
    made = DirectoryImportFactory(odd={"no postcode": {"count": 900, "lines": [7, 8, 9, 10, 11]}})
    yield "/admin/providers/registeredlocation/"
    yield "/admin/providers/registeredlocation/?q=nowhere"
    yield f"/admin/providers/registeredlocation/{location.pk}/change/"
    yield "/admin/providers/directoryimport/"
    yield f"/admin/providers/directoryimport/{made.pk}/change/"
    yield "/admin/programmes/closureday/"
    yield "/admin/programmes/closureday/add/"
    yield "/admin/enquiries/outgoingmail/"
    yield "/admin/enquiries/outgoingmail/?state=sent"
    yield f"/admin/enquiries/outgoingmail/{OutgoingMail.objects.readable_by_officers().last().pk}/another-address/"
    yield "/admin/enquiries/incomingmail/"
    yield f"/admin/enquiries/incomingmail/{IncomingMail.objects.get().pk}/change/"
    yield "/status/"
    yield "/admin/figures/"
    yield "/admin/figures/?period=custom&first-day=31"
    yield "/admin/enquiries/enquiry/export/?state=new"
    yield from exports_in_every_state()
    yield "/admin/enquiries/wording/"
    yield f"/admin/enquiries/wording/{Wording.objects.get().pk}/change/"
    yield f"/admin/enquiries/wording/{Wording.objects.get().pk}/history/"
    yield f"/admin/enquiries/outgoingmail/{OutgoingMail.objects.readable_by_officers().last().pk}/change/"
    yield "/admin/programmes/programme/"
    yield f"/admin/programmes/programme/{Programme.objects.get(slug='shift-life-balance').pk}/change/"
    yield f"/admin/enquiries/enquiry/rules/{Programme.objects.get(slug='shift-life-balance').pk}/"
    yield "/admin/programmes/page/"
    yield f"/admin/programmes/page/{Page.objects.get(slug='sector').pk}/change/"
    yield "/admin/programmes/workstream/"
    yield f"/admin/programmes/workstream/{Workstream.objects.earliest('pk').pk}/change/"
    yield "/admin/programmes/partner/"
    yield f"/admin/programmes/partner/{Partner.objects.get(slug='timewise').pk}/change/"
    yield "/admin/enquiries/routingrule/"
    yield "/admin/enquiries/routingrule/add/"
    yield f"/admin/enquiries/routingrule/{RoutingRule.objects.get().pk}/change/"
    yield "/account/2fa/"


def exports_in_every_state():
    lead = User.objects.get(role="lead")
    until = timezone.now() + dt.timedelta(hours=1)
    making = {"claim": uuid.uuid4(), "lease_until": until, "rows_total": 100_000, "rows_done": 12_000}
    for state, facts in (("waiting", {}), ("making", making), ("failed", {}), ("ready", {"ready_at": timezone.now()})):
        export = Export.objects.create(
            by=lead, what="programmes", file_format="xlsx", state=state, expires_at=until, **facts
        )
        yield f"/admin/enquiries/enquiry/export/{export.pk}/"


def test_somebody_who_is_no_officer_is_told_so(visit, world):
    """HC10, AZ1."""
    partner = create_officer(email="partner@example.org", name="A partner")
    visitor = visit()
    ask_for_code(visitor.open("/account/login/"), partner.email)
    give_code(visitor, mailed_to(partner))

    visitor.open("/admin/")

    assert visitor.page.locator("h1").count() == 1
    assert "Enquiries" not in visitor.heading
    assert findings(visitor) == []
