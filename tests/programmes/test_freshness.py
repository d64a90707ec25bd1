"""“Still correct?” (J-R2)"""

import datetime as dt
import re

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from careportal.kit.signals import restored
from enquiries.models import OutgoingMail
from enquiries.services import listings
from programmes import services
from programmes.exceptions import ChangedMeanwhile
from programmes.models import Ask, AskCode, Freshness, ListingChange, ListingCheck, PartnerMembership, Programme
from programmes.services import freshness
from tests.factories import IntakeFactory, PartnerFactory, ProgrammeFactory, UserFactory
from tests.programmes.asking import DAY, KEEPER, MONDAY, asked, due, opened
from tests.programmes.partners import letters_to, page_of, partner_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("through_the_outbox")]


def walk(programme, days):
    """The first day of each state, one look a day at nine o'clock."""
    seen = {}
    for number in range(days):
        with time_machine.travel(MONDAY + number * DAY, tick=False):
            listings.look_after_listings()
            programme.refresh_from_db()
            seen.setdefault(programme.freshness(), timezone.localdate())
    return seen


# --- The four states


def test_a_listing_passes_through_its_four_states_as_the_days_go_by():
    due("One")
    programme = Programme.objects.get()
    with time_machine.travel(MONDAY - DAY):
        assert listings.look_after_listings() == 0
        assert programme.freshness() == Freshness.FRESH

    seen = walk(programme, 50)

    # Each question is to be answered in ten working days; Good Friday and Easter Monday lie in the second.
    assert seen == {
        Freshness.ASKED: dt.date(2027, 3, 1),
        Freshness.CALL: dt.date(2027, 4, 2),
        Freshness.ASK_FIRST: dt.date(2027, 4, 17),
    }
    assert len(letters_to(KEEPER)) == 3


def test_the_query_agrees_with_the_rule_on_every_day():
    due("One")
    programme = Programme.objects.get()
    for number in range(60):
        with time_machine.travel(MONDAY + number * DAY, tick=False):
            listings.look_after_listings()
            programme.refresh_from_db()
            found = [state for state in Freshness if Programme.objects.as_fresh_as(state).exists()]
            assert found == [programme.freshness()]
            assert Programme.objects.open_on().exists() == programme.may_be_applied_for()


def test_the_job_done_twice_writes_one_letter_with_all_that_is_due():
    due("One", "Two")
    with time_machine.travel(MONDAY):
        assert (listings.look_after_listings(), listings.look_after_listings()) == (1, 0)

    (text,) = letters_to(KEEPER)
    assert "One" in text
    assert "Two" in text
    assert "your 2 programmes" in text


@pytest.mark.parametrize("moment", [MONDAY - DAY, MONDAY.replace(hour=3), dt.datetime(2027, 3, 26, 9, tzinfo=dt.UTC)])
def test_nobody_is_asked_on_a_day_off_or_in_the_night(moment):
    due("One")
    Programme.objects.update(review_due_on=dt.date(2027, 1, 1))
    with time_machine.travel(moment):
        assert listings.look_after_listings() == 0


def test_the_letter_shows_the_listing_as_the_public_sees_it():
    """J-R2, in words: without the marks that only somebody who edits it knows."""
    due("Rota workshop")
    programme = Programme.objects.get()
    Programme.objects.update(
        description="Plan **better**.\n\n- Read [more](https://www.example.org/more)",
        time_needed="3 hours",
        cost_pounds=0,
        telephone="020 1",
    )
    IntakeFactory(programme=programme, title="Spring group", capacity=12, places_taken=5)
    freshness.ask_partners()
    Programme.objects.update(review_due_on=timezone.localdate())
    freshness.ask_partners()

    (text,) = letters_to(KEEPER)
    for words in (
        "Rota workshop",
        "Plan better.",
        "3 hours",
        "Free",
        "Spring group",
        "7 of 12 places left",
        "Open today",
    ):
        assert words in text
    assert f"Run by: {programme.partners.get()}" in text
    assert "https://www.example.org/more" in text
    assert "**" not in text
    assert "](" not in text


