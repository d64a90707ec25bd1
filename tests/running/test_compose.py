"""docker-compose.yml: it fits its specification, holds no secret, and starts what embedded mode starts."""

import re
import subprocess
import sys

import pytest
import yaml

from careportal import parts
from tests.production import ENVIRONMENT, ROOT

FILE = ROOT / "docker-compose.yml"


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(FILE.read_text())


def test_it_fits_the_compose_specification():
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("role", parts.PARTS)
def test_each_part_is_started_by_the_same_command_as_everywhere(compose, role):
    assert compose["services"][role]["command"] == f"python manage.py serve {role}"


def test_the_portal_is_given_every_setting_that_production_asks_for(compose):
    everywhere = {"BIND"}  # in a container, the default: every address

    assert set(ENVIRONMENT) - everywhere <= set(compose["services"]["web"]["environment"])


def test_nothing_secret_has_a_default():
    """(SC5)"""
    given = re.findall(r"\$\{([A-Z_]+)(:?[-?])?", FILE.read_text())
    secret = {(name, how) for name, how in given if re.search("SECRET|PASSWORD|KEY", name)}

    assert secret
    assert {how for _, how in secret} == {":?"}


def test_the_portals_own_database_role_has_no_rights_over_others(compose):
    """(SC8)"""
    (role,) = [config["content"] for config in compose["configs"].values() if "CREATE ROLE" in config["content"]]

    assert "NOSUPERUSER NOCREATEDB NOCREATEROLE" in role


def test_nothing_but_this_machine_reaches_a_port(compose):
    """(SC8)"""
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_part_has_a_health_check_but_the_one_that_ends_and_the_catcher_that_may_fail(compose):
    without = {name for name, service in compose["services"].items() if "healthcheck" not in service}

    assert without == {"set_up", "mail"}
