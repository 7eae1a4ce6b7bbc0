"""`make bench-launcher`: what the chat costs a page of the hospital before anybody clicks, on a slow phone.

    python -m bench.launcher        fifteen loads of a page with the script tag, and fifteen without it, in turns

Chromium runs at a quarter of its speed (CDP `Emulation.setCPUThrottlingRate`) and records a trace until two seconds
after the page was loaded. Two times are taken from it: how long the main thread ran our two scripts, with everything
that they called, and how much longer all its tasks took than on the page without the tag, which also counts style,
layout and painting. The second one is noisier. Chromium slows a thread down by the clock, so other programs on this
machine make the figures larger: on a busy one they are printed, and are no verdict.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.browser.foreign import Elsewhere, elsewhere
from tests.e2e.hospital import SITE, found
from tests.e2e.procs import Server

LOADS = 15
RATE = 4
"""How many times slower than this machine."""
AFTER_MS = 2_000
MOST_MS = 20.0
BUSY = 1.5
"""Runnable programs; this one alone is about one."""
CATEGORIES = ["toplevel", "devtools.timeline", "v8", "blink.user_timing"]
OURS = ("EvaluateScript", "FunctionCall", "TimerFire", "EventDispatch")
SHIFTS = """window.shifts = []; new PerformanceObserver((list) => window.shifts.push(...list.getEntries()
  .map(({ value, sources }) => `${value} ${sources.map(({ node }) => node?.outerHTML).join()}`)))
  .observe({ type: "layout-shift", buffered: true });"""
WITHOUT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>别处</title>
<body style="margin:0"><main style="height:2000px"><p>别处的网页</p></main></body></html>"""

Event = dict[str, Any]


@dataclass
class Load:
    """One load of the page, in ms of the main thread."""

    scripts: float
    longest: float
    tasks: float
    shifts: list[str]


def main() -> int:
    """The whole command. Returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="bench-launcher-") as folder:
        server = Server(Path(folder) / "data")
        asyncio.run(_founded(server))
        try:
            with elsewhere(f"http://127.0.0.1:{server.port}") as page, sync_playwright() as running:
                page.attributes = f'data-site="{SITE}"'
                page.others["/without"] = ("text/html", WITHOUT, "")
                browser = running.chromium.launch(
                    executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
                )
                load(browser, page, "")  # the first one fills the caches of the server
                pairs = [(load(browser, page, ""), load(browser, page, "without")) for _ in range(LOADS)]
                browser.close()
        finally:
            server.end()
    return told(pairs)


async def _founded(server: Server) -> None:
    await asyncio.to_thread(found, server.data, [])
    await asyncio.to_thread(server.start)


def told(pairs: list[tuple[Load, Load]]) -> int:
    """Print the figures. Returns the exit code: 1 if the budget is not kept."""
    scripts = [with_tag.scripts for with_tag, _ in pairs]
    more = [with_tag.tasks - without.tasks for with_tag, without in pairs]
    shifts = [shift for with_tag, _ in pairs for shift in with_tag.shifts]
    for name, values in (
        ("our scripts", scripts),
        ("longest of them", [with_tag.longest for with_tag, _ in pairs]),
        ("all tasks, more than without the tag", more),
    ):
        print(f"{name}: median {median(values):.1f} ms, {min(values):.1f} to {max(values):.1f} ms")
    print(f"layout shifts: {shifts or 'none'}")
    load = os.getloadavg()[0]
    print(f"load of this machine: {load:.1f}")
    if shifts:
        return 1
    if load > BUSY:
        print("The machine is too busy for a verdict.")
        return 0
    return 0 if median(scripts) <= MOST_MS else 1


def load(browser: Browser, where: Elsewhere, path: str) -> Load:
    """Load the page in a new profile."""
    page = browser.new_page(viewport={"width": 360, "height": 740}, device_scale_factor=2, has_touch=True)
    try:
        page.add_init_script(SHIFTS)
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": RATE})
        browser.start_tracing(page=page, categories=CATEGORIES)
        page.goto(where.address + path)
        page.wait_for_timeout(AFTER_MS)
        trace = json.loads(browser.stop_tracing())["traceEvents"]
        shifts = page.evaluate("window.shifts")
        chat = where.script.removesuffix("/widget.js")
        events = of_the_page(trace)
        ours = outermost([each for each in events if _url(each).startswith(chat)])
        durations = [each["tdur"] / 1000 for each in ours]
        tasks = sum(each["tdur"] / 1000 for each in events if each["name"].endswith("RunTask"))
        if not path:
            assert durations, "the trace names none of our scripts"
        return Load(sum(durations), max(durations, default=0.0), tasks, shifts)
    finally:
        page.context.close()


def of_the_page(trace: list[Event]) -> list[Event]:
    """The finished events of the main thread that ran the page."""
    evaluated = [each for each in trace if each["name"] == "ParseHTML"]
    threads = {(each["pid"], each["tid"]) for each in evaluated}
    return [each for each in trace if (each["pid"], each["tid"]) in threads and "tdur" in each]


def outermost(events: list[Event]) -> list[Event]:
    """Without those that lie within another one."""
    kept: list[Event] = []
    for each in sorted(events, key=lambda event: (event["ts"], -event["dur"])):
        if not kept or each["ts"] >= kept[-1]["ts"] + kept[-1]["dur"]:
            kept.append(each)
    return kept


def _url(event: Event) -> str:
    """The script that an event ran."""
    if event["name"] not in OURS:
        return ""
    return str(event.get("args", {}).get("data", {}).get("url", ""))


if __name__ == "__main__":
    sys.exit(main())
