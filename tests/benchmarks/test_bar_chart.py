"""Charts are SVG with a bar for each peer, as long as its value says, and the limit as a line."""

from xml.etree import ElementTree as ET

from benchmarks.bar_chart import LABELS, VALUES, WIDTH, number_of, svg
from benchmarks.part import Chart
from benchmarks.summary import Spread

SVG = "{http://www.w3.org/2000/svg}"
CHART = Chart(
    "cold",
    "Cold <start> & more",
    "ms",
    (("apigw-oauth", Spread(100, 90, 110)), ("a & <b>", Spread(200, 190, 400)), ("least", Spread(50, 50, 50))),
    limit="least",
)


def drawn(chart: Chart) -> ET.Element:
    return ET.fromstring(svg(chart))


def of_class(root: ET.Element, tag: str, kind: str) -> list[ET.Element]:
    return [element for element in root.iter(f"{SVG}{tag}") if element.get("class") == kind]


def test_there_is_a_bar_for_each_peer_as_long_as_its_median():
    root = drawn(CHART)
    bars = [*of_class(root, "rect", "ours"), *of_class(root, "rect", "bar"), *of_class(root, "rect", "limit")]
    widths = [float(bar.get("width", "")) for bar in bars]
    assert widths == [95.0, 190.0, 47.5]  # the longest quartile has all the room
    assert WIDTH - LABELS - VALUES == 380


def test_texts_say_what_is_drawn_letter_by_letter():
    texts = [element.text for element in drawn(CHART).iter(f"{SVG}text")]
    names, values = ["apigw-oauth", "a & <b>", "least"], ["100", "200", "50.0"]
    assert texts == ["Cold <start> & more, ms", *names, "the limit", *values]


def test_the_limit_is_a_line_at_the_end_of_its_bar():
    (line,) = of_class(drawn(CHART), "line", "line")
    assert line.get("x1") == line.get("x2") == f"{LABELS + 47.5}"


def test_without_a_limit_there_is_no_line():
    root = drawn(CHART._replace(limit=None))
    assert not of_class(root, "line", "line")
    assert len(of_class(root, "line", "spread")) == 3


def test_numbers_have_the_digits_that_count():
    values = {0.123: "0.12", 9.876: "9.88", 9.999: "10.0", 12.34: "12.3", 99.99: "100", 1234.5: "1,234"}
    assert {value: number_of(value) for value in values} == values
