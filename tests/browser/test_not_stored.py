"""While the server cannot store, nothing is shown as sent, and both sides see that sending is retried."""

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, NewPage, Picture, in_ms
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor
from tests.browser.trouble import disk_is_full

pytestmark = pytest.mark.browser

TOLD_WITHIN = 5_000
"""ms until a text that is not stored is shown as unsent."""
AGAIN_WITHIN = 15_000
"""ms until the slowest retry, once the store works again."""
SIZES = {"phone": PHONE, "desktop": DESKTOP}


@pytest.mark.parametrize(("where", "scheme"), [("phone", "dark"), ("desktop", "light")])
def test_a_full_disk_is_shown_on_both_sides_and_recovers_by_itself(
    demo: Hospital, new_page: NewPage, picture: Picture, where: str, scheme: str
) -> None:
    size: ViewportSize = SIZES[where]
    li = Consultant(new_page(size, color_scheme=scheme), demo, "limin", "李敏")
    li.is_available("在线")
    visitor = Visitor(new_page(size, color_scheme=scheme), f"{demo.website}/gynecology")
    visitor.opens_the_chat()
    asked, answered = f"满盘前问 {where} {scheme}", f"满盘时答 {where} {scheme}"
    visitor.says(asked)
    visitor.sees("由咨询员李敏（工号012）为您服务")
    li.opens(asked)
    with disk_is_full(demo):
        visitor.says("满盘时说的")
        expect(visitor.chat.get_by_text("未发出，正在重试")).to_be_visible(timeout=in_ms(TOLD_WITHIN))
        visitor.sees("系统暂时不能保存消息。")
        li.replies(answered)
        expect(li.page.get_by_text("未发出，正在重试…")).to_be_visible(timeout=in_ms(TOLD_WITHIN))
        li.sees("系统现在只能查看，不能保存")
        picture(visitor.page, f"widget-read-only-{where}-{scheme}")
        picture(li.page, f"console-read-only-{where}-{scheme}")
        expect(visitor.chat.get_by_text(answered)).to_have_count(0)
        visitor.chat.get_by_role("button", name="Switch to English").click()
        expect(visitor.chat.get_by_text("Not sent yet, retrying")).to_be_visible()
        picture(visitor.page, f"widget-read-only-{where}-{scheme}-english")
    expect(visitor.chat.get_by_text(answered)).to_have_count(1, timeout=in_ms(AGAIN_WITHIN))
    expect(li.thread.get_by_text("满盘时说的")).to_have_count(1, timeout=in_ms(AGAIN_WITHIN))
    expect(visitor.chat.get_by_text("Not sent yet, retrying")).to_have_count(0)
    expect(visitor.chat.get_by_text("Messages cannot be stored")).to_have_count(0)
    expect(li.page.get_by_text("系统现在只能查看，不能保存")).to_have_count(0)
    visitor.chat.get_by_role("button", name="切换到中文").click()
    visitor.ends()
