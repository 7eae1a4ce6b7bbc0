"""The states through which most people pass: axe-core finds no violation of WCAG 2.2 A and AA, every control has a
name, and a key reaches it. `make pictures` looks at all states in all looks."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import hospital
from tests.browser.conftest import DESKTOP
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant
from tests.browser.states.alone import CALLING
from tests.browser.states.audit import faults
from tests.browser.states.chatting import AGREEING, CHATTING
from tests.browser.states.desk import DESK, PAGES
from tests.browser.states.hospitals import AT_THE_DESK, SETTINGS, becoming
from tests.browser.states.night import AT_NIGHT
from tests.browser.states.table import LOOKS, ON_A_PHONE, Look, Scene, Scheme, State, Story, play

pytestmark = pytest.mark.browser

ELDER = next(look for look in LOOKS if look.elder)


@pytest.fixture(scope="module")
def open_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    running = hospital.start(tmp_path_factory.mktemp("hospital"), ahead=0, **SETTINGS)
    yield running
    running.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    running = hospital.start(tmp_path_factory.mktemp("desk"), ahead=0, **AT_THE_DESK)
    yield running
    running.close()


def tell(browser: Browser, demo: Hospital, story: Story, look: Look, *schemes: Scheme) -> None:
    """Play the story, and look at each of its states."""
    found: list[str] = []
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN", timezone_id="Asia/Shanghai")
    with becoming(demo, story.hospital):
        li = Consultant(context.new_page(), demo, "limin", "李敏")
        li.is_available("在线")
        scene = Scene(browser, demo, look, li)

        def look_at(state: State) -> None:
            page, frame = scene.looked_at(state.where)
            for scheme in schemes:
                page.emulate_media(color_scheme=scheme)
                wrong = faults(page, frame, elder=scene.is_elder(state.where))
                found.extend(f"{state.name}, {scheme}: {fault}" for fault in wrong)

        found += play(story, scene, look_at)
    context.close()
    assert found == []


@pytest.mark.parametrize("story", [CHATTING, AGREEING, AT_NIGHT], ids=lambda story: story.name)
def test_what_visitors_see_is_for_everybody(browser: Browser, open_day: Hospital, story: Story) -> None:
    tell(browser, open_day, story, ON_A_PHONE, "light", "dark")


def test_in_elder_mode_contrast_and_targets_are_larger(browser: Browser, open_day: Hospital) -> None:
    tell(browser, open_day, CALLING, ELDER, "light", "dark")


@pytest.mark.parametrize("story", [DESK, PAGES], ids=lambda story: story.name)
def test_what_staff_see_is_for_everybody(browser: Browser, desk: Hospital, story: Story) -> None:
    tell(browser, desk, story, story.looks[0], "light", "dark")
