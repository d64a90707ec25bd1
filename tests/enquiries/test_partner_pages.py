"""A partner's pages of its referrals, signed in and by a code from its mailbox, and the reminders to acknowledge."""

import datetime as dt
import re
import time

import pytest
from django.test import Client
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import letters_referrals, services
from enquiries.acting import PROVED
from enquiries.exceptions import ChangedMeanwhile, GroupIsFull
from enquiries.models import Event, Interest, Message, OutgoingMail, PartnerCode
from enquiries.services.reminding import look_after_referrals
from programmes.models import Partner, PartnerMembership, Programme
from tests.enquiries.crowd import at_once
from tests.enquiries.letters import written_to
from tests.factories import IntakeFactory, InterestFactory, PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db

LIST, BY_CODE = "/partner/referrals/", "/partner/code/referrals/"


@pytest.fixture
def partner():
    return PartnerFactory(name="Example partner", email="partner@example.org")


@pytest.fixture
def interest(partner):
    return referred(partner)


@pytest.fixture
def member(partner):
    user = UserFactory()
    PartnerMembership.objects.create(partner=partner, user=user)
    return user


@pytest.fixture
def browser(member, browser_of):
    return browser_of(member)


def referred(partner, **more):
    interest = InterestFactory(in_hand=True, **more)
    interest.programme.partners.add(partner)
    services.refer(interest_id=interest.pk, officer=interest.enquiry.owner, partner_id=partner.pk)
    interest.refresh_from_db()
    return interest


def step(interest, name, base=LIST):
    return f"{base}{interest.pk}/{name}/"


def text(answer):
    return answer.content.decode()


# --- Signed in -------------------------------------------------------------------------------------------------------


def test_the_list_says_by_when_to_acknowledge_and_can_be_narrowed(interest, partner, member, browser):
    done = referred(partner)
    acting = services.Acting(frozenset({partner.pk}), member)
    services.enrol_by_partner(interest_id=done.pk, acting=acting)
    services.complete_by_partner(interest_id=done.pk, acting=acting)

    def shown(narrowed):
        page = text(browser.get(f"{LIST}{narrowed}"))
        return {one.pk for one in (interest, done) if one.enquiry.reference in page}

    assert "To acknowledge by" in text(browser.get(LIST))
    assert shown("") == shown("?show=nonsense") == {interest.pk, done.pk}
    assert shown("?show=acknowledge") == shown("?show=progress") == {interest.pk}
    assert shown("?show=ended") == {done.pk}


def test_a_referral_is_acknowledged_by_one_button(interest, browser):
    answer = browser.post(step(interest, "acknowledge"), {"shown": interest.partner_sees}, follow=True)

    interest.refresh_from_db()
    assert interest.acknowledged_at
    assert "Acknowledged. Thank you." in text(answer)


@pytest.mark.parametrize(
    "name", ["acknowledge", "invite", "enrol", "attended", "completed", "drop-out", "ask", "give-back"]
)
def test_looking_at_a_step_changes_nothing(interest, browser, name):
    """AZ17."""
    before = Interest.objects.filter(pk=interest.pk).values().get()

    assert browser.get(step(interest, name)).status_code == 200

    assert Interest.objects.filter(pk=interest.pk).values().get() == before


def test_what_was_typed_is_kept_when_it_is_refused_and_each_error_is_said(interest, browser):
    typed = {"day_0": "", "time": "10am", "place": "", "more": "Bring a pen."}

    page = text(browser.post(step(interest, "invite"), typed))

    assert "Enter the day" in page
    assert "Enter the place" in page
    assert "Bring a pen." in page


def test_an_invitation_is_sent_from_the_page(interest, browser):
    day = timezone.localdate() + dt.timedelta(days=3)
    typed = {"day-day": day.day, "day-month": day.month, "day-year": day.year, "time": "10am", "place": "Room 1"}

    browser.post(step(interest, "invite"), {**typed, "shown": interest.partner_sees})

    assert Message.objects.filter(kind=Message.Kind.INVITATION).exists()


def test_the_page_offers_groups_with_places_and_refuses_another_programmes_group(interest, browser):
    """AZ4."""
    group = IntakeFactory(programme=interest.programme, title="Group A")
    page = text(browser.get(step(interest, "enrol")))
    assert "Group A" in page
    assert "10 places left" in page

    refused = browser.post(step(interest, "enrol"), {"intake_id": IntakeFactory().pk})
    assert "Select the group" in text(refused)
    browser.post(step(interest, "enrol"), {"intake_id": group.pk, "shown": interest.partner_sees})

    interest.refresh_from_db()
    assert interest.offered_intake == group


