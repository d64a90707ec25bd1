"""An application for several sites: asked once, with places for each, and an outcome of its own for each (N16)."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from enquiries import letters as letters_
from enquiries import services, sharing
from enquiries.application import sites
from enquiries.exceptions import GroupIsFull
from enquiries.models import Enquiry, Export, Interest, OutgoingMail
from enquiries.queue import rows_of
from enquiries.services import places as by_itself
from enquiries.services import submitted
from enquiries.tables import table_of
from programmes.models import Intake, SharedField, Verdict
from providers.models import RegisteredLocation
from tests.applying import Applicant, errors
from tests.enquiries.test_entering import Typing
from tests.enquiries.test_standing import page_of
from tests.factories import (
    IntakeFactory,
    InterestFactory,
    ProgrammeFactory,
    QuestionFactory,
    RegisteredLocationFactory,
    RoutingRuleFactory,
    RuleFactory,
    in_days,
)

pytestmark = pytest.mark.django_db

HOMES = {
    "name-1": "Elm House",
    "postcode-1": "rm10 7ab",
    "name-2": "Ash House",
    "postcode-2": "IG11 7LU",
}
NAMES = ("Elm House", "Ash House")
PLACES = {"places-open-0": "1", "places-open-1": "3", "places-open-2": "2"}


def group(**answers) -> Applicant:
    """Somebody who applies for three homes."""
    several = {"eligibility": {"several": "on"}, "sites": HOMES, "places": PLACES, "about-open": {"intake": "any"}}
    return Applicant(**{**several, **answers})


def asked(enquiry):
    return list(enquiry.interests.order_by("pk").values_list("site_name", "site_postcode", "places"))


# --- Applying ------------------------------------------------------------------------------------------------------


def test_nobody_is_asked_about_sites_who_applies_for_one(open_programme):
    enquiry = Applicant().apply("open")

    assert asked(enquiry) == [("", "", 1)]


def test_a_group_applies_once_and_each_site_is_asked_for_on_its_own(open_programme):
    """(N16)"""
    enquiry = group().apply("open")

    assert Enquiry.objects.count() == 1
    assert asked(enquiry) == [
        ("Example care home", "RM10 8XD", 1),
        ("Elm House", "RM10 7AB", 3),
        ("Ash House", "IG11 7LU", 2),
    ]


def test_sites_and_places_are_shown_to_be_checked(open_programme):
    applicant = group().begin("open").go_to("check")

    page = applicant.client.get(applicant.page).content.decode()

    assert "Elm House, RM10 7AB" in page
    assert "Elm House: 3" in page


def test_places_differ_from_programme_to_programme_and_a_site_may_want_none(open_programme):
    ProgrammeFactory(slug="other")
    IntakeFactory(programme__slug="unused")
    places = {**PLACES, "places-open-0": "0", "places-other-0": "0", "places-other-1": "0", "places-other-2": "5"}

    enquiry = group(places=places).apply("open", "other")

    found = enquiry.interests.order_by("programme__slug", "pk").values_list("programme__slug", "site_name", "places")
    assert list(found) == [("open", "Elm House", 3), ("open", "Ash House", 2), ("other", "Ash House", 5)]


def test_a_programmes_own_questions_are_asked_once_and_stand_with_each_site(open_programme):
    key = QuestionFactory(programme=open_programme, label="Why?").key

    enquiry = group(**{"about-open": {f"q-{key}": "4"}}).apply("open")

    assert [one.answers for one in enquiry.interests.all()] == [[["Why?", "4"]]] * 3


@pytest.fixture
def for_the_area(open_programme):
    return RuleFactory(programme=open_programme, fact="area", accepts=["inside"], otherwise="no", reason="Only here.")


def test_a_site_that_lies_elsewhere_is_looked_at_by_itself(for_the_area):
    """The service fits and one of its sites does not: the page says so, and the officer sees it of that site alone."""
    homes = {**HOMES, "postcode-2": "SW1A 1AA"}
    applicant = group(sites=homes).begin("open").go_to("places")

    page = applicant.client.get(applicant.page).content.decode()
    applicant.go_to("check").send()

    assert page.count("Only here. You can apply all the same: the council decides.") == 1
    found = applicant.enquiry.interests.values_list("site_name", "verdict")
    assert dict(found) == {
        "Example care home": Verdict.YES,
        "Elm House": Verdict.YES,
        "Ash House": Verdict.NO,
    }


def test_who_never_saw_the_box_finds_the_way_to_it_before_sending(open_programme):
    """Whoever comes from "What can my service get?" has answered its page already."""
    applicant = Applicant().begin("open").go_to("check")
    page = applicant.client.get(applicant.page).content.decode()
    address = applicant.url("eligibility")
    assert f'href="{address}">Add your sites' in page

    applicant.page = address
    applicant.answer({"several": "on"})

    assert applicant.at == "sites"


def test_whoever_unticks_the_box_applies_for_one_service(open_programme):
    applicant = group().begin("open").go_to("check")
    applicant.page = applicant.url("eligibility")
    applicant.answer({})
    applicant.go_to("check").send()

    assert asked(applicant.enquiry) == [("", "", 1)]


def test_when_the_sites_change_places_are_asked_again(open_programme):
    applicant = group().begin("open").go_to("check")
    applicant.page = applicant.url("sites")

    applicant.answer({**HOMES, "name-2": "Oak House"})

    assert applicant.at == "places"


def test_an_officer_enters_an_application_for_several_sites_too(open_programme, officer, browser_of):
    typing = Typing(browser_of(officer))
    typing.send(**{"eligibility-several": "on"})
    typing.send(**{"eligibility-several": "on"})
    typing.send(**{f"sites-{name}": typed for name, typed in HOMES.items()})
    typing.send(**{f"places-{name}": places for name, places in PLACES.items()})

    typing.send(told="on")

    assert [places for *_, places in asked(Enquiry.objects.get())] == [1, 3, 2]


# --- The CQC's list ------------------------------------------------------------------------------------------------


@pytest.fixture
def homes_of_a_group(open_programme):
    same = {"cqc_provider_id": "1-900", "is_social_care": True, "type": "care_home", "service_types": ["Care home"]}
    RegisteredLocationFactory(cqc_location_id="1-904", name="Other group’s home", **{**same, "cqc_provider_id": "1-7"})
    return [
        RegisteredLocationFactory(cqc_location_id=f"1-90{n}", name=f"Home {n}", postcode=f"RM10 7A{end}", **same)
        for n, end in ((1, "A"), (2, "B"), (3, "D"))
    ]


def found_in_the_list(homes, **answers):
    """A group whose first home was found in the CQC's list."""
    applicant = group(find={"words": homes[0].cqc_location_id}, right={"right": "yes"}, **answers)
    return applicant.begin("open")


