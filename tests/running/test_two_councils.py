"""Two councils on one machine, each made by its pack alone: nothing of one is in the other's pages, mails or styles.

Both run at the same time as real processes, with a data folder each. The words are worked out from the other's pack.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import permutations
from pathlib import Path

import pytest
import requests

from tests import services
from tests.running import borders
from tests.running.installed import install

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("two councils")]  # started once, for all

COUNCILS = ("barking_and_dagenham", "essex")
PUBLIC = ("/", "/programmes/", "/apply/", "/what-can-my-service-get/", "/nowhere/", "/account/login/", "/health/ready")
STARTS = {"visitor": PUBLIC, "officer": ("/admin/", "/status/"), "partner": ("/partner/", "/partner/listings/")}


class Running:
    """One council's portal: its process, its people, and what they were shown."""

    def __init__(self, key, portal):
        self.key, self.portal = key, portal
        self.signed_in = json.loads(portal.run("-m", "tests.running.visitors"))

    def cookies_of(self, who):
        return {self.signed_in["cookie"]: self.signed_in["people"][who]} if who in self.signed_in["people"] else {}

    def shown_to(self, who):
        return borders.crawl(self.portal.url, STARTS[who], self.cookies_of(who))

    @property
    def kept_mail(self):
        return borders.mails(Path(self.portal.folder) / "data" / "mail" / "sent")


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    with ExitStack() as stack:
        folders = [tmp_path_factory.mktemp(key) for key in COUNCILS]
        with ThreadPoolExecutor() as at_once:
            portals = list(at_once.map(lambda key, folder: install(folder, COUNCIL=key), COUNCILS, folders))
        for portal in portals:
            command = [sys.executable, "manage.py", "serve"]
            stack.enter_context(services.start_process(command, env=portal.env, output=portal.folder / "output"))
        running = {key: Running(key, portal) for key, portal in zip(COUNCILS, portals, strict=True)}
        for one in running.values():
            services.wait_until(one.portal.answers, seconds=60, what=f"the start of {one.key}")
        for one in running.values():
            services.wait_until(lambda one=one: len(one.kept_mail) >= 8, seconds=60, what=f"the mails of {one.key}")
        yield running


def crossings(key, other, texts):
    """What of the other council's stands where."""
    foreign = borders.foreign_to(key, other)
    plain = {place: borders.without_neighbours(key, text) for place, text in texts.items()}
    return {(word, place) for word in foreign for place, text in plain.items() if borders.names(word, text)}


@pytest.mark.parametrize(("key", "other"), list(permutations(COUNCILS)))
def test_there_is_enough_to_look_for(key, other):
    foreign = borders.foreign_to(key, other)

    assert len(foreign) > 60
    told = {"barking_and_dagenham": {"lbbd.gov.uk", "care city", "020 8215 3000", "#4a1a54", "shift-life balance"}}
    told["essex"] = {"essex", "essex county council", "essex.example.org", "colchester institute", "#7a1f2b"}
    assert told[other] <= foreign


@pytest.mark.parametrize("who", STARTS)
@pytest.mark.parametrize(("key", "other"), list(permutations(COUNCILS)))
def test_nothing_of_the_other_council_is_on_a_page(both, key, other, who):
    shown = both[key].shown_to(who)

    assert len(shown) > {"visitor": 25, "officer": 60, "partner": 8}[who]
    assert crossings(key, other, shown) == set()


@pytest.mark.parametrize(("key", "other"), list(permutations(COUNCILS)))
def test_nothing_of_the_other_council_is_in_a_mail(both, key, other):
    assert crossings(key, other, both[key].kept_mail) == set()


@pytest.mark.parametrize("key", COUNCILS)
def test_its_own_words_are_on_its_own_pages(both, key):
    """So that finding nothing of the other's means something."""
    own = borders.words_of(key)
    shown = " ".join(borders.without_neighbours("essex", text) for text in both[key].shown_to("visitor").values())

    assert len({word for word in own if borders.names(word, shown)}) > len(own) / 2


def test_one_browser_is_signed_in_to_both_at_once(both):
    """Browsers do not tell ports apart: names of cookies do."""
    browser = requests.Session()
    for one in both.values():
        browser.cookies.update(one.cookies_of("officer"))

    for one in both.values():
        front = browser.get(f"{one.portal.url}/admin/", timeout=20)
        assert (front.status_code, front.url) == (200, f"{one.portal.url}/admin/")
    assert len({cookie.name for cookie in browser.cookies if cookie.name.endswith("-session")}) == 2


def test_each_has_its_own_keys_and_data(both):
    folders = [Path(one.portal.folder) / "data" for one in both.values()]

    for name in ("secret.key", "encryption.key", "portal.sqlite3", "demo_accounts.json"):
        contents = [(folder / name).read_bytes() for folder in folders]
        assert contents[0] != contents[1], name
