"""The chat on websites that make it hard: each does one thing, and the visitor asks and is heard all the same."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.conftest import DESKTOP, NewPage, Picture
from tests.browser.foreign import listed_page
from tests.browser.hospital import Hospital

pytestmark = pytest.mark.browser

SMALL: ViewportSize = {"width": 360, "height": 640}

PAGE = """<!doctype html><html {root} lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">{head}
<body><main><p>page</p></main>
<script src="{chat}/widget.js" data-site="demo" data-language="{language}"></script></body></html>"""

STYLES = """* { all: unset !important; position: static !important; font-size: 3px !important;
  direction: rtl !important; pointer-events: none !important; opacity: 0.1 !important }
body *, html > :not(head):not(body) { display: none !important; visibility: hidden !important;
  transform: scale(2) !important; filter: blur(3px) !important; clip-path: inset(50%) !important }"""

ARRAYS = """for (const name of ["map", "reduce", "forEach", "filter", "flat", "some", "find", "flatMap", "toJSON"])
  Array.prototype[name] = function () { return this; };
Array.prototype.ours = () => {};
Object.prototype.theirs = () => {};"""

GLOBALS = """const broken = () => { throw new Error("spoiled by the page"); };
JSON.parse = JSON.stringify = window.fetch = window.XMLHttpRequest = broken;
window.open = window.requestIdleCallback = undefined;
window.$ = window.h = window.Fragment = broken;
String.prototype.replaceAll = broken;"""

HEADS = {
    "styles for every element": f"<style>{STYLES}</style>",
    "replaced array methods": f"<script>{ARRAYS}</script>",
    "replaced globals": f"<script>{GLOBALS}</script>",
    "a base address": '<base href="https://elsewhere.invalid/deep/" target="_blank">',
    "a moved body": "<style>html { overflow: hidden } body { transform: translateX(80px) rotate(9deg); height: 40px;"
    " overflow: hidden; perspective: 9px; contain: paint }</style>",
    "right to left": "",
    "the documented policy": "",
    "everything at once": f'<base href="https://elsewhere.invalid/deep/"><style>{STYLES}</style>'
    f"<script>{ARRAYS}{GLOBALS}</script>",
}
"""What stands in the head of each page."""

POLICY = "default-src 'none'; script-src {chat}; frame-src {chat}; connect-src {chat}"
"""The three directives that docs/operations/install.md asks for, and nothing else."""

FRAMED = '<!doctype html><body style="margin:0"><iframe src="{src}" style="width:100%;height:95vh;border:0"></iframe>'

PEOPLE = {
    "zh": (DESKTOP, "在线咨询", "输入您的问题", "同意并发送"),
    "en": (SMALL, "Chat with us", "Your message", "Agree and send"),
}


@pytest.fixture(scope="module")
def pages(demo: Hospital) -> Iterator[str]:
    """The website with these pages, at `/LANGUAGE/NUMBER` and, in a frame, `/framed/LANGUAGE/NUMBER`."""
    with listed_page(demo) as site:
        here = site.address.rstrip("/")
        for number, (name, head) in enumerate(HEADS.items()):
            for language in PEOPLE:
                root = 'dir="rtl"' if name in {"right to left", "everything at once"} else ""
                html = PAGE.format(root=root, head=head, chat=demo.staff, language=language)
                policy = POLICY.format(chat=demo.staff) if name == "the documented policy" else ""
                path = f"/{language}/{number}"
                site.others[path] = ("text/html", html, policy)
                site.others[f"/framed{path}"] = ("text/html", FRAMED.format(src=here + path), "")
        yield here


@pytest.mark.parametrize("number", range(len(HEADS)), ids=list(HEADS))
def test_a_visitor_asks_on_a_page_that_makes_it_hard(
    pages: str, new_page: NewPage, picture: Picture, number: int
) -> None:
    """On a desktop in Chinese, on a phone in English: every other page, because one address may open only so many."""
    language = list(PEOPLE)[number % len(PEOPLE)]
    asks(new_page, f"{pages}/{language}/{number}", language, picture)


def test_a_visitor_asks_on_a_page_that_is_in_a_frame_itself(pages: str, new_page: NewPage, picture: Picture) -> None:
    asks(new_page, f"{pages}/framed/zh/{len(HEADS) - 1}", "zh", picture)


def asks(new_page: NewPage, address: str, language: str, picture: Picture) -> None:
    size, label, box, send = PEOPLE[language]
    page = new_page(size, **({"has_touch": True, "is_mobile": True} if size is SMALL else {}))
    page.goto(address)
    host = page.frame_locator("iframe") if "/framed/" in address else page.main_frame
    button = host.locator("#hchat > button")
    expect(button).to_be_visible()
    expect(button).to_have_accessible_name(label)
    place = button.bounding_box()
    assert place is not None
    assert round(place["height"], 1) == 56
    button.click()
    chat = host.frame_locator("#hchat iframe")
    chat.get_by_role("textbox", name=box).fill("请问门诊几点开始")
    chat.get_by_role("button", name=send).click()
    expect(chat.get_by_role("log").get_by_text("请问门诊几点开始")).to_be_visible()
    expect(chat.locator(".queue, .who").first).to_be_visible()
    shown = host.locator("#hchat iframe").bounding_box()
    assert shown is not None
    assert shown["width"] >= min(size["width"], 360)
    picture(page, f"hostile{address.partition('//')[2].partition('/')[2].replace('/', '-')}")
