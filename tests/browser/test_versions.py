"""A client and a server of different builds: what one of them does not know yet does no harm."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import PHONE, NewPage, Picture
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor

pytestmark = pytest.mark.browser

SOCKETS = re.compile("/ws/(visitor|staff)$")
Frame = dict[str, Any]


def of_another_build(page: Page, sent: Callable[[Frame], Frame], heard: Callable[[Frame], list[Frame]]) -> None:
    """Pass everything that the page sends and receives through these functions."""

    def meet(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        route.on_message(lambda text: server.send(json.dumps(sent(json.loads(text)))))

        def pass_on(text: str | bytes) -> None:
            for frame in heard(json.loads(text)):
                route.send(json.dumps(frame))

        server.on_message(pass_on)

    page.route_web_socket(SOCKETS, meet)


def newer(frame: Frame) -> Frame:
    """With unknown fields at the top level and inside."""
    inner = {key: value | {"mood": "calm"} for key, value in frame.items() if isinstance(value, dict)}
    return frame | inner | {"colour": "red", "nested": {"deep": [1, {"deeper": None}]}}


def newer_server(frame: Frame) -> list[Frame]:
    """The same, with frames of an unknown type in between."""
    ref = {"ref": frame["ref"]} if "ref" in frame else {}
    return [{"type": "weather", "sky": "clear", **ref}, newer(frame), {"type": "weather"}]


def later_version(frame: Frame) -> Frame:
    return frame | {"version": 2} if frame["type"] == "hello" else frame


def unchanged(frame: Frame) -> list[Frame]:
    return [frame]


@pytest.mark.parametrize("who", ["clients", "server"])
def test_clients_and_server_of_different_builds_understand_each_other(
    demo: Hospital, new_page: NewPage, who: str
) -> None:
    pages = new_page(), new_page(PHONE)
    for page in pages:
        if who == "clients":
            of_another_build(page, newer, unchanged)
        else:
            of_another_build(page, lambda frame: frame, newer_server)
    li = Consultant(pages[0], demo, "limin", "李敏")
    li.is_available("在线")
    visitor = Visitor(pages[1], f"{demo.website}/gynecology")
    visitor.opens_the_chat()
    visitor.says(f"新旧{who}")
    visitor.sees("由咨询员李敏（工号012）为您服务")
    li.opens(f"新旧{who}")
    li.replies("看得到吗")
    visitor.sees("看得到吗")
    visitor.says("都清楚了")
    expect(li.thread.get_by_text("都清楚了")).to_have_count(1)
    expect(visitor.chat.get_by_text("都清楚了")).to_have_count(1)
    visitor.sees("已送达")
    visitor.ends()


def test_a_client_of_an_unsupported_version_is_offered_a_reload(
    demo: Hospital, new_page: NewPage, picture: Picture
) -> None:
    page = new_page(PHONE)
    of_another_build(page, later_version, unchanged)
    visitor = Visitor(page, f"{demo.website}/gynecology")
    page.get_by_role("button", name="在线咨询").click()
    visitor.sees("页面需要更新才能继续。")
    picture(page, "widget-reload")
    with page.expect_event("framenavigated"):
        visitor.chat.get_by_role("button", name="重新加载").click()

    desk = new_page()
    of_another_build(desk, later_version, unchanged)
    li = Consultant(desk, demo, "limin", "李敏")
    li.sees("系统已更新，请刷新页面继续使用。")
    expect(desk.get_by_role("button", name="刷新页面")).to_be_visible()
