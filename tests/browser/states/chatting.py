"""From the first look to the rating, with a consultant."""

from playwright.sync_api import expect

from tests.browser.images import document, picture, too_large
from tests.browser.states.steps import (
    BOX,
    agree_if_asked,
    arrive,
    break_uploads,
    chooses,
    clicks,
    fill,
    free_uploads,
    hold_uploads,
    marks,
    open_chat,
    picks,
    press,
    replies,
    say,
    see,
    show,
    takes,
    tap,
)
from tests.browser.states.table import Scene, Story, state

QUESTION = "请问检查前要空腹吗"
ANSWERS = ("要的，抽血前八小时不要吃东西。可以喝少量白开水。电话：0731-8888 0120", "请带身份证，先到一楼建卡。")
MORE = tap(".header-more")
CLOSE = tap(".dialog .button", "^(返回|Back)$")


def begins_to_write(scene: Scene) -> None:
    scene.li.writes("要的")


def answered(scene: Scene) -> None:
    expect(scene.chat.locator(".notice")).to_have_count(0)


CHATTING = Story(
    "chatting",
    (
        state("start", arrive(), open_chat, see(".questions .button")),
        state("quick-answer", tap(".questions .button"), see(".automatic")),
        state("notice", fill(BOX, QUESTION), see(".composer-agrees")),
        state("health-asked", say("我月经不太规律"), see(".consent-actions button:enabled")),
        state("health-refused", tap(".consent-actions button", last=True), see(".consent")),
        state("served", say(QUESTION), see(".who")),
        state("typing", takes(QUESTION), begins_to_write, see(".typing")),
        state(
            "answered",
            replies(
                "要的，抽血前八小时不要吃东西。可以喝少量白开水。电话：0731-8888 0120", "请带身份证，先到一楼建卡。"
            ),
        ),
        state("behalf-asked", marks("标记为代问"), see(".consent-actions button:enabled")),
        state(
            "guardian-asked",
            tap(".consent-actions button"),
            marks("请监护人同意", sure=True),
            see(".consent-actions button:enabled"),
        ),
        state(
            "file-asked",
            tap(".consent-actions button"),
            picks(picture("a.png")),
            tap(".files-actions .button-primary"),
            see(".files .consent-actions button:enabled"),
        ),
        state("file-locked", tap(".files .consent-actions button", last=True), see(".files-why")),
        state("more", tap(".files-actions .button"), MORE, see(".privacy")),
        state("more-end", show(".dialog > div .button", "^(返回|Back)$")),
        state("save", tap(".dialog .button", "保存|Save"), see(".dialog a[download]")),
        state("save-picture", tap(".dialog button", "图片|picture"), see(".dialog img")),
        state("code-asked", CLOSE, MORE, tap(".dialog .button", "查询码|code"), see(".dialog .field")),
        state("code-given", fill(".dialog .field input", "2468"), tap(".dialog form .button"), see(".dialog output")),
        state("clear", press("Escape"), MORE, tap(".dialog .button", "清除|Clear"), see(".dialog .button-danger")),
        state("end-asked", press("Escape"), tap(".header-end"), see("[role=alertdialog]")),
        state("ended", tap("[role=alertdialog] .button-danger"), see(".stars")),
        state("rating", tap(".star >> nth=3"), see(".tags")),
        state(
            "rating-text",
            tap(".tags .chip"),
            fill(".rating textarea", "很有耐心，谢谢您。"),
            show(".rating-actions"),
        ),
        state("rated", tap(".rating-actions .button-primary"), see(".given")),
        state("rating-changed", tap(".given .button"), tap(".star >> nth=1"), show(".rating-actions")),
    ),
)
AGREEING = Story(
    "agreeing",
    (
        state("agreed", arrive(), open_chat, say("我头疼两天了"), agree_if_asked, see(".who")),
        state("files-chosen", takes("我头疼两天了"), picks(picture("a.png"), too_large()), see(".files-chosen img")),
        state("file-progress", hold_uploads, tap(".files-actions .button-primary"), see(".files-bar")),
        state("file-failed", break_uploads, see(".files-going .button", "重试|again|retry")),
        state(
            "file-sent",
            free_uploads,
            tap(".files-going .button", "重试|again|retry"),
            see(".picture img:not(.picture-waits)"),
            tap(".files-going .button"),
        ),
        state("file-large", tap(".picture"), see(".large img")),
        state(
            "file-received", press("Escape"), chooses(document()), clicks("button", "^发送给"), see(".document-name")
        ),
        state("privacy", MORE, see(".privacy-row .button")),
        state("privacy-asks", tap(".privacy-row .button"), see(".privacy-row .button", "确定|Yes")),
        state("privacy-withdrawn", tap(".privacy-row .button", "确定|Yes"), see(".privacy-row", "已撤回|withdrawn")),
        state("privacy-behalf", tap(".privacy summary"), see(".privacy details .button")),
    ),
)
