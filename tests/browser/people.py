"""What people do on the screens, in the terms of the trade."""

import re

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.browser.hospital import PASSWORD, Hospital


class Visitor:
    """A visitor on the hospital's website. `chat` is the widget's frame."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(address)

    @property
    def chat(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    def opens_the_chat(self) -> None:
        self.page.get_by_role("button", name="在线咨询").click()
        expect(self.chat.get_by_role("heading", name="康宁医院")).to_be_visible()

    def asks_about(self, department: str) -> None:
        # The radio button itself is invisible behind its label; a person taps the label.
        self.chat.locator("label", has_text=department).click()

    def says(self, words: str) -> None:
        box = self.chat.get_by_role("textbox", name="输入您的问题")
        box.fill(words)
        self.chat.locator(".composer .send").click()
        self.agrees_if_asked()

    def agrees_if_asked(self) -> None:
        """A text with health words waits for a decision; others leave the box at once."""
        expect(self.chat.locator("textarea:placeholder-shown, .consent-actions, .leave").first).to_be_visible()
        agree = self.chat.locator(".consent-actions button", has_text=re.compile("^同意$"))
        if agree.count():
            agree.click()

    def ends(self) -> None:
        self.chat.get_by_role("button", name="结束本次咨询").click()
        self.chat.get_by_role("alertdialog").get_by_role("button", name="结束", exact=True).click()
        self.sees("您已结束本次咨询")

    def stops_waiting(self) -> None:
        self.chat.get_by_role("button", name="不等了").first.click()
        self.chat.get_by_role("alertdialog").get_by_role("button", name="不等了").click()
        self.sees("您已结束本次咨询")

    def sees(self, words: str | re.Pattern[str]) -> Locator:
        line = self.chat.get_by_text(words).first
        expect(line).to_be_visible()
        return line


class Consultant:
    """A consultant at a desk with the console open."""

    def __init__(self, page: Page, hospital: Hospital, login: str, name: str) -> None:
        self.page = page
        self.name = name
        page.goto(f"{hospital.staff}/console")
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()

    def is_available(self, availability: str) -> None:
        self.page.get_by_role("button", name=re.compile("接待状态")).click()
        self.page.get_by_role("menuitemradio", name=re.compile(f"^{availability}")).click()
        expect(self.page.get_by_role("button", name=re.compile(f"接待状态：{availability}"))).to_be_visible()

    @property
    def list(self) -> Locator:
        return self.page.get_by_role("navigation", name="会话列表")

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("log", name="聊天记录")

    def opens(self, words: str) -> None:
        """Open the conversation that is not over whose row shows these words: an ended one of another test may have
        the same, and stand before it."""
        row = self.list.locator(".row:not(.is-quiet)", has_text=words).first
        expect(row).to_be_visible()
        # As by keyboard: a click of the mouse on a row that has just moved is ignored, as it may be meant for another.
        row.dispatch_event("click")

    @property
    def box(self) -> Locator:
        """The composer, in whichever mode it is."""
        return self.page.get_by_role("textbox", name=re.compile("^回复 访客|的内部备注$"))

    def writes(self, words: str) -> None:
        self.box.fill(words)

    def turns_to_notes(self) -> None:
        self.page.get_by_role("group", name="写给谁").get_by_role("button", name="内部备注").click()

    def turns_to_replies(self) -> None:
        self.page.get_by_role("group", name="写给谁").get_by_role("button", name="回复").click()

    def replies(self, words: str) -> None:
        self.writes(words)
        self.box.press("Enter")

    def offers_to(self, colleague: str, note: str) -> None:
        """转接 to a colleague by name."""
        self.page.get_by_role("button", name="转接", exact=True).click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("radio", name=re.compile(colleague)).check(force=True)
        dialog.get_by_role("textbox", name=re.compile("转接说明")).fill(note)
        dialog.get_by_role("button", name="请对方接手").click()
        self.sees(re.compile(f"已请 {colleague} 接手"))

    def sees(self, words: str | re.Pattern[str]) -> Locator:
        line = self.page.get_by_text(words).first
        expect(line).to_be_visible()
        return line
