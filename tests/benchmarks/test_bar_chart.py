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
    assert texts == [
        "Cold <start> & more, ms",
        "apigw-oauth",
        "100",
        "a & <b>",
        "200",
        "least",
        "50.0",
        "the limit",
    ]


def test_the_limit_is_a_line_at_the_end_of_its_bar():
    (line,) = of_class(drawn(CHART), "line", "line")
    assert line.get("x1") == line.get("x2") == f"{LABELS + 47.5}"


def test_without_a_limit_there_is_no_line():
    root = drawn(CHART._replace(limit=None))
    assert not of_class(root, "line", "line")
    assert len(of_class(root, "line", "spread")) == 3


def test_numbers_have_the_digits_that_count():
    assert [number_of(value) for value in (0.123, 9.876, 12.34, 1234.5)] == ["0.12", "9.88", "12.3", "1,234"]
