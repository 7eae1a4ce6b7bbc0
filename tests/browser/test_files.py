"""Pictures both ways and a PDF from the consultant: on a small phone, on the hospital's page of another origin."""

import base64
import re
from io import BytesIO
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Route, ViewportSize, expect

from tests.browser.conftest import NewPage, Picture
from tests.browser.hospital import Hospital
from tests.browser.images import PHONE_MODEL, bomb, document, photo, too_large
from tests.browser.images import picture as image
from tests.browser.people import Consultant, Visitor
from tests.browser.states.audit import frame_of

pytestmark = pytest.mark.browser

SMALL_PHONE: ViewportSize = {"width": 360, "height": 640}
UPLOAD = re.compile(r"/v1/visitor/files/[^/]+\?conversation=")
QUESTION = "这张化验单要不要紧？"
COPIES = """() => {
  window.sent = [];
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (body) {
    const file = new FileReader();
    file.onload = () => window.sent.push(file.result.split(",")[1]);
    file.readAsDataURL(body);
    return send.call(this, body);
  };
}"""
"""Keeps a copy of each file that the chat sends."""
GIVES = """([event, name, type, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0))], name, { type }));
  const by = { bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(
    event === "paste"
      ? new ClipboardEvent(event, { ...by, clipboardData: data })
      : new DragEvent(event, { ...by, dataTransfer: data }),
  );
}"""


