"""Takes pictures of every state of the screens, into build/pictures/states, with one page that shows them all.

Each is audited as well: the script fails if axe-core finds something, or if a state cannot be reached. Nothing there
is committed: people look at it before a release. `--look NAME` takes only that look, `--story NAME` only that story.
"""

import argparse
import html
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser import hospital  # noqa: E402 the tests are no package of the product
from tests.browser.conftest import FLAGS, chromium_path  # noqa: E402
from tests.browser.hospital import Hospital  # noqa: E402
from tests.browser.people import Consultant  # noqa: E402
from tests.browser.states.audit import faults  # noqa: E402
from tests.browser.states.hospitals import AT_THE_DESK, SETTINGS, becoming  # noqa: E402
from tests.browser.states.stories import FOR_STAFF, FOR_VISITORS, STORIES  # noqa: E402
from tests.browser.states.table import Look, Scene, Shot, State, Story, play  # noqa: E402

FOLDER = ROOT / "build" / "pictures" / "states"
STILL_MS = 350


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--look", default="")
    parser.add_argument("--story", default="")
    wanted = parser.parse_args()
    if not wanted.look and not wanted.story:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        for stories, settings in ((FOR_VISITORS, SETTINGS), (FOR_STAFF, AT_THE_DESK)):
            for story in (each for each in stories if each.name.startswith(wanted.story)):
                # A hospital for each: emergencies stay with the consultant, who would have no room for later visitors.
                with serving(settings) as demo:
                    for line in tell(browser, demo, story, wanted.look):
                        wrong.append(line)
                        print(line, file=sys.stderr, flush=True)
        browser.close()
    sheet()
    return 1 if wrong else 0


@contextmanager
def serving(settings: dict[str, str]) -> Iterator[Hospital]:
    with tempfile.TemporaryDirectory() as folder:
        demo = hospital.start(Path(folder), ahead=0, **settings)
        try:
            yield demo
        finally:
            demo.close()


def tell(browser: Browser, demo: Hospital, story: Story, look: str) -> Iterator[str]:
    """Play the story in all its looks; yields what is wrong."""
    desk = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai")
    li = Consultant(desk.new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    with becoming(demo, story.hospital):
        for each in story.looks:
            if each.name.startswith(look):
                found: list[str] = []
                scene = Scene(browser, demo, each, li)
                found += play(story, scene, partial(take, scene, found=found), partial(keep, scene))
                yield from found
    desk.close()


def take(scene: Scene, state: State, found: list[str]) -> None:
    """Picture and audit, once for each shot of the look."""
    page, frame = scene.looked_at(state.where)
    size = page.viewport_size
    assert size is not None
    for shot in scene.look.shots:
        page.set_viewport_size(shot.size or size)
        page.emulate_media(color_scheme=shot.scheme)
        page.wait_for_timeout(STILL_MS)
        page.screenshot(path=FOLDER / f"{state.name}.{called(scene.look, shot)}.png", animations="disabled")
        found += [
            f"{state.name}, {called(scene.look, shot)}: {each}"
            for each in faults(page, frame, elder=scene.is_elder(state.where))
        ]
    page.set_viewport_size(size)
    page.emulate_media(color_scheme="light")


def keep(scene: Scene, state: State) -> None:
    """What is there instead of the state."""
    page, _ = scene.looked_at(state.where)
    page.screenshot(path=FOLDER / f"{state.name}.{scene.look.name}.missed.png")


def called(look: Look, shot: Shot) -> str:
    return look.name if shot.name == "light" else f"{look.name}-{shot.name}"


def sheet() -> None:
    """One page with all pictures, a row for each state."""
    rows = "".join(
        f"<h2>{html.escape(state.name)}</h2><p>"
        + "".join(
            f'<figure><img src="{path.name}" height="480" alt=""><figcaption>{called(look, shot)}</figcaption></figure>'
            for look in story.looks
            for shot in look.shots
            if (path := FOLDER / f"{state.name}.{called(look, shot)}.png").exists()
        )
        for story in STORIES
        for state in story.states
    )
    style = "body{font:14px system-ui}p{display:flex;gap:8px;overflow-x:auto}figure{margin:0}img{border:1px solid #ccc}"
    (FOLDER / "index.html").write_text(f"<!doctype html><meta charset='utf-8'><style>{style}</style>{rows}", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
