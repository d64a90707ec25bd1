"""The officers' pages about what partners propose: what is shown, to whom, and what comes back."""

import pytest
from django.core import mail
from django.test import Client

from careportal.accounts.models import AuditEntry
from programmes import services
from programmes.models import ListingChange, Programme
from tests.factories import PartnerFactory, PartnerMembershipFactory, UserFactory
from tests.programmes.proposing import a_partner, hand_in, programme_of, review, save

pytestmark = pytest.mark.django_db

LIST = "/admin/programmes/listingchange/"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def member():
    return a_partner(name="Partner of the test")


@pytest.fixture
def lead(browser_of):
    return browser_of(UserFactory(lead=True))


def page_of(change):
    return f"{LIST}{change.pk}/change/"


def decide(browser, change, **answers):
    """As the page sends it, with what it had hidden in it."""
    page = browser.get(page_of(change)).context["page"]
    read = {"revision": page.change.revision, "public": page.reading.mark_of_public}
    sent = {name.replace("__", "-"): value for name, value in {**read, **answers}.items()}
    return browser.post(f"{LIST}{change.pk}/decide/", sent)


def words(answer):
    return answer.content.decode()


# --- The list


def test_the_list_has_one_line_a_listing_with_how_many_facts_and_by_when(lead, member):
    hand_in(member, summary="New summary.")
    change = hand_in(member, summary="Newer summary.", who_for="Everybody.")

    shown = words(lead.get(f"{LIST}?standing=waiting"))

    assert shown.count("Partner of the test") == 1
    assert ">2<" in shown
    assert "A full review" in shown
    assert f"{change.due_on.day} {change.due_on:%B %Y}" in shown
    assert "Overdue" not in shown


def test_a_promise_that_was_not_kept_is_marked(lead, member):
    hand_in(member, summary="New summary.")
    ListingChange.objects.update(due_on="2026-01-05")

    assert "Overdue" in words(lead.get(f"{LIST}?standing=waiting"))


def test_what_a_partner_has_not_handed_in_is_not_there(lead, member):
    change = save(member, summary="Quetzal summary.")

    assert member.partner.name not in words(lead.get(LIST))
    assert lead.get(page_of(change)).status_code == 404
    assert lead.post(f"{LIST}{change.pk}/decide/", {"revision": 1, "all": "yes"}).status_code == 404


@pytest.mark.parametrize("standing", ["waiting", "partner", "ended", "", "nonsense"])
def test_the_list_is_narrowed_down_by_where_things_stand(lead, member, standing):
    hand_in(member, summary="New summary.")

    assert lead.get(f"{LIST}?standing={standing}", follow=True).status_code == 200


# --- The page


def test_the_page_shows_word_by_word_what_is_added_and_removed(lead, member):
    shown = words(lead.get(page_of(hand_in(member, summary="New summary of it."))))

    assert '<del><span class="govuk-visually-hidden">removed: </span>Old summary.' in shown
    assert '<ins><span class="govuk-visually-hidden">added: </span>New summary of it.' in shown


def test_a_price_is_read_as_on_the_public_page_by_officers_and_by_the_partner(lead, member, browser_of):
    Programme.objects.update(cost_pounds=0)
    change = hand_in(member, cost_pounds="1250.00")

    shown = words(lead.get(page_of(change)))
    theirs = words(browser_of(member.user).get(f"/partner/listings/{change.programme_id}/"))

    assert '<del><span class="govuk-visually-hidden">removed: </span>Free' in shown
    assert '<ins><span class="govuk-visually-hidden">added: </span>£1,250<' in shown
    assert "£1,250<" in theirs.replace("\n", "<")


def test_markdown_is_shown_as_words_with_where_links_lead(lead, member):
    change = hand_in(member, description="## What\n\n**Bold** and [here](https://example.org/a).")

    shown = words(lead.get(page_of(change)))

    assert "Bold and here (https://example.org/a)." in shown
    assert "<strong>Bold" not in shown
    assert 'href="https://example.org/a"' not in shown


