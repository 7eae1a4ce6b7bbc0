"""Draws a day: arrivals, the queue, and capacity taken. Writes SVG without any library."""

from collections.abc import Callable, Iterable, Sequence
from html import escape

from chatserver.domain.rules import HOUR, MINUTE
from chatserver.simulation.record import Record

WIDTH, LEFT, RIGHT, TOP, PANEL, GAP = 920, 64, 28, 44, 130, 44
BUCKET = 15 * MINUTE
INK, FAINT, BLUE, RED, GREY = "#1f2937", "#d9dee5", "#2563a8", "#b4432f", "#8b95a1"

Point = tuple[float, float]


def picture(record: Record, opens: int, closes: int) -> str:
    """Three panels: arrivals per quarter of an hour, the queue, capacity. The record must be of a watched day."""
    begins, ends = opens // HOUR * HOUR, -(-closes // HOUR) * HOUR
    height = TOP + 3 * (PANEL + GAP)
    title = f"A day under {record.policy}, seed {record.seed}: {len(record.arrived_at):,} visitors"

    def across(at: float) -> float:
        return LEFT + (at - begins) / (ends - begins) * (WIDTH - LEFT - RIGHT)

    moments = [each for each in record.moments if begins <= each.at <= ends]
    arrivals = _buckets(record.arrived_at, begins, ends)
    panels = (
        _bars(0, "visitors per quarter of an hour", arrivals, begins, across),
        _lines(1, "waiting", (("waiting", RED, [(each.at, each.waiting) for each in moments]),), across),
        _lines(
            2,
            "places: taken, and of those on duty",
            (
                ("on duty", GREY, [(each.at, each.places) for each in moments]),
                ("taken", BLUE, [(each.at, each.busy) for each in moments]),
            ),
            across,
        ),
    )
    hours = range(begins // HOUR, ends // HOUR + 1, 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="12" fill="{INK}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20" font-size="15">{escape(title)}</text>',
        *(line for panel in panels for line in panel),
        *(_text(across(hour * HOUR), _floor(2) + 18, f"{hour}:00", "middle") for hour in hours),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _buckets(times: Iterable[int], begins: int, ends: int) -> list[int]:
    counts = [0] * ((ends - begins) // BUCKET)
    for at in times:
        counts[min(len(counts) - 1, (at - begins) // BUCKET)] += 1
    return counts


def _bars(panel: int, name: str, counts: Sequence[int], begins: int, across: Callable[[float], float]) -> Iterable[str]:
    highest = _round_up(max(counts, default=1))
    yield from _frame(panel, name, highest)
    for place, count in enumerate(counts):
        left, right = across(begins + place * BUCKET), across(begins + (place + 1) * BUCKET)
        top = _down(panel, count, highest)
        yield (
            f'<rect x="{left + 0.5:.1f}" y="{top:.1f}" width="{right - left - 1:.1f}" '
            f'height="{_floor(panel) - top:.1f}" fill="{BLUE}"/>'
        )


def _lines(
    panel: int, name: str, lines: Sequence[tuple[str, str, Sequence[Point]]], across: Callable[[float], float]
) -> Iterable[str]:
    highest = _round_up(max((value for _, _, points in lines for _, value in points), default=1))
    yield from _frame(panel, name, highest)
    for named, colour, points in lines:
        steps = " ".join(f"{across(at):.1f},{_down(panel, value, highest):.1f}" for at, value in _corners(points))
        yield f'<polyline points="{steps}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        if len(lines) > 1:
            at = WIDTH - RIGHT - 120 + 70 * (named == "taken")
            yield f'<text x="{at}" y="{_floor(panel) - PANEL - 8}" fill="{colour}">{escape(named)}</text>'


def _corners(points: Sequence[Point]) -> Iterable[Point]:
    """Only points where the value changes: a level stretch needs just its two ends."""
    for place, (at, value) in enumerate(points):
        before = points[place - 1][1] if place else None
        after = points[place + 1][1] if place + 1 < len(points) else None
        if value != before or value != after:
            yield at, value


def _frame(panel: int, name: str, highest: float) -> Iterable[str]:
    yield _text(LEFT, _floor(panel) - PANEL - 8, name, "start")
    for part in (0, 0.5, 1):
        down = _down(panel, part * highest, highest)
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{down:.1f}" y2="{down:.1f}" stroke="{FAINT}"/>'
        yield _text(LEFT - 8, down + 4, f"{part * highest:g}", "end")


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _floor(panel: int) -> float:
    return TOP + (panel + 1) * PANEL + panel * GAP + 8


def _down(panel: int, value: float, highest: float) -> float:
    return _floor(panel) - value / highest * PANEL


def _round_up(value: float) -> int:
    """An even number at least as large, so that the middle line has a whole one."""
    step = 2 if value <= 20 else 10 if value <= 100 else 50
    return max(2, int(-(-value // step) * step))