def test_other_homes_of_the_same_organisation_are_ticked(homes_of_a_group):
    """Nobody types what the CQC's list has; other organisations' homes are not offered."""
    two = {"listed": ["1-902", "1-903"]}
    applicant = found_in_the_list(homes_of_a_group, sites=two).go_to("sites")
    page = applicant.client.get(applicant.page).content.decode()
    assert [f"Home {n}" in page for n in (2, 3)] == [True, True]
    assert "Other group’s home" not in page

    applicant.go_to("check").send()

    found = applicant.enquiry.interests.values_list("site_name", "site_postcode", "site_location_id", "places")
    assert list(found) == [
        ("Home 1", "RM10 7AA", "1-901", 1),
        ("Home 2", "RM10 7AB", "1-902", 3),
        ("Home 3", "RM10 7AD", "1-903", 2),
    ]


def test_a_home_that_leaves_the_cqcs_list_meanwhile_stays_in_the_application(homes_of_a_group):
    applicant = found_in_the_list(homes_of_a_group, sites={"listed": ["1-902", "1-903"]}).go_to("check")
    RegisteredLocation.objects.filter(cqc_location_id="1-902").delete()

    applicant.send()

    assert applicant.enquiry.interests.filter(site_name="Home 2").count() == 1


# --- Bad input -----------------------------------------------------------------------------------------------------