@pytest.mark.parametrize("name", ["summary", "description", "who_for", "title", "cover", "cost_note", "link"])
def test_script_on_both_sides_of_the_comparison_is_inert(lead, member, name):
    """PA5: also in the thread, in a reason and in the name of the partner."""
    Programme.objects.update(**{name: f"{SCRIPT} old"})
    change = hand_in(member, **{name: f"{SCRIPT} new <img src=x onerror=alert(2)> [a](javascript:alert(3))"})
    services.discuss(change_id=change.pk, by=member.user, text=SCRIPT, is_from_council=False)
    type(member.partner).objects.update(name=f"{SCRIPT} partner")
    review(change, UserFactory(lead=True), returned={name: SCRIPT})
    again = hand_in(member, **{name: f"{SCRIPT} newer"})

    shown = words(lead.get(page_of(again))) + words(lead.get(LIST))

    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert 'href="javascript' not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_when_the_public_text_has_changed_since_it_was_proposed_the_page_says_so(lead, member):
    change = hand_in(member, summary="New summary.")
    assert "was changed after the partner proposed this" not in words(lead.get(page_of(change)))

    Programme.objects.update(summary="Changed by a colleague.")

    shown = words(lead.get(page_of(change)))
    assert "was changed after the partner proposed this" in shown
    assert "Changed by a colleague." in shown


def test_reasons_of_earlier_rounds_are_there(lead, member):
    change = hand_in(member, summary="New summary.")
    review(change, UserFactory(lead=True), returned={"summary": "Quetzals are birds."})
    hand_in(member, summary="Better summary.")

    assert "Reason: Quetzals are birds." in words(lead.get(page_of(change)))


def test_partners_are_compared_by_name(lead, member):
    other = PartnerFactory(name="Another partner")

    shown = words(lead.get(page_of(hand_in(member, partners=[other.slug]))))

    assert "added: </span>Another partner" in shown
    assert "removed: </span>Partner of the test" in shown


def test_what_should_be_looked_at_twice_is_said_before_it_is_approved(lead, member):
    """PA16, PA12."""
    Programme.objects.update(link="https://old.example.org/page")
    text = "Contact Zelda Quetzal on 07700 900123 or zelda.quetzal@example.org."
    change = hand_in(member, description=text, link="https://new.example.com/page")

    shown = words(lead.get(page_of(change)))

    assert "“zelda.quetzal@example.org” may be somebody’s own email address." in shown
    assert "“07700 900123” is a mobile number." in shown
    assert "“Zelda Quetzal” may be somebody’s name." in shown
    assert "it was old.example.org, and would be new.example.com." in shown
    assert "It only looks for patterns" in shown


def test_opening_the_page_is_written_down(lead, member):
    """AD9."""
    change = hand_in(member, summary="New summary.")

    lead.get(page_of(change))

    assert AuditEntry.objects.filter(about="programmes.listingchange", kind="opened", row=change.pk).count() == 1


# --- Decisions


def test_one_fact_is_approved_and_another_returned(lead, member):
    change = hand_in(member, summary="New summary.", who_for="Everybody.")

    answer = decide(
        lead, change, what__summary="approve", what__who_for="return", why__who_for="Say which kind of care."
    )

    assert answer.url == page_of(change)
    assert programme_of(member.partner).summary == "New summary."
    assert programme_of(member.partner).who_for == "Managers."
    shown = words(lead.get(page_of(change)))
    assert "Reason: Say which kind of care." in shown
    assert "Returned to the partner" in shown


def test_all_are_approved_with_one_button(lead, member):
    change = hand_in(member, summary="New summary.", who_for="Everybody.")
    assert "Approve all 2" in words(lead.get(page_of(change)))

    decide(lead, change, all="yes")

    change.refresh_from_db()
    assert change.state == ListingChange.State.DONE
    assert programme_of(member.partner).who_for == "Everybody."


