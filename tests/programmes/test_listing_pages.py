"""The pages on which partners keep their listings: what they show, what they refuse, what stays as it is in public."""

import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from careportal.audiences import addresses
from enquiries.models import RoutingRule
from programmes import services
from programmes.models import ListingChange, ListingMessage, PartnerMembership, Programme
from tests.factories import IntakeFactory, PartnerFactory, RoutingRuleFactory, UserFactory
from tests.programmes.people import (
    NEW,
    browser,
    change_of,
    editor_of,
    fields_of,
    listing_of,
    new_programme,
    path,
    save,
    typed,
    words,
)
from tests.records import world

pytestmark = pytest.mark.django_db

PUBLIC = ("/programmes/", "/programmes/?q=blue", "/programmes/?theme=recruitment", "/programmes/?audience=businesses")
FIT = "/what-can-my-service-get/"
NO = {
    "state": "archived",
    "status": "approved",
    "approved_by": "1",
    "featured": "on",
    "slug": "mine-now",
    "partner": "1",
    "programme": "1",
    "sharing_note": "Give me all",
    "shared_fields": ["email", "telephone"],
    "inbox": "me@example.org",
    "email": "me@example.org",
    "needs_account": "on",
    "checked_on": "2026-11-28",
    "decided_at": "2026-11-28",
    "id": "1",
    "proposed_by": "1",
}


@pytest.fixture
def client(ours):
    return browser(ours[1])


def public_pages(*programmes):
    """Every page on which the public could notice something, as bytes."""
    stranger = Client()
    pages = [*PUBLIC, *(programme.get_absolute_url() for programme in programmes)]
    return [stranger.get(page).content for page in pages]


def fit_results():
    """What somebody is told who answers the questions of the fit check."""
    stranger = Client()
    address = stranger.get(FIT, follow=True).request["PATH_INFO"]
    page = stranger.get(address).content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)


# --- What is public at once, and what is not -----------------------------------------------------------------------


def test_telephone_and_eligibility_in_one_go_and_only_the_first_is_public(ours, client):
    programme = ours[2]

    answer = save(client, programme, telephone="020 7946 0958", who_for="Everybody in the borough.")

    assert answer.status_code == 302
    said = words(client.get(answer.url))
    assert "Live now: telephone number. Not public yet: who can get it." in said
    assert "1 change not sent yet" in said
    public = words(Client().get(programme.get_absolute_url()))
    assert "020 7946 0958" in public
    assert "Everybody in the borough" not in public


def test_public_pages_stay_byte_identical_until_the_council_has_approved(ours, client):
    """PA1: page, list, search, filters and fit, while it is written, sent, returned and amended; then they follow."""
    programme = ours[2]
    before, fit = public_pages(programme), fit_results()
    changes = {
        "title": "Blue",
        "summary": "Blue.",
        "description": "Blue.",
        "who_for": "Blue.",
        "link": "https://blue.example/",
    }

    save(client, programme, theme="recruitment", audience="businesses", cost_pounds="5", **changes)
    assert public_pages(programme) == before
    change = change_of(programme)
    client.post(path(programme, "send/"), {"revision": change.revision})
    change.refresh_from_db()
    assert change.state == "submitted"
    assert (public_pages(programme), fit_results()) == (before, fit)

    approved = set(fields_of(programme))
    officer = UserFactory(lead=True)
    services.review(
        change_id=change.pk, officer=officer, revision=1, approved=approved - {"title"}, returned={"title": "No."}
    )
    after = public_pages(programme)
    assert after != before
    assert b"Blue." in after[-1]
    save(client, programme, title="Sky")
    assert public_pages(programme) == after


def test_a_partners_draft_is_nowhere_in_public(ours, client):
    """AZ8: by its address, in the list, the search, the filters, the alerts, the fit check; nor are its intakes."""
    before, fit = public_pages(), fit_results()
    client.post("/partner/listings/new/", {"title": "Blue moon", "start": "outline"})
    draft = Programme.objects.get(state="draft")
    save(client, draft, "edit/", **NEW | {"title": "Blue moon", "theme": "recruitment", "audience": "businesses"})
    IntakeFactory(programme=draft, title="Blue group")

    assert (public_pages(), fit_results()) == (before, fit)
    assert Client().get(f"/programmes/{draft.slug}/").status_code == 404
    alerts = Client().get(reverse("enquiries:alerts"), {"programme": draft.slug})
    assert "Blue" not in alerts.content.decode()
    assert (
        "Blue" not in Client().get(reverse("enquiries:apply"), {"programme": draft.slug}, follow=True).content.decode()
    )


