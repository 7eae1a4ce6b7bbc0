"""`make bench-launcher`: what the chat costs a page of the hospital before anybody clicks, on a slow phone.

    python -m bench.launcher        three pages in turns: with the script tag, without it, and with two empty scripts

Chromium itself counts how long the page's main thread ran (CDP `Performance.getMetrics` with `threadTicks`), until two
seconds after the page was loaded. Each load has a new profile, so nothing is cached and no storage was opened before.
What is printed is the difference between the page with our tag and the same page without it, in pairs that were loaded
one after the other. Two empty scripts, fetched in the same way, say what of it the browser spends on any two scripts.

The figures for a quarter of the speed are four times the thread's own time at full speed. Chromium can also slow a
thread down itself (`Emulation.setCPUThrottlingRate`), but it does so by the clock: while other programs run, a thread
that waits for them is slowed down for that, too. On an idle machine both agree; on a busy one only the first means
anything. Both are printed, and the first is the verdict.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from tests.browser.foreign import Elsewhere, elsewhere
from tests.e2e.hospital import SITE, found
from tests.e2e.procs import Server

LOADS, SLOW_LOADS = 15, 9
RATE = 4
"""How many times slower than this machine."""
AFTER_MS = 2_000
MOST_MS = 20.0
BUSY = 1.5
"""Runnable programs; this one alone is about one."""
SHIFTS = """window.shifts = []; new PerformanceObserver((list) => window.shifts.push(...list.getEntries()
  .map(({ value, sources }) => `${value} ${sources.map(({ node }) => node?.outerHTML).join()}`)))
  .observe({ type: "layout-shift", buffered: true });"""
PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>别处</title>
<body style="margin:0"><main style="height:2000px;padding:16px"><p style="margin:0">别处的网页</p></main>{script}</body>
</html>"""
SECOND = """addEventListener("load", () => {
  const more = document.createElement("script"); more.src = "/second.js"; document.documentElement.append(more); });"""
PARTS = {
    "our scripts": ("ScriptDuration",),
    "style and layout": ("LayoutDuration", "RecalcStyleDuration"),
    "the whole main thread": ("ThreadTime",),
}


@dataclass
class Load:
    """One load of a page: ms of the main thread by part, and what moved."""

    ms: dict[str, float]
    shifts: list[str]


@dataclass
class Round:
    """The page with the tag, without it, and with two empty scripts, loaded one after the other."""

    tag: Load
    without: Load
    empty: Load

    def more(self, part: str) -> float:
        """How much longer the main thread ran with the tag."""
        return self.tag.ms[part] - self.without.ms[part]


def main() -> int:
    """The whole command. Returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="bench-launcher-") as folder:
        server = Server(Path(folder) / "data")
        asyncio.run(_founded(server))
        try:
            with elsewhere(f"http://127.0.0.1:{server.port}") as page, sync_playwright() as running:
                page.attributes = f'data-site="{SITE}"'
                page.others = {
                    "/without": ("text/html", PAGE.format(script=""), ""),
                    "/empty": ("text/html", PAGE.format(script='<script src="/first.js"></script>'), ""),
                    "/first.js": ("text/javascript", SECOND, ""),
                    "/second.js": ("text/javascript", ";", ""),
                }
                browser = running.chromium.launch(
                    executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
                )
                load(browser, page, "", 1)  # the first one fills the caches of the server
                plain = [_round(browser, page, 1) for _ in range(LOADS)]
                slow = [_round(browser, page, RATE) for _ in range(SLOW_LOADS)]
                browser.close()
        finally:
            server.end()
    return told(plain, slow)


async def _founded(server: Server) -> None:
    await asyncio.to_thread(found, server.data, [])
    await asyncio.to_thread(server.start)


def _round(browser: Browser, page: Elsewhere, rate: int) -> Round:
    return Round(
        load(browser, page, "", rate), load(browser, page, "without", rate), load(browser, page, "empty", rate)
    )


def told(plain: Sequence[Round], slow: Sequence[Round]) -> int:
    """Print the figures. Returns the exit code: 1 if the budget is not kept."""
    print(f"{RATE} × the thread's own time at full speed:")
    for part in PARTS:
        _say(part, [RATE * each.more(part) for each in plain])
    whole = "the whole main thread"
    _say(f"{whole} with two empty scripts", [RATE * (each.empty.ms[whole] - each.without.ms[whole]) for each in plain])
    print("in Chromium at a quarter of its speed:")
    for part in PARTS:
        _say(part, [each.more(part) for each in slow])
    shifts = [shift for each in (*plain, *slow) for shift in each.tag.shifts]
    print(f"layout shifts in {len(plain) + len(slow)} loads: {shifts or 'none'}")
    busy = os.getloadavg()[0]
    print(f"load of this machine: {busy:.1f}{', too busy for the throttled figures' if busy > BUSY else ''}")
    scripts = median(RATE * each.more("our scripts") for each in plain)
    return 1 if shifts or scripts > MOST_MS else 0


def _say(name: str, values: Sequence[float]) -> None:
    print(f"  {name}: median {median(values):.1f} ms, {min(values):.1f} to {max(values):.1f} ms")


def load(browser: Browser, where: Elsewhere, path: str, rate: int) -> Load:
    """Load a page in a new profile, `rate` times slower than this machine."""
    page = browser.new_page(viewport={"width": 360, "height": 740}, device_scale_factor=2, has_touch=True)
    try:
        page.add_init_script(SHIFTS)
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(where.address + path)
        page.wait_for_timeout(AFTER_MS)
        counted = session.send("Performance.getMetrics")["metrics"]
        values = {each["name"]: each["value"] * 1000 for each in counted}
        return Load(
            {part: sum(values[name] for name in names) for part, names in PARTS.items()},
            page.evaluate("window.shifts"),
        )
    finally:
        page.context.close()


if __name__ == "__main__":
    sys.exit(main())
