"""Makes docs/images from the running product: a demo hospital of its own, used by people in Chromium.

Never touches data/, and ends only the server that it started. A picture over 250 kB is an error.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError

from playwright.sync_api import Browser, Frame, Page, expect, sync_playwright

from chatserver.demo.seed import PASSWORD

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
LARGEST = 250_000
PATIENCE_S = 60
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 780},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
SMALL_DESKTOP: dict[str, Any] = {"viewport": {"width": 1100, "height": 760}}
LANDING = "?utm_source=baidu&utm_medium=cpc&utm_term=月经不调怎么办"
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
]


def main() -> int:
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is needed for the screenshots; `make chromium` installs it.", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        tell(browser, server)
        browser.close()
    large = [path.name for path in IMAGES.glob("*.png") if path.stat().st_size > LARGEST]
    if large:
        print(f"Over {LARGEST // 1000} kB: {', '.join(sorted(large))}.", file=sys.stderr)
    return 1 if large else 0


def tell(browser: Browser, server: str) -> None:
    """Play the story, taking pictures on the way."""
    website = re.sub(r"\d+$", lambda port: str(int(port[0]) + 1), server)
    li = Consultant(browser, server, "limin")
    li.is_available("在线")
    wang = Consultant(browser, server, "wangfang")
    wang.is_available("忙碌")

    mother = Visitor(browser, f"{website}/gynecology{LANDING}", PHONE)
    mother.says("您好，孕前检查要空腹吗？")
    li.opens("孕前检查要空腹吗")
    li.replies("您好，要空腹的，抽血和B超都需要。您打算哪天来？")
    mother.says("明天上午可以吗？我第一次来")
    li.sees("明天上午可以吗")
    li.replies("可以，上午8点到11点都能抽血。请带好身份证，先到门诊楼一楼建卡。")
    mother.sees("先到门诊楼一楼建卡")
    mother.says("好的。之前月经不太规律，需要另外检查什么吗？")
    li.sees("月经不太规律")
    photograph(mother.page, "widget-phone")

    is_asked_for_consent(browser, website)
    asks_to_be_called(browser, website)
    asks_the_way(browser, website, li)
    runner = Visitor(browser, f"{website}/gynecology", SMALL_DESKTOP)
    runner.says("宫颈疫苗现在还能预约吗？")
    li.opens("月经不太规律")
    li.notes("想备孕，月经不规律，问过明天上午")
    photograph(li.page, "console")
    li.page.emulate_media(color_scheme="dark")
    photograph(li.page, "console-dark")
    li.page.emulate_media(color_scheme="light")

    passes_on(li, wang, mother)
    waits(browser, website, server)
    reads(browser, server)


def is_asked_for_consent(browser: Browser, website: str) -> None:
    """Health words are held until the visitor decides."""
    careful = Visitor(browser, website, PHONE)
    box = careful.chat.get_by_role("textbox")
    box.fill("最近总是咳嗽")
    # What judges the words is fetched with the first of them.
    careful.page.wait_for_load_state("networkidle")
    careful.chat.locator(".composer .send").click()
    expect(careful.chat.locator(".consent-actions button").first).to_be_enabled()
    photograph(careful.page, "widget-consent")
    careful.page.context.close()


def asks_to_be_called(browser: Browser, website: str) -> None:
    """长辈版, and a number that is read back."""
    old = Visitor(browser, f"{website}/?mode=elder", PHONE)
    old.sees("打电话")
    photograph(old.page, "widget-elder")
    old.chat.get_by_role("button", name="请给我回电").first.click()
    old.chat.get_by_label("您的电话号码").fill("138 1234 5678")
    old.chat.get_by_label("怎么称呼您").fill("王奶奶")
    old.chat.get_by_role("button", name="下一步").click()
    old.sees("请核对号码")
    photograph(old.page, "callback")
    old.page.context.close()


def asks_the_way(browser: Browser, website: str, li: "Consultant") -> None:
    """A visitor at a desktop asks and is answered."""
    patient = Visitor(browser, website, SMALL_DESKTOP)
    patient.chooses("内科")
    patient.says("体检报告什么时候可以取？")
    li.opens("体检报告什么时候可以取")
    li.replies("体检后三个工作日，在体检中心二楼自助机打印，也可以在公众号里查看。")
    patient.sees("在公众号里查看")
    photograph(patient.page, "widget-desktop")


def passes_on(li: "Consultant", wang: "Consultant", mother: "Visitor") -> None:
    """转接, the end, the rating."""
    li.page.get_by_role("button", name="转接", exact=True).click()
    dialog = li.page.get_by_role("dialog")
    dialog.get_by_role("radio", name=re.compile("王芳")).check(force=True)
    dialog.get_by_role("textbox", name=re.compile("转接说明")).fill(
        "备孕，月经不规律，想明天上午来，请看需要加做什么检查"
    )
    photograph(li.page, "transfer")
    dialog.get_by_role("button", name="请对方接手").click()
    wang.sees("请看需要加做什么检查")
    photograph(wang.page, "offer")
    wang.page.get_by_role("button", name="接受", exact=True).click()
    mother.sees(re.compile("现由.*王芳为您服务"))
    wang.opens("月经不太规律")
    wang.replies("您好，建议加查性激素六项，在月经第2到4天抽血。明天先做其他项目就可以。")
    mother.says("明白了，谢谢您")
    wang.sees("明白了，谢谢您")
    wang.replies("不客气，祝您健康。")
    wang.page.get_by_role("button", name="结束会话").click()
    ending = wang.page.get_by_role("dialog")
    ending.get_by_text("已预约").click()
    ending.get_by_role("button", name="结束会话").click()
    mother.sees(re.compile("请评价"))
    mother.chat.locator("label", has_text="5 星").first.click()
    photograph(mother.page, "rating")
    mother.chat.get_by_role("button", name="提交评价").first.click()
    mother.sees("您评了 5 星")


def waits(browser: Browser, website: str, server: str) -> None:
    """Two visitors ask a single consultant: the place in the queue."""
    Consultant(browser, server, "zhangwei").is_available("在线")
    first = Visitor(browser, f"{website}/pediatrics", PHONE)
    first.says("宝宝体检要空腹吗？")
    first.sees("已送达")
    second = Visitor(browser, f"{website}/pediatrics", PHONE)
    second.says("接种疫苗需要带什么材料？")
    second.sees(re.compile("您前面还有"))
    photograph(second.page, "widget-queue")


def reads(browser: Browser, server: str) -> None:
    """A transcript, as the supervisor sees it."""
    chen = Consultant(browser, server, "chenjing")
    chen.page.goto(f"{server}/transcripts")
    chen.page.get_by_role("row", name=re.compile("已预约")).get_by_role("link").first.click()
    chen.sees("性激素六项")
    chen.page.set_viewport_size({"width": 1440, "height": 1250})
    photograph(chen.page, "transcript")


class Visitor:
    """A visitor on the hospital's website, with the chat open."""

    def __init__(self, browser: Browser, address: str, device: dict[str, Any]) -> None:
        self.page = new_page(browser, device)
        self.page.goto(address)
        self.page.get_by_role("button", name="在线咨询").click()
        expect(self.page.frame_locator("iframe").get_by_role("heading", name="康宁医院")).to_be_visible()

    @property
    def chat(self) -> Frame:
        return self.page.frames[1]

    def chooses(self, department: str) -> None:
        self.chat.locator("label", has_text=department).click()

    def says(self, words: str) -> None:
        self.chat.get_by_role("textbox").fill(words)
        self.chat.locator(".composer .send").click()
        expect(self.chat.locator("textarea:placeholder-shown, .consent-actions, .leave").first).to_be_visible()
        agree = self.chat.locator(".consent-actions button", has_text=re.compile("^同意$"))
        if agree.count():
            agree.click()
        self.sees(words)

    def sees(self, words: str | re.Pattern[str]) -> None:
        expect(self.chat.get_by_text(words).first).to_be_visible()