def test_an_officer_approves_all_that_is_theirs_and_the_rest_waits_for_a_lead_officer(browser_of, officer, member):
    browser, change = browser_of(officer), hand_in(member, summary="New summary.", who_for="Everybody.")
    assert "A lead officer decides about this." in words(browser.get(page_of(change)))

    decide(browser, change, all="yes")

    assert programme_of(member.partner).summary == "New summary."
    assert programme_of(member.partner).who_for == "Managers."


def test_without_a_reason_nothing_is_done_and_what_was_typed_is_kept(lead, member):
    change = hand_in(member, summary="New summary.", who_for="Everybody.")

    answer = decide(lead, change, what__summary="return", what__who_for="return", why__who_for="Kept reason.")

    assert answer.status_code == 200
    assert "Enter the reason why you return “Summary”" in words(answer)
    assert "Kept reason." in words(answer)
    assert words(answer).count("checked") >= 2
    assert not change.decisions.exists()


def test_without_any_decision_the_page_asks_for_one(lead, member):
    change = hand_in(member, summary="New summary.")

    assert "Approve or return at least one fact" in words(decide(lead, change, what__summary="later"))


def test_a_newer_save_is_shown_with_the_difference_to_what_was_read_and_what_was_typed(lead, member):
    """PA3."""
    change = hand_in(member, summary="What was read.", cover="The council")
    hand_in(member, summary="What is newer.")
    typed = {"what-summary": "approve", "what-cover": "return", "why-cover": "Typed reason.", "revision": 1}

    answer = lead.post(f"{LIST}{change.pk}/decide/", typed)

    shown = words(answer)
    assert answer.status_code == 200
    assert "This was changed after you opened it. Nothing was done" in shown
    assert "What has changed since you read it" in shown
    assert "removed: </span>was read." in shown
    assert "added: </span>is newer." in shown
    assert "Typed reason." in shown
    assert answer.context["page"].form.initial == {"what-cover": "return", "why-cover": "Typed reason."}
    assert programme_of(member.partner).summary == "Old summary."


def test_a_save_that_is_not_handed_in_refuses_too_and_keeps_what_was_typed(lead, member):
    """PA3."""
    change = hand_in(member, summary="What was read.")
    save(member, summary="What is newer.")

    shown = words(
        lead.post(f"{LIST}{change.pk}/decide/", {"revision": 1, "all": "yes", "why-summary": "Typed reason."})
    )

    assert "The partner is changing this just now." in shown
    assert "Summary: Typed reason." in shown
    assert programme_of(member.partner).summary == "Old summary."


def test_a_change_of_the_public_text_while_the_page_was_open_refuses_too(lead, member):
    change = hand_in(member, summary="New summary.")

    answer = lead.post(f"{LIST}{change.pk}/decide/", {"revision": 1, "all": "yes", "public": "another"})

    assert "This was changed after you opened it." in words(answer)
    assert programme_of(member.partner).summary == "Old summary."


@pytest.mark.parametrize("revision", ["", "-1", "abc", "9" * 40, "\x00", "²", "1e3"])
def test_what_is_no_revision_refuses(lead, member, revision):
    change = hand_in(member, summary="New summary.")

    answer = lead.post(f"{LIST}{change.pk}/decide/", {"revision": revision, "all": "yes"})

    assert "Nothing was done" in words(answer)
    assert not change.decisions.exists()


@pytest.mark.parametrize("forged", ["state", "slug", "shared_fields", "proposed_by", "telephone", "x" * 5000])
def test_a_fact_that_is_not_proposed_is_not_decided_by_a_forged_answer(lead, member, forged):
    """PA2."""
    change = hand_in(member, summary="New summary.")
    before = Programme.objects.values().get(pk=change.programme_id)

    decide(lead, change, **{f"what__{forged}": "approve", forged: "published"})

    assert Programme.objects.values().get(pk=change.programme_id) == before