@pytest.mark.parametrize("page", ["edit/", "edit/what/", "edit/who/", "edit/time/", "edit/contact/", "edit/partners/"])
def test_crafted_fields_change_nothing_but_what_partners_may_change(ours, client, theirs, page):
    """PA2, PA9: status, owner, slug, sharing rule, inbox, the id of another: ignored by every page."""
    programme = ours[2]
    rule = RoutingRuleFactory(programme=programme)
    before = (Programme.objects.values().get(pk=programme.pk), Programme.objects.values().get(pk=theirs[2].pk))

    save(client, programme, page, **NO | {"change": str(theirs[2].changes.get().pk), "pk": str(theirs[2].pk)})

    assert (Programme.objects.values().get(pk=programme.pk), Programme.objects.values().get(pk=theirs[2].pk)) == before
    assert not ListingChange.objects.filter(programme=programme).exists()
    assert theirs[2].changes.get().revision == 1
    assert RoutingRule.objects.get().inbox == rule.inbox


def test_no_page_of_a_partner_asks_where_applications_go(ours, client):
    """PA9: the address that receives applications is the council's; no form has a field for it."""
    form = client.get(path(ours[2], "edit/")).context["form"]

    assert not [name for name in form.fields if "inbox" in name or "email" in name or "shar" in name]
    assert ours[0].email == ""


def test_a_part_that_is_no_part_is_not_there(ours, client):
    assert client.get(path(ours[2], "edit/state/")).status_code == 404
    assert client.get(path(ours[2], "edit/dates/")).status_code == 404


# --- What partners read -------------------------------------------------------------------------------------------


def test_a_partner_without_listings_is_told_what_to_do():
    page = browser(editor_of(PartnerFactory())).get("/partner/listings/")

    assert "You have no listings yet" in words(page)


def test_the_list_says_of_each_listing_what_waits_and_until_when(ours, client):
    save(client, ours[2], summary="New.")
    assert "1 change not sent to the council yet" in words(client.get("/partner/listings/"))
    with time_machine.travel("2026-11-27 12:00"):
        services.submit(change_id=change_of(ours[2]).pk, by=ours[1], revision=1)

    assert "1 change with the council, which decides by 1 December 2026" in words(client.get("/partner/listings/"))


def test_the_list_takes_no_more_queries_for_many_listings(ours, client, django_assert_max_num_queries):
    for number in range(15):
        programme = listing_of(ours[0])
        services.propose(
            programme_id=programme.pk, partner_id=ours[0].pk, by=ours[1], values={"summary": f"Number {number}."}
        )

    with django_assert_max_num_queries(14):
        client.get("/partner/listings/")


def test_each_question_says_how_fast_its_answer_is_public(ours, client):
    page = words(client.get(path(ours[2], "edit/")))

    assert "Live as soon as you save." in page
    assert "Live after a quick look by the council, within 2 working days." in page
    assert "Live after a full review by the council, within 10 working days." in page


def test_what_was_typed_is_kept_when_something_is_wrong(ours, client):
    answer = save(client, ours[2], telephone="12", who_for="Typed with care.", cost_pounds="a lot")

    page = answer.content.decode()
    assert "Typed with care." in page
    assert "a lot" in page
    assert "Enter a telephone number, like" in page
    assert "Cost in pounds must be an amount in pounds" in page
    assert not ListingChange.objects.exists()


def test_what_a_colleague_saved_meanwhile_is_not_overwritten(ours, client):
    address = path(ours[2], "edit/")
    slow = typed(client, address, telephone="020 7946 0958")
    save(client, ours[2], summary="A colleague's.")

    answer = client.post(address, slow)

    assert "A colleague or the council changed this" in words(answer)
    assert fields_of(ours[2]) == {"summary": "A colleague's."}
    again = typed(client, address, telephone="020 7946 0958")
    assert client.post(address, again).status_code == 302
    assert fields_of(ours[2]) == {"summary": "A colleague's."}


