"""How visitors come to the chat: on a page that makes it hard, by the page's own script, and without any script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.conftest import DESKTOP, PHONE, NewPage, Picture
from tests.browser.foreign import HAS_PANEL, listed_page
from tests.browser.hospital import Hospital
from tests.browser.sizes import is_within_the_window

pytestmark = pytest.mark.browser

HOSTILE = """<!doctype html><html dir="rtl" lang="ar"><meta charset="utf-8">
<base href="https://elsewhere.invalid/deep/" target="_blank">
<link rel="stylesheet" href="{here}/hostile.css">
<body><main><p>page</p></main><script src="{here}/hostile.js"></script>
<script src="{chat}/widget.js" data-site="demo" data-color="#ffcc00" data-position="left"></script></body></html>"""
STYLE = """* { all: unset !important; position: static !important; display: inline !important;
  font-size: 3px !important; direction: rtl !important }
html > * { transform: scale(2) !important; filter: blur(3px) !important; visibility: hidden !important }"""
SCRIPT = """for (const name of ["map", "reduce", "forEach", "filter", "flat", "some", "find", "flatMap", "toJSON"])
  Array.prototype[name] = function () { return this; };
Array.prototype.ours = () => {};
window.hchat = window.hchat || [];
hchat.push(["on", "ready", () => document.documentElement.setAttribute("data-heard", "ready")]);"""
EARLIER = """<!doctype html><body><script src="{chat}/earlier.js" data-site="demo" data-text="在线问诊"></script>
<script>
  const host = document.createElement("div");
  host.id = "hchat";
  const tag = document.querySelector("script[data-site]");
  tag.setAttribute("src", "{chat}/widget.js");
  window.hchat = {{ queue: [["open"]], push: () => {{}} }};
  host.parts = {{ site: "demo", origin: "{chat}", api: window.hchat }};
  document.body.append(host);
  const panel = document.createElement("script");
  panel.src = "{chat}/widget-panel.js?site=demo";
  host.append(panel);
</script></body>"""
"""What the loader of the first version with a script of its own for the panel left in a page before that was there."""
NOWHERE = """<!doctype html><body>
<script src="{chat}/widget.js" data-site="nowhere" {more}></script></body>"""
FRAMED = """<!doctype html><body style="margin:0">
<iframe src="{here}/hostile" style="width:100%;height:95vh;border:0"></iframe></body>"""

LISTENING = """window.heard = []; window.told = []; window.hchat = [];
addEventListener("message", ({ data }) => heard.push(data), true);
for (const each of ["ready", "opened", "closed", "unread", "sent", "message", "started", "ended", "invited"])
  hchat.push(["on", each, (...values) => told.push(each, values)]);"""
READING = {
    "the frame's document": "frame.contentDocument.body.innerText",
    "the frame's window": "frame.contentWindow.document.body.innerText",
    "the frame's storage": "JSON.stringify(frame.contentWindow.localStorage)",
    "its own storage": "JSON.stringify([localStorage, sessionStorage, document.cookie])",
    "messages": "JSON.stringify(window.heard)",
    "a fetch of the frame": "await (await fetch(frame.src, { credentials: 'include' })).text()",
    "the frame's own frames": "frame.contentWindow.frames[0].location.href",
    "its addresses": "JSON.stringify(performance.getEntries().map(({ name }) => name)) + frame.src",
    "a window of the same name": "(open('', frame.name || 'hchat') || {}).document.body.innerText",
    "what it is told of events": "JSON.stringify(window.told)",
    "the loader's own objects": "Object.values(document.getElementById('hchat')).map(String).join()",
}
"""Ways in which the hospital's page, or a tracker on it, may try to read the chat."""


def launcher(page: Page) -> Locator:
    return page.locator("#hchat > button")


@pytest.fixture(scope="module")
def hostile(demo: Hospital) -> Iterator[str]:
    """The address of a website that does all that pages do to scripts of others."""
    with listed_page(demo) as site:
        here, chat = site.address.rstrip("/"), demo.staff
        policy = f"default-src 'none'; script-src {chat} {here}; style-src {here}; frame-src {chat}; connect-src {chat}"
        site.others = {
            "/hostile": ("text/html", HOSTILE.format(here=here, chat=chat), policy),
            "/hostile.css": ("text/css", STYLE, ""),
            "/hostile.js": ("text/javascript", SCRIPT, ""),
            "/earlier": ("text/html", EARLIER.format(chat=chat), ""),
            "/nowhere": ("text/html", NOWHERE.format(chat=chat, more=""), ""),
            "/nowhere-phone": ("text/html", NOWHERE.format(chat=chat, more='data-phone="0731-8888 0120"'), ""),
            "/framed": ("text/html", FRAMED.format(here=here), ""),
        }
        yield here


@pytest.mark.parametrize("path", ["/hostile", "/framed"])
def test_the_chat_opens_on_a_page_that_spoils_everything(
    hostile: str, new_page: NewPage, picture: Picture, path: str
) -> None:
    """Styles for every element, replaced array methods, a strict policy, `<base>`, right to left; in a frame, too."""
    page = new_page(DESKTOP)
    page.goto(hostile + path)
    inside = page.frame_locator("iframe") if path == "/framed" else page.main_frame
    button = inside.locator("#hchat > button")
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box is not None
    assert (box["x"], box["height"]) == (20, 56)
    button.click()
    chat = inside.frame_locator("#hchat iframe")
    expect(chat.get_by_role("textbox", name="输入您的问题")).to_be_visible()
    expect(inside.locator("html")).to_have_attribute("data-heard", "ready")
    picture(page, f"entry{path.replace('/', '-')}")