def test_what_is_no_valid_listing_comes_back_with_the_reason_and_what_was_typed(lead, member):
    change = hand_in(member, link="javascript:alert(1)", summary="New summary.")

    answer = decide(lead, change, what__link="approve", why__summary="Kept.")

    assert "This cannot be published as it is" in words(answer)
    assert "Kept." in words(answer)
    assert programme_of(member.partner).link == ""


def test_nobody_is_offered_what_they_may_not_decide(browser_of, member):
    """PA4."""
    person = UserFactory(lead=True)
    PartnerMembershipFactory(partner=member.partner, user=person)
    browser, change = browser_of(person), hand_in(member, summary="New summary.")

    assert "You cannot review this" in words(browser.get(page_of(change)))
    decide(browser, change, all="yes")

    assert programme_of(member.partner).summary == "Old summary."


# --- The thread


def test_officers_write_to_the_partner_and_read_the_answers(lead, member):
    change = hand_in(member, summary="New summary.")
    mail.outbox.clear()

    lead.post(f"{LIST}{change.pk}/write/", {"text": "Which kind of care?"})
    services.discuss(change_id=change.pk, by=member.user, text="All kinds.", is_from_council=False)

    shown = words(lead.get(page_of(change)))
    assert "Which kind of care?" in shown
    assert "All kinds." in shown
    assert mail.outbox[0].to == [member.user.email]


def test_an_empty_message_is_not_sent_and_one_that_is_too_long_is_kept(lead, member):
    change = hand_in(member, summary="New summary.")

    empty = lead.post(f"{LIST}{change.pk}/write/", {"text": " "})
    long = lead.post(f"{LIST}{change.pk}/write/", {"text": "Quetzal " * 400})

    assert "Enter what you want to say" in words(empty)
    assert "Quetzal Quetzal" in words(long)
    assert not change.messages.exists()


def test_after_the_end_nobody_writes(lead, member):
    change = hand_in(member, summary="New summary.")
    decide(lead, change, all="yes")

    answer = lead.post(f"{LIST}{change.pk}/write/", {"text": "Too late"}, follow=True)

    assert answer.status_code in {200, 404}
    assert not change.messages.exists()


# --- Who may


def test_view_only_officers_read_and_decide_nothing(browser_of, viewer, member):
    """AD7, AZ1."""
    browser, change = browser_of(viewer), hand_in(member, summary="New summary.")

    shown = words(browser.get(page_of(change)))

    assert "added: </span>New" in shown
    assert "Store my decisions" not in shown
    assert "Write to the partner" not in shown
    for step, sent in (("decide", {"revision": 1, "all": "yes"}), ("write", {"text": "Hello"})):
        assert browser.post(f"{LIST}{change.pk}/{step}/", sent).status_code == 403
    assert not change.decisions.exists()


def test_partners_and_strangers_do_not_come_in(browser_of, member):
    """AZ1: the partner's own people neither."""
    change = hand_in(member, summary="New summary.")

    for path in (LIST, page_of(change), f"{LIST}{change.pk}/decide/", f"{LIST}{change.pk}/write/"):
        assert Client().get(path).status_code == 302
        assert Client().post(path).status_code == 302
        assert browser_of(member.user).get(path).status_code == 403
        assert browser_of(member.user).post(path, {"revision": 1, "all": "yes"}).status_code == 403
    assert not change.decisions.exists()


def test_what_is_not_there_is_404(lead):
    for step in ("change", "decide", "write"):
        for number in ("1", "987654321012345678"):
            answer = lead.post(f"{LIST}{number}/{step}/") if step != "change" else lead.get(f"{LIST}{number}/change/")
            assert answer.status_code == 404, (step, number)


def test_the_list_takes_the_same_few_queries_however_long(lead, django_assert_max_num_queries):
    for _ in range(6):
        hand_in(a_partner(), summary="New summary.", who_for="All.")

    with django_assert_max_num_queries(12):
        lead.get(LIST)
