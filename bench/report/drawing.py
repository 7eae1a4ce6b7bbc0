"""Draws lines over time in panels, one below the other, as SVG on a white background, without any library."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LEFT, RIGHT, TOP, PANEL, GAP = 920, 72, 28, 48, 110, 46
INK, FAINT = "#1f2937", "#d9dee5"
COLOURS = ("#2563a8", "#b4432f", "#3f7d4e", "#7a5aa6")
TEXT, TITLE = 13, 15
LETTER = 7.2
"""Average width of a letter in pixels: accurate enough to place names side by side."""


@dataclass(frozen=True)
class Line:
    """One value for each time on the panel's axis."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True)
class Panel:
    """Lines that share a unit. Each panel begins at zero, so that growth is shown in proportion."""

    name: str
    lines: Sequence[Line]


def picture(title: str, minutes: Sequence[float], panels: Sequence[Panel], warm_at: float) -> str:
    """`minutes`: the times. The warm-up, before `warm_at`, is shaded."""
    height = TOP + len(panels) * (PANEL + GAP) + 10
    last = max(minutes[-1], 0.001)

    def across(minute: float) -> float:
        return LEFT + minute / last * (WIDTH - LEFT - RIGHT)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="{TEXT}" fill="{INK}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-size="{TITLE}">{escape(title)}</text>',
    ]
    for number, panel in enumerate(panels):
        parts += _panel(number, panel, [across(each) for each in minutes], across(min(warm_at, last)))
    parts.append(_text(LEFT + 6, _floor(0) - PANEL + 18, "warming up", "start"))
    floor = _floor(len(panels) - 1)
    step = next((each for each in (0.5, 1, 2, 5, 10, 20, 30) if last / each <= 12), 60)
    parts += [
        _text(across(tick * step), floor + 18, f"{tick * step:g} min", "middle") for tick in range(int(last / step) + 1)
    ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(number: int, panel: Panel, across: Sequence[float], warm: float) -> Iterable[str]:
    floor = _floor(number)
    highest = _round_up(max((value for line in panel.lines for value in line.values), default=1.0))
    yield f'<rect x="{LEFT}" y="{floor - PANEL:.1f}" width="{warm - LEFT:.1f}" height="{PANEL}" fill="#f3f5f8"/>'
    yield _text(LEFT, floor - PANEL - 9, panel.name, "start")
    for part in (0, 0.5, 1):
        down = floor - part * PANEL
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{down:.1f}" y2="{down:.1f}" stroke="{FAINT}"/>'
        yield _text(LEFT - 8, down + 4, f"{part * highest:g}", "end")
    at = float(WIDTH - RIGHT)
    for line, colour in reversed([*zip(panel.lines, COLOURS, strict=False)]):
        points = " ".join(
            f"{x:.1f},{floor - value / highest * PANEL:.1f}" for x, value in zip(across, line.values, strict=True)
        )
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.6"/>'
        if len(panel.lines) > 1:
            named = f'<text x="{at:.1f}" y="{floor - PANEL - 9:.1f}" text-anchor="end" fill="{colour}">'
            yield f"{named}{escape(line.name)}</text>"
            at -= len(line.name) * LETTER + 18


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _floor(number: int) -> float:
    return TOP + (number + 1) * PANEL + number * GAP + 8


def _round_up(value: float) -> float:
    """A round number at least as large, whose half is a round number too."""
    size = 1.0
    while size * 10 < value:
        size *= 10
    return next(size * each for each in (1, 2, 4, 6, 8, 10) if size * each >= value)
