"""A new programme of a partner goes live by its checklist; what is withdrawn is gone everywhere at once."""

import datetime as dt

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from enquiries import news
from programmes import golive, services
from programmes.exceptions import ChangedMeanwhile, NotForThisRole, NotReady, NotYours, OwnChange
from programmes.models import ListingChange, Programme
from tests.factories import IntakeFactory, PartnerMembershipFactory, ProgrammeFactory, UserFactory
from tests.programmes.proposing import hand_in, review, save
from tests.programmes.test_admin import fields_of

pytestmark = pytest.mark.django_db

SAID = {golive.RULES, golive.DATES}
COMPLETE = {
    "delivery_mode": "online",
    "time_needed": "Two days",
    "cost_pounds": 0,
    "cover": "The council",
    "telephone": "+442079460958",
    "sharing_note": "By the agreement of 2026.",
}


@pytest.fixture
def lead(db):
    return UserFactory(lead=True)


@pytest.fixture
def draft(db):
    """All is done but what an officer says."""
    member = PartnerMembershipFactory()
    due = timezone.localdate() + dt.timedelta(days=180)
    programme = ProgrammeFactory(draft=True, slug="new", proposed_by=member.partner, review_due_on=due, **COMPLETE)
    programme.partners.add(member.partner)
    return programme


def publish(programme, officer, said=frozenset(SAID)):
    return services.publish(programme_id=programme.pk, officer=officer, said=set(said))


def is_public(programme):
    return Client().get(programme.get_absolute_url()).status_code == 200


def test_a_programme_of_which_everything_is_done_is_public_and_its_partner_told(draft, lead):
    assert not is_public(draft)

    publish(draft, lead)

    draft.refresh_from_db()
    assert (draft.state, draft.checked_on) == (Programme.State.PUBLISHED, timezone.localdate())
    assert draft.history.first().history_user == lead
    assert is_public(draft)
    assert draft in [one.programme for one in news.on(timezone.localdate())]  # those who asked for alerts are told
    (letter,) = mail.outbox
    assert letter.to == [draft.proposed_by.memberships.get().user.email]


@pytest.mark.parametrize(
    ("change", "item"),
    [
        ({"time_needed": ""}, "Every fact is there"),
        ({"cover": ""}, "Every fact is there"),
        ({"cost_pounds": None}, "Every fact is there"),
        ({"telephone": ""}, "Every fact is there"),
        ({"who_for": ""}, "Every fact is there"),
        ({"sharing_note": ""}, "The sharing rule is written"),
        ({"review_due_on": None}, "When it is reviewed next"),
        ({"review_due_on": dt.date(2026, 1, 1)}, "When it is reviewed next"),
    ],
)
def test_with_something_missing_it_is_not_public(draft, lead, change, item):
    Programme.objects.filter(pk=draft.pk).update(**change)

    with pytest.raises(NotReady) as refusal:
        publish(draft, lead)

    assert refusal.value.open_items == [item]
    assert not is_public(draft)


def test_with_words_that_nobody_has_approved_it_is_not_public(draft, lead):
    """PA1."""
    member = draft.proposed_by.memberships.get()
    change = save(member, summary="New summary.")
    ListingChange.objects.update(dates_to_be_agreed=True)
    services.submit(change_id=change.pk, by=member.user, revision=change.revision)
    with pytest.raises(NotReady, match="What the partner wrote is approved"):
        publish(draft, lead)

    review(change, lead, approved={"summary"})

    assert publish(draft, lead).summary == "New summary."


def test_with_an_agreement_that_is_over_it_is_not_public(draft, lead):
    draft.partners.update(agreement_ends_on=timezone.localdate() - dt.timedelta(days=1))

    with pytest.raises(NotReady, match=f"The agreement with {draft.proposed_by} runs"):
        publish(draft, lead)


def test_rules_have_to_be_looked_at_and_dates_there_or_to_be_agreed(draft, lead):
    with pytest.raises(NotReady) as refusal:
        publish(draft, lead, said=set())
    assert len(refusal.value.open_items) == 2
    IntakeFactory(programme=draft)

    publish(draft, lead, said={golive.RULES})

    assert is_public(draft)


@pytest.mark.parametrize("role", ["", "viewer", "officer"])
def test_only_lead_officers_publish(draft, role):
    with pytest.raises(NotForThisRole):
        publish(draft, UserFactory(role=role))


def test_nobody_publishes_what_their_own_organisation_wrote(draft, lead):
    """PA4."""
    PartnerMembershipFactory(partner=draft.proposed_by, user=lead)

    with pytest.raises(OwnChange):
        publish(draft, lead)


@pytest.mark.parametrize("state", ["published", "paused", "archived"])
def test_only_drafts_go_live(draft, lead, state):
    Programme.objects.update(state=state)

    with pytest.raises(ChangedMeanwhile):
        publish(draft, lead)


def test_what_is_not_there_does_not_go_live(lead):
    with pytest.raises(NotYours):
        services.publish(programme_id=987654321, officer=lead, said=SAID)


