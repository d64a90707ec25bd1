"""A partner's pages of its intakes: right from a phone, live at once, and nobody else's."""

import pytest
from django.test import Client

from careportal.accounts.models import AuditEntry
from enquiries import services
from enquiries.exceptions import GroupIsFull
from enquiries.models import Interest
from programmes import services as programmes
from programmes.exceptions import Refused
from programmes.models import Intake, IntakeChange, PartnerMembership, Programme
from tests.enquiries.crowd import at_once
from tests.factories import IntakeFactory, InterestFactory, PartnerFactory, ProgrammeFactory, UserFactory, in_days

pytestmark = pytest.mark.django_db


def member_of(partner, **more):
    user = UserFactory()
    PartnerMembership.objects.create(partner=partner, user=user, **more)
    return user


@pytest.fixture
def group(partner):
    programme = ProgrammeFactory(title="Rota planning")
    programme.partners.add(partner)
    return IntakeFactory(programme=programme, title="Spring group", capacity=10, place="Barking")


@pytest.fixture
def browser(partner, browser_of):
    return browser_of(member_of(partner))


def path(group, *steps):
    return "/".join([f"/partner/listings/{group.programme_id}/intakes", *(str(step) for step in steps), ""])


def every_page(group):
    steps = ["facts", "open", "pause", "close"]
    return [path(group), path(group, "new"), path(group, group.pk), *(path(group, group.pk, step) for step in steps)]


def typed(group, **values):
    """The form of dates and place as the page shows it, with some of it changed."""
    group.refresh_from_db()
    form = {"title": group.title, "place": group.place, "shown": group.shown_as}
    for name in ("starts_on", "ends_on", "opens_on", "closes_on"):
        day = values.pop(name, getattr(group, name))
        parts = (day.day, day.month, day.year) if day else ("", "", "")
        form |= {f"{name}-{part}": value for part, value in zip(("day", "month", "year"), parts, strict=True)}
    return form | values


def contents():
    return [list(model.objects.order_by("pk").values()) for model in (Intake, IntakeChange, Interest, Programme)]


# --- Works ---------------------------------------------------------------------------------------------------------


def test_the_list_shows_the_places_left_of_each_intake(group, browser):
    IntakeFactory(programme=group.programme, title="Old group", past=True)

    page = browser.get(path(group)).content.decode()

    assert '<span class="portal-places__number">10</span> places left of 10' in page
    assert "Intakes that are over or cancelled" in page


def test_places_left_are_public_as_soon_as_they_are_saved(group, browser):
    """J-R6."""
    answer = browser.post(path(group, group.pk), {"left": "3", "shown": group.shown_as}, follow=True)

    assert "3 places left: everybody sees it now." in answer.content.decode()
    assert "3 of 10 left" in Client().get(group.programme.get_absolute_url()).content.decode()
    assert AuditEntry.objects.get(about="programmes.intake").detail["left"] == 3


def test_what_is_held_through_the_portal_stays_taken(group, browser, officer):
    interest = InterestFactory(in_hand=True, programme=group.programme)
    services.offer(interest_id=interest.pk, officer=officer, intake_id=group.pk)
    group.refresh_from_db()
    assert "1 is taken through this portal" in browser.get(path(group, group.pk)).content.decode()

    browser.post(path(group, group.pk), {"left": "10", "shown": group.shown_as})

    group.refresh_from_db()
    assert (group.capacity, group.places_taken) == (11, 1)


@pytest.mark.parametrize(("step", "state"), [("pause", "paused"), ("close", "closed")])
def test_it_is_paused_or_closed_with_one_button_and_opened_again(group, browser, step, state):
    browser.post(path(group, group.pk, step), {"shown": group.shown_as})
    group.refresh_from_db()
    assert group.state == state
    assert "Apply by" in Client().get(group.programme.get_absolute_url()).content.decode()

    browser.post(path(group, group.pk, "open"), {"shown": group.shown_as})
    group.refresh_from_db()
    assert group.state == "open"


def test_dates_and_place_are_public_as_soon_as_they_are_saved(group, browser):
    answer = browser.post(path(group, group.pk, "facts"), typed(group, place="Dagenham", starts_on=in_days(30)))

    assert answer.status_code == 302
    assert "Dagenham" in Client().get(group.programme.get_absolute_url()).content.decode()
    assert IntakeChange.objects.count() == 1


