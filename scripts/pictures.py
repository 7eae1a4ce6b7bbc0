"""Takes pictures of the states of the visitor's chat, into build/pictures/states, with one page that shows them all.

Nothing there is committed: people look at it before a release. `--look NAME` takes only that look, `--state 0` only the
states that begin so.
"""

import argparse
import html
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser import hospital  # noqa: E402 the tests are no package of the product
from tests.browser.conftest import FLAGS, chromium_path  # noqa: E402
from tests.browser.hospital import Hospital  # noqa: E402
from tests.browser.people import Consultant  # noqa: E402
from tests.browser.visitor_states import ALL, Look, Stage, closed, shut  # noqa: E402

FOLDER = ROOT / "build" / "pictures" / "states"
LOOKS = (
    Look("phone-zh", {"width": 360, "height": 640}),
    Look("phone-en", {"width": 360, "height": 640}, "en"),
    Look("desktop-zh", {"width": 1024, "height": 700}),
    Look("dark-zh", {"width": 360, "height": 640}, dark=True),
    Look("elder-zh", {"width": 360, "height": 640}, elder=True),
    Look("zoom-zh", {"width": 360, "height": 640}, zoom=2),
)
STILL_MS = 350


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--look", default="")
    parser.add_argument("--state", default="")
    wanted = parser.parse_args()
    if not wanted.look and not wanted.state:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        demo = hospital.start(Path(folder))
        try:
            failed = [*take(browser, demo, wanted.look, wanted.state)]
        finally:
            demo.close()
            browser.close()
    sheet()
    print(*failed, sep="\n", file=sys.stderr)
    return 1 if failed else 0


def take(browser: Browser, demo: Hospital, look: str, state: str) -> Iterator[str]:
    """Take all pictures; yields the parts that could not be shown."""
    desk = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai")
    li = Consultant(desk.new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    looks = [each for each in LOOKS if each.name.startswith(look)]
    for tell in (*ALL, closed):
        if tell is closed:
            shut(demo)
        for each in looks:
            stage = Stage(demo, each, li, lambda each=each: page_of(browser, each))  # type: ignore[misc]
            try:
                for name, page in tell(stage):
                    if name.startswith(state):
                        photograph(page, each, name)
            except (AssertionError, Error) as error:
                yield f"{each.name}, {tell.__name__}: {str(error).splitlines()[0]}"
            for context in browser.contexts:
                if context is not desk:
                    context.close()


def page_of(browser: Browser, look: Look) -> Page:
    """A page without history. Zoom is what a browser does with it: fewer CSS pixels in the same window."""
    width, height = (int(look.size[side] / look.zoom) for side in ("width", "height"))
    page = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=look.zoom,
        has_touch=look.size["width"] < 600,
        is_mobile=look.size["width"] < 600,
        color_scheme="dark" if look.dark else "light",
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    ).new_page()
    page.set_default_timeout(30_000)
    return page


def photograph(page: Page, look: Look, name: str) -> None:
    page.wait_for_timeout(STILL_MS)
    page.screenshot(path=FOLDER / f"{name}.{look.name}.png", animations="disabled")


def sheet() -> None:
    """One page with all pictures, a row for each state."""
    names = sorted({path.name.split(".")[0] for path in FOLDER.glob("*.png")})
    rows = "".join(
        f"<h2>{html.escape(name)}</h2><p>"
        + "".join(
            f'<figure><img src="{path.name}" height="480" alt=""><figcaption>{look.name}</figcaption></figure>'
            for look in LOOKS
            if (path := FOLDER / f"{name}.{look.name}.png").exists()
        )
        for name in names
    )
    style = "body{font:14px system-ui}p{display:flex;gap:8px;overflow-x:auto}figure{margin:0}img{border:1px solid #ccc}"
    (FOLDER / "index.html").write_text(f"<!doctype html><meta charset='utf-8'><style>{style}</style>{rows}", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
