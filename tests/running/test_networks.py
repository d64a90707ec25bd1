"""The officers' workspace opens from the networks that a setting names (AD3)."""

from ipaddress import ip_network

import pytest

from careportal.environment import Environment
from tests import production

pytestmark = pytest.mark.django_db

OFFICERS = ["/admin/", "/admin/login/", "/admin/enquiries/enquiry/", "/admin/nowhere/", "/status/"]


@pytest.fixture
def from_the_council(settings):
    settings.ADMIN_NETWORKS = [ip_network("192.0.2.0/24"), ip_network("2001:db8:7::/48")]
    return settings


def test_it_opens_everywhere_while_no_network_is_named(client, officer, browser_of):
    assert browser_of(officer).get("/admin/", REMOTE_ADDR="203.0.113.9").status_code == 200


@pytest.mark.parametrize("path", OFFICERS)
@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8:8::1", "", "unknown", "192.0.2.1, 203.0.113.9"])
def test_from_elsewhere_every_page_of_it_is_refused(from_the_council, officer, browser_of, path, address):
    """AD3: whoever is signed in."""
    answer = browser_of(officer).get(path, REMOTE_ADDR=address)

    assert answer.status_code == 403
    assert "opens from the council’s own network only" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("method", ["post", "head", "options"])
def test_no_method_gets_round_it(from_the_council, officer, browser_of, method):
    """AD3."""
    assert getattr(browser_of(officer), method)("/admin/", REMOTE_ADDR="203.0.113.9").status_code == 403


@pytest.mark.parametrize("address", ["192.0.2.77", "2001:db8:7::1", "::ffff:192.0.2.77"])
def test_from_a_named_network_it_opens(from_the_council, officer, browser_of, address):
    """AD3."""
    assert browser_of(officer).get("/admin/", REMOTE_ADDR=address).status_code == 200


@pytest.mark.parametrize("path", ["/", "/programmes/", "/account/login/", "/health/live"])
def test_everybody_elses_pages_open_from_everywhere(from_the_council, client, path):
    assert client.get(path, REMOTE_ADDR="203.0.113.9").status_code == 200


@pytest.mark.parametrize(
    ("proxies", "forwarded", "status"),
    [
        (0, "192.0.2.1", 403),  # nobody's word but our own proxies' is taken
        (1, "192.0.2.1", 200),
        (1, "192.0.2.1, 203.0.113.9", 403),
        (2, "192.0.2.1, 10.0.0.1", 200),
        (2, "192.0.2.1, 203.0.113.9, 10.0.0.1", 403),
    ],
)
def test_the_address_is_the_one_that_our_own_proxies_saw(
    from_the_council, officer, browser_of, proxies, forwarded, status
):
    """AD3: a forged header opens nothing."""
    from_the_council.TRUSTED_PROXY_COUNT = proxies

    answer = browser_of(officer).get("/admin/", REMOTE_ADDR="203.0.113.9", headers={"x-forwarded-for": forwarded})

    assert answer.status_code == status


def test_networks_are_read_from_the_setting():
    env = Environment({"A": "192.0.2.0/24, 2001:db8::/32,203.0.113.9", "B": "192.0.2.1/24", "C": "council", "D": ","})

    assert env.networks("A") == [ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"), ip_network("203.0.113.9")]
    assert env.networks("B") == env.networks("C") == env.networks("D") == env.networks("E") == []
    assert [problem.partition(" ")[0] for problem in env.problems] == ["B", "C", "D"]


@pytest.mark.parametrize("wrong", ["council", "192.0.2.1/24", ","])
def test_what_is_no_network_stops_the_start(wrong):
    """UP8: otherwise a slip of the pen would open the workspace to everybody."""
    done = production.manage("check", ADMIN_NETWORKS=wrong)

    assert done.returncode != 0
    assert "- ADMIN_NETWORKS must " in done.stderr