def test_an_intake_is_added_and_is_public_at_once(group, browser):
    answer = browser.post(path(group, "new"), typed(group, title="Summer group", capacity="12"))

    summer = Intake.objects.get(title="Summer group")
    assert answer.url == path(summer, summer.pk)
    assert (summer.capacity, summer.places_taken, summer.state) == (12, 0, "open")
    assert "Summer group" in Client().get(group.programme.get_absolute_url()).content.decode()


def test_the_pages_take_few_queries_however_many_intakes(group, browser, django_assert_max_num_queries):
    for _ in range(10):
        IntakeFactory(programme=group.programme)

    with django_assert_max_num_queries(8):
        browser.get(path(group))


# --- Bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("left", ["", "-1", "10001", "9" * 40, "a few", "3\x00", "x" * 100_000, "1.5"])
def test_what_is_no_number_of_places_is_refused_and_kept_on_the_page(group, browser, left):
    before = contents()

    page = browser.post(path(group, group.pk), {"left": left, "shown": group.shown_as})

    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()
    assert contents() == before


def test_a_page_that_is_older_than_the_last_change_is_refused_with_what_is_there_now(group, browser):
    shown = group.shown_as
    browser.post(path(group, group.pk), {"left": "3", "shown": shown})

    page = browser.post(path(group, group.pk), {"left": "9", "shown": shown}).content.decode()

    assert "This intake changed after you opened the page" in page
    assert '<span class="portal-places__number">3</span>' in page
    assert 'value="9"' in page
    group.refresh_from_db()
    assert group.places_left == 3
    assert group.shown_as in page, "sent once more, it is about the intake as it is now"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "Enter a name for the intake"),
        ({"title": "Other group"}, "There is another intake with this name"),
        ({"starts_on-day": "31", "starts_on-month": "2", "starts_on-year": "2027"}, "First day must be a real date"),
        ({"ends_on": in_days(1), "starts_on": in_days(2)}, "Last day must be the same as or after the first day"),
        ({"closes_on": in_days(-20)}, "Applications must close on or after the day on which they open"),
        ({"place": "x" * 201}, "Where it is must be 200 characters or less"),
        ({"place": "a\x00b"}, "cannot be read"),
    ],
)
@pytest.mark.parametrize("page", ["facts", "new"])
def test_wrong_dates_and_names_are_said_and_nothing_is_saved(group, browser, wrong, words, page):
    IntakeFactory(programme=group.programme, title="Other group")
    before = contents()
    address = path(group, "new") if page == "new" else path(group, group.pk, "facts")

    answer = browser.post(address, {"title": "A new one", **typed(group, **{"title": "A new one", **wrong})})

    assert words in answer.content.decode()
    assert contents() == before


def test_names_that_a_partner_may_not_change_are_left_out_whatever_is_sent(group, browser):
    """PA2."""
    more = {"state": "cancelled", "places_taken": "0", "capacity": "99", "programme": "1", "offers_by_itself": ""}

    browser.post(path(group, group.pk, "facts"), typed(group, place="Dagenham") | more)

    group.refresh_from_db()
    assert (group.state, group.capacity, group.place, group.offers_by_itself) == ("open", 10, "Dagenham", True)


def test_a_step_that_makes_no_sense_now_says_so(group, browser):
    assert "This cannot be done now" in browser.get(path(group, group.pk, "open")).content.decode()
    browser.post(path(group, group.pk, "open"), {"shown": group.shown_as})
    assert Intake.objects.get(pk=group.pk).state == "open"
    assert browser.get(path(group, group.pk, "cancel")).status_code == 404


def test_looking_changes_nothing(group, browser):
    """AZ17."""
    before = contents()

    assert [browser.get(one).status_code for one in every_page(group)] == [200] * 7
    assert [browser.put(one).status_code for one in every_page(group)] == [405] * 7
    assert contents() == before


# --- Who may not ---------------------------------------------------------------------------------------------------