def test_a_picture_and_its_answer(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    visitor = Visitor(new_page(SMALL_PHONE, has_touch=True, is_mobile=True), f"{demo.website}/gynecology")
    visitor.opens_the_chat()
    chat = visitor.chat
    attach = chat.get_by_role("button", name="发送图片")
    expect(chat.get_by_role("textbox")).to_be_visible()
    expect(attach).to_have_count(0)
    visitor.says(QUESTION)
    visitor.sees("由咨询员李敏（工号012）为您服务")
    expect(attach).to_be_visible()
    picker = chat.locator("input[type=file]")

    # Two are picked, one is left out, and nothing goes before the last look.
    picker.set_input_files([image("a.png"), image("b.png", 300, 600)])
    visitor.sees("请遮住姓名、证件号等信息后再发送。")
    send = chat.get_by_role("button", name=re.compile("^发送 . 张图片$"))
    expect(send).to_be_focused()
    picture(visitor.page, "files-01-last-look")
    chat.get_by_role("button", name="不发第 1 张图片").click()
    expect(send).to_have_text("发送 1 张图片")
    # A picture may show a report: the first one asks, as health words do, and waits for the decision.
    send.press("Enter")
    expect(chat.get_by_role("alert").get_by_role("button", name="不同意，只问一般问题")).to_be_visible()
    expect(chat.get_by_role("progressbar")).to_have_count(0)
    picture(visitor.page, "files-01b-may-it-be-used")
    chat.get_by_role("button", name="同意", exact=True).click()
    mine = chat.get_by_role("button", name=re.compile(r"^图片，由您发送，\d\d:\d\d$"))
    expect(mine).to_have_count(1)
    expect(chat.get_by_role("status").filter(has_text=re.compile("^图片已发送$"))).to_have_count(1)
    expect(mine.locator("img")).to_have_js_property("naturalWidth", 300)
    picture(visitor.page, "files-02-sent")

    # Cancelled as a whole: nothing is sent.
    picker.set_input_files([image("c.png")])
    chat.get_by_role("button", name="取消", exact=True).click()
    expect(send).to_have_count(0)
    expect(mine).to_have_count(1)

    cancels_one_on_its_way(visitor)
    expect(mine).to_have_count(1)
    tries_again(visitor)
    expect(mine).to_have_count(2)
    drops_one_and_pastes_another(visitor)
    expect(mine).to_have_count(4)

    # What is too large says so before it is sent, and what to do.
    picker.set_input_files([too_large()])
    refused = chat.get_by_role("alert")
    expect(refused).to_contain_text("图片超过 10 MB。您可以截图后再发。")
    expect(send).to_have_count(0)
    picture(visitor.page, "files-03-too-large")
    chat.get_by_role("button", name="移除").click()

    # No browser can draw the bomb smaller, and the server refuses it.
    picker.set_input_files([bomb()])
    send.click()
    expect(refused).to_contain_text("图片的尺寸太大。您可以截图后再发。")
    picture(visitor.page, "files-04-bomb")
    chat.get_by_role("button", name="移除").click()
    expect(refused).to_have_count(0)
    expect(mine).to_have_count(4)

    # Large, and back again by keyboard.
    mine.first.press("Enter")
    dialog = chat.get_by_role("dialog", name=re.compile("^图片，由您发送"))
    expect(dialog.get_by_role("button", name="关闭大图")).to_be_focused()
    picture(visitor.page, "files-05-large")
    visitor.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(mine.first).to_be_focused()

    the_consultant_sees_it(li, picture)
    answers_with_a_document(li)
    saves_it(visitor)
    picture(visitor.page, "files-08-document")
    the_supervisor_reads_it(demo, new_page, picture)


def cancels_one_on_its_way(visitor: Visitor) -> None:
    """The network holds it back, so that there is time."""
    held: list[Route] = []
    visitor.page.route(UPLOAD, lambda route: held.append(route))
    visitor.chat.locator("input[type=file]").set_input_files([image("d.png")])
    visitor.chat.get_by_role("button", name="发送 1 张图片").click()
    bar = visitor.chat.get_by_role("progressbar", name="图片发送进度")
    expect(bar).to_have_attribute("aria-valuemax", "100")
    visitor.sees(re.compile("^正在发送 [0-9]+%$"))
    visitor.chat.get_by_role("button", name="取消发送").click()
    expect(bar).to_have_count(0)
    for route in held:
        route.abort()
    visitor.page.unroute(UPLOAD)


def tries_again(visitor: Visitor) -> None:
    """Without a network it stays with its reason; later the same picture goes under the same ref."""
    tried: list[str] = []

    def cut(route: Route) -> None:
        tried.append(route.request.url)
        if len(tried) == 1:
            route.abort()
        else:
            route.continue_()

    visitor.page.route(UPLOAD, cut)
    visitor.chat.locator("input[type=file]").set_input_files([image("e.png", 300, 600)])
    visitor.chat.get_by_role("button", name="发送 1 张图片").click()
    expect(visitor.chat.get_by_role("alert")).to_contain_text("网络不通。图片还在这里")
    visitor.chat.get_by_role("button", name="重试").click()
    expect(visitor.chat.get_by_role("alert")).to_have_count(0)
    expect(visitor.chat.get_by_role("progressbar")).to_have_count(0)
    assert len(tried) == 2
    assert tried[0] == tried[1]
    visitor.page.unroute(UPLOAD)


def gives(visitor: Visitor, how: Literal["drop", "paste"], file: FilePayload) -> None:
    """Drop or paste a file where the focus is in the chat."""
    bytes_of_it = base64.b64encode(file["buffer"]).decode()
    frame_of(visitor.page).evaluate(GIVES, [how, file["name"], file["mimeType"], bytes_of_it])


def drops_one_and_pastes_another(visitor: Visitor) -> None:
    """Both go at once. The bytes that leave the browser tell neither place nor phone, nor are they more than needed."""
    frame = frame_of(visitor.page)
    frame.evaluate(COPIES)
    visitor.chat.get_by_role("textbox").focus()
    gives(visitor, "drop", photo())
    gives(visitor, "paste", image("f.png"))
    visitor.chat.get_by_role("button", name="发送 2 张图片").click()
    expect(visitor.chat.get_by_role("progressbar")).to_have_count(0)
    frame.wait_for_function("() => window.sent.length === 2")
    sent = [base64.b64decode(each) for each in frame.evaluate("() => window.sent")]
    opened = [Image.open(BytesIO(each)) for each in sent]
    assert sorted((each.format, *each.size) for each in opened) == [("JPEG", 640, 400), ("JPEG", 2000, 1500)]
    assert not any(PHONE_MODEL.encode() in each or b"Exif" in each for each in sent)


def the_consultant_sees_it(li: Consultant, picture: Picture) -> None:
    """Blurred, because the department is intimate, until the consultant wants to see it; then also large."""
    expect(li.list.get_by_text("[图片]").first).to_be_visible()
    li.opens("[图片]")
    theirs = li.thread.get_by_role("button", name=re.compile("^图片，由访客")).first
    expect(theirs).to_contain_text("点击查看")
    picture(li.page, "files-06-veiled")
    theirs.press("Enter")
    expect(theirs).not_to_contain_text("点击查看")
    is_drawn(theirs.locator("img"))
    theirs.press("Enter")
    is_drawn(li.page.get_by_role("dialog").locator("img"))
    picture(li.page, "files-07-large")
    li.page.keyboard.press("Escape")
    expect(theirs).to_be_focused()


def answers_with_a_document(li: Consultant) -> None:
    li.page.locator(".composer input[type=file]").set_input_files([document()])
    last_look = li.page.get_by_role("region", name=re.compile("^发给 访客"))
    expect(last_look).to_contain_text("检查须知.pdf")
    last_look.get_by_role("button", name=re.compile("^发送给 访客")).press("Enter")
    expect(li.thread.get_by_role("link", name="下载 检查须知.pdf")).to_be_visible()


def saves_it(visitor: Visitor) -> None:
    visitor.sees("检查须知.pdf")
    with visitor.page.expect_download() as saved:
        visitor.chat.get_by_role("button", name="保存 检查须知.pdf").click()
    assert saved.value.suggested_filename == "检查须知.pdf"
    assert saved.value.path().read_bytes() == document()["buffer"]


def the_supervisor_reads_it(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    """In the transcript the same picture is blurred until it is opened, without any script."""
    chen = Consultant(new_page(), demo, "chenjing", "陈静")
    expect(chen.page.get_by_role("navigation", name="会话列表")).to_be_visible()
    chen.page.goto(f"{demo.staff}/transcripts")
    chen.page.locator("tbody a").first.click()
    shown = chen.page.get_by_role("img", name=re.compile("^图片，由")).first
    is_drawn(shown)
    assert "blur" in shown.evaluate("each => getComputedStyle(each).filter")
    picture(chen.page, "files-09-transcript")
    chen.page.get_by_text("点击查看").first.click()
    expect(shown).to_have_css("filter", "none")
    expect(chen.page.get_by_role("link", name="检查须知.pdf")).to_be_visible()


def is_drawn(image: Locator) -> None:
    """Whether the browser has got the picture and not only its place."""
    expect(image).to_have_js_property("naturalWidth", 300)