def test_sending_says_by_which_day_the_council_decides(ours, client):
    with time_machine.travel("2026-11-27 12:00"):
        save(client, ours[2], who_for="Everybody.")
        assert "by 11 December 2026 , 10 working days from now" in words(client.get(path(ours[2])))
        answer = client.post(path(ours[2], "send/"), {"revision": 1}, follow=True)

    assert "It decides by 11 December 2026." in words(answer)
    assert "Until 11 December 2026 at the latest." in words(answer)


@pytest.mark.parametrize(
    "sent", [{}, {"revision": "7"}, {"revision": "x"}, {"revision": "9" * 400}, {"revision": "\0"}]
)
def test_what_was_not_read_is_not_sent(ours, client, sent):
    """PA3."""
    save(client, ours[2], summary="New.")

    answer = client.post(path(ours[2], "send/"), sent, follow=True)

    assert "changed after you opened it" in words(answer)
    assert change_of(ours[2]).state == "draft"


def test_a_page_that_is_sent_twice_is_saved_once_and_says_so(ours, client):
    sent = typed(client, path(ours[2], "edit/"), telephone="020 7946 0111", summary="Ours.", cost_pounds="£1,250")

    answers = [client.post(path(ours[2], "edit/"), sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert change_of(ours[2]).revision == 1
    assert "Not public yet: cost in pounds, summary." in words(client.get(path(ours[2])))


def test_what_was_returned_is_proposed_again_by_one_button_or_refused_in_words(ours, client):
    """J-R4."""
    save(client, ours[2], who_for="Staff.")
    client.post(path(ours[2], "send/"), {"revision": 1})
    change = change_of(ours[2])
    services.review(
        change_id=change.pk,
        officer=UserFactory(lead=True),
        revision=1,
        approved=set(),
        returned={"who_for": "Say which."},
    )
    assert "Propose it again as it is" in words(client.get(path(ours[2])))
    assert "Still returned to you: who can get it." in words(
        client.post(path(ours[2], "edit/who/"), typed(client, path(ours[2], "edit/who/")), follow=True)
    )

    again = {"revision": 1, "name": "who_for"}
    assert "It is proposed again" in words(client.post(path(ours[2], "again/"), again, follow=True))
    assert "Nothing was done" in words(client.post(path(ours[2], "again/"), again, follow=True))
    assert change_of(ours[2]).revision == 2


def test_what_was_returned_says_why_beside_the_fact_and_where_it_is_amended(ours, client):
    """J-R4."""
    save(client, ours[2], who_for="Everybody.", summary="New.")
    services.submit(change_id=change_of(ours[2]).pk, by=ours[1], revision=1)
    services.review(
        change_id=change_of(ours[2]).pk,
        officer=UserFactory(lead=True),
        revision=1,
        approved={"summary"},
        returned={"who_for": "Say which staff."},
    )

    assert "Returned Why: Say which staff." in words(client.get(path(ours[2])))
    assert "Approved, live" in words(client.get(path(ours[2])))
    assert "1 change returned" in words(client.get("/partner/listings/"))
    assert "The council returned this: Say which staff." in words(client.get(path(ours[2], "edit/who/")))
    save(client, ours[2], "edit/who/", who_for="Deputy managers.")
    change = change_of(ours[2])
    client.post(path(ours[2], "send/"), {"revision": change.revision})
    assert change_of(ours[2]).state == "submitted"


def test_the_talk_marks_the_words_of_the_council(ours, client):
    save(client, ours[2], summary="New.")
    change = change_of(ours[2])
    services.discuss(change_id=change.pk, by=UserFactory(officer=True), text="<b>Why?</b>", is_from_council=True)

    client.post(path(ours[2], "messages/"), {"text": "Because.", "is_from_council": "on", "by": "1"})

    page = client.get(path(ours[2])).content.decode()
    assert "The council" in page
    assert "&lt;b&gt;Why?&lt;/b&gt;" in page
    mine = ListingMessage.objects.get(text="Because.")
    assert (mine.is_from_council, mine.by) == (False, ours[1])


def test_an_empty_message_and_a_flood_are_refused_with_what_was_typed(ours, client):
    save(client, ours[2], summary="New.")
    assert "Enter your message" in words(client.post(path(ours[2], "messages/"), {"text": " "}))
    for number in range(30):
        client.post(path(ours[2], "messages/"), {"text": f"{number}"})

    answer = client.post(path(ours[2], "messages/"), {"text": "One more"})

    assert "Many messages were written" in words(answer)
    assert "One more" in answer.content.decode()


def test_taking_back_is_asked_first(ours, client):
    save(client, ours[2], summary="New.")

    assert "Do you want to take back" in words(client.get(path(ours[2], "take-back/")))
    assert change_of(ours[2])
    client.post(path(ours[2], "take-back/"), {"revision": 9})
    assert change_of(ours[2])
    answer = client.post(path(ours[2], "take-back/"), {"revision": 1}, follow=True)

    assert "Taken back" in words(answer)
    assert ListingChange.objects.get().state == "discarded"


@pytest.mark.parametrize("page", ["send/", "take-back/", "messages/"])
def test_where_nothing_is_proposed_there_is_nothing_to_do(ours, client, page):
    assert client.post(path(ours[2], page), {"revision": 0, "text": "x"}).status_code == 404


def test_thirty_saves_an_hour_are_enough(ours, client):
    """PA15: the page says so, with what was typed, and as 429."""
    for number in range(30):
        save(client, ours[2], "edit/what/", summary=f"Number {number}.")

    answer = save(client, ours[2], "edit/what/", summary="Number 31.")

    assert answer.status_code == 429
    assert "changed very often in the last hour" in words(answer)
    assert "Number 31." in answer.content.decode()


def test_closing_for_good_waits_like_everything_that_matters(ours, client):
    save(client, ours[2], "edit/closing/", closing="on")

    assert fields_of(ours[2]) == {"closing": True}
    assert Client().get(ours[2].get_absolute_url()).status_code == 200


def test_who_runs_it_is_chosen_from_partners_that_the_public_knows(ours, client):
    known = listing_of(PartnerFactory(name="Known")).partners.get()
    hidden = PartnerFactory(name="Hidden")

    assert "Hidden" not in words(client.get(path(ours[2], "edit/partners/")))
    assert save(client, ours[2], "edit/partners/", partners=[hidden.slug]).status_code == 200
    save(client, ours[2], "edit/partners/", partners=[known.slug, ours[0].slug])

    assert fields_of(ours[2]) == {"partners": sorted([known.slug, ours[0].slug])}


HOSTILE = [
    "\0",
    "9" * 400,
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "x" * 200_000,
    "-1",
    "1e9",
    "[]",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_crafted_answers_are_refused_and_never_an_error_of_ours(ours, client, text):
    everything = dict.fromkeys([*NEW, "link", "cost_note", "partners", "seen", "closing"], text)

    for page in ("edit/", "edit/who/", "edit/closing/", "send/", "messages/"):
        assert client.post(path(ours[2], page), everything).status_code < 500, page
    assert client.post("/partner/listings/new/", {"title": text, "start": text}).status_code < 500


# --- Somebody else's -----------------------------------------------------------------------------------------------


def listing_addresses() -> list[str]:
    return [one.pattern for one in addresses() if one.pattern.startswith("/partner/listings/<int:pk>/")]


def filled(pattern: str, programme: Programme) -> str:
    intake = programme.intakes.first()
    number = intake.pk if intake else 1
    values = {"<int:pk>": programme.pk, "<slug:part>": "who", "<slug:step>": "pause", "<int:number>": number}
    for name, value in values.items():
        pattern = pattern.replace(name, str(value))
    return pattern


def test_another_partners_listings_drafts_previews_and_talks_are_not_there_and_it_is_logged(client, theirs, caplog):
    """AZ3, AZ20: every address with the number of another partner's listing; as for one that does not exist."""
    before = (list(Programme.objects.values()), list(ListingChange.objects.values()), ListingMessage.objects.count())
    assert len(listing_addresses()) > 9
    missing = 0

    for pattern in listing_addresses():
        for programme in theirs[2:]:
            for ask in (client.get, client.post):
                answer = ask(filled(pattern, programme), {"revision": 1, "text": "x", "title": "x", "remove": "yes"})
                missing += answer.status_code == 404
                assert answer.status_code in {404, 405}, pattern
                assert b"Hush" not in answer.content
    assert missing >= 2 * len(listing_addresses())
    assert len([one for one in caplog.records if "listing.refused" in one.getMessage()]) == missing
    assert before == (
        list(Programme.objects.values()),
        list(ListingChange.objects.values()),
        ListingMessage.objects.count(),
    )
    assert client.get("/partner/listings/" + "9" * 40 + "/").status_code == 404


def test_the_numbers_of_another_partner_in_a_body_do_nothing(ours, client, theirs):
    """AZ4: hidden fields, ids of changes, intakes, programmes and partners."""
    own = new_programme(client)
    foreign = {
        "programme": theirs[3].pk,
        "programme_id": theirs[3].pk,
        "partner": theirs[0].pk,
        "change": theirs[2].changes.get().pk,
        "intake": theirs[3].intakes.get().pk,
        "id": theirs[3].intakes.get().pk,
        "pk": theirs[2].pk,
        "next": path(theirs[2]),
    }
    before = (list(ListingChange.objects.filter(partner=theirs[0]).values()), list(theirs[3].intakes.values()))

    save(client, ours[2], summary="Ours.", **foreign)
    client.post(path(ours[2], "send/"), {"revision": 1, **foreign})
    client.post(path(ours[2], "messages/"), {"text": "x", **foreign})
    client.post(path(ours[2], "take-back/"), {"revision": 1, **foreign})
    client.post(path(own, "dates/"), {"is_open": "yes", **foreign})
    client.post("/partner/listings/new/", {"title": "Another", "start": "outline", **foreign})
    for number in (theirs[3].intakes.get().pk, 10**30):
        assert client.post(path(own, f"dates/{number}/"), {"remove": "yes"}).status_code == 404

    assert before == (
        list(ListingChange.objects.filter(partner=theirs[0]).values()),
        list(theirs[3].intakes.values()),
    )
    assert ListingMessage.objects.exclude(change__partner=theirs[0]).count() == 1
    assert Programme.objects.get(title="Another").proposed_by == ours[0]


@pytest.mark.parametrize("page", ["", "edit/", "send/", "take-back/", "messages/", "preview/", "dates/"])
def test_whoever_is_signed_out_signs_in_first(theirs, page):
    answer = (
        Client().post(path(theirs[2], page)) if page in {"send/", "messages/"} else Client().get(path(theirs[2], page))
    )

    assert answer.status_code == 302
    assert answer.url.startswith("/account/login/")


@pytest.mark.parametrize("who", [{}, {"officer": True}, {"administrator": True}])
def test_whoever_is_no_member_of_a_partner_finds_nothing(browser_of, theirs, who):
    """AZ1: people without a partner, and council staff, who review in the admin."""
    stranger = browser_of(UserFactory(**who))

    for page in ("/partner/listings/", "/partner/listings/new/", path(theirs[2]), path(theirs[2], "edit/")):
        assert stranger.get(page).status_code == 404


def test_whoever_is_removed_or_whose_agreement_is_over_is_out_at_once(ours, client):
    """AZ11."""
    ours[0].agreement_ends_on = "2026-01-01"
    ours[0].save()
    assert client.get(path(ours[2])).status_code == 404
    ours[0].agreement_ends_on = None
    ours[0].save()
    assert client.get(path(ours[2])).status_code == 200

    PartnerMembership.objects.all().delete()

    assert client.get(path(ours[2], "edit/")).status_code == 404


def test_intakes_of_a_public_listing_are_not_planned_here(ours, client):
    for page in ("dates/", "dates/new/"):
        assert client.get(path(ours[2], page)).status_code == 404


def test_a_picture_sent_along_with_a_listing_is_read_by_nobody(ours, client):
    """PA11: listings take no files. A bomb, script in an SVG or a place in a photo comes to nothing."""
    programme = ours[2]
    before = world.contents()
    bomb = SimpleUploadedFile("photo.svg", b"<svg onload='alert(1)'/>", content_type="image/svg+xml")

    answer = client.post(path(programme, "edit/contact/"), {"telephone": "", "picture": bomb, "image": bomb})

    assert answer.status_code == 413, "no page but those for documents takes a file"
    assert world.contents() == before
