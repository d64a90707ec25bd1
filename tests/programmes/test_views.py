import pytest
from django.urls import reverse

from programmes.models import Programme
from tests.factories import IntakeFactory, PartnerFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

LIST = "/programmes/"


def titles(client, **query):
    return [programme.title for _, programme in client.get(LIST, query).context["listed"]]


def test_the_list_shows_open_programmes_first_and_no_drafts(client):
    IntakeFactory(programme__title="A, closed", past=True)
    ProgrammeFactory(title="B, open")
    ProgrammeFactory(title="C, paused", paused=True)
    ProgrammeFactory(title="D, draft", draft=True)
    ProgrammeFactory(title="E, archived", archived=True)

    assert titles(client) == ["B, open", "A, closed", "C, paused"]


def test_filters_narrow_the_list_and_go_together(client):
    ProgrammeFactory(title="One", theme="recruitment", audience="managers", delivery_mode="online")
    ProgrammeFactory(title="Two", theme="recruitment", audience="care_workers")
    IntakeFactory(programme__title="Three", programme__theme="training", past=True)

    assert titles(client, theme="recruitment") == ["One", "Two"]
    assert titles(client, theme=["recruitment", "training"]) == ["One", "Two", "Three"]
    assert titles(client, theme="recruitment", audience="care_workers") == ["Two"]
    assert titles(client, delivery="online") == ["One"]
    assert titles(client, open="yes") == ["One", "Two"]
    assert titles(client, q="TWO") == ["Two"]


def test_a_list_with_nothing_in_it_says_what_to_do(client):
    page = client.get(LIST, {"q": "unheard of"}).content.decode()

    assert "No programme fits" in page
    assert "0 programmes" in page


@pytest.mark.parametrize(
    "query", [{"q": "%_'\"\\"}, {"q": "x" * 10_000}, {"theme": "<script>"}, {"open": "1e30"}, {"page": "-1"}]
)
def test_strange_filters_are_answered_and_never_echoed_raw(client, query):
    """FI21, FI22."""
    response = client.get(LIST, query)

    assert response.status_code == 200
    assert b'<script>"' not in response.content
    assert b"x" * 200 not in response.content or query["q"].startswith("x")


def test_a_programme_page_tells_what_it_takes_and_what_is_not_known(client):
    programme = ProgrammeFactory(title="Rota workshop", time_needed="3 hours", cost_pounds=0)
    programme.partners.add(PartnerFactory(name="Example partner"))
    IntakeFactory(programme=programme, title="Spring group", capacity=12, places_taken=5)

    page = client.get(programme.get_absolute_url()).content.decode()

    for text in (
        "Rota workshop",
        "3 hours",
        "Free",
        "Example partner",
        "Spring group",
        "7 of 12 left",
        "Ask the council",
    ):
        assert text in page
    assert f"{reverse('enquiries:apply')}?programme={programme.slug}" in page


def test_a_full_programme_offers_its_waiting_list(client):
    programme = IntakeFactory(full=True).programme

    page = client.get(programme.get_absolute_url()).content.decode()

    assert "join the waiting list" in page


def test_a_closed_programme_offers_no_application(client):
    programme = IntakeFactory(past=True).programme

    page = client.get(programme.get_absolute_url()).content.decode()

    assert "Applications are closed" in page
    assert reverse("enquiries:apply") not in page


@pytest.mark.parametrize("trait", ["draft", "archived"])
def test_a_programme_that_is_not_listed_is_not_there(client, trait):
    """AZ8."""
    programme = ProgrammeFactory(title="A secret", **{trait: True})

    response = client.get(programme.get_absolute_url())

    assert response.status_code == 404
    assert b"A secret" not in response.content


def test_hostile_text_in_a_listing_stays_text(client):
    """FI2: Markdown of partners and officers runs nothing and links nowhere strange."""
    programme = ProgrammeFactory(
        title="<script>alert(1)</script>", description="<img src=x onerror=alert(1)>\n\n[here](javascript:alert(1))"
    )

    page = client.get(programme.get_absolute_url()).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page


def test_reading_sets_no_cookie(client):
    """HC5."""
    programme = ProgrammeFactory()
    for url in (
        "/",
        LIST,
        programme.get_absolute_url(),
        "/privacy/",
        "/cookies/",
        "/accessibility/",
        "/contact/",
        "/how-to-apply/",
    ):
        response = client.get(url)
        assert response.status_code == 200, url
        assert not response.cookies, url


def test_the_list_takes_no_more_queries_for_many_programmes(client, django_assert_max_num_queries):
    for _ in range(30):
        intake = IntakeFactory()
        intake.programme.partners.add(PartnerFactory())

    with django_assert_max_num_queries(6):
        client.get(LIST)


def test_a_programme_page_takes_few_queries_however_many_intakes(client, django_assert_max_num_queries):
    programme = ProgrammeFactory()
    for _ in range(20):
        IntakeFactory(programme=programme)
        programme.partners.add(PartnerFactory())

    with django_assert_max_num_queries(8):
        client.get(programme.get_absolute_url())


def test_the_list_refuses_to_be_posted_to(client):
    assert client.post(LIST).status_code == 405
    assert Programme.objects.count() == 0