def test_the_shared_mailbox_is_asked_once_and_without_one_each_administrator():
    """J-R1, J-R2: two administrators of one partner do not both get what its office reads anyway."""
    for to, shared in (("first", ""), ("second", ""), ("third", "office@example.org")):
        partner = partner_with(f"Run by {to}", address=f"{to}@example.org", email=shared)
        colleague = UserFactory(email=f"colleague-of-{to}@example.org")
        PartnerMembership.objects.create(partner=partner, user=colleague, role="administrator")
        PartnerMembership.objects.create(partner=partner, user=UserFactory(email=f"editor-of-{to}@example.org"))
    Programme.objects.update(review_due_on=MONDAY.date())
    with time_machine.travel(MONDAY):
        assert freshness.ask_partners() == 5

    people = {"first", "colleague-of-first", "second", "colleague-of-second", "office"}
    asked_once = list(OutgoingMail.objects.values_list("recipient", flat=True))
    assert sorted(asked_once) == sorted(f"{one}@example.org" for one in people)


def test_nobody_is_asked_after_the_agreement_but_officers_hear_of_it():
    due("One", agreement_ends_on=dt.date(2026, 1, 1), email="office@example.org")
    programme = Programme.objects.get()
    walk(programme, 32)

    assert not OutgoingMail.objects.exists()
    assert programme.freshness(dt.date(2027, 4, 2)) == Freshness.CALL


def test_drafts_archived_ones_and_those_that_the_council_runs_are_not_asked_about():
    ProgrammeFactory(review_due_on=MONDAY.date())
    for state in ("draft", "archived"):
        ProgrammeFactory(review_due_on=MONDAY.date(), **{state: True}).partners.add(
            PartnerFactory(email="a@example.org")
        )
    with time_machine.travel(MONDAY):
        assert freshness.ask_partners() == 0
    assert not Programme.objects.exclude(asked_times=0).exists()


def test_a_listing_without_a_date_gets_one_by_its_months():
    never = ProgrammeFactory(review_months=3)
    before = ProgrammeFactory(checked_on=dt.date(2027, 1, 15))
    with time_machine.travel(MONDAY):
        freshness.ask_partners()
    never.refresh_from_db()
    before.refresh_from_db()

    assert (never.review_due_on, before.review_due_on) == (dt.date(2027, 6, 1), dt.date(2027, 7, 15))