class Consultant:
    """A consultant at the console."""

    def __init__(self, browser: Browser, server: str, login: str) -> None:
        self.page = new_page(browser, DESKTOP)
        self.page.goto(f"{server}/console")
        self.page.locator("#login").fill(login)
        self.page.locator("#password").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()

    def is_available(self, availability: str) -> None:
        self.page.get_by_role("button", name=re.compile("接待状态")).click()
        self.page.get_by_role("menuitemradio", name=re.compile(f"^{availability}")).click()
        # The list does not reorder while the pointer rests on it.
        self.page.mouse.move(800, 20)

    def opens(self, words: str) -> None:
        self.page.get_by_label("会话列表").get_by_text(words).first.click()
        self.page.mouse.move(800, 20)

    def replies(self, words: str) -> None:
        self._writes("回复", "^回复 访客", words)

    def notes(self, words: str) -> None:
        self._writes("内部备注", "内部备注$", words)
        self.page.get_by_role("button", name="回复", exact=True).click()

    def sees(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()

    def _writes(self, mode: str, box: str, words: str) -> None:
        self.page.get_by_role("button", name=mode, exact=True).click()
        composer = self.page.get_by_role("textbox", name=re.compile(box))
        composer.fill(words)
        composer.press("Enter")
        expect(self.page.get_by_role("log").get_by_text(words).first).to_be_visible()


def new_page(browser: Browser, device: dict[str, Any]) -> Page:
    """A page in a profile of its own."""
    page = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **device).new_page()
    page.set_default_timeout(15_000)
    return page


def photograph(page: Page, name: str) -> None:
    """Take a picture of the page once it is still."""
    page.wait_for_timeout(800)
    page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Start a fresh demo on free ports; yields its address."""
    port = two_free_ports()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CHATSERVER_")}
    environment |= {"PORT": str(port), "CHATSERVER_DATA": str(folder / "data")}
    server = subprocess.Popen([sys.executable, "-m", "chatserver", "demo"], env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_until_ready(server, f"http://127.0.0.1:{port}/ready")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def wait_until_ready(server: "subprocess.Popen[bytes]", address: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 the address is ours
            return
        except (URLError, OSError):
            if server.poll() is not None or time.monotonic() > until:
                raise SystemExit("The demo did not start.") from None
            time.sleep(0.1)


def two_free_ports() -> int:
    """A port that is free together with the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


if __name__ == "__main__":
    sys.exit(main())