def test_a_click_on_the_launcher_of_an_earlier_version_opens_the_chat(hostile: str, new_page: NewPage) -> None:
    """A browser keeps the loader for five minutes, so it may be older than the panel."""
    page = new_page(DESKTOP)
    page.goto(f"{hostile}/earlier")
    chat = page.frame_locator("#hchat iframe")
    expect(chat.get_by_role("textbox", name="输入您的问题")).to_be_visible()
    page.evaluate("hchat.push(['close'])")
    expect(launcher(page)).to_contain_text("在线问诊")


def test_the_launcher_of_a_site_that_does_not_exist_calls_or_goes(hostile: str, new_page: NewPage) -> None:
    page = new_page(DESKTOP)
    page.goto(f"{hostile}/nowhere-phone")
    expect(launcher(page)).to_have_text("0731-8888 0120")
    page.goto(f"{hostile}/nowhere")
    expect(page.locator("#hchat")).to_have_count(0)


def test_before_the_first_click_one_request_follows_the_loader_and_nothing_moves(
    demo: Hospital, new_page: NewPage
) -> None:
    page = new_page(PHONE, has_touch=True, is_mobile=True)
    page.add_init_script(
        "window.shifts = []; new PerformanceObserver((list) => window.shifts.push(...list.getEntries()"
        ".map((each) => each.value))).observe({ type: 'layout-shift', buffered: true });"
    )
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.startswith(demo.staff):
            asked.append(request.url.removeprefix(demo.staff))

    page.on("request", note)
    page.goto(demo.website)
    page.wait_for_function(HAS_PANEL)
    expect(launcher(page)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert asked == ["/widget.js", "/widget-panel.js?v=2&site=demo"]
    assert is_within_the_window(launcher(page))
    for _ in range(5):
        assert page.evaluate("window.shifts") == []
        page.reload()
        page.wait_for_function(HAS_PANEL)
        page.wait_for_load_state("networkidle")


def test_the_page_can_read_neither_words_nor_token(demo: Hospital, new_page: NewPage) -> None:
    page = new_page(DESKTOP)
    page.add_init_script(LISTENING)
    page.goto(demo.website)
    launcher(page).click()
    chat = page.frame_locator("#hchat iframe")
    box = chat.get_by_role("textbox", name="输入您的问题")
    box.fill("我的秘密")
    chat.get_by_role("button", name="发送").click()
    expect(chat.get_by_text("我的秘密")).to_be_visible()
    frame = next(frame for frame in page.frames if "/frame?" in frame.url)
    frame.wait_for_function("JSON.stringify(localStorage).includes('token')")
    token = frame.evaluate("Object.values(localStorage).join()")
    assert token
    for way, code in READING.items():
        read = page.evaluate(
            f"(async () => {{ const frame = document.getElementById('hchat').shadowRoot.querySelector('iframe'); "
            f"try {{ return String({code}); }} catch (error) {{ return error.name; }} }})()"
        )
        assert "我的秘密" not in read, way
        assert not any(part and part in read for part in token.split(",") if len(part) > 20), way


def test_without_a_script_the_page_of_the_chat_is_a_form(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    page = new_page(PHONE, java_script_enabled=False)
    page.goto(f"{demo.staff}/chat/demo")
    expect(page.get_by_role("button", name="同意并提交")).to_be_visible()
    page.wait_for_timeout(2_100)
    picture(page, "entry-form")
    page.get_by_label("您的问题").fill("我突然胸痛")
    page.get_by_label("联系电话").fill("123")
    page.get_by_role("button", name="同意并提交").click()
    expect(page.locator("#problem")).to_contain_text("请检查电话号码")
    expect(page.get_by_label("您的问题")).to_have_value("我突然胸痛")
    page.get_by_label("联系电话").fill("13800138000")
    page.get_by_role("button", name="同意并提交").click()
    expect(page.get_by_role("heading", name="留言已收到")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("120")
    picture(page, "entry-form-left")


def test_with_a_script_the_page_of_the_chat_is_the_chat(demo: Hospital, new_page: NewPage) -> None:
    page = new_page(PHONE, has_touch=True, is_mobile=True)
    page.goto(f"{demo.staff}/chat/demo")
    expect(page.get_by_role("textbox", name="输入您的问题")).to_be_visible()
    expect(page.get_by_role("button", name="同意并提交")).to_have_count(0)


def test_where_flexible_boxes_have_no_gap_the_parts_of_the_chat_do_not_touch(demo: Hospital, new_page: NewPage) -> None:
    """As in Chromium 78 and Safari 13; later styles get their margins, too."""
    page = new_page(PHONE, has_touch=True, is_mobile=True)
    page.add_init_script("Object.defineProperty(Element.prototype, 'scrollHeight', { get: () => 0 })")
    page.goto(f"{demo.staff}/chat/demo")
    expect(page.get_by_role("button", name="同意并发送")).to_have_css("margin-left", "8px")
    page.get_by_role("textbox", name="输入您的问题").fill("请问挂号")
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".queue-ways > *").first).to_have_css("margin-right", "8px")
