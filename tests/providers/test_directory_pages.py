"""The officers' pages of the directory: to look at, to search, and never to change."""

import pytest
from django.urls import reverse

from providers.cqc.service_types import type_of
from providers.models import RegisteredLocation
from tests.factories import DirectoryImportFactory, RegisteredLocationFactory, UserFactory

pytestmark = pytest.mark.django_db

LOCATIONS = "admin:providers_registeredlocation"
IMPORTS = "admin:providers_directoryimport"


@pytest.fixture
def browser(officer, browser_of):
    return browser_of(officer)


def page(browser, name, *args, **query):
    return browser.get(reverse(name, args=args), query)


def names(answer):
    return [location.name for location in answer.context["cl"].result_list]


@pytest.mark.parametrize("words", ["ruhe", "RUHÉ", "rm107aa", "RM10 7AA", "1-123456789", "1-987654321", "care café"])
def test_a_location_is_found_by_name_provider_postcode_or_either_id(browser, words):
    RegisteredLocationFactory(name="Elsewhere", postcode="E1 6AN", provider_name="Other")
    RegisteredLocationFactory(
        name="Haus Ruhe",
        provider_name="Café Care Ltd",
        cqc_location_id="1-123456789",
        cqc_provider_id="1-987654321",
    )

    assert names(page(browser, f"{LOCATIONS}_changelist", q=words)) == ["Haus Ruhe"]


def test_a_search_that_finds_nothing_says_so(browser):
    RegisteredLocationFactory()

    assert "There is nothing here that fits" in page(browser, f"{LOCATIONS}_changelist", q="nowhere").content.decode()


@pytest.mark.parametrize("words", ["x" * 4000, "%", "1-" * 2000, "｢"])
def test_strange_words_find_nothing_and_break_nothing(browser, words):
    RegisteredLocationFactory()

    answer = page(browser, f"{LOCATIONS}_changelist", q=words)

    assert (answer.status_code, names(answer)) == (200, [])


def test_a_location_can_be_looked_at(browser):
    location = RegisteredLocationFactory(rating="Good", service_types=["Residential homes", "Homecare agencies"])

    text = page(browser, f"{LOCATIONS}_change", location.pk).content.decode()

    assert "Residential homes, Homecare agencies" in text
    assert location.cqc_location_id in text
    assert "Save" not in text


@pytest.mark.parametrize(
    ("types", "words"), [(["Dentist"], "Another kind of care"), ([], "Not known"), (["Homecare agencies"], "Homecare")]
)
def test_a_location_whose_kind_of_care_no_file_has_told_is_not_called_another_kind(browser, types, words):
    location = RegisteredLocationFactory(service_types=types, type=type_of(types))

    text = page(browser, f"{LOCATIONS}_change", location.pk).content.decode()

    assert f'<div class="readonly">{words}</div>' in text


def test_an_import_tells_what_came_of_it_and_what_was_odd(browser):
    made = DirectoryImportFactory(odd={"postcode that cannot be read": {"count": 9, "lines": [7, 8, 9, 10, 1100]}})

    listed = page(browser, f"{IMPORTS}_changelist").content.decode()
    text = page(browser, f"{IMPORTS}_change", made.pk).content.decode()

    assert "Care directory" in listed
    assert "9 × postcode that cannot be read: lines 7, 8, 9, 10, 1,100, …" in text
    assert "example_directory.csv" in text


def test_an_import_without_anything_odd_says_so(browser):
    assert "Nothing" in page(browser, f"{IMPORTS}_change", DirectoryImportFactory().pk).content.decode()


@pytest.mark.parametrize("role", ["officer", "lead", "administrator"])
@pytest.mark.parametrize("step", ["add", "change", "delete"])
def test_nobody_changes_it_by_hand(browser_of, role, step):
    location, made = RegisteredLocationFactory(), DirectoryImportFactory()
    browser = browser_of(UserFactory(**{role: True}))

    for name, row in ((LOCATIONS, location), (IMPORTS, made)):
        args = [] if step == "add" else [row.pk]
        answer = browser.post(
            reverse(f"{name}_{step}", args=args), {"name": "Other", "post": "yes", "reason": "mistake"}
        )
        assert answer.status_code == 403

    assert RegisteredLocation.objects.get().name == location.name


@pytest.mark.parametrize("name", [f"{LOCATIONS}_changelist", f"{IMPORTS}_changelist"])
def test_it_is_for_council_staff_only(client, browser_of, viewer, name):
    assert page(client, name).status_code == 302
    assert page(browser_of(UserFactory()), name).status_code == 403
    assert page(browser_of(viewer), name).status_code == 200


def test_the_list_asks_as_many_queries_for_one_location_as_for_many(browser, django_assert_num_queries):
    RegisteredLocationFactory()
    page(browser, f"{LOCATIONS}_changelist")
    with django_assert_num_queries(5) as one:
        page(browser, f"{LOCATIONS}_changelist")
    RegisteredLocationFactory.create_batch(20)
    with django_assert_num_queries(len(one)):
        page(browser, f"{LOCATIONS}_changelist")