def refused(page, typed):
    applicant = group().begin("open").go_to(page)
    response = applicant.answer(typed)
    assert applicant.at == page
    return errors(response)


def test_at_least_one_other_site_is_named(open_programme):
    assert refused("sites", {}) == [sites.NONE]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name-1": "Elm House"}, "Enter the postcode of other site 1"),
        ({"postcode-6": "RM10 7AB"}, "Enter the name of other site 6"),
        ({"name-1": "Elm House", "postcode-1": "nowhere"}, "Enter a full UK postcode, like RM10 7AB"),
        (
            {**HOMES, "name-2": "elm house", "postcode-2": "RM107AB"},
            "elm house, RM10 7AB is there twice. Enter each site once",
        ),
        (
            {"name-1": "Example Care Home", "postcode-1": "RM10 8XD"},
            "Example Care Home, RM10 8XD is there twice. Enter each site once",
        ),
    ],
)
def test_a_site_has_a_name_and_a_postcode_and_is_there_once(open_programme, typed, told):
    assert refused("sites", typed) == [told]


def test_sites_of_the_same_name_are_told_apart_by_their_postcodes(open_programme):
    enquiry = group(sites={**HOMES, "name-2": "Elm House"}).apply("open")

    assert [name for name, *_ in asked(enquiry)] == [
        "Example care home",
        "Elm House, RM10 7AB",
        "Elm House, IG11 7LU",
    ]


@pytest.mark.parametrize("number", ["", "-1", "100", "many", "9" * 5000, "\x00"])
def test_a_number_of_places_is_one_that_can_be(open_programme, number):
    assert len(refused("places", {**PLACES, "places-open-1": number})) == 1


def test_each_site_and_each_programme_has_a_place(open_programme):
    ProgrammeFactory(slug="other", title="Another programme")
    applicant = group().begin("open", "other").go_to("places")
    nothing = {f"places-other-{number}": "0" for number in range(3)}

    told = errors(applicant.answer({**PLACES, "places-open-2": "0", **nothing}))

    assert set(told) == {
        "Enter at least one place for Ash House, or go back and remove the site",
        "Enter at least one place on Another programme, for one of your sites",
    }


def test_what_is_typed_by_hand_does_no_harm(open_programme):
    """FI: NUL, a megabyte, and sites that are in no list."""
    applicant = group().begin("open").go_to("sites")

    for bad, status in (({"name-1": "\x00", "postcode-1": "x" * 1000}, 200), ({"name-1": "x" * 1_000_000}, 413)):
        assert applicant.answer(bad).status_code == status
    assert applicant.answer({"listed": ["1-1", "\x00"]}).status_code == 200


def test_somebody_else_sees_none_of_it(open_programme):
    applicant = group().begin("open").go_to("places")

    assert [Client().get(applicant.url(page)).status_code for page in ("sites", "places")] == [404, 404]


# --- What is stored ------------------------------------------------------------------------------------------------


