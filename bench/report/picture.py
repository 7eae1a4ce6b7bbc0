"""Draws all rows, each relative to its aim; further right is better. Writes SVG without any library."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from bench.report.rows import IN_WORDS, Result, Row, Verdict

WIDTH, LEFT, RIGHT, TOP, ROW, BOTTOM = 960, 28, 28, 76, 58, 46
FURTHEST = 1.6
"""In multiples of the aim: anything better ends in an arrow at the edge."""
BAR, DEEP = 12, 10
FITS = 122
"""Characters of both texts above a bar; the page has the full names."""
INK, FAINT, TRACK, LINE = "#1f2937", "#5b6673", "#e8ecf1", "#c3cbd5"
COLOURS: dict[Verdict, str] = {"aim": "#2563a8", "floor": "#8a6d1f", "missed": "#b4432f"}


def picture(rows: Sequence[Row], results: Mapping[str, Result], title: str) -> str:
    """One line per row: the bar from the least to the most, a mark at the median, ticks at floor and aim."""
    height = TOP + ROW * len(rows) + BOTTOM
    floor = height - BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="13" fill="{INK}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="26" font-size="16">{escape(title)}</text>',
        f'<text x="{LEFT}" y="46" fill="{FAINT}">'
        "Each row against its own aim; further right is better. Bar: least to most of the rounds; mark: the median; "
        "dashed: the floor."
        "</text>",
        f'<line x1="{_across(1):.1f}" x2="{_across(1):.1f}" y1="{TOP}" y2="{floor}" stroke="{LINE}"/>',
        *(line for number, row in enumerate(rows) for line in _row(TOP + ROW * number, row, results.get(row.key))),
        _text(_across(1), floor + 18, "aim", "middle"),
        _text(LEFT, floor + 18, "0", "start", FAINT),
        *(_text(_across(part), floor + 18, words, "middle", FAINT) for part, words in ((0.5, "half of it"),)),
        _text(WIDTH - RIGHT, floor + 18, "better →", "end", FAINT),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _row(top: float, row: Row, result: Result | None) -> Iterable[str]:
    """The text above, the bar below."""
    middle = top + ROW - 20
    text = _result_text(row, result)
    room = FITS - len(text)
    yield _text(LEFT, top + 16, row.what if len(row.what) <= room else row.what[: room - 1].rstrip() + "…", "start")
    yield _text(WIDTH - RIGHT, top + 16, text, "end")
    yield (
        f'<rect x="{LEFT}" y="{middle - BAR / 2:.1f}" width="{WIDTH - LEFT - RIGHT}" height="{BAR}" fill="{TRACK}"/>'
    )
    if result is not None:
        yield from _bar(middle, row, result)
    yield from _ticks(middle, row)


def _result_text(row: Row, result: Result | None) -> str:
    held = f"floor {row.shown(row.floor)}, aim {row.shown(row.aim)}"
    if result is None:
        return f"not measured; {held}"
    return f"{row.shown(result.middle)}; {held}: {IN_WORDS[row.verdict(result.middle)]}"


def _bar(middle: float, row: Row, result: Result) -> Iterable[str]:
    parts = sorted(row.of_aim(value) for value in result.values)
    colour = COLOURS[row.verdict(result.middle)]
    least, most = _across(parts[0]), _across(parts[-1])
    yield (
        f'<rect x="{least:.1f}" y="{middle - BAR / 2:.1f}" width="{max(2.0, most - least):.1f}" height="{BAR}" '
        f'fill="{colour}" fill-opacity="0.45"/>'
    )
    if parts[-1] > FURTHEST:
        edge = WIDTH - RIGHT
        yield f'<path d="M{edge} {middle - DEEP:.1f}l{DEEP} {DEEP}l-{DEEP} {DEEP}z" fill="{colour}"/>'
    if (at := row.of_aim(result.middle)) <= FURTHEST:
        yield (
            f'<rect x="{_across(at) - 2.5:.1f}" y="{middle - DEEP:.1f}" width="5" height="{2 * DEEP}" '
            f'fill="{colour}" stroke="#ffffff"/>'
        )


def _ticks(middle: float, row: Row) -> Iterable[str]:
    for part in (row.of_aim(row.floor), 1.0):
        at = _across(part)
        dashes = "" if part == 1.0 else ' stroke-dasharray="3 2"'
        yield (
            f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{middle - DEEP:.1f}" y2="{middle + DEEP:.1f}" '
            f'stroke="{INK}" stroke-width="1.5"{dashes}/>'
        )


def _text(x: float, y: float, words: str, anchor: str, colour: str = INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
        f'stroke="#ffffff" stroke-width="4" paint-order="stroke">{escape(words)}</text>'
    )


def _across(part: float) -> float:
    """The x coordinate of a multiple of the aim."""
    return LEFT + min(part, FURTHEST) / FURTHEST * (WIDTH - LEFT - RIGHT)
