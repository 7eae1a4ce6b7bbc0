"""Where parts of a page are, and how large."""

import time

from playwright.sync_api import Locator

INSIDE = """part => {
  const { left, top, right, bottom } = part.getBoundingClientRect();
  return left >= 0 && top >= 0 && right <= innerWidth + 0.5 && bottom <= innerHeight + 0.5;
}"""


STILL_WITHIN = 5.0
"""Seconds until a page has its final layout after a change."""


def is_within_the_window(part: Locator) -> bool:
    """Whether all of it is visible without scrolling, in the window of its own frame, at the latest when the page is
    still."""
    until = time.monotonic() + STILL_WITHIN
    while not (inside := bool(part.evaluate(INSIDE))) and time.monotonic() < until:
        part.page.wait_for_timeout(50)
    return inside


def height(part: Locator) -> float:
    """In CSS pixels; 0 if there is none."""
    return float(
        part.evaluate_all("parts => parts.reduce((sum, part) => sum + part.getBoundingClientRect().height, 0)")
    )


def share_of_the_window(part: Locator) -> float:
    """The share of the window's area that it covers."""
    return float(
        part.evaluate(
            "part => { const { width, height } = part.getBoundingClientRect();"
            " return (width * height) / (innerWidth * innerHeight); }"
        )
    )