def test_the_database_keeps_the_number_of_questions():
    ProgrammeFactory()
    for wrong in ({"asked_times": 4, "answer_by": MONDAY}, {"asked_times": 1}, {"answer_by": MONDAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Programme.objects.update(**wrong)


def test_after_a_restore_nobody_is_asked_again_at_once_and_nothing_counts_as_missed():
    due("One", "Two")
    one, _ = Programme.objects.order_by("pk")
    Programme.objects.filter(pk=one.pk).update(asked_times=1, answer_by=dt.date(2027, 2, 1))
    with time_machine.travel(MONDAY):
        restored.send(sender=None)
        assert freshness.ask_partners() == 0
        one.refresh_from_db()
        assert one.missed() == 0


# --- The page behind the letter


def test_opening_the_page_changes_nothing_so_that_mail_scanners_confirm_nothing(client):
    page = asked("One")
    before = Programme.objects.values().get()

    for method in ("get", "head"):
        assert getattr(client, method)(page).status_code == 200
    assert client.get("/partner/still-correct/code/").status_code == 404

    assert Programme.objects.values().get() == before
    assert not AskCode.objects.exists()


def test_several_at_once_are_correct_and_the_public_pages_say_who_checked_them(client):
    listings_page = opened(client, asked("One", "Two", "Three", name="Care City"))
    one, two, three = Programme.objects.order_by("pk")

    answer = client.post(listings_page, {"listings": [one.pk, two.pk], "answer": "correct"}, follow=True)

    assert "checked them today: One, Two" in answer.content.decode()
    for programme in (one, two, three):
        programme.refresh_from_db()
    today = timezone.localdate()
    assert (one.checked_on, one.checked_by_partner.name, one.asked_times) == (today, "Care City", 0)
    assert one.review_due_on > today + 150 * DAY
    assert (three.checked_on, three.asked_times) == (None, 1)
    assert re.search("Checked on .* by Care City", Client().get(one.get_absolute_url()).content.decode())
    assert set(ListingCheck.objects.values_list("answer", "by__email", "way")) == {("correct", KEEPER, "letter")}
    entry = AuditEntry.objects.get(kind="changed", about="programmes.programme")
    assert (entry.by.email, set(entry.ids)) == (KEEPER, {one.pk, two.pk})
    assert one.history.first().history_user.email == KEEPER


def test_a_change_leads_to_the_sign_in_and_confirms_nothing(client):
    listings_page = opened(client, asked("One"))
    programme = Programme.objects.get()

    answer = client.post(listings_page, {"listings": [programme.pk], "answer": "change"})

    assert answer.url.startswith("/partner/")
    programme.refresh_from_db()
    assert (programme.checked_on, programme.asked_times) == (None, 1)
    assert ListingCheck.objects.get().answer == "change"


def test_closing_waits_for_the_council_and_the_page_stays_until_then(client):
    listings_page = opened(client, asked("One"))
    programme = Programme.objects.get()

    client.post(listings_page, {"listings": [programme.pk], "answer": "closed"})

    change = ListingChange.objects.get()
    assert (change.state, change.submitted_by.email) == ("submitted", KEEPER)
    assert [(field.name, field.after) for field in change.fields.all()] == [("closing", True)]
    programme.refresh_from_db()
    assert (programme.state, programme.asked_times) == ("published", 0)
    assert freshness.ask_partners() == 0


def test_a_listing_that_is_said_to_be_closed_twice_has_one_change(client):
    listings_page = opened(client, asked("One"))
    for _ in range(2):
        Programme.objects.update(asked_times=1, answer_by=timezone.localdate())
        client.post(listings_page, {"listings": [Programme.objects.get().pk], "answer": "closed"})

    assert ListingChange.objects.get().state == "submitted"


def test_closing_that_the_council_returned_is_asked_for_again(client):
    """The button in the letter is no dead end: somebody says once more that it has closed."""
    listings_page = opened(client, asked("One"))
    for _ in range(2):
        Programme.objects.update(asked_times=1, answer_by=timezone.localdate())
        client.post(listings_page, {"listings": [Programme.objects.get().pk], "answer": "closed"})
        change = ListingChange.objects.get()
        assert change.state == "submitted"
        services.review(
            change_id=change.pk,
            officer=UserFactory(lead=True),
            revision=change.revision,
            approved=set(),
            returned={"closing": "Applications go on until May."},
        )

    assert change.decisions.count() == 2


def test_the_mailbox_of_a_partner_without_people_answers_too(client):
    partner = PartnerFactory(email="office@example.org")
    ProgrammeFactory(review_due_on=timezone.localdate()).partners.add(partner)
    freshness.ask_partners()
    page = opened(client, page_of(letters_to("office@example.org")[-1]), "office@example.org")

    client.post(page, {"listings": [Programme.objects.get().pk], "answer": "correct"})

    assert Programme.objects.get().checked_by_partner == partner


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"answer": "correct"},
        {"listings": ["x"], "answer": "correct"},
        {"listings": ["9" * 40], "answer": "closed"},
        {"listings": ["\x00"], "answer": "correct"},
        {"answer": "approved"},
    ],
)
def test_what_was_not_offered_is_asked_again_and_changes_nothing(client, typed):
    page = opened(client, asked("One"))
    before = Programme.objects.values().get()

    answer = client.post(page, typed)

    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()
    assert Programme.objects.values().get() == before


def test_a_listing_of_another_partner_is_not_confirmed_by_its_number(client):
    """AZ4."""
    page = opened(client, asked("One"))
    other = ProgrammeFactory(asked_times=1, answer_by=timezone.localdate())
    other.partners.add(PartnerFactory())

    client.post(page, {"listings": [other.pk], "answer": "correct"})

    other.refresh_from_db()
    assert other.checked_on is None
    with pytest.raises(ChangedMeanwhile):
        freshness.answer_ask(ask_id=Ask.objects.get().pk, programme_ids=[other.pk], answer="correct")


def test_what_a_colleague_answered_meanwhile_is_left_as_it_is(client):
    page = opened(client, asked("One"))
    Programme.objects.update(asked_times=0, answer_by=None)

    assert "Nothing waits for you" in client.get(page).content.decode()
    assert client.post(page, {"listings": [Programme.objects.get().pk], "answer": "closed"}).status_code == 200
    assert not ListingCheck.objects.exists()


