"""A consultant's laptop sleeps while they write. After waking it shows the present state and sends nothing outdated."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import hospital
from tests.browser.conftest import DESKTOP, FLAGS, PHONE, NewPage, Picture, chromium_path, in_ms
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor
from tests.browser.trouble import FULL, asleep

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900 if FULL else 360)]

SLEEP_S = 120 if FULL else 20
RIGHT_WITHIN = 3_000
"""ms from waking to the correct picture."""
NOTICED_WITHIN = 30_000
"""ms until the silence is noticed, the grace period is over and a colleague has the conversation."""
UNSENT = "还没写完的回复"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """The demo with a very short grace period, so that a short sleep costs the consultant their conversation."""
    running = hospital.start(tmp_path_factory.mktemp("hospital"), CHATSERVER_GRACE_S="2")
    yield running
    running.close()
    assert "Traceback" not in running.log.read_text(), running.log.read_text()


@pytest.fixture
def laptop(playwright: Playwright, tmp_path: Path) -> Iterator[Page]:
    """A browser of its own, so that it can sleep alone; its profile is in `tmp_path`."""
    context = playwright.chromium.launch_persistent_context(
        tmp_path / "laptop", executable_path=chromium_path(), args=FLAGS, viewport=DESKTOP, locale="zh-CN"
    )
    yield context.new_page()
    context.close()


def test_f37_a_laptop_that_slept_shows_the_present_and_sends_nothing_old(
    demo: Hospital, new_page: NewPage, laptop: Page, tmp_path: Path, picture: Picture
) -> None:
    li = Consultant(laptop, demo, "limin", "李敏")
    li.is_available("在线")
    visitor = Visitor(new_page(PHONE), f"{demo.website}/gynecology")
    visitor.opens_the_chat()
    visitor.says("睡眠前的问题")
    visitor.sees("由咨询员李敏（工号012）为您服务")
    li.opens("睡眠前的问题")
    li.box.press_sequentially(UNSENT)
    wang = Consultant(new_page(), demo, "wangfang", "王芳")
    wang.is_available("在线")

    with asleep(tmp_path / "laptop"):
        began = time.monotonic()
        visitor.says("您还在吗")
        expect(wang.list.get_by_text("您还在吗").first).to_be_visible(timeout=in_ms(NOTICED_WITHIN))
        wang.opens("您还在吗")
        wang.replies("我是王芳，接着为您解答")
        visitor.sees("我是王芳，接着为您解答")
        # Sleeping is what is tested, so the test really sleeps.
        time.sleep(max(0.0, SLEEP_S - (time.monotonic() - began)))

    laptop.keyboard.press("Enter")  # a key that was already being pressed
    expect(laptop.get_by_text("这个会话已不在您手上。")).to_be_visible(timeout=in_ms(RIGHT_WITHIN))
    expect(li.thread.get_by_text("睡眠前的问题")).to_be_visible()
    picture(laptop, "console-after-sleep")
    expect(li.box).to_have_value(UNSENT)
    expect(li.list.get_by_text("您还在吗")).to_have_count(0)
    # If anything had been sent, it would appear before this later message.
    wang.replies("还有别的问题吗")
    visitor.sees("还有别的问题吗")
    for reader in (visitor.chat.get_by_role("log"), wang.thread):
        expect(reader).not_to_contain_text(UNSENT)
    visitor.ends()
