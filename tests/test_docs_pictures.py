"""The picture of docs/caching.md: to be read in light and dark, and by those who cannot see it."""

import re
import xml.etree.ElementTree as ET
from itertools import product
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "caching.md").read_text()
PICTURE = DOCS / "pictures" / "caching.svg"


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """See WCAG 2.2, "contrast ratio"."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def colours(style: str) -> dict[str, str]:
    return {
        name: colour
        for names, colour in re.findall(r"([.\w, -]+)\{ ?fill: (#\w{6})", style)
        for name in re.findall(r"\.(\w+)", names)
    }


def test_the_picture_can_be_read_in_light_and_dark():
    style = PICTURE.read_text().partition("<style>")[2].partition("</style>")[0]
    light, _, dark = style.partition("@media (prefers-color-scheme: dark)")
    assert colours(light).keys() == colours(dark).keys() >= {"paper", "box", "ink", "soft", "good", "bad"}
    for scheme in (colours(light), colours(dark)):
        for text, ground in product(("ink", "soft", "good", "bad"), ("paper", "box")):
            assert contrast(scheme[text], scheme[ground]) >= 4.5, (text, ground)


def test_the_picture_says_in_words_what_it_shows_and_needs_nothing_from_elsewhere():
    root = ET.parse(PICTURE).getroot()
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names <= {
        "svg",
        "title",
        "desc",
        "style",
        "defs",
        "marker",
        "path",
        "rect",
        "line",
        "g",
        "text",
        "tspan",
    }
    assert not {name for element in root.iter() for name in element.attrib if name.endswith("href")}
    (alternative,) = re.findall(r"!\[(.+)\]\(pictures/caching\.svg\)", PAGE)
    assert root.get("role") == "img"
    described = {element.get("id"): element.text for element in root if element.tag.endswith(("title", "desc"))}
    assert (root.get("aria-labelledby") or "").split() == list(described)
    assert list(described.values())[-1] == alternative
    drawn = [element.text for element in root.iter() if element.tag.endswith("text")]
    requests = re.findall(r"^\| `((?:GET|DELETE) \S+)` \| \d", PAGE, re.MULTILINE)
    assert len(requests) == 3
    assert set(requests) <= set(drawn)
