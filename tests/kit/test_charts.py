"""Charts: said in words, drawn to scale, safe for the content policy."""

from xml.etree import ElementTree

from careportal.kit.charts import LABELS, VALUES, WIDTH, Bar, bars

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*lines, title="Enquiries"):
    return ElementTree.fromstring(
        bars("name", title, "Most: a.", lines).replace("<svg", f'<svg xmlns="{SVG[1:-1]}"', 1)
    )


def test_a_chart_has_a_name_and_says_its_finding():
    chart = drawn(Bar("a", 3))

    assert chart.get("role") == "img"
    said = [chart.find(f".//*[@id='{one}']").text for one in chart.get("aria-labelledby").split()]
    assert said == ["Enquiries", "Most: a."]


def test_bars_are_as_long_as_their_numbers_and_carry_them():
    chart = drawn(Bar("a", 8, 4), Bar("b", 0, 2))

    lengths = [float(one.get("width")) for one in chart.findall(f"{SVG}rect")]
    most = WIDTH - LABELS - VALUES
    assert lengths == [most, most / 2, 0, most / 4]
    assert [one.text for one in chart.findall(f"{SVG}text")] == ["a", "8", "4", "b", "0", "2"]


def test_the_period_before_is_told_apart_by_a_pattern():
    now, before = drawn(Bar("a", 8, 4)).findall(f"{SVG}rect")

    assert now.get("fill") is None
    assert before.get("fill") == "url(#name-before)"


def test_nothing_in_it_is_a_script_or_a_style_and_every_text_is_escaped():
    chart = bars("name", "<script>alert(1)</script>", '"><style>', [Bar("<img src=x onerror=alert(1)>", 1)])

    assert "<script" not in chart
    assert "<style" not in chart
    assert "<img" not in chart
    assert "style=" not in chart


def test_an_empty_chart_and_one_of_zeros_can_be_drawn():
    assert drawn() is not None
    assert [float(one.get("width")) for one in drawn(Bar("a", 0)).findall(f"{SVG}rect")] == [0]


def test_a_long_label_is_cut():
    (label, _) = drawn(Bar("x" * 80, 1)).findall(f"{SVG}text")

    assert len(label.text) == 34
    assert label.text.endswith("…")
