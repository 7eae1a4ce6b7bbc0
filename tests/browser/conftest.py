"""One hospital and one Chromium per test module; a new, empty browser profile for everybody in it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize, expect, sync_playwright

from tests.browser import hospital
from tests.browser.hospital import Hospital
from tests.e2e.conftest import pace
from tests.e2e.patience import allowed

__all__ = ["pace"]

FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
]
PICTURES = Path(__file__).resolve().parents[2] / "build" / "pictures"
PHONE: ViewportSize = {"width": 390, "height": 780}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}

NewPage = Callable[..., Page]
Picture = Callable[[Page, str], None]


def in_ms(milliseconds: float) -> float:
    """So many of an idle machine, scaled to this one."""
    return allowed(milliseconds / 1000) * 1000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """The running demo."""
    running = hospital.start(tmp_path_factory.mktemp("hospital"))
    yield running
    running.close()
    assert "Traceback" not in running.log.read_text(), running.log.read_text()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Drives the browsers."""
    # Windows in the background only get spare CPU time; no test depends on how soon they draw.
    expect.set_options(timeout=30_000)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium. Its contexts are like private windows: third-party frames have no storage."""
    chromium = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    yield chromium
    chromium.close()


@pytest.fixture
def everyday_page(playwright: Playwright, tmp_path: Path) -> Iterator[Page]:
    """A page in an ordinary window, where a third-party frame has its own storage on each site."""
    # Debian's Chromium blocks all third-party storage by default; other browsers partition it by site.
    preferences = tmp_path / "profile" / "Default" / "Preferences"
    preferences.parent.mkdir(parents=True)
    preferences.write_text('{"profile": {"cookie_controls_mode": 0, "block_third_party_cookies": false}}')
    context = playwright.chromium.launch_persistent_context(
        tmp_path / "profile", executable_path=chromium_path(), args=FLAGS, viewport=DESKTOP, locale="zh-CN"
    )
    yield context.new_page()
    context.close()


def chromium_path() -> str:
    """Without Chromium the tests fail; they are never silently skipped."""
    path = shutil.which("chromium")
    assert path, "chromium is needed: apt-get install chromium fonts-noto-cjk fonts-noto-color-emoji"
    return path


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """A page in a profile of its own. Errors in its scripts fail the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(size: ViewportSize = DESKTOP, **options: Any) -> Page:
        context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
        page.set_default_timeout(30_000)
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def picture() -> Picture:
    """Saves a screenshot under build/pictures, for people to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)

    def keep(page: Page, name: str) -> None:
        page.screenshot(path=PICTURES / f"{name}.png")

    return keep