def test_an_application_for_many_sites_takes_no_more_queries(open_programme):
    applicant = group().begin("open").go_to("check")
    sending = _sending(applicant)

    with CaptureQueriesContext(connection) as asked_of:
        services.submit_application(**sending)

    work = [one for one in asked_of if not one["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert len(work) <= 8, [one["sql"] for one in work]


def _sending(applicant):
    owner = applicant.client.session["applicant"]
    return {"draft_id": applicant.draft_id, "owner": owner, "seal": applicant.hidden()["content"]}


def test_one_mail_goes_to_each_inbox_and_names_every_site(open_programme):
    RoutingRuleFactory(programme=ProgrammeFactory(slug="other"), inbox="other@lbbd.gov.uk")
    places = {**PLACES, **{f"places-other-{number}": "1" for number in range(3)}}

    group(places=places).apply("open", "other")

    assert OutgoingMail.objects.filter(kind="routing").count() == 2


def test_what_was_asked_for_a_site_is_written_once_and_watched(open_programme):
    """(DI6)"""
    enquiry = group().apply("open")
    elm = enquiry.interests.get(site_name="Elm House")
    with pytest.raises(TypeError):
        Interest.objects.update(places=9)
    assert not list(submitted.differences())

    with connection.cursor() as cursor:
        cursor.execute("UPDATE enquiries_interest SET places = 9 WHERE id = %s", [elm.pk])

    assert list(submitted.differences()) == [f"enquiry {enquiry.pk} or what it asks for was changed after it was sent"]


def test_the_sum_over_an_application_of_before_there_were_sites_still_fits(open_programme):
    """(DI6)"""
    one = InterestFactory(programme=open_programme)

    assert submitted._asked(one) == [one.programme_id, one.programme_title, one.wants_second_look, one.answers]


@pytest.mark.parametrize(
    "wrong",
    [
        {"site_name": "Elm House"},
        {"site_postcode": "RM10 7AB"},
        {"site_location_id": "1-100"},
        {"places": 0},
    ],
)
def test_the_database_refuses_half_a_site_and_no_places(open_programme, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        InterestFactory(programme=open_programme, **wrong)


def test_the_database_refuses_the_same_site_twice(open_programme):
    site = {"site_name": "Elm House", "site_postcode": "RM10 7AB"}
    one = InterestFactory(programme=open_programme, **site)
    InterestFactory(enquiry=one.enquiry, programme=open_programme, **{**site, "site_name": "Ash House"})

    with pytest.raises(IntegrityError), transaction.atomic():
        InterestFactory(enquiry=one.enquiry, programme=open_programme, **site)


# --- An outcome for each -------------------------------------------------------------------------------------------


@pytest.fixture
def homes(open_programme, officer):
    """Three homes of one application, in triage; their programme has a group with five places."""
    IntakeFactory(programme=open_programme, capacity=5, starts_on=in_days(60))
    enquiry = group().apply("open")
    services.take(enquiry_id=enquiry.pk, officer=officer)
    return {one.site_name: one for one in enquiry.interests.all()}


def taken():
    return Intake.objects.get().places_taken


def offer(interest, officer):
    return services.offer(interest_id=interest.pk, officer=officer, intake_id=Intake.objects.get().pk)


def test_one_home_is_offered_places_one_waits_and_one_is_declined(homes, officer):
    """(N16) Each outcome is its own, and an offer takes as many places as the home wants."""
    own, elm, ash = (homes[name].pk for name in ("Example care home", "Elm House", "Ash House"))

    offer(homes["Elm House"], officer)
    services.put_on_waiting_list(interest_id=ash, officer=officer)
    services.decline(interest_id=own, officer=officer, reason="no_money", onward_options="Ask again in May.")

    states = dict(Interest.objects.values_list("pk", "state"))
    assert states == {elm: "offered", ash: "waiting_list", own: "declined"}
    assert taken() == 3


def test_places_are_given_back_as_many_as_were_taken(homes, officer):
    offer(homes["Elm House"], officer)

    services.withdraw(interest_id=homes["Elm House"].pk, officer=officer)

    assert taken() == 0


def test_more_places_than_are_free_are_not_offered(homes, officer):
    offer(homes["Elm House"], officer)
    Intake.objects.update(capacity=4)

    with pytest.raises(GroupIsFull, match="has 1 of the 2 places that are wanted"):
        offer(homes["Ash House"], officer)

    assert taken() == 3


def test_who_wants_more_than_is_free_goes_on_waiting_and_keeps_nobody_from_a_place(homes, officer):
    Intake.objects.update(capacity=2)
    for name in ("Elm House", "Ash House"):  # Elm House is first, and wants three
        services.put_on_waiting_list(interest_id=homes[name].pk, officer=officer)

    by_itself.look_after_places()

    states = dict(Interest.objects.values_list("site_name", "state"))
    assert (states["Elm House"], states["Ash House"], taken()) == ("waiting_list", "offered", 2)


def test_a_withdrawal_that_is_undone_takes_as_many_places_again(homes, officer):
    offered = offer(homes["Elm House"], officer)
    services.withdraw_for_provider(enquiry_id=offered.enquiry_id, shown={offered.pk: offered.shown_as})
    assert taken() == 0

    services.undo_withdrawal(enquiry_id=offered.enquiry_id)

    assert taken() == 3


def test_the_page_of_places_counts_places_and_names_the_site(homes, officer, browser_of, open_programme):
    offer(homes["Elm House"], officer)

    page = browser_of(officer).get(f"/admin/enquiries/enquiry/places/{open_programme.pk}/")

    assert [group_.offered for group_ in page.context["groups"]] == [3]
    assert "Elm House, 3 places" in page.content.decode()


# --- What is said of it --------------------------------------------------------------------------------------------


def test_the_status_page_shows_each_site_with_its_own_outcome(homes, officer):
    """(N16)"""
    offer(homes["Elm House"], officer)
    services.put_on_waiting_list(interest_id=homes["Ash House"].pk, officer=officer)

    page = page_of(homes["Elm House"].enquiry)

    elm, ash = (page.index(f"Open programme ({name}) ", page.index("What you applied for")) for name in NAMES)
    assert "Place offered" in page[elm:ash]
    assert "3 places for Elm House, RM10 7AB." in page[elm:ash]
    assert "On the waiting list" in page[ash:]


def test_the_copy_of_an_application_has_each_site_with_its_places(homes):
    copy = page_of(homes["Elm House"].enquiry, "copy/")

    assert "Places 3 for Elm House, RM10 7AB" in copy


def test_letters_to_the_provider_tell_a_site_by_its_postcode_alone(homes, officer):
    """What somebody typed is not sent on to an address that they typed."""
    offer(homes["Elm House"], officer)

    letters = [mail.text or letters_.build(mail).decode() for mail in OutgoingMail.objects.exclude(kind="routing")]

    assert len(letters) == 2
    for letter in letters:
        assert "Open programme (RM10 7AB)" in letter
        assert "Elm" not in letter


def test_the_mail_to_the_inbox_names_each_site_with_its_places(homes):
    routing = letters_.build(OutgoingMail.objects.get(kind="routing")).decode()

    assert "Site: Elm House, RM10 7AB" in routing
    assert "Places wanted: 3" in routing
    assert OutgoingMail.objects.get(kind="routing").subject.count("Open programme") == 1


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        ([], []),
        ([SharedField.ORGANISATION], ["Site"]),
        ([SharedField.POSTCODE], ["Postcode of the site"]),
        ([SharedField.ORGANISATION, SharedField.POSTCODE], ["Site", "Postcode of the site"]),
    ],
)
def test_a_partner_learns_of_a_site_what_the_rule_shares_of_the_organisation(homes, codes, told):
    """(AZ5) A name that is not shared is not told by way of the site."""
    rows = dict(sharing.shared(homes["Elm House"], codes))

    assert [label for label in rows if "ite" in label] == told
    assert ("Elm House" in rows.values()) == (SharedField.ORGANISATION in codes)


def test_an_export_has_a_row_for_each_site(homes):
    table = table_of(Export.What.PROGRAMMES)

    rows = [dict(zip(table.header, row, strict=True)) for row in table.rows(Enquiry.objects.all())]

    assert [(row["Site"], row["Postcode of the site"], row["Places wanted"]) for row in rows] == [
        ("Example care home", "RM10 8XD", 1),
        ("Elm House", "RM10 7AB", 3),
        ("Ash House", "IG11 7LU", 2),
    ]


def test_the_queue_names_a_programme_once_for_all_its_sites(homes):
    assert [row.programmes for row in rows_of(Enquiry.objects.all(), [])] == [["Open programme"]]


def test_joining_takes_over_the_sites_that_only_the_closed_one_asks_for(homes, officer):
    first = homes["Elm House"].enquiry
    again = group(sites={**HOMES, "name-2": "Oak House"}).apply("open")

    services.join(enquiry_id=again.pk, into=first.reference, officer=officer)

    names = first.interests.order_by("pk").values_list("site_name", "places")
    assert list(names)[-2:] == [("Ash House", 2), ("Oak House", 2)]
    assert not list(submitted.differences())