# --- The page


def page_of(programme):
    return f"/admin/enquiries/enquiry/go-live/{programme.pk}/"


def test_the_page_lists_what_is_done_and_the_button_publishes(browser_of, draft, lead):
    browser = browser_of(lead)

    shown = browser.get(page_of(draft)).content.decode()
    answer = browser.post(page_of(draft), {"rules": "on", "dates": "on"})

    assert "businessforum@lbbd.gov.uk" in shown
    assert "The sharing rule is written" in shown
    assert answer.status_code == 302
    assert is_public(draft)


def test_the_page_says_what_is_still_to_do_and_keeps_what_was_ticked(browser_of, draft, lead):
    shown = browser_of(lead).post(page_of(draft), {"rules": "on"}).content.decode()

    assert "Not published. Still to do: Dates, or “to be agreed”." in shown
    assert shown.count(" checked") == 1
    assert not is_public(draft)


@pytest.mark.parametrize("role", ["viewer", "officer"])
def test_the_page_is_for_lead_officers(browser_of, draft, role):
    """AZ1."""
    browser = browser_of(UserFactory(role=role))

    assert browser.get(page_of(draft)).status_code == 403
    assert browser.post(page_of(draft), {"rules": "on", "dates": "on"}).status_code == 403
    assert Client().get(page_of(draft)).status_code == 302
    assert not is_public(draft)


def test_a_checklist_of_what_is_not_there_is_404(browser_of, lead):
    assert browser_of(lead).get("/admin/enquiries/enquiry/go-live/987654321012345678/").status_code == 404


def test_what_a_partner_wrote_is_not_published_past_the_checklist(browser_of, draft, lead):
    browser, url = browser_of(lead), f"/admin/programmes/programme/{draft.pk}/change/"

    answer = browser.post(url, {**fields_of(browser, url), "state": "published"})

    assert "Publish it from its go-live checklist." in answer.content.decode()
    assert not is_public(draft)
    assert page_of(draft) in browser.get(url).content.decode()


# --- What is withdrawn


def everywhere(client, programme):
    """Where a programme is found by whoever looks for it."""
    fit = client.get("/what-can-my-service-get/", follow=True)
    return {
        "page": client.get(programme.get_absolute_url()).status_code == 200,
        "list": programme.title in client.get("/programmes/").content.decode(),
        "search": programme.title in client.get("/programmes/?q=quetzal").content.decode(),
        "apply": client.get(f"/apply/?programme={programme.slug}").status_code in {200, 302}
        and programme.may_be_applied_for(),
        "alerts": any(one.programme == programme for one in news.on(timezone.localdate())),
        "fit": fit.status_code == 200 and programme in Programme.objects.open_on(),
    }


@pytest.mark.parametrize("state", ["archived", "draft"])
def test_what_is_withdrawn_is_gone_everywhere_at_once(client, state):
    """PA7: asked before too, so that nothing that was kept would be served."""
    programme = ProgrammeFactory(title="Quetzal care", slug="quetzal")
    assert set(everywhere(client, programme).values()) == {True}

    Programme.objects.filter(pk=programme.pk).update(state=state)

    programme.refresh_from_db()
    assert set(everywhere(client, programme).values()) == {False}


def test_what_is_paused_says_why_and_takes_no_application_at_once(client):
    """PA7."""
    programme = ProgrammeFactory(title="Quetzal care", slug="quetzal")
    assert "Apply now" in client.get("/programmes/quetzal/").content.decode()

    Programme.objects.filter(pk=programme.pk).update(state="paused", paused_because="The trainer is away.")

    programme.refresh_from_db()
    found = everywhere(client, programme)
    assert "The trainer is away." in client.get("/programmes/quetzal/").content.decode()
    assert "Apply now" not in client.get("/programmes/quetzal/").content.decode()
    assert (found["apply"], found["alerts"], found["fit"]) == (False, False, False)


def test_a_closing_that_was_approved_takes_effect_everywhere_at_once(client, lead):
    """PA7."""
    member = PartnerMembershipFactory()
    programme = ProgrammeFactory(title="Quetzal care", slug="quetzal")
    programme.partners.add(member.partner)
    change = hand_in(member, closing=True)
    assert set(everywhere(client, programme).values()) == {True}

    review(change, lead, approved={"closing"})

    programme.refresh_from_db()
    assert set(everywhere(client, programme).values()) == {False}


# --- Pictures


@pytest.mark.parametrize(
    "text", ["![words](https://example.org/x.png)", "<img src=x>", "![x](data:image/png;base64,AA)"]
)
def test_a_listing_shows_no_picture_of_somebody_elses(client, text):
    """PA11: listings take no pictures, so there is nothing to make small or to clean."""
    ProgrammeFactory(slug="quetzal", description=text, who_for=text)

    assert "<img" not in client.get("/programmes/quetzal/").content.decode().replace("&lt;img", "")
