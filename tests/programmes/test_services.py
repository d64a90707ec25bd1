from pathlib import Path

import pytest

from careportal.kit.packfile import PackError
from programmes.models import Partner, Programme
from programmes.services import load_listings

pytestmark = pytest.mark.django_db

GOOD = """
partners:
  - {slug: a-partner, name: A partner}
programmes:
  - slug: a-programme
    title: A programme
    summary: In a sentence.
    description: At length.
    theme: training
    audience: managers
    who_for: Managers.
    partners: [a-partner]
    eligibility:
      - {fact: area, accepts: [inside], reason: Only inside.}
    questions:
      - {key: people, label: "How many?", kind: number, purpose: To plan.}
"""


@pytest.fixture
def pack(tmp_path):
    def written(text: str = GOOD) -> Path:
        path = tmp_path / "programmes.yaml"
        path.write_text(text)
        return path

    return written


def test_loading_a_pack_adds_what_it_holds(pack):
    loaded = load_listings(pack())

    programme = Programme.objects.get()
    assert (loaded.partners, loaded.programmes) == (["A partner"], ["A programme"])
    assert [partner.name for partner in programme.partners.all()] == ["A partner"]
    assert [rule.reason for rule in programme.eligibility_rules.all()] == ["Only inside."]
    assert [question.key for question in programme.questions.all()] == ["people"]


def test_loading_a_pack_twice_changes_nothing(pack):
    load_listings(pack())
    before = list(Programme.history.values_list("pk", flat=True))

    loaded = load_listings(pack())

    assert (loaded.partners, loaded.programmes) == ([], [])
    assert list(Programme.history.values_list("pk", flat=True)) == before


def test_loading_a_pack_leaves_an_officers_edits_alone(pack):
    load_listings(pack())
    Programme.objects.update(title="As the officer has it", state=Programme.State.PAUSED)

    load_listings(pack())

    assert list(Programme.objects.values_list("title", "state")) == [("As the officer has it", "paused")]


@pytest.mark.parametrize(
    ("wrong", "right", "line", "reason"),
    [
        ("theme: leisure", "theme: training", 9, "theme"),
        ("colour: blue", "audience: managers", 10, "colour"),
        ("summary: ''", "summary: In a sentence.", 7, "summary"),
        ("  - [slug: a-partner", "  - {slug: a-partner", 3, "YAML"),
        ("kind: riddle", "kind: number", 16, "kind"),
        ("title: 2026-13-45", "title: A programme", 6, "month must be in 1..12"),
        ("theme: training, twice: &x [1]", "theme: training", 9, "YAML"),
        ("theme: training\n    theme: training", "theme: training", 10, "the key theme stands here a second time"),
        ("partners: [nobody]", "partners: [a-partner]", 12, "nobody"),
        ("accepts: [homecare]", "accepts: [inside]", 5, "Choose at least one"),
    ],
)
def test_a_broken_pack_is_refused_whole_with_file_line_and_reason(pack, wrong, right, line, reason):
    path = pack(GOOD.replace(right, wrong))

    with pytest.raises(PackError) as refused:
        load_listings(path)

    assert str(path) in str(refused.value)
    assert reason in str(refused.value)
    assert f"{path}:{line}:" in str(refused.value)
    assert not Programme.objects.exists()
    assert not Partner.objects.exists()


def test_the_pack_of_barking_and_dagenham_holds_the_four_families_and_invents_no_facts(settings):
    load_listings(settings.COUNCIL.folder / "programmes.yaml")

    slugs = set(Programme.objects.values_list("slug", flat=True))
    assert {"shift-life-balance", "sustainability-mentoring", "enhanced-homecare"} < slugs
    assert {"nursing-associate-apprenticeship", "enablement-champion-apprenticeship"} < slugs
    for programme in Programme.objects.all():
        assert {"cost", "hours and days", "when it was last checked"} <= set(programme.gaps())
        assert not programme.intakes.exists()
    run_by = {p.slug: [partner.name for partner in p.partners.all()] for p in Programme.objects.all()}
    assert run_by["shift-life-balance"] == ["Timewise"]
    assert run_by["sustainability-mentoring"] == ["Barking Enterprise Centre"]
    assert run_by["nursing-associate-apprenticeship"] == ["BHR CEPN", "Care City"]
    assert run_by["enhanced-homecare"] == ["Care City"]