def test_giving_back_for_another_reason_asks_for_words_and_leads_to_the_list(interest, browser):
    assert "Say in a few words" in text(browser.post(step(interest, "give-back"), {"because": "other"}))

    answer = browser.post(step(interest, "give-back"), {"because": "other", "text": "They moved away."}, follow=True)

    assert answer.redirect_chain[-1][0] == LIST
    assert interest.enquiry.reference not in text(answer)
    assert browser.get(f"{LIST}{interest.pk}/").status_code == 404


def test_two_colleagues_press_at_once_and_the_second_is_told(interest, member, browser, browser_of, partner):
    colleague = UserFactory()
    PartnerMembership.objects.create(partner=partner, user=colleague)
    shown = {"shown": interest.partner_sees}

    browser.post(step(interest, "acknowledge"), shown)
    second = browser_of(colleague).post(step(interest, "acknowledge"), shown)

    assert "This referral changed after you opened the page" in text(second)
    assert Event.objects.filter(kind=Event.Kind.ACKNOWLEDGED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_at_the_very_same_moment_acknowledge_once(interest, partner, member):
    """CO2."""
    acting = services.Acting(frozenset({partner.pk}), member)
    shown = interest.partner_sees

    def press():
        return services.acknowledge(interest_id=interest.pk, acting=acting, shown=shown)

    results = at_once(press, press)

    assert sum(isinstance(one, ChangedMeanwhile) for one in results) == 1
    assert Event.objects.filter(kind=Event.Kind.ACKNOWLEDGED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once_to_two_who_are_enrolled_at_once(partner, member):
    """CO1."""
    first = referred(partner)
    second = referred(partner, programme=first.programme)
    last = IntakeFactory(programme=first.programme, capacity=5, places_taken=4)
    acting = services.Acting(frozenset({partner.pk}), member)

    def enrol(interest):
        return lambda: services.enrol_by_partner(interest_id=interest.pk, acting=acting, intake_id=last.pk)

    results = at_once(enrol(first), enrol(second))

    last.refresh_from_db()
    assert last.places_taken == 5
    assert sum(isinstance(one, GroupIsFull) for one in results) == 1


def test_who_dropped_out_stays_in_the_list_without_what_was_shared(interest, partner, member, browser):
    """AZ10."""
    acting = services.Acting(frozenset({partner.pk}), member)
    services.enrol_by_partner(interest_id=interest.pk, acting=acting)
    services.drop_out(interest_id=interest.pk, acting=acting, because="left")

    page = text(browser.get(f"{LIST}{interest.pk}/"))

    assert "Dropped out" in page
    assert interest.enquiry.organisation not in page


@pytest.mark.parametrize("name", ["acknowledge", "give-back", "no-such-step"])
def test_another_partners_referral_is_not_there_for_any_step_and_the_log_says_so(browser, caplog, name):
    """AZ3, AZ4, AZ20."""
    others = referred(PartnerFactory())
    before = Interest.objects.filter(pk=others.pk).values().get()

    answers = [browser.get(step(others, name)), browser.post(step(others, name), {"because": "full"})]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert (
        len([line for line in caplog.messages if "referral.refused" in line and f"interest={others.pk}" in line]) == 2
    )
    assert Interest.objects.filter(pk=others.pk).values().get() == before


@pytest.mark.parametrize("nonsense", ["\x00", "9" * 400, "x" * 100_000])
def test_crafted_input_is_refused_and_never_an_error(interest, browser, nonsense):
    for name in ("give-back", "enrol", "attended", "ask", "invite"):
        typed = dict.fromkeys(
            ("because", "text", "intake_id", "on-day", "on-year", "day-day", "shown", "time"), nonsense
        )
        assert browser.post(step(interest, name), typed).status_code in {200, 302, 400, 413}
    interest.refresh_from_db()
    assert interest.state == Interest.State.REFERRED


# --- By code ---------------------------------------------------------------------------------------------------------


def asked(partner):
    client = Client()
    answer = client.post(letters_referrals.by_code_page(partner))
    assert answer.url == "/partner/code/"
    return client


def mailed(address):
    return re.findall(r"^\d{6}$", OutgoingMail.objects.filter(recipient=address).latest("pk").text, re.MULTILINE)[0]


def proved(partner):
    client = asked(partner)
    answer = client.post("/partner/code/", {"code": mailed(partner.email)})
    assert answer.url == BY_CODE
    return client


def test_the_letter_leads_to_a_page_that_sends_a_code_to_the_partners_own_address(interest, partner):
    """PA9: nothing but the council's address is written to, whatever is sent along."""
    page = letters_referrals.by_code_page(partner)
    assert page in written_to("partner@example.org")[0].text
    client = Client()
    assert client.get(page).status_code == 200
    assert not PartnerCode.objects.exists()

    client.post(page, {"email": "elsewhere@example.org", "address": "elsewhere@example.org"})

    assert [mail.recipient for mail in OutgoingMail.objects.filter(kind="account")] == ["partner@example.org"]


def test_by_code_the_partner_sees_its_referrals_and_takes_the_same_steps(interest, partner):
    """AZ10."""
    others = referred(PartnerFactory(email="other@example.org"))
    client = proved(partner)

    listed = text(client.get(BY_CODE))
    page = text(client.get(f"{BY_CODE}{interest.pk}/"))
    client.post(step(interest, "acknowledge", BY_CODE), {"shown": interest.partner_sees})

    assert interest.enquiry.reference in listed
    assert others.enquiry.reference not in listed
    assert interest.enquiry.organisation in page
    assert interest.enquiry.contact_name not in page
    opened = Event.objects.get(kind=Event.Kind.OPENED)
    assert (opened.by, opened.detail["via"]) == (None, "code")
    done = Event.objects.get(kind=Event.Kind.ACKNOWLEDGED)
    assert (done.by, done.detail["by"], done.detail["via"]) == (None, "partner", "code")


def test_by_code_another_partners_referral_is_not_there(interest, partner):
    """AZ3."""
    others = referred(PartnerFactory(email="other@example.org"))
    client = proved(partner)

    assert client.get(f"{BY_CODE}{others.pk}/").status_code == 404
    assert client.post(step(others, "acknowledge", BY_CODE)).status_code == 404
    assert client.get(f"{LIST}{interest.pk}/").status_code == 302


def test_without_a_code_nothing_is_there(interest, partner):
    """AZ1."""
    for path in (BY_CODE, f"{BY_CODE}{interest.pk}/", step(interest, "acknowledge", BY_CODE)):
        assert Client().get(path).status_code == 404
        assert asked(partner).get(path).status_code == 404


@pytest.mark.parametrize("token", ["x", "x" * 43])
def test_a_link_that_the_portal_did_not_write_is_not_there(partner, token):
    """AZ5."""
    page = letters_referrals.by_code_page(partner)
    other = PartnerFactory(email="other@example.org")

    assert Client().post(f"/partner/code/{partner.pk}/{token}/").status_code == 404
    assert Client().post(page.replace(f"/{partner.pk}/", f"/{other.pk}/")).status_code == 404
    assert not PartnerCode.objects.exists()


def test_the_code_works_once_in_the_browser_that_asked(interest, partner):
    client = asked(partner)
    code = mailed(partner.email)
    assert "This code does not work" in text(Client().post("/partner/code/", {"code": code}))

    client.post("/partner/code/", {"code": code})

    assert not PartnerCode.objects.exists()


def test_after_three_wrong_tries_no_code_counts(interest, partner):
    client = asked(partner)
    code = mailed(partner.email)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(3):
        client.post("/partner/code/", {"code": wrong})

    assert "does not work any more" in text(client.post("/partner/code/", {"code": code}))
    assert client.get(BY_CODE).status_code == 404


def test_codes_are_asked_for_ten_times_an_hour_at_most(partner):
    """AZ7."""
    page = letters_referrals.by_code_page(partner)
    answers = [Client().post(page).status_code for _ in range(11)]

    assert answers == [302] * 10 + [429]


@pytest.mark.parametrize("change", ["address", "agreement", "time", "leave"])
def test_the_proof_ends_with_the_address_the_agreement_time_and_leaving(interest, partner, change):
    """AZ11."""
    client = proved(partner)
    assert client.get(BY_CODE).status_code == 200

    if change == "address":
        Partner.objects.update(email="new@example.org")
    elif change == "agreement":
        Partner.objects.update(agreement_ends_on=timezone.localdate() - dt.timedelta(days=1))
    elif change == "leave":
        client.post("/partner/code/leave/")
    else:
        session = client.session
        session[PROVED] = {**session[PROVED], "at": time.time() - 3 * 3600}
        session.save()

    assert client.get(BY_CODE).status_code == 404
    assert client.get(f"{BY_CODE}{interest.pk}/").status_code == 404


# --- Reminders -------------------------------------------------------------------------------------------------------


@pytest.fixture
def on(monkeypatch):
    """It is ten in the morning of this day."""

    def move(day):
        moment = dt.datetime.combine(day, dt.time(10), tzinfo=dt.UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return look_after_referrals()

    return move


def test_the_partner_is_reminded_before_and_after_the_day_and_three_times_more(interest, partner, on, settings):
    settings.REFERRAL_CHASE_DAYS = 2
    by_on = interest.acknowledge_by_on
    days = [by_on + dt.timedelta(days=number) for number in range(-2, 40)]

    reminded = [day for day in days if on(day)]

    after = add_working_days(by_on, 1)
    wanted = [add_working_days(by_on, -1), after, *(add_working_days(after, number) for number in (2, 4, 6))]
    assert reminded == wanted
    letters = written_to("partner@example.org")[1:]
    assert [mail.number for mail in letters] == [2, 3, 4, 5, 6]
    assert "Please acknowledge it by" in letters[0].text
    assert "It was due on" in letters[1].text
    assert not any(interest.enquiry.organisation in mail.text + mail.subject for mail in letters)
    assert Event.objects.filter(kind=Event.Kind.PARTNER_CHASED).count() == 5


@pytest.mark.parametrize("why", ["acknowledged", "closed", "agreement over", "no address", "given back"])
def test_nobody_is_reminded_of_what_needs_nothing_more(interest, partner, member, officer, on, why):
    acting = services.Acting(frozenset({partner.pk}), member)
    {
        "acknowledged": lambda: services.acknowledge(interest_id=interest.pk, acting=acting),
        "closed": lambda: services.close(enquiry_id=interest.enquiry_id, officer=officer),
        "agreement over": lambda: Partner.objects.update(agreement_ends_on=dt.date(2020, 1, 1)),
        "no address": lambda: Partner.objects.update(email=""),
        "given back": lambda: services.give_back(interest_id=interest.pk, acting=acting, because="full"),
    }[why]()

    assert on(add_working_days(interest.acknowledge_by_on, 1)) == 0


# --- What officers see -----------------------------------------------------------------------------------------------


def test_officers_see_the_deadline_who_is_late_and_what_was_given_back(
    interest, partner, member, officer, browser_of, monkeypatch
):
    back = referred(partner)
    acting = services.Acting(frozenset({partner.pk}), member)
    services.give_back(interest_id=back.pk, acting=acting, because="other", text="They moved away.")
    services.acknowledge(interest_id=referred(partner).pk, acting=services.Acting(frozenset({partner.pk}), via="code"))
    Interest.objects.filter(pk=interest.pk).update(acknowledge_by_on=dt.date(2026, 1, 5))
    desk = browser_of(officer)
    queue = "/admin/enquiries/enquiry/"

    late = text(desk.get(f"{queue}?only=unacknowledged"))
    given_back = text(desk.get(f"{queue}?only=given_back"))
    page = text(desk.get(interest.enquiry.get_absolute_url()))
    back_page = text(desk.get(back.enquiry.get_absolute_url()))

    assert interest.enquiry.reference in late
    assert back.enquiry.reference not in late
    assert back.enquiry.reference in given_back
    assert interest.enquiry.reference not in given_back
    assert "Not acknowledged" in page
    assert "They moved away." in back_page
    assert "Example partner: Another reason" in back_page


def test_the_provider_reads_nothing_of_what_the_partner_told_the_council(interest, partner, member):
    """AZ9."""
    Programme.objects.update(shared_fields=["organisation"])
    acting = services.Acting(frozenset({partner.pk}), member)
    services.ask_council(interest_id=interest.pk, acting=acting, text="Canary question")

    assert "Canary" not in str([one.text for one in interest.enquiry.messages.known_to_provider()])
