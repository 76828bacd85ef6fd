"""A chart as SVG: a bar for each peer with its quartiles, the limit as a line, in the reader's colour scheme."""

from xml.sax.saxutils import escape

from benchmarks.part import OURS, Chart
from benchmarks.summary import Spread

WIDTH, LABELS, VALUES = 720, 190, 150
ROW, BAR, TOP, BOTTOM = 34, 20, 46, 30

_STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600; font-size: 15px }
.value { font-variant-numeric: tabular-nums; paint-order: stroke; stroke: #ffffff; stroke-width: 5px }
.note { font-size: 12px; fill: #59636e } .paper { fill: #ffffff }
.bar { fill: #8c959f } .ours { fill: #0969da } .limit { fill: #2da44e }
.line { stroke: #1a7f37; stroke-dasharray: 5 4 }
.spread { stroke: #1f2328; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .note { fill: #9198a1 } .paper { fill: #0d1117 } .bar { fill: #656c76 }
  .ours { fill: #4493f8 } .limit { fill: #3fb950 } .line { stroke: #3fb950 } .value { stroke: #0d1117 }
  .spread { stroke: #f0f6fc }
}"""


def svg(chart: Chart) -> str:
    """Draw it."""
    height = TOP + ROW * len(chart.bars) + BOTTOM
    scale = (WIDTH - LABELS - VALUES) / max(spread.high for _, spread in chart.bars)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img">',
        f"<title>{escape(chart.title)}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
        f'<text class="title" x="16" y="28">{escape(chart.title)}, {escape(chart.unit)}</text>',
    ]
    for number, (name, spread) in enumerate(chart.bars):
        kind = "ours" if name.startswith(OURS) else "limit" if name == chart.limit else "bar"
        lines += _bar(name, kind, TOP + ROW * number, spread, scale)
    if (limit := dict(chart.bars).get(chart.limit or "")) is not None:
        lines += _line(limit.median * scale, TOP + ROW * len(chart.bars))
    for number, (_, spread) in enumerate(chart.bars):  # above the line
        at, base = LABELS + spread.high * scale + 8, TOP + ROW * number + 19
        lines += [f'<text class="value" x="{at:.1f}" y="{base}">{number_of(spread.median)}</text>']
    return "\n".join([*lines, "</svg>", ""])


def number_of(value: float) -> str:
    """Return a number with three digits that count."""
    return f"{value:,.0f}" if value >= 99.95 else f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def _bar(name: str, kind: str, top: int, spread: Spread, scale: float) -> list[str]:
    middle, low, high = top + 15, LABELS + spread.low * scale, LABELS + spread.high * scale
    return [
        f'<text x="{LABELS - 10}" y="{top + 19}" text-anchor="end">{escape(name)}</text>',
        f'<rect class="{kind}" x="{LABELS}" y="{top + 5}" width="{spread.median * scale:.1f}" height="{BAR}"/>',
        f'<line class="spread" x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}"/>',
    ]


def _line(length: float, end: int) -> list[str]:
    at = LABELS + length
    return [
        f'<line class="line" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP - 4}" y2="{end}"/>',
        f'<text class="note" x="{at:.1f}" y="{end + 16}" text-anchor="middle">the limit</text>',
    ]
