"""A visitor behind a proxy that lets no WebSocket through."""

import pytest
from playwright.sync_api import Response, expect

from tests.browser.conftest import PHONE, NewPage, Picture
from tests.browser.hospital import Hospital
from tests.browser.no_sockets import without_sockets
from tests.browser.people import Consultant, Visitor

pytestmark = pytest.mark.browser


def test_behind_a_proxy_without_websockets_the_chat_works_unnoticed(
    demo: Hospital, new_page: NewPage, picture: Picture
) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    asked: list[int] = []

    def note(answer: Response) -> None:
        if answer.url.endswith("/v1/visitor/line"):
            asked.append(answer.status)

    with without_sockets() as proxy:
        page = new_page(PHONE, has_touch=True, is_mobile=True, proxy={"server": proxy})
        page.on("response", note)
        sockets: list[str] = []
        page.on("websocket", lambda socket: sockets.append(socket.url))
        visitor = Visitor(page, demo.website)
        visitor.opens_the_chat()
        visitor.asks_about("妇科")
        visitor.says("医院的网络不让连")
        visitor.sees("由咨询员李敏（工号012）为您服务")
        li.opens("医院的网络不让连")
        li.replies("能看到，请讲。")
        visitor.sees("能看到，请讲。")
        visitor.says("好的")
        expect(li.thread.get_by_text("好的")).to_have_count(1)
        expect(visitor.chat.get_by_text("已送达").last).to_be_visible()
        picture(page, "widget-phone-without-websockets")
        tried = len(sockets)
        page.reload()
        visitor.sees("能看到，请讲。")
        expect(visitor.chat.get_by_text("好的")).to_have_count(1)
        li.replies("路线见 https://hospital.example/route?from=station#east ，或打0731-8888 0999。")
        way = visitor.chat.get_by_role("link", name="https://hospital.example/route?from=station#east")
        expect(way).to_have_attribute("rel", "noopener noreferrer")
        expect(visitor.chat.get_by_role("link", name="0731-8888 0999")).to_have_attribute("href", "tel:073188880999")
        expect(li.thread.get_by_role("link", name="0731-8888 0999")).to_be_visible()
        picture(page, "widget-phone-links")
        picture(li.page, "console-links")
        assert len(sockets) == tried, "after a reload it polls at once"
        visitor.ends()
    assert asked
    assert set(asked) == {200}