def test_another_partners_intakes_are_not_there_and_each_try_is_logged(group, browser_of, caplog):
    """AZ3: 404, the same answer as for what does not exist; nothing changed."""
    other = browser_of(member_of(PartnerFactory()))
    before = contents()
    form = typed(group, place="Elsewhere") | {"left": "1"}

    answers = [answer for one in every_page(group) for answer in (other.get(one), other.post(one, form))]

    assert {answer.status_code for answer in answers} == {404, 405}, "405: the list is only read"
    assert contents() == before
    assert len([line for line in caplog.messages if "listing.refused" in line]) == len(answers) - 1


def test_an_intake_of_another_listing_is_not_there_under_the_own_one(group, partner, browser, caplog):
    """AZ3, AZ4: the id of somebody else's intake in an own address."""
    foreign = IntakeFactory()
    before = contents()

    for step in ([], ["facts"], ["pause"], ["close"], ["open"]):
        one = path(group, foreign.pk, *step)
        form = typed(foreign, place="Elsewhere") | {"left": "1"}
        assert (browser.get(one).status_code, browser.post(one, form).status_code) == (404, 404)

    assert contents() == before
    assert len([line for line in caplog.messages if "intake.refused" in line]) == 10


def test_foreign_ids_in_the_body_reach_nothing(group, browser):
    """AZ4: hidden inputs that name another's intake, programme or partner are left out."""
    foreign = IntakeFactory(title="Foreign group")
    ids = {"pk": foreign.pk, "id": foreign.pk, "intake": foreign.pk, "number": foreign.pk}
    ids |= {"programme": foreign.programme_id, "partner": PartnerFactory().pk}

    browser.post(path(group, group.pk), {"left": "2", "shown": group.shown_as, **ids})
    browser.post(path(group, "new"), typed(group, title="New group") | ids)

    foreign.refresh_from_db()
    assert (foreign.places_left, foreign.programme.intakes.count()) == (10, 1)
    assert Intake.objects.get(title="New group").programme == group.programme


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_numbers_that_no_intake_has_are_not_there(group, browser, number):
    assert browser.get(path(group, number)).status_code == 404
    assert browser.get(f"/partner/listings/{number}/intakes/").status_code == 404


@pytest.mark.parametrize("role", ["", "viewer", "officer", "lead", "administrator"])
def test_whoever_is_no_member_and_staff_who_are_find_nothing_there(group, partner, browser_of, role):
    """AZ1."""
    somebody = UserFactory(role=role)
    if role:
        PartnerMembership.objects.create(partner=partner, user=somebody)

    assert {browser_of(somebody).get(one).status_code for one in every_page(group)} == {404}


def test_strangers_are_sent_to_the_sign_in(group):
    """AZ1."""
    for one in every_page(group):
        answer = Client().get(one)
        assert (answer.status_code, answer.url) == (302, f"/account/login/?next={one}")


def test_access_ends_with_the_agreement_and_with_the_membership(group, partner, browser):
    """AZ11."""
    assert browser.get(path(group)).status_code == 200
    partner.agreement_ends_on = in_days(-1)
    partner.save()
    assert browser.get(path(group)).status_code == 404

    partner.agreement_ends_on = None
    partner.save()
    PartnerMembership.objects.all().delete()
    assert browser.get(path(group)).status_code == 404


def test_the_pages_are_never_stored(group, browser):
    """HC7."""
    assert {browser.get(one)["Cache-Control"] for one in every_page(group)} == {"no-store"}


# --- At one moment -------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_fifty_changes_and_offers_at_one_moment_never_give_a_place_twice(officer):
    """CO4: places left are changed while places are offered; what is taken is what is held."""
    programme = ProgrammeFactory()
    group = IntakeFactory(programme=programme, capacity=5)
    editor = UserFactory()
    interests = [InterestFactory(in_hand=True, programme=programme) for _ in range(25)]

    def change():
        shown = Intake.objects.get(pk=group.pk).shown_as
        try:
            programmes.change_places(
                intake_id=group.pk, by=editor, left=1, held=Interest.objects.places_held, shown=shown
            )
        except Refused:
            return

    def offer(interest):
        def give():
            try:
                services.offer(interest_id=interest.pk, officer=officer, intake_id=group.pk)
            except GroupIsFull:
                return

        return give

    at_once(*[change] * 25, *map(offer, interests))

    group.refresh_from_db()
    assert Interest.objects.places_held(group) <= group.places_taken <= group.capacity