# --- What the public meets


def unchecked(**fields):
    return ProgrammeFactory(asked_times=3, answer_by=timezone.localdate() - DAY, **fields)


def test_after_three_missed_questions_the_public_asks_the_council_first(client):
    programme = unchecked(title="Old workshop")
    page = client.get(programme.get_absolute_url()).content.decode()

    assert "Ask the council first" in page
    assert "Apply now" not in page
    assert "Get an email when it opens" not in page
    answer = client.get("/apply/", {"programme": programme.slug}).content.decode()
    assert "<h1" in answer
    assert "Old workshop" in answer
    assert "tel:" in answer


def test_no_application_begins_for_it_by_a_crafted_post(client, open_programme):
    programme = unchecked()

    answer = client.post("/apply/", {"programmes": [programme.slug]})

    assert answer.status_code == 200
    assert "Select at least one programme" in answer.content.decode()
    assert programme.title not in client.get("/apply/").content.decode()


@pytest.mark.parametrize("slug", ["x" * 5000, "%00", "' OR 1=1"])
def test_a_strange_name_of_a_programme_is_no_trouble(client, open_programme, slug):
    assert client.get("/apply/", {"programme": slug}).status_code == 200


def test_the_list_takes_no_more_queries_for_it(client, django_assert_num_queries):
    for _ in range(5):
        unchecked()
    with django_assert_num_queries(3):
        assert "Ask first" in client.get("/programmes/").content.decode()


# --- Officers


def test_officers_see_whom_to_call_and_write_down_what_was_said(officer, browser_of):
    partner = PartnerFactory(name="Care City", telephone="020 7946 0958")
    late = ProgrammeFactory(title="Late", asked_times=3, answer_by=timezone.localdate() + DAY)
    late.partners.add(partner)
    ProgrammeFactory(title="Fine")
    own = ProgrammeFactory(title="Run by the council", review_due_on=timezone.localdate())
    browser = browser_of(officer)

    page = browser.get("/admin/programmes/programme/calls/").content.decode()

    assert all(words in page for words in ("Late", "Care City", "7946 0958", own.title))
    assert "Fine" not in page
    answer = browser.post(f"/admin/programmes/programme/{late.pk}/call/", {"answer": "correct"}, follow=True)
    assert "counts as checked today" in answer.content.decode()
    late.refresh_from_db()
    assert (late.checked_on, late.checked_by_partner, late.asked_times) == (timezone.localdate(), None, 0)
    assert ListingCheck.objects.get().by == officer


def test_a_call_that_reached_nobody_or_heard_of_the_end_leaves_the_page_as_it_is(officer, browser_of):
    """PA4: the officer who wrote the closing down does not approve it."""
    programme = ProgrammeFactory(asked_times=2, answer_by=timezone.localdate() - DAY)
    programme.partners.add(PartnerFactory())
    browser, address = browser_of(officer), f"/admin/programmes/programme/{programme.pk}/call/"

    browser.post(address, {"answer": "silent"})
    assert Programme.objects.as_fresh_as("call").contains(programme)
    browser.post(address, {"answer": "closed"})

    programme.refresh_from_db()
    assert programme.state == "published"
    assert ListingChange.objects.get().submitted_by == officer


def test_who_may_only_look_writes_no_call_down(viewer, browser_of):
    programme = ProgrammeFactory(asked_times=2, answer_by=timezone.localdate() - DAY)
    browser = browser_of(viewer)

    assert browser.get("/admin/programmes/programme/calls/").status_code == 200
    assert browser.get(f"/admin/programmes/programme/{programme.pk}/call/").status_code == 403
    assert browser.post(f"/admin/programmes/programme/{programme.pk}/call/", {"answer": "correct"}).status_code == 403
    assert not ListingCheck.objects.exists()


def test_the_list_of_programmes_is_filtered_by_freshness(officer, browser_of):
    unchecked(title="Old one")
    ProgrammeFactory(title="New one")

    page = browser_of(officer).get("/admin/programmes/programme/", {"fresh": "ask_first"}).content.decode()

    assert "Old one" in page
    assert "New one" not in page
